/** What can be done with orders. */
import { links } from '../links.ts'
import type { Action, Answer, Fact, Field, Identity } from './action.ts'
import { customerSubject, orderSubject } from './subjects.ts'

const facts: readonly Fact[] = [
  ['remoteId', 'Order'],
  ['customer', 'Customer'],
  ['status', 'State'],
  ['product', 'Edition'],
  ['licenses', 'Licences'],
  ['duration', 'Duration'],
  ['termStart', 'Term begins'],
  ['termEnd', 'Term ends'],
  ['renewableFrom', 'Can be renewed from'],
  ['cancelAt', 'Ends by cancellation'],
]
const order: Identity = { names: ['id'], label: 'Order' }
const reason: Field = {
  name: 'reason',
  label: 'Reason',
  kind: 'text',
  hint: 'Is told in the history. May be left out.',
}
const edition: Field = {
  name: 'product',
  label: 'Edition',
  kind: 'choice',
  choicesFrom: 'editions',
  isRequired: true,
}
const licenses: Field = { name: 'licenses', label: 'Licences', kind: 'number', isRequired: true }
const durations = [
  ['monthly', 'monthly'],
  ['yearly', 'yearly'],
] as const

/** Document numbers that a thing can carry. */
export const references: readonly Field[] = [
  { name: 'references.contract', label: 'Contract number', kind: 'text' },
  { name: 'references.order', label: 'Order number', kind: 'text' },
  { name: 'references.purchaseOrder', label: 'Purchase order number', kind: 'text' },
]

/** When a chain ends that is cancelled at the end of its term. */
function latestEnd({ orders }: Answer): number {
  return Math.max(...(orders as { termEnd: number }[]).map(({ termEnd }) => termEnd))
}

const verb = {
  place: 'orders',
  identity: [order],
  subject: orderSubject,
  facts,
  after: (_given, _result, subject) => subject?.at ?? links.orders(),
} as const satisfies Partial<Action>

export const orderActions: readonly Action[] = [
  {
    ...verb,
    method: 'suspendOrder',
    title: 'Suspend an order',
    button: 'Suspend',
    about: 'The licence cannot be used until the order is resumed. The term goes on running.',
    fields: [reason],
  },
  {
    ...verb,
    method: 'resumeOrder',
    title: 'Resume an order',
    button: 'Resume',
    about: 'The licence can be used again.',
    fields: [],
  },
  {
    ...verb,
    method: 'cancelOrder',
    title: 'Cancel an order',
    button: 'Cancel the order',
    about:
      'A cancellation at the end of the term can be withdrawn until then. One that takes effect now is final.',
    isRisky: true,
    follows: ({ status }, { now }) => (status === 'cancelled' ? {} : { cancelAt: latestEnd(now) }),
    fields: [
      {
        name: 'at',
        label: 'When',
        kind: 'choice',
        isRequired: true,
        initial: 'termEnd',
        choices: [
          ['termEnd', 'at the end of the term'],
          ['now', 'now'],
        ],
      },
      reason,
    ],
  },
  {
    ...verb,
    method: 'uncancelOrder',
    title: 'Withdraw a cancellation',
    button: 'Withdraw the cancellation',
    about: 'The order goes on as if it had not been cancelled.',
    follows: () => ({ cancelAt: null }),
    fields: [],
  },
  {
    ...verb,
    method: 'changeOrder',
    title: 'Change an order',
    button: 'Change',
    about: 'Holds for the term in force and for every later one.',
    edits: true,
    fields: [edition, licenses],
  },
  {
    ...verb,
    method: 'createRenewalOrder',
    title: 'Renew an order',
    button: 'Renew',
    makes: true,
    identity: [{ names: ['parent'], label: 'First order' }],
    fields: [
      {
        name: 'id',
        label: 'Id of the renewal',
        kind: 'text',
        isRequired: true,
        hint: 'Your own number. Ids are never given out twice.',
      },
      { name: 'licenses', label: 'Licences', kind: 'number', hint: 'As many as now, if left out.' },
      {
        name: 'duration',
        label: 'Duration',
        kind: 'choice',
        choices: durations,
        hint: 'As now, if left out.',
      },
      ...references,
    ],
  },
  {
    method: 'createFirstOrder',
    title: 'Sell an order',
    button: 'Create the order',
    place: 'orders',
    identity: [{ names: ['customer', 'customerId'], label: 'Customer' }],
    subject: customerSubject,
    makes: true,
    facts,
    fields: [
      {
        name: 'id',
        label: 'Id of the order',
        kind: 'text',
        isRequired: true,
        hint: 'Your own number. Ids are never given out twice.',
      },
      edition,
      licenses,
      {
        name: 'duration',
        label: 'Duration',
        kind: 'choice',
        choices: durations,
        isRequired: true,
        initial: 'yearly',
      },
      {
        name: 'startsAt',
        label: 'Begins',
        kind: 'moment',
        hint: 'A day such as 2026-11-21, or a moment such as 2026-11-21T08:00:00Z. Now, if left out.',
      },
      ...references,
      { name: 'metadata', label: 'Metadata', kind: 'pairs', hint: 'One in each line: name = value' },
    ],
    after: (_given, { remoteId }) => links.order(String(remoteId)),
  },
]
