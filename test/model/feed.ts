/** The whole of a run against the model: every chain, every customer, and all that the feed tells of them. */
import type { Term } from './chain.ts'
import type { Reference } from './reference.ts'
import { difference, type Reply, type Stage } from './stage.ts'

/** What is wrong with the whole, once a run is over: every chain, every customer, and the feed from its beginning. */
export async function finalProblems(model: Reference, stage: Stage): Promise<string[]> {
  const { chains, customers } = model.state
  // What time brought to a chain is told, at the latest, when something is asked of it.
  const touches = chains.map(({ terms }) => ({ method: 'uncancelOrder', params: { id: terms[0]?.id } }))
  const orders = chains.flatMap(({ terms }) =>
    terms.map(({ id }) => ({ method: 'getOrder', params: { id } })),
  )
  const buyers = customers.flatMap(({ id }) => [
    { method: 'getCustomer', params: { id } },
    { method: 'checkEntitlement', params: { customer: id, product: 'oo' } },
  ])
  const due = { method: 'listRenewalsDue', params: { withinDays: 40 } }
  const problems: string[] = []
  const calls = [...touches, ...orders, ...buyers, due]
  const replies = await stage.array(0, calls)
  calls.forEach((call, index) => {
    const problem = stage.problem(model.call(call), replies[index] as Reply)
    if (problem) problems.push(`at the end, ${JSON.stringify(call)} ${problem}`)
  })
  const feed = await wholeFeed(stage)
  for (const { type } of feed) stage.count(`event ${type}`)
  return [...problems, ...feedProblems(model, feed)]
}

interface FeedEvent {
  seq: number
  type: string
  at: number
  object: { kind: string; id: string; version: number }
  data: Record<string, unknown>
}

/** The feed from its beginning, page by page, each page from the next server. */
async function wholeFeed(stage: Stage): Promise<FeedEvent[]> {
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
  return model.settings.sandbox ? feedProblems(model, await wholeFeed(stage)) : []
}

/** What the feed tells of one chain. */
function toldOf(terms: readonly Term[], feed: readonly FeedEvent[]) {
  const ids = new Set(terms.map(({ id }) => id))
  return feed
    .filter(({ object }) => object.kind === 'order' && ids.has(object.id))
    .map(({ type, at, object, data }) => ({ type, at, object: object.id, data, version: object.version }))
}

/**
 * Which of several courses that explain the same answers is the one that was taken: the feed has told of it, even where
 * it has not told of everything that time has brought.
 */
export async function courseTold(
  courses: readonly Reference[],
  stage: Stage,
): Promise<Reference | undefined> {
  const feed = await wholeFeed(stage)
  return courses.find(({ state }) =>
    state.chains.every(({ terms, story }) => {
      const seen = toldOf(terms, feed)
      return difference(story.slice(0, seen.length), seen) === undefined
    }),
  )
}

function feedProblems(model: Reference, feed: FeedEvent[]): string[] {
  const { chains, customers } = model.state
  const problems: string[] = []
  feed.forEach(({ seq, at }, index) => {
    if (seq !== index + 1) problems.push(`the feed has position ${seq} at place ${index + 1}`)
    // A sandbox tells everything due on the way before anything else happens, so its whole feed goes forward.
    if (model.settings.sandbox && at < (feed[index - 1]?.at ?? 0))
      problems.push(`the feed goes back in time at ${seq}`)
  })
  for (const { id, story } of customers) {
    const told = feed.filter(({ object }) => object.kind === 'customer' && object.id === id)
    const found = difference(
      story,
      told.map(({ type, at, data }) => ({ type, at, isActive: data.isActive })),
    )
    if (found) problems.push(`customer ${id}: ${found}`)
  }
  for (const { terms, story } of chains) {
    const seen = toldOf(terms, feed)
    const found = difference(story, seen)
    if (found)
      problems.push(
        `chain ${terms[0]?.id}: ${found}; told ${JSON.stringify(seen.map(brief))}, expected ${JSON.stringify(story.map(brief))}`,
      )
    if (seen.some(({ version }, index) => version !== index + 1))
      problems.push(`chain ${terms[0]?.id}: versions ${seen.map(({ version }) => version)}`)
  }
  const expected = [...chains, ...customers].reduce((sum, { story }) => sum + story.length, 0)
  if (feed.length !== expected) problems.push(`the feed has ${feed.length} events instead of ${expected}`)
  return problems
}

const brief = ({ type, at }: { type: string; at: number }): string => `${type} ${at}`
