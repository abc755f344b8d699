/** Every fault, in the order in which they are played. */
import type { Fault } from '../fault.ts'
import { abort } from './abort.ts'
import { backend } from './backend.ts'
import { cancel } from './cancel.ts'
import { clock } from './clock.ts'
import { commitAfter, commitBefore, requestAfter, requestBefore } from './cuts.ts'
import { disk } from './disk.ts'
import { kill } from './kill.ts'
import { pauseOne, pauseOneOfTwo } from './pause.ts'
import { away, postgres } from './postgres.ts'
import { four, two } from './servers.ts'
import { silence } from './silence.ts'
import { standby, standbyCancel } from './standby.ts'
import { terminate } from './terminate.ts'

export const faults: readonly Fault[] = [
  kill,
  terminate,
  cancel,
  backend,
  postgres,
  away,
  requestBefore,
  requestAfter,
  commitBefore,
  commitAfter,
  abort,
  silence,
  disk,
  clock,
  pauseOne,
  pauseOneOfTwo,
  two,
  four,
  standby,
  standbyCancel,
]
