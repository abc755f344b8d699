/** A COMMIT whose answer was lost is not looked up, but guessed. */

import type { Patch } from '../sources.ts'
import { commitAfter, commitBefore } from '../strikes/cuts.ts'
import type { Control } from './control.ts'

const guessing = (guess: 'committed' | 'absent'): Patch => ({
  file: 'src/ledger/commit.ts',
  guard: 'await this.#lookUp(partnerId, error)',
  without: `((await this.#lookUp(partnerId, error)) && '${guess}') as string`,
})

export const guessedDone: Control = {
  name: 'look up, guessed done',
  without: 'a COMMIT that was not answered is taken to be done',
  fault: commitBefore,
  patches: [guessing('committed')],
  expects: 'lost',
}

export const guessedAbsent: Control = {
  name: 'look up, guessed absent',
  without: 'a COMMIT that was not answered is taken not to be done',
  fault: commitAfter,
  patches: [guessing('absent')],
  expects: 'wrong',
}
