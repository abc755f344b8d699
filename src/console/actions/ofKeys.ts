/** What can be done with webhook endpoints and API keys. */
import { eventTypes } from '../../events.ts'
import { Scope } from '../../shapes.ts'
import { links } from '../links.ts'
import type { Action, Fact, Field, Identity } from './action.ts'
import { endpointSubject, keySubject } from './subjects.ts'

const endpoint: Identity = { names: ['endpointId'], label: 'Endpoint' }
const url: Field = {
  name: 'url',
  label: 'Address',
  kind: 'text',
  isRequired: true,
  hint: 'An https address on a public network, port 443 or 8443.',
}
const types: Field = {
  name: 'types',
  label: 'Events',
  kind: 'several',
  hint: 'All of them, if none is ticked.',
  choices: eventTypes.map((type) => [type, type] as const),
}
const endpointFacts: readonly Fact[] = [
  ['url', 'Address'],
  ['types', 'Events'],
  ['isActive', 'Switched on'],
]
const ofEndpoint = {
  place: 'webhooks',
  identity: [endpoint],
  subject: endpointSubject,
  facts: endpointFacts,
} as const satisfies Partial<Action>
const toEndpoint: Action['after'] = (_given, { endpointId }) => links.deliveries(String(endpointId))

export const webhookActions: readonly Action[] = [
  {
    method: 'createWebhookEndpoint',
    title: 'Add a webhook endpoint',
    button: 'Add the endpoint',
    place: 'webhooks',
    identity: [],
    facts: endpointFacts,
    secrets: [['secret', 'Secret that signs']],
    fields: [url, types],
    after: toEndpoint,
  },
  {
    ...ofEndpoint,
    method: 'updateWebhookEndpoint',
    title: 'Change a webhook endpoint',
    button: 'Save',
    edits: true,
    fields: [{ name: 'isActive', label: 'Switched on', kind: 'yesNo', isRequired: true }, url, types],
    after: toEndpoint,
  },
  {
    ...ofEndpoint,
    method: 'deleteWebhookEndpoint',
    title: 'Delete a webhook endpoint',
    button: 'Delete',
    about: 'Nothing is sent there any more, what waits included.',
    isRisky: true,
    fields: [],
    after: () => links.webhooks,
  },
  {
    ...ofEndpoint,
    method: 'rotateWebhookSecret',
    title: 'Give a webhook endpoint a new secret',
    button: 'Make a new secret',
    about: 'The old secret signs beside the new one for a day.',
    secrets: [['secret', 'New secret that signs']],
    fields: [],
    after: toEndpoint,
  },
  {
    method: 'redeliver',
    title: 'Send events again',
    button: 'Send again',
    place: 'webhooks',
    about: 'The receiver gets them under the same ids as before.',
    identity: [{ names: ['deliveryId', 'endpointId'], label: 'Delivery' }],
    facts: [],
    fields: [
      {
        name: 'sinceSeq',
        label: 'From which position in the feed on',
        onlyWith: 'endpointId',
        kind: 'number',
        isRequired: true,
      },
    ],
    after: toEndpoint,
  },
]

export const keyActions: readonly Action[] = [
  {
    method: 'createApiKey',
    title: 'Create an API key',
    button: 'Create the key',
    place: 'keys',
    identity: [],
    facts: [
      ['name', 'Name'],
      ['scopes', 'Scopes'],
      ['expiresAt', 'Expires'],
    ],
    secrets: [['key', 'API key']],
    fields: [
      { name: 'name', label: 'Name', kind: 'text', isRequired: true, hint: 'Who will use it.' },
      {
        name: 'scopes',
        label: 'Scopes',
        kind: 'several',
        isRequired: true,
        choices: Scope.options.map((scope) => [scope, scope] as const),
      },
      {
        name: 'expiresAt',
        label: 'Expires',
        kind: 'moment',
        hint: 'A day such as 2026-11-21, or a moment such as 2026-11-21T08:00:00Z. Never, if left out.',
      },
    ],
    after: () => links.keys,
  },
  {
    method: 'revokeApiKey',
    title: 'Revoke an API key',
    button: 'Revoke',
    place: 'keys',
    about: 'Calls with the key are refused at once, and whoever is signed in with it is signed out.',
    identity: [{ names: ['keyId'], label: 'Key' }],
    subject: keySubject,
    isRisky: true,
    facts: [],
    fields: [],
    after: () => links.keys,
  },
]
