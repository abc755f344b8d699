/** An answered COMMIT counts as done, whatever PostgreSQL says that it did. */
import { abort } from '../strikes/abort.ts'
import type { Control } from './control.ts'

export const commitTag: Control = {
  name: 'commit tag',
  without: 'COMMIT that is answered with ROLLBACK, after a statement that failed, counts as done',
  fault: abort,
  patches: [
    {
      file: 'src/ledger/commit.ts',
      guard: "if (commit.status === 'fulfilled' && commit.value.command === 'COMMIT' && !failed) {",
      without: "if (commit.status === 'fulfilled') {",
    },
  ],
  expects: 'lost',
}
