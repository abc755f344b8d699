/** The most telling faults one after the other, for a round that is short enough for the suite. */
import type { Fault } from './fault.ts'
import { commitAfter, commitBefore, requestAfter } from './strikes/cuts.ts'
import { kill } from './strikes/kill.ts'
import { terminate } from './strikes/terminate.ts'

const blows = [
  terminate,
  commitAfter,
  commitBefore,
  requestAfter,
  commitAfter,
  kill,
  commitBefore,
  terminate,
  commitAfter,
  requestAfter,
  commitBefore,
  kill,
]

/** Each blow comes once in a round. */
export function mixed(): Fault {
  let next = 0
  return {
    name: 'mixed',
    does: 'connections break around requests and COMMITs, and the service is killed',
    scene: {},
    strikes: blows.length,
    strike: (field) => (blows[next++ % blows.length] as Fault).strike(field),
  }
}
