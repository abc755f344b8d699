/** Webhook endpoints as the reference model has them: where events go, under which secrets, and since when. */
import type { Instant } from './calendar.ts'
import type { Reference } from './reference.ts'
import { type Happening, isSame, tell, textOf, unnamed } from './things.ts'
import { done, type Params, Refusal, type Verdict } from './verdict.ts'

export interface Endpoint {
  readonly endpointId: string
  url: string
  types: string[] | null
  disabledAt: Instant | null
  deletedAt: Instant | null
  version: number
  readonly createdAt: Instant
  updatedAt: Instant
  readonly story: Happening[]
  /** Every secret that it ever signed with. */
  readonly secrets: string[]
  /** Every choice of types that it ever had. */
  readonly chosen: (string[] | null)[]
  /** How many events had been told, at the most, when it was made; those after them are its own. */
  readonly after: number
}

/** How long the secret before a rotation still signs. */
const overlapSeconds = 24 * 3_600

/** An address that the service may call: a name of the play for one of its receivers. */
export const isReachable = (url: string): boolean => url.startsWith('§')

/** How many events there are by now, and perhaps some that time has brought and nobody has told yet. */
function toldByNow({ customers, chains, licenses, consumers, endpoints, inbox }: Reference['state']): number {
  const things = [...customers, ...chains, ...licenses, ...consumers, ...endpoints, ...inbox]
  return things.reduce((sum, { story }) => sum + story.length, 0)
}

const facts = ({ endpointId, url, types, disabledAt, version, createdAt, updatedAt }: Endpoint) => ({
  endpointId,
  url,
  types,
  isActive: disabledAt === null,
  disabledAt,
  disabledReason: disabledAt === null ? null : 'switched_off',
  version,
  createdAt,
  updatedAt,
})

function refuseUnreachable(url: string | undefined): void {
  if (url !== undefined && !isReachable(url)) throw new Refusal('params_invalid', { paths: ['url'] })
}

function createWebhookEndpoint(model: Reference, { url, types }: Params): Verdict {
  refuseUnreachable(url)
  const { state, realNow, callKey } = model
  const endpoint: Endpoint = {
    endpointId: unnamed(`endpoint ${callKey}`),
    url,
    types: types ?? null,
    disabledAt: null,
    deletedAt: null,
    version: 1,
    createdAt: realNow,
    updatedAt: realNow,
    story: [],
    secrets: [textOf(`secret ${callKey}`)],
    chosen: [types ?? null],
    after: toldByNow(state),
  }
  state.endpoints.push(endpoint)
  return done({ ...facts(endpoint), secret: endpoint.secrets[0] })
}

function endpointOf({ state }: Reference, endpointId: string): Endpoint {
  const endpoint = state.endpoints.find((one) => one.endpointId === endpointId)
  if (!endpoint || endpoint.deletedAt !== null) throw new Refusal('endpoint_unknown', { id: endpointId })
  return endpoint
}

function change(model: Reference, endpoint: Endpoint, changes: Partial<Endpoint>): void {
  Object.assign(endpoint, changes, { version: endpoint.version + 1, updatedAt: model.realNow })
}

function updateWebhookEndpoint(
  model: Reference,
  { endpointId, url, types, isActive, ifVersion }: Params,
): Verdict {
  refuseUnreachable(url)
  const endpoint = endpointOf(model, endpointId)
  model.refuseOtherVersion(endpoint.version, ifVersion)
  const { version } = endpoint
  const wanted = { url: url ?? endpoint.url, types: types === undefined ? endpoint.types : types }
  if (!isSame(wanted, { url: endpoint.url, types: endpoint.types })) {
    change(model, endpoint, wanted)
    endpoint.chosen.push(endpoint.types)
  }
  if (isActive === true && endpoint.disabledAt !== null) change(model, endpoint, { disabledAt: null })
  if (isActive === false && endpoint.disabledAt === null) {
    change(model, endpoint, { disabledAt: model.realNow })
    tell(endpoint.story, 'endpoint.disabled', model.state.now, () => ({
      object: endpointId,
      data: facts(endpoint),
    }))
  }
  return done({ ...facts(endpoint), changed: endpoint.version !== version })
}

function deleteWebhookEndpoint(model: Reference, { endpointId }: Params): Verdict {
  const endpoint = model.state.endpoints.find((one) => one.endpointId === endpointId)
  if (!endpoint) throw new Refusal('endpoint_unknown', { id: endpointId })
  const changed = endpoint.deletedAt === null
  endpoint.deletedAt ??= model.realNow
  return done({ endpointId, changed })
}

function rotateWebhookSecret(model: Reference, { endpointId }: Params): Verdict {
  const endpoint = endpointOf(model, endpointId)
  const secret = textOf(`secret ${model.callKey}`)
  change(model, endpoint, {})
  endpoint.secrets.push(secret)
  return done({ ...facts(endpoint), secret, previousUntil: model.realNow + overlapSeconds })
}

function listWebhookEndpoints({ state }: Reference): Verdict {
  const items = state.endpoints.filter(({ deletedAt }) => deletedAt === null).map(facts)
  const sorted = { list: 'items', member: 'endpointId', isOrdered: true }
  return { kind: 'done', answer: { items, next: null }, sorted }
}

/** What has arrived by now is a matter of time; it is looked at when a course is over. */
const listDeliveries = (): Verdict => done({ next: null })

/** Deliveries that a course could name are known when it is over. */
function redeliver(model: Reference, { deliveryId, endpointId }: Params): Verdict {
  if (deliveryId !== undefined) throw new Refusal('delivery_unknown', { id: deliveryId })
  endpointOf(model, endpointId)
  return done({ endpointId, accepted: true })
}

export const endpointCalls = {
  createWebhookEndpoint,
  updateWebhookEndpoint,
  deleteWebhookEndpoint,
  rotateWebhookSecret,
  listWebhookEndpoints,
  listDeliveries,
  redeliver,
}
