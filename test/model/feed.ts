/** The whole of a run against the model: every thing there is, and all that the feed tells of it. */
import { day } from './calendar.ts'
import type { Reference } from './reference.ts'
import { difference, type Reply, type Stage } from './stage.ts'
import type { Happening } from './things.ts'
import type { Call } from './verdict.ts'

/** What is looked at once a run is over, so that everything that the model knows is compared. */
function lastLooks({ state }: Reference): Call[] {
  const { chains, customers, licenses, consumers, now } = state
  // What time brought to a chain or a licence is told, at the latest, when something is asked of it.
  const touches = [
    ...chains.map(({ terms }) => ({ method: 'uncancelOrder', params: { id: terms[0]?.id } })),
    ...licenses.map(({ licenseId }) => ({ method: 'updateLicense', params: { licenseId } })),
  ]
  const orders = chains.flatMap(({ terms, license: { licenseId } }) => [
    ...terms.map(({ id }) => ({ method: 'getOrder', params: { id } })),
    { method: 'getLicense', params: { licenseId } },
  ])
  const holders = [
    ...customers.map(({ id }) => ({ customer: id })),
    ...consumers.map(({ consumerId }) => ({ consumerId })),
  ]
  const checks = holders.flatMap((holder) =>
    [{}, { at: now - 20 * day }, { at: now + 20 * day }].map((when) => ({
      method: 'checkEntitlement',
      params: { ...holder, product: 'oo', ...when },
    })),
  )
  return [
    ...touches,
    ...orders,
    ...customers.flatMap(({ ids }) => ids.map((id) => ({ method: 'getCustomer', params: { id } }))),
    ...licenses.map(({ licenseId }) => ({ method: 'getLicense', params: { licenseId } })),
    ...consumers.map(({ consumerId }) => ({ method: 'getConsumer', params: { consumerId } })),
    ...checks,
    { method: 'listRenewalsDue', params: { withinDays: 40 } },
    { method: 'listEditions', params: {} },
    { method: 'listProducts', params: {} },
  ]
}

const lastLists = ['listCustomers', 'listOrders', 'listLicenses', 'listConsumers']

/** What is wrong with the whole, once a run is over: every thing that there is, and the feed from its beginning. */
export async function finalProblems(model: Reference, stage: Stage): Promise<string[]> {
  const problems: string[] = []
  const compare = (call: Call, reply: Reply): void => {
    const problem = stage.problem(model.call(call), reply)
    if (problem) problems.push(`at the end, ${JSON.stringify(call)} ${problem}`)
  }
  const looks = lastLooks(model).filter((call) => stage.knows(call))
  const replies = await stage.array(0, looks)
  for (const [index, call] of looks.entries()) compare(call, replies[index] as Reply)
  for (const method of lastLists) {
    const call = { method, params: { limit: 20 } }
    compare(call, await stage.call(1, call))
  }
  const feed = await wholeFeed(stage)
  for (const { type } of feed) stage.count(`event ${type}`)
  return [...problems, ...feedProblems(model, feed, stage)]
}

export interface FeedEvent {
  seq: number
  id: string
  type: string
  at: number
  object: { kind: string; id: string; version: number }
  data: Record<string, unknown>
}

/** The feed from its beginning, page by page, each page from the next server. */
export async function wholeFeed(stage: Stage): Promise<FeedEvent[]> {
  const feed: FeedEvent[] = []
  for (let server = 0; ; server = (server + 1) % stage.servers.count) {
    const after = feed.at(-1)?.seq ?? 0
    const { result } = await stage.call(server, { method: 'listEvents', params: { after, limit: 500 } })
    const events = result?.events as FeedEvent[]
    if (events.length === 0) return feed
    feed.push(...events)
  }
}

/** What is wrong with the feed in the middle of a run. Only a sandbox has told everything at any time. */
export async function feedProblemsNow(model: Reference, stage: Stage): Promise<string[]> {
  return model.settings.sandbox ? feedProblems(model, await wholeFeed(stage), stage) : []
}

/** A thing whose story the feed tells, and how its events are known. */
interface Told {
  readonly what: string
  readonly story: readonly Happening[]
  isOf(event: FeedEvent): boolean
  /** Whether it has versions that the feed does not tell of. */
  readonly isSparse?: boolean
}

/** Every thing with a story; not those whose UUID nobody knows yet. */
function storiesOf({ state }: Reference, stage: Stage): Told[] {
  const of = (kind: string, ids: readonly string[], story: readonly Happening[]): Told => ({
    what: `${kind} ${ids[0]}`,
    story: stage.resolved(story),
    isOf: ({ object }) => object.kind === kind && stage.resolved(ids).includes(object.id),
  })
  return [
    // An id that a customer has had is never another's.
    ...state.customers.map(({ ids, story }) => of('customer', ids, story)),
    ...state.chains.map(({ terms, story }) =>
      of(
        'order',
        terms.map(({ id }) => id),
        story,
      ),
    ),
    ...state.licenses.map(({ licenseId, story }) => of('license', [licenseId], story)),
    ...state.consumers.map(({ remoteId, story }) => of('consumer', [remoteId], story)),
    // Not every version of these is told of.
    ...state.endpoints.map(({ endpointId, story }) => ({
      ...of('endpoint', [endpointId], story),
      isSparse: true,
    })),
    ...state.inbox.map(({ inboxId, story }) => ({ ...of('inbox', [inboxId], story), isSparse: true })),
  ]
}

const asTold = ({ type, at, object, data }: FeedEvent) => ({
  type,
  at,
  object: object.id,
  data,
  version: object.version,
})

/**
 * Which of several courses that explain the same answers is the one that was taken: the feed has told of it, even where
 * it has not told of everything that time has brought.
 */
export async function courseTold(
  courses: readonly Reference[],
  stage: Stage,
): Promise<Reference | undefined> {
  const feed = await wholeFeed(stage)
  return courses.find((course) => {
    const told = storiesOf(course, stage).map(({ story, isOf }) => ({
      story,
      seen: feed.filter(isOf).map(asTold),
    }))
    return told.every(({ story, seen }) => difference(story.slice(0, seen.length), seen) === undefined)
  })
}

function feedProblems(model: Reference, feed: FeedEvent[], stage: Stage): string[] {
  const problems: string[] = []
  feed.forEach(({ seq, at }, index) => {
    if (seq !== index + 1) problems.push(`the feed has position ${seq} at place ${index + 1}`)
    // A sandbox tells everything due on the way before anything else happens, so its whole feed goes forward.
    if (model.settings.sandbox && at < (feed[index - 1]?.at ?? 0))
      problems.push(`the feed goes back in time at ${seq}`)
  })
  const stories = storiesOf(model, stage)
  for (const { what, story, isOf, isSparse } of stories) {
    const seen = feed.filter(isOf).map(asTold)
    const found = difference(story, seen)
    if (found)
      problems.push(
        `${what}: ${found}; told ${JSON.stringify(seen.map(brief))}, expected ${JSON.stringify(story.map(brief))}`,
      )
    if (!isSparse && seen.some(({ version }, index) => version !== index + 1))
      problems.push(`${what}: versions ${seen.map(({ version }) => version)}`)
  }
  const expected = stories.reduce((sum, { story }) => sum + story.length, 0)
  if (feed.length !== expected) problems.push(`the feed has ${feed.length} events instead of ${expected}`)
  return problems
}

const brief = ({ type, at }: { type: string; at: number }): string => `${type} ${at}`
