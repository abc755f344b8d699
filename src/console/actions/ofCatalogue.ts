/** What can be done with the catalogue of the installation, and with the clock of a sandbox. */
import { links } from '../links.ts'
import type { Action, Fact, Field } from './action.ts'
import { clockSubject, editionSubject } from './subjects.ts'

const name: Field = { name: 'name', label: 'Name', kind: 'text', isRequired: true }
const product: Field = {
  name: 'product',
  label: 'Product',
  kind: 'choice',
  choicesFrom: 'products',
  isRequired: true,
}
const configuration: readonly Field[] = [
  { name: 'features', label: 'Features', kind: 'lines', hint: 'One in each line.' },
  {
    name: 'limitations',
    label: 'Limitations',
    kind: 'pairs',
    areNumbers: true,
    hint: 'One in each line: name = number',
  },
  { name: 'variables', label: 'Variables', kind: 'pairs', hint: 'One in each line: name = text' },
  {
    name: 'windowDays',
    label: 'Renewal window in days',
    kind: 'number',
    hint: 'The partner’s, if left out.',
  },
  { name: 'graceDays', label: 'Days of grace', kind: 'number', hint: 'The partner’s, if left out.' },
  { name: 'renewable', label: 'Can be renewed', kind: 'yesNo', isRequired: true, initial: 'yes' },
]
const oneOf = (label: string, name: string, choices: readonly [string, string]): Field => ({
  name,
  label,
  kind: 'choice',
  isRequired: true,
  initial: choices[0],
  hint: 'Is fixed from then on.',
  choices: choices.map((choice) => [choice, choice] as const),
})
const editionFacts: readonly Fact[] = [
  ['code', 'Code'],
  ['product', 'Product'],
  ['name', 'Name'],
  ['features', 'Features'],
  ['limitations', 'Limitations'],
  ['variables', 'Variables'],
  ['windowDays', 'Renewal window in days'],
  ['graceDays', 'Days of grace'],
  ['renewable', 'Can be renewed'],
]
const catalogue = { place: 'catalogue', after: () => links.catalogue } as const

export const catalogueActions: readonly Action[] = [
  {
    ...catalogue,
    method: 'createProduct',
    title: 'Create a product',
    button: 'Create the product',
    identity: [],
    facts: editionFacts,
    fields: [{ name: 'code', label: 'Code', kind: 'text', isRequired: true }, name],
  },
  {
    ...catalogue,
    method: 'createEdition',
    title: 'Create an edition',
    button: 'Create the edition',
    identity: [],
    facts: editionFacts,
    fields: [
      {
        name: 'code',
        label: 'Code',
        kind: 'text',
        isRequired: true,
        hint: 'Unique in the whole installation.',
      },
      product,
      name,
      oneOf('Provisioning', 'provisioningMode', ['named', 'floating']),
      oneOf('Clients', 'clientType', ['users', 'devices']),
      ...configuration,
    ],
  },
  {
    ...catalogue,
    method: 'updateEdition',
    title: 'Change an edition',
    button: 'Save',
    about:
      'Licences keep the configuration they were made with. Window, grace and renewal hold for all orders at once.',
    identity: [{ names: ['code'], label: 'Edition' }],
    subject: editionSubject,
    edits: true,
    facts: editionFacts,
    fields: [name, ...configuration],
  },
]

const clock = {
  place: 'overview',
  identity: [],
  subject: clockSubject,
  facts: [['now', 'The clock']],
  about: 'Time goes forward only, and everything that falls due on the way happens.',
  after: () => links.overview,
} as const satisfies Partial<Action>

export const clockActions: readonly Action[] = [
  {
    ...clock,
    method: 'setClock',
    title: 'Set the clock of the sandbox',
    button: 'Set the clock',
    fields: [{ name: 'at', label: 'To when', kind: 'moment', isRequired: true }],
  },
  {
    ...clock,
    method: 'advanceClock',
    title: 'Move the clock of the sandbox forward',
    button: 'Move it forward',
    fields: [{ name: 'days', label: 'By how many days', kind: 'number', isRequired: true, initial: '1' }],
  },
]
