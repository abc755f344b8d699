/** Every control, in the order in which they are played. */
import { commitTag } from './commitTag.ts'
import type { Control } from './control.ts'
import { localCommit } from './localCommit.ts'
import { lock } from './lock.ts'
import { guessedAbsent, guessedDone } from './lookUp.ts'
import { idempotencyKey, repeat } from './repeat.ts'
import { uniqueIndex } from './uniqueIndex.ts'

export const controls: readonly Control[] = [
  lock,
  uniqueIndex,
  repeat,
  idempotencyKey,
  commitTag,
  guessedDone,
  guessedAbsent,
  localCommit,
]
