/** What time brings to many things at once, told in order of time across all of them. */
import type { Chain } from '../objects.ts'
import type { DueThing, Stuck } from '../outbox/setAside.ts'
import { upcoming } from '../rules/due.ts'
import { upcomingOfLicense } from '../rules/license.ts'
import type { Instant } from '../rules/time.ts'
import { settleChain } from './chains.ts'
import { settleLicense } from './licenses.ts'
import type { World } from './world.ts'

/** A chain or a licence on which something is due: at which instants, and how it is told by then. */
interface Waiting {
  readonly thing: DueThing
  readonly instants: () => Instant[]
  readonly settle: (until: Instant) => void
}

interface Moment {
  readonly at: Instant
  readonly waiting: Waiting
}

/**
 * Tells what has fallen due by `until` on all chains and licences in sight, each at its own instant. With `onStuck`, a
 * thing that cannot be told of is left as it was and reported, and the others are told; without it, nothing is.
 */
export function settleAll(world: World, until: Instant, onStuck?: (stuck: Stuck) => void): void {
  const stuck = new Set<Waiting>()
  const attempt = <Result>(one: Waiting, act: () => Result): Result | undefined => {
    const mark = world.journal.mark()
    try {
      return act()
    } catch (error) {
      if (!onStuck) throw error
      world.journal.rollBack(mark)
      stuck.add(one)
      onStuck({ thing: one.thing, error })
      return undefined
    }
  }
  const waiting = [...waitingChains(world, until), ...waitingLicenses(world, until)]
  const moments = waiting.flatMap((one) => attempt(one, () => momentsOf(one, until)) ?? [])
  // Sorting keeps the order of equals, so that what falls due together is told in order of age.
  moments.sort((one, other) => one.at - other.at)
  for (const { at, waiting: one } of moments) if (!stuck.has(one)) attempt(one, () => one.settle(at))
}

function waitingChains(world: World, until: Instant): Waiting[] {
  const waiting = [...world.chains.all()].filter(({ nextDueAt }) => nextDueAt !== null && nextDueAt <= until)
  return waiting
    .sort((one, other) => one.chainId - other.chainId)
    .map(({ chainId }) => ({
      thing: { kind: 'chain', id: String(chainId) },
      instants: () => {
        const chain = world.chainById(chainId) as Chain
        return upcoming(chain, chain.conditions).map(({ at }) => Math.max(at, chain.settledAt))
      },
      settle: (by) => settleChain(world, chainId, by),
    }))
}

function waitingLicenses(world: World, until: Instant): Waiting[] {
  const waiting = [...world.licenses.all()].filter(
    ({ nextDueAt }) => nextDueAt !== null && nextDueAt <= until,
  )
  return waiting
    .sort((one, other) => one.createdAt - other.createdAt)
    .map((license) => ({
      thing: { kind: 'license', id: license.licenseId },
      instants: () => {
        const due = upcomingOfLicense(license, world.conditionsOf(license.edition ?? ''))
        return due ? [due.at] : []
      },
      settle: (by) => settleLicense(world, license.licenseId, by),
    }))
}

/** What waits without anything to come by then is looked at once all the same, so that its moment is noted anew. */
function momentsOf(waiting: Waiting, until: Instant): Moment[] {
  const due = waiting.instants().filter((at) => at <= until)
  return (due.length > 0 ? due : [until]).map((at) => ({ at, waiting }))
}
