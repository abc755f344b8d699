/** What time brings to many things at once, told in order of time across all of them. */
import type { Chain } from '../objects.ts'
import { upcoming } from '../rules/due.ts'
import { upcomingOfLicense } from '../rules/license.ts'
import type { Instant } from '../rules/time.ts'
import { settleChain } from './chains.ts'
import { settleLicense } from './licenses.ts'
import type { World } from './world.ts'

interface Moment {
  readonly at: Instant
  readonly settle: (until: Instant) => void
}

/** Tells what has fallen due by `until` on all chains and licences in sight, each at its own instant. */
export function settleAll(world: World, until: Instant): void {
  const moments = [...chainMoments(world, until), ...licenseMoments(world, until)]
  // Sorting keeps the order of equals, so that what falls due together is told in order of age.
  moments.sort((one, other) => one.at - other.at)
  for (const { at, settle } of moments) settle(at)
}

function chainMoments(world: World, until: Instant): Moment[] {
  const waiting = [...world.chains.all()].filter(({ nextDueAt }) => nextDueAt !== null && nextDueAt <= until)
  return waiting
    .sort((one, other) => one.chainId - other.chainId)
    .flatMap(({ chainId }) => {
      const chain = world.chainById(chainId) as Chain
      const instants = upcoming(chain, chain.conditions).map(({ at }) => Math.max(at, chain.settledAt))
      return moments(instants, until, (at) => settleChain(world, chainId, at))
    })
}

function licenseMoments(world: World, until: Instant): Moment[] {
  const waiting = [...world.licenses.all()].filter(
    ({ nextDueAt }) => nextDueAt !== null && nextDueAt <= until,
  )
  return waiting
    .sort((one, other) => one.createdAt - other.createdAt)
    .flatMap((license) => {
      const due = upcomingOfLicense(license, world.conditionsOf(license.edition ?? ''))
      return moments(due ? [due.at] : [], until, (at) => settleLicense(world, license.licenseId, at))
    })
}

/** What waits without anything to come by then is looked at once all the same, so that its moment is noted anew. */
function moments(instants: Instant[], until: Instant, settle: (at: Instant) => void): Moment[] {
  const due = instants.filter((at) => at <= until)
  return (due.length > 0 ? due : [until]).map((at) => ({ at, settle }))
}
