/**
 * What has come about in the background, once a course is over: each endpoint has every event that it surely wants, with
 * its right place in the feed and a signature of its own; what is asked for once more comes once more; and a key that was
 * revoked is refused by every server.
 */
import type { Endpoint } from './endpoints.ts'
import { type FeedEvent, wholeFeed } from './feed.ts'
import { type Arrival, isSignedWith, type Receiver } from './receiver.ts'
import type { Reference } from './reference.ts'
import type { Stage } from './stage.ts'
import type { Call } from './verdict.ts'

/** A server that was killed with webhooks in its hands has them taken up again after some ten seconds. */
const mostSeconds = 60

/** What is wrong with the webhooks of a course. Deletes its endpoints in the end. */
export async function deliveryProblems(
  model: Reference,
  stage: Stage,
  receiver: Receiver,
): Promise<string[]> {
  const { endpoints } = model.state
  const live = endpoints.filter(({ deletedAt }) => deletedAt === null)
  if (endpoints.length === 0) return []
  for (const { endpointId, disabledAt } of live)
    if (disabledAt !== null)
      await stage.call(0, { method: 'updateWebhookEndpoint', params: { endpointId, isActive: true } })
  const feed = await wholeFeed(stage)
  const arrived = (): Arrival[] => receiver.at(model.settings.partner)
  const problems: string[] = []
  for (const endpoint of live) problems.push(...(await missing(endpoint, feed, arrived, stage)))
  problems.push(...strange(endpoints, feed, arrived(), stage))
  const [first] = live
  if (first && problems.length === 0) problems.push(...(await onceMore(first, feed, arrived, stage)))
  for (const { endpointId } of live)
    await stage.call(1, { method: 'deleteWebhookEndpoint', params: { endpointId } })
  stage.count('webhooks looked at')
  return problems
}

const isOf = ({ secrets }: Endpoint, arrival: Arrival, stage: Stage): boolean =>
  stage.resolved(secrets).some((secret) => isSignedWith(arrival, secret))

/** Events that every choice of types has had in it, since the endpoint was made. */
const surelyWanted = ({ chosen, after }: Endpoint, feed: readonly FeedEvent[]): FeedEvent[] =>
  feed.filter(({ seq, type }) => seq > after && chosen.every((types) => types?.includes(type) ?? true))

async function missing(
  endpoint: Endpoint,
  feed: readonly FeedEvent[],
  arrived: () => readonly Arrival[],
  stage: Stage,
): Promise<string[]> {
  const wanted = surelyWanted(endpoint, feed)
  const lacking = (): FeedEvent[] => {
    const ids = new Set(arrived().flatMap((one) => (isOf(endpoint, one, stage) ? [one.event.id] : [])))
    return wanted.filter(({ id }) => !ids.has(id))
  }
  if (await comesTrue(async () => lacking().length === 0)) return []
  const seqs = lacking().map(({ seq, type }) => `${seq} ${type}`)
  return [`endpoint ${endpoint.endpointId} was never sent ${seqs.join(', ')}`]
}

/** Webhooks that nobody can have wanted, or that do not tell what the feed tells. */
function strange(
  endpoints: readonly Endpoint[],
  feed: readonly FeedEvent[],
  arrivals: readonly Arrival[],
  stage: Stage,
): string[] {
  return arrivals.flatMap((arrival) => {
    const { seq, id, type } = arrival.event
    const told = feed[seq - 1]
    const found = endpoints.find((endpoint) => isOf(endpoint, arrival, stage))
    if (!found) return [`event ${seq} was sent with a signature of no endpoint`]
    stage.count('webhook')
    if (told?.id !== id || arrival.headers['webhook-id'] !== id)
      return [`a webhook calls ${id} the event ${seq}, which the feed does not`]
    const isWanted = found.chosen.some((types) => types?.includes(type) ?? true)
    return isWanted ? [] : [`endpoint ${found.endpointId} was sent ${type} and never wanted any`]
  })
}

/** One delivery is asked for again, and then everything. */
async function onceMore(
  endpoint: Endpoint,
  feed: readonly FeedEvent[],
  arrived: () => readonly Arrival[],
  stage: Stage,
): Promise<string[]> {
  const { endpointId } = endpoint
  const timesOf = (id: string): number =>
    arrived().filter((one) => one.event.id === id && isOf(endpoint, one, stage)).length
  const [wanted] = surelyWanted(endpoint, feed)
  const own = feed.filter(({ type }) => endpoint.types?.includes(type) ?? true)
  const problems: string[] = []
  if (wanted) {
    const delivery = await deliveryOf(endpoint, wanted, stage)
    if (!delivery) return [`endpoint ${endpointId} has no delivery of event ${wanted.seq} that is delivered`]
    const before = timesOf(wanted.id)
    await stage.call(0, { method: 'redeliver', params: { deliveryId: delivery.deliveryId } })
    if (!(await comesTrue(async () => timesOf(wanted.id) > before)))
      problems.push(`endpoint ${endpointId} was not sent event ${wanted.seq} once more`)
    stage.count('redelivered one')
  }
  const before = new Map(own.map(({ id }) => [id, timesOf(id)]))
  await stage.call(0, { method: 'redeliver', params: { endpointId, sinceSeq: 1 } })
  if (!(await comesTrue(async () => own.every(({ id }) => timesOf(id) > (before.get(id) as number)))))
    problems.push(`endpoint ${endpointId} was not sent everything once more`)
  stage.count('redelivered all')
  return problems
}

/** The delivery of an event, once it says that it is delivered. */
async function deliveryOf({ endpointId }: Endpoint, { seq }: FeedEvent, stage: Stage) {
  let found: { deliveryId: string } | undefined
  const list: Call = { method: 'listDeliveries', params: { endpointId, state: 'delivered', limit: 500 } }
  await comesTrue(async () => {
    const { result } = await stage.call(1, list)
    const items = (result?.items ?? []) as { deliveryId: string; seq: number; attempts: number }[]
    found = items.find((one) => one.seq === seq && one.attempts >= 1)
    return found !== undefined
  })
  return found
}

/** A key that was revoked is refused everywhere, within a few seconds. */
export async function keyProblems({ state }: Reference, stage: Stage): Promise<string[]> {
  const revoked = state.keys.find(({ revokedAt }) => revokedAt !== null)
  if (!revoked) return []
  const call = { method: 'getClock', params: {}, as: revoked.text }
  for (let server = 0; server < stage.servers.count; server++) {
    const isRefused = async () => (await stage.call(server, call)).error?.data.reason === 'unauthenticated'
    if (!(await comesTrue(isRefused))) return [`server ${server} still takes the revoked ${revoked.keyId}`]
  }
  stage.count('revoked key refused')
  return []
}

/** Whether something comes to hold in time. */
async function comesTrue(holds: () => Promise<boolean>): Promise<boolean> {
  for (const until = performance.now() + mostSeconds * 1_000; performance.now() < until; ) {
    if (await holds()) return true
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return false
}
