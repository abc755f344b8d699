/**
 * Ids are not kept unique by the database. The index alone is never needed, since what is there is looked at under the
 * partner's lock; so the look is taken out with it. With the index the same calls fail and nothing is doubled.
 */
import { requestAfter } from '../strikes/cuts.ts'
import type { Control } from './control.ts'
import { withoutReplay } from './repeat.ts'

const withoutIndexes = [
  'alter table orders drop constraint order_remote_id_taken',
  'alter table customer_remote_id drop constraint customer_remote_id_taken',
  'drop index license_remote_id_taken',
]

export const uniqueIndex: Control = {
  name: 'unique index',
  without: 'ids are unique neither by the look before a create nor by an index',
  fault: {
    ...requestAfter,
    scene: { ...requestAfter.scene, sql: withoutIndexes },
  },
  patches: [
    withoutReplay,
    { file: 'src/ledger/entry.ts', guard: '    refuseTaken(world, entry)\n', without: '' },
  ],
  expects: 'doubled',
}
