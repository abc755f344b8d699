/** PostgreSQL acknowledges what its standby has not got yet. */
import { localCommit as fault } from '../strikes/standby.ts'
import type { Control } from './control.ts'

export const localCommit: Control = {
  name: 'local commit',
  without: 'synchronous_commit=local: COMMIT does not wait for the standby',
  fault,
  patches: [],
  expects: 'lost',
}
