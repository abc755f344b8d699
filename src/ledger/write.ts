/** Turns what a world has staged into statements: for each table a COPY of its new rows, and one update of all changed. */
import { limits } from '../limits.ts'
import type { Consumer, Creation, License } from '../objects.ts'
import { type Copy, copyAll } from '../store/copy.ts'
import { type Statement, updateAll } from '../store/statements.ts'
import {
  consumerTable,
  customerRemoteIdTable,
  editionTable,
  idempotencyTable,
  licenseTable,
  orderTable,
  productTable,
  type Table,
} from '../store/tables.ts'
import { creationKey } from './needs.ts'
import type { World } from './world.ts'

/** Everything staged, in an order in which a row's parents are written before it. */
export function* writes(world: World): Generator<Statement | Copy> {
  if (world.catalogueChanged)
    yield {
      text: 'update catalogue set version = version + 1, rules_version = rules_version + $1',
      values: [world.rulesChanged ? 1 : 0],
    }
  // Before the rows that this group writes itself, which know their moments already.
  if (world.reschedule) yield* rescheduled(world)
  for (const shelf of world.shelves) {
    if (!shelf.isChanged) continue
    const { inserts, updates } = shelf.staged()
    if ((shelf.table as unknown) === idempotencyTable) yield forgetOldAnswers(world)
    if (inserts.length > 0) yield copyAll(shelf.table, inserts, creationsIn(world, shelf.table))
    if (updates.length > 0) yield updateAll(shelf.table, updates)
  }
}

/** First answers are kept for a time that callers know; every new one sweeps out those that are past it. */
function forgetOldAnswers(world: World): Statement {
  return {
    text: 'delete from idempotency where partner_id = $1 and created_at <= to_timestamp($2)',
    values: [world.partnerId, world.databaseNow - limits.idempotencyHours * 3_600],
  }
}

/** Everything that waits for a moment is looked at anew: what the rules say of it may have changed. */
function rescheduled(world: World): Statement[] {
  return ['chain', 'license'].map((table) => ({
    text: `update ${table} set next_due_at = to_timestamp(0) where partner_id = $1 and next_due_at is not null`,
    values: [world.partnerId],
  }))
}

/** Things with an id of the caller's own carry the request that created them and its first answer. */
function creationsIn(
  world: World,
  table: Table<object>,
): ((row: object) => Creation | undefined) | undefined {
  const keyOf = creationKeys.get(table)
  return keyOf && ((row) => world.creation(keyOf(row as never)))
}

/** Under which name the creating request of a row is remembered. */
const creationKeys = new Map<unknown, (row: never) => string>([
  [orderTable, ({ remoteId }: { remoteId: string }) => creationKey.order(remoteId)],
  [productTable, ({ code }: { code: string }) => creationKey.product(code)],
  [editionTable, ({ code }: { code: string }) => creationKey.edition(code)],
  [licenseTable, licenseCreationKey],
  [consumerTable, consumerCreationKey],
  [customerRemoteIdTable, ({ remoteId }: { remoteId: string }) => creationKey.customer(remoteId)],
])

/** By the caller's own id where there is one, since the UUID may have been generated. */
function licenseCreationKey({ licenseId, product, remoteId }: License): string {
  if (product !== null && remoteId !== null) return creationKey.license(product, remoteId)
  return creationKey.licenseId(licenseId)
}

function consumerCreationKey({ consumerId, remoteId, email }: Consumer): string {
  // Without an id of the caller's own, the UUID stands for it, and the request went by its e-mail address.
  return remoteId === consumerId && email !== null
    ? creationKey.consumerEmail(email)
    : creationKey.consumer(remoteId)
}
