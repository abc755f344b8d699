/** When something turns: what a model run waits for and asks about. */
import type { Instant } from './calendar.ts'
import { firstOf, latestOf, opensAt, runsOutAt } from './chain.ts'
import { lastsUntil } from './licenses.ts'
import type { Reference } from './reference.ts'

/** Every moment at which something turns, sorted, with the seconds around it. */
export function edges({ state, settings }: Reference): Instant[] {
  const ofChains = state.chains.flatMap((chain) => [
    firstOf(chain).start,
    opensAt(chain, settings),
    latestOf(chain).end,
    runsOutAt(chain, settings),
  ])
  const ofLicenses = state.licenses.flatMap((license) => [
    license.validFrom,
    license.validUntil,
    lastsUntil(license, settings),
    license.revokedAt,
    ...license.pauses.flatMap(({ from, until }) => [from, until]),
  ])
  const ofAccesses = state.consumers.flatMap(({ accesses }) =>
    accesses.flatMap(({ from, until }) => [from, until]),
  )
  const turns = [...ofChains, ...ofLicenses, ...ofAccesses].filter((turn) => turn !== null)
  const around = turns.flatMap((turn) => [turn - 1, turn, turn + 1])
  return [...new Set(around)].sort((one, other) => one - other)
}
