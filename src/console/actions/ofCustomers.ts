/** What can be done with customers and consumers. */
import { links } from '../links.ts'
import type { Action, Fact, Field, Identity } from './action.ts'
import { consumerSubject, customerSubject } from './subjects.ts'

const customerFacts: readonly Fact[] = [
  ['remoteId', 'Number'],
  ['name', 'Name'],
  ['kind', 'Kind'],
  ['isActive', 'Active'],
  ['email', 'E-mail'],
  ['phone', 'Phone'],
  ['admin', 'Administrator'],
  ['address', 'Address'],
  ['tags', 'Tags'],
  ['metadata', 'Metadata'],
  ['timeZone', 'Time zone'],
]
const consumerFacts: readonly Fact[] = [
  ['remoteId', 'Id'],
  ['customer', 'Customer'],
  ['kind', 'Kind'],
  ['displayName', 'Name'],
  ['email', 'E-mail'],
]

const customer: Identity = { names: ['id', 'customerId'], label: 'Customer' }
const ofCustomer: Identity = { names: ['customer', 'customerId'], label: 'Customer' }
const pairHint = 'One in each line: name = value'

const customerFields: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', isRequired: true },
  {
    name: 'kind',
    label: 'Kind',
    kind: 'choice',
    isRequired: true,
    initial: 'organization',
    choices: [
      ['organization', 'organization'],
      ['person', 'person'],
    ],
  },
  { name: 'email', label: 'E-mail', kind: 'text' },
  { name: 'phone', label: 'Phone', kind: 'text' },
  { name: 'admin.displayName', label: 'Administrator: name', kind: 'text' },
  { name: 'admin.email', label: 'Administrator: e-mail', kind: 'text' },
  { name: 'admin.phone', label: 'Administrator: phone', kind: 'text' },
  { name: 'address.line1', label: 'Address', kind: 'text' },
  { name: 'address.line2', label: 'Address, second line', kind: 'text' },
  { name: 'address.postalCode', label: 'Postal code', kind: 'text' },
  { name: 'address.city', label: 'City', kind: 'text' },
  { name: 'address.region', label: 'Region', kind: 'text' },
  { name: 'address.country', label: 'Country', kind: 'text', hint: 'Two capital letters, such as DE.' },
  { name: 'timeZone', label: 'Time zone', kind: 'text', hint: 'For information, such as Europe/Berlin.' },
  { name: 'tags', label: 'Tags', kind: 'lines', hint: 'One in each line.' },
  { name: 'metadata', label: 'Metadata', kind: 'pairs', isMerged: true, hint: pairHint },
]

const consumerFields: readonly Field[] = [
  { name: 'displayName', label: 'Name', kind: 'text' },
  { name: 'email', label: 'E-mail', kind: 'text' },
  {
    name: 'kind',
    label: 'Kind',
    kind: 'choice',
    isRequired: true,
    initial: 'person',
    choices: [
      ['person', 'person'],
      ['device', 'device'],
    ],
  },
]

export const customerActions: readonly Action[] = [
  {
    method: 'createCustomer',
    title: 'Add a customer',
    button: 'Add the customer',
    place: 'customers',
    identity: [],
    makes: true,
    facts: customerFacts,
    fields: [
      {
        name: 'id',
        label: 'Number',
        kind: 'text',
        hint: 'Your own number of the customer. Left out, one is made.',
      },
      ...customerFields,
    ],
    after: (_given, { remoteId }) => links.customer(String(remoteId)),
  },
  {
    method: 'updateCustomer',
    title: 'Edit a customer',
    button: 'Save',
    place: 'customers',
    identity: [customer],
    subject: customerSubject,
    edits: true,
    facts: customerFacts,
    fields: [
      {
        name: 'isActive',
        label: 'Active',
        kind: 'yesNo',
        isRequired: true,
        hint: 'A deactivated customer keeps what it has, but cannot use it, and nothing new can be sold to it.',
      },
      ...customerFields,
    ],
    after: (_given, { remoteId }) => links.customer(String(remoteId)),
  },
  {
    method: 'renameCustomer',
    title: 'Give a customer another number',
    button: 'Rename',
    place: 'customers',
    identity: [customer],
    subject: customerSubject,
    about: 'The old number leads to the customer for ever.',
    facts: customerFacts,
    fields: [{ name: 'newId', label: 'New number', kind: 'text', isRequired: true }],
    after: (_given, { remoteId }) => links.customer(String(remoteId)),
  },
]

const access = {
  place: 'customers',
  identity: [ofCustomer, { names: ['consumer', 'consumerId'], label: 'Consumer' }],
  fields: [],
  makes: true,
  facts: [
    ['consumer', 'Consumer'],
    ['customer', 'Customer'],
  ],
  after: (_given, { consumerId }) => links.consumer(String(consumerId)),
} as const satisfies Partial<Action>

export const consumerActions: readonly Action[] = [
  {
    method: 'createConsumer',
    title: 'Add a consumer',
    button: 'Add the consumer',
    place: 'customers',
    identity: [ofCustomer],
    subject: customerSubject,
    makes: true,
    facts: consumerFacts,
    fields: [
      {
        name: 'id',
        label: 'Id',
        kind: 'text',
        hint: 'Your own id of the person or device. Left out, one is made.',
      },
      ...consumerFields,
    ],
    after: (_given, { consumerId }) => links.consumer(String(consumerId)),
  },
  {
    method: 'updateConsumer',
    title: 'Edit a consumer',
    button: 'Save',
    place: 'customers',
    identity: [{ names: ['id', 'consumerId'], label: 'Consumer' }],
    subject: consumerSubject,
    edits: true,
    facts: consumerFacts,
    fields: consumerFields,
    after: (_given, { consumerId }) => links.consumer(String(consumerId)),
  },
  {
    ...access,
    method: 'grantAccess',
    title: 'Grant access',
    button: 'Grant access',
    about: 'The consumer may use all licences of the customer, those to come included.',
  },
  {
    ...access,
    method: 'revokeAccess',
    title: 'Revoke access',
    button: 'Revoke access',
    about: 'The consumer may not use the licences of the customer any more.',
  },
]
