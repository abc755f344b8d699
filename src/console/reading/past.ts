/**
 * What is kept of chains besides what `getOrder` answers: suspensions that are over, the rules they live under, and the
 * version that a form is made from.
 */
import type { Reader } from '../../store/open.ts'
import type { ChainPast } from '../draw/chain.ts'

export interface KeptChain extends ChainPast {
  readonly version: number
}

/** By the number of the chain, which is that of its first order. */
export async function chainPasts(
  db: Reader,
  partnerId: number,
  chainIds: readonly number[],
): Promise<ReadonlyMap<number, KeptChain>> {
  if (chainIds.length === 0) return new Map()
  const chains = await db
    .selectFrom('chain as c')
    .innerJoin('edition as e', 'e.code', 'c.edition')
    .innerJoin('partner as p', 'p.partnerId', 'c.partnerId')
    .select(['c.chainId', 'c.version', 'e.renewable', 'e.graceDays', 'p.graceDays as graceDaysOfPartner'])
    .where('c.partnerId', '=', partnerId)
    .where('c.chainId', 'in', [...chainIds])
    .execute()
  const suspensions = await db
    .selectFrom('orderSuspension')
    .select(['chainId', 'suspendedAt', 'resumedAt'])
    .where('partnerId', '=', partnerId)
    .where('chainId', 'in', [...chainIds])
    .orderBy('number')
    .execute()
  const byChain = Map.groupBy(suspensions, ({ chainId }) => chainId)
  return new Map(
    chains.map(({ chainId, version, renewable, graceDays, graceDaysOfPartner }) => [
      chainId,
      {
        version,
        renewable,
        graceDays: graceDays ?? graceDaysOfPartner,
        suspensions: byChain.get(chainId) ?? [],
      },
    ]),
  )
}

/** The numbers of the chains that a customer has begun last, the latest first. */
export async function latestChains(
  db: Reader,
  partnerId: number,
  customerId: string,
  limit: number,
): Promise<number[]> {
  const rows = await db
    .selectFrom('chain')
    .select('chainId')
    .where('partnerId', '=', partnerId)
    .where('customerId', '=', customerId)
    .orderBy('chainId', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ chainId }) => chainId)
}

const numbersMost = 50

/** Every number that a customer has or had. */
export async function numbersOf(db: Reader, partnerId: number, customerId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('customerRemoteId')
    .select('remoteId')
    .where('partnerId', '=', partnerId)
    .where('customerId', '=', customerId)
    .limit(numbersMost)
    .execute()
  return rows.map(({ remoteId }) => remoteId)
}
