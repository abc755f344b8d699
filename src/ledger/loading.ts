/** Brings a world into being: the partner, what the calls of a group ask for, and what that names in turn. */
import type pg from 'pg'
import { loads } from './load.ts'
import { furtherLoads, type KeptCatalogue } from './loads/further.ts'
import type { Load } from './loads/load.ts'
import { partnerLoad } from './loads/partners.ts'
import type { Need } from './needs.ts'
import type { World } from './world.ts'

/**
 * Begins a transaction and loads what the needs name. The first queries are sent all at once; those that follow from
 * their rows go in rounds of their own, of which most groups need none.
 */
export async function loadWorld(
  client: pg.ClientBase,
  world: World,
  needs: readonly Need[],
  options: { begin: string; lock: boolean; kept: KeptCatalogue },
): Promise<void> {
  const { begin, lock, kept } = options
  await takeAll(client, [partnerLoad(world, lock), ...loads(world, needs)], begin)
  for (;;) {
    const further = furtherLoads(world, kept)
    if (further.length === 0) return
    await takeAll(client, further)
  }
}

async function takeAll(client: pg.ClientBase, wanted: readonly Load[], begin?: string): Promise<void> {
  const begun = begin === undefined ? undefined : client.query(begin)
  const sent = wanted.map(({ text, values }) => client.query(text, values))
  const results = await Promise.allSettled([begun, ...sent])
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  wanted.forEach((query, index) => {
    query.take((results[index + 1] as PromiseFulfilledResult<pg.QueryResult>).value.rows as never[])
  })
}
