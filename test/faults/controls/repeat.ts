/** A create that comes again is not recognised as the one that was done. */

import type { Patch } from '../sources.ts'
import { requestAfter } from '../strikes/cuts.ts'
import type { Control } from './control.ts'

export const withoutReplay: Patch = {
  file: 'src/ledger/entry.ts',
  guard: 'const replayed = replay(world, entry)',
  without: 'const replayed = entry.idempotency ? replay(world, entry) : undefined',
}

export const repeat: Control = {
  name: 'repeat',
  without: 'a create that is sent again is not recognised, and is refused as taken',
  fault: requestAfter,
  patches: [withoutReplay],
  expects: 'wrong',
}

/** Calls without an id of their own have nothing but the key that is sent along. The database knows a key once. */
export const idempotencyKey: Control = {
  name: 'idempotency key',
  without: 'a create that is sent again under its idempotency key is done again',
  fault: {
    ...requestAfter,
    scene: { ...requestAfter.scene, sql: ['alter table idempotency drop constraint idempotency_pkey'] },
  },
  patches: [
    {
      file: 'src/ledger/entry.ts',
      guard: 'const replayed = replay(world, entry)',
      without: 'const replayed = entry.idempotency ? undefined : replay(world, entry)',
    },
  ],
  expects: 'doubled',
}
