/** What can be done with shops: connect them, say which edition each of their names means, apply again what waits. */
import { links } from '../links.ts'
import type { Action, Fact, Field, Identity } from './action.ts'
import { sourceSubject } from './subjects.ts'

const source: Identity = { names: ['sourceId'], label: 'Shop' }
const facts: readonly Fact[] = [
  ['name', 'Name'],
  ['shop', 'Shop'],
]
const name: Field = { name: 'name', label: 'Name', kind: 'text', isRequired: true }
const sku: Field = {
  name: 'sku',
  label: 'Name in the shop',
  kind: 'text',
  isRequired: true,
  hint: 'Stripe: the id of a price, its lookup key or the id of a product. FastSpring: the path of a product, or its SKU.',
}
const ofSource = {
  place: 'inbox',
  identity: [source],
  subject: sourceSubject,
  facts,
  after: () => links.inbox(),
} as const satisfies Partial<Action>

export const shopActions: readonly Action[] = [
  {
    method: 'createSource',
    title: 'Connect a shop',
    button: 'Connect the shop',
    place: 'inbox',
    about: 'Afterwards the shop is told the address to which it sends its events.',
    identity: [],
    facts,
    fields: [
      name,
      {
        name: 'shop',
        label: 'Shop',
        kind: 'choice',
        isRequired: true,
        initial: 'stripe',
        choices: [
          ['stripe', 'Stripe'],
          ['fastspring', 'FastSpring'],
        ],
      },
      {
        name: 'secret',
        label: 'Secret',
        kind: 'secret',
        isRequired: true,
        hint: 'With which the shop signs its events.',
      },
    ],
    after: () => links.inbox(),
  },
  {
    ...ofSource,
    method: 'updateSource',
    title: 'Change a shop',
    button: 'Save',
    edits: true,
    fields: [
      name,
      { name: 'secret', label: 'New secret', kind: 'secret', hint: 'Stays as it is, if left out.' },
    ],
  },
  {
    ...ofSource,
    method: 'deleteSource',
    title: 'Disconnect a shop',
    button: 'Disconnect',
    about: 'Its events are refused from then on. Customers and licences stay.',
    isRisky: true,
    fields: [],
  },
  {
    ...ofSource,
    method: 'mapSku',
    title: 'Say which edition a shop sells',
    button: 'Save',
    about: 'What waits under this name is applied when it is replayed.',
    fields: [
      sku,
      { name: 'edition', label: 'Edition', kind: 'choice', choicesFrom: 'editions', isRequired: true },
    ],
  },
  {
    ...ofSource,
    method: 'unmapSku',
    title: 'Forget which edition a shop sells',
    button: 'Forget it',
    about: 'Licences that were made stay. What is sold under this name from now on waits in the inbox.',
    identity: [source, { names: ['sku'], label: 'Name in the shop' }],
    fields: [],
  },
  {
    method: 'replayInbox',
    title: 'Apply shop events again',
    button: 'Apply again',
    place: 'inbox',
    about: 'What waits is applied as if it came now, in the order in which it came.',
    identity: [{ names: ['inboxId', 'sourceId'], label: 'Event' }],
    facts: [],
    fields: [],
    after: () => links.inbox(),
  },
]
