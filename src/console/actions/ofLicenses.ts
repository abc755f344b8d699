/** What can be done with licences. */
import { links } from '../links.ts'
import type { Action, Fact, Field } from './action.ts'
import { references as ofOrders } from './ofOrders.ts'
import { customerSubject, licenseSubject, revokedSubject } from './subjects.ts'

const facts: readonly Fact[] = [
  ['remoteId', 'Id'],
  ['customer', 'Customer'],
  ['state', 'State'],
  ['isActive', 'Switched on'],
  ['product', 'Product'],
  ['edition', 'Edition'],
  ['editionVersion', 'Version of the edition'],
  ['quantity', 'Quantity'],
  ['validFrom', 'Valid from'],
  ['validUntil', 'Valid until'],
  ['features', 'Features'],
  ['limitations', 'Limitations'],
  ['variables', 'Variables'],
  ['name', 'Name'],
  ['description', 'Description'],
  ['references', 'References'],
]

const edition: Field = {
  name: 'edition',
  label: 'Edition',
  kind: 'choice',
  choicesFrom: 'editions',
  isRequired: true,
}
const quantity: Field = {
  name: 'quantity',
  label: 'Quantity',
  kind: 'number',
  isRequired: true,
  initial: '1',
}
const validUntil: Field = {
  name: 'validUntil',
  label: 'Valid until',
  kind: 'moment',
  hint: 'A day such as 2026-11-21, which is included, or a moment such as 2026-11-21T08:00:00Z. Without an end, if left out.',
}
const texts: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text' },
  { name: 'description', label: 'Description', kind: 'text' },
  ...ofOrders,
  { name: 'references.subscription', label: 'Subscription number', kind: 'text' },
]
const groups = (hint: string): readonly Field[] => [
  { name: 'features', label: 'Features', kind: 'lines', hint: `One in each line. ${hint}` },
  {
    name: 'limitations',
    label: 'Limitations',
    kind: 'pairs',
    areNumbers: true,
    hint: `One in each line: name = number. ${hint}`,
  },
  { name: 'variables', label: 'Variables', kind: 'pairs', hint: `One in each line: name = text. ${hint}` },
]

export const licenseActions: readonly Action[] = [
  {
    method: 'createLicense',
    title: 'Create a licence',
    button: 'Create the licence',
    place: 'licenses',
    identity: [{ names: ['customer', 'customerId'], label: 'Customer' }],
    subject: customerSubject,
    makes: true,
    facts,
    fields: [
      edition,
      { name: 'id', label: 'Id', kind: 'text', hint: 'Your own id of the licence. Left out, one is made.' },
      quantity,
      {
        name: 'validFrom',
        label: 'Valid from',
        kind: 'moment',
        hint: 'A day such as 2026-11-21, or a moment such as 2026-11-21T08:00:00Z. Now, if left out.',
      },
      validUntil,
      ...texts,
      ...groups('Left out, those of the edition.'),
    ],
    after: (_given, { licenseId }) => links.license(String(licenseId)),
  },
  {
    method: 'updateLicense',
    title: 'Change a licence',
    button: 'Save',
    place: 'licenses',
    identity: [{ names: ['licenseId'], label: 'Licence' }],
    subject: licenseSubject,
    edits: true,
    facts,
    fields: [
      { name: 'isActive', label: 'Switched on', kind: 'yesNo', isRequired: true },
      edition,
      { ...quantity, hint: 'How many may use the licence.' },
      { name: 'validFrom', label: 'Valid from', kind: 'moment', isRequired: true },
      validUntil,
      ...texts,
      ...groups('Emptied, those of the edition.'),
    ],
    after: (_given, { licenseId }) => links.license(String(licenseId)),
  },
  {
    method: 'revokeLicenses',
    title: 'Revoke licences',
    button: 'Revoke',
    place: 'licenses',
    identity: [
      { names: ['customer', 'customerId'], label: 'Customer' },
      { names: ['licenseIds'], label: 'Licence', isList: true, isOptional: true },
    ],
    subject: revokedSubject,
    about:
      'A revoked licence cannot be used and never comes back. One that follows an order ends by cancelling the order.',
    isRisky: true,
    makes: true,
    facts: [['revoked', 'Revoked']],
    fields: [
      ...numbered('contract', 'Contract number'),
      ...numbered('order', 'Order number'),
      ...numbered('subscription', 'Subscription number'),
      {
        name: 'at',
        label: 'When',
        kind: 'moment',
        hint: 'A day such as 2026-11-21, or a moment such as 2026-11-21T08:00:00Z. Now, if left out.',
      },
    ],
    after: (_given, _result, subject) => subject?.at ?? links.licenses(),
  },
]

/** A number by which licences are found, where none is named itself. */
function numbered(name: string, label: string): Field[] {
  return [{ name, label, kind: 'text', hint: 'Fill in one of the numbers.', onlyWithout: 'licenseIds' }]
}
