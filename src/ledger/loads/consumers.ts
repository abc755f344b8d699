/** Loads consumers and what they may use. */
import type { Consumer, ConsumerAccess, Creation } from '../../objects.ts'
import { consumerAccessTable, consumerTable, customerTable } from '../../store/tables.ts'
import { type ConsumerSelector, creationKey, type Need } from '../needs.ts'
import type { World } from '../world.ts'
import { takeCustomers } from './customers.ts'
import { licensesOf } from './licenses.ts'
import { columns, distinct, type Load, withoutCreation } from './load.ts'

/**
 * A condition on `consumer k`: ids in `$2`, UUIDs in `$3`, e-mail addresses in `$4`. Both sides are put into lower case
 * by PostgreSQL, because which letters that changes depends on the locale of the database.
 */
const named = `(k.remote_id = any ($2::text[]) or k.consumer_id = any ($3::uuid[])
  or lower(k.email) = any (array (select lower(address) from unnest($4::text[]) address)))`

function valuesOf(wanted: readonly { selector: ConsumerSelector }[]): string[][] {
  const ids = wanted.flatMap(({ selector }) => ('id' in selector ? [selector.id] : []))
  const consumerIds = wanted.flatMap(({ selector }) =>
    'consumerId' in selector ? [selector.consumerId] : [],
  )
  const emails = wanted.flatMap(({ selector }) => ('email' in selector ? [selector.email] : []))
  return [distinct(ids), distinct(consumerIds), distinct(emails)]
}

/**
 * Consumers with their customers, and whose licences they may or might use. Who is chosen is gathered into an array
 * first, so that accesses are read by their key and not all of the partner's.
 */
export function consumerLoads(world: World, wanted: readonly { selector: ConsumerSelector }[]): Load[] {
  const values = [world.partnerId, ...valuesOf(wanted)]
  const chosen = `select k.consumer_id from consumer k where k.partner_id = $1 and ${named}`
  return [
    {
      text: `select ${columns(consumerTable, 'k', withoutCreation(consumerTable))} from consumer k
        where k.partner_id = $1 and ${named}`,
      values,
      take: (rows: Consumer[]) => {
        for (const row of rows) world.consumers.load(row)
      },
    },
    {
      text: `select ${columns(consumerAccessTable, 'a')} from consumer_access a
        where a.partner_id = $1 and a.consumer_id = any (array(${chosen})) order by a.granted_at, a.number`,
      values,
      take: (rows: ConsumerAccess[]) => {
        for (const row of rows) world.access.load(row)
      },
    },
    {
      text: `select ${columns(customerTable, 'c')} from customer c where c.partner_id = $1 and c.customer_id in (
        select k.customer_id from consumer k where k.partner_id = $1 and ${named}
        union all select a.customer_id from consumer_access a where a.partner_id = $1 and a.consumer_id = any (array(${chosen})))`,
      values,
      take: takeCustomers(world),
    },
  ]
}

/** The licences that consumers may or might use through the customers that let them. */
export function licensesOfConsumers(world: World, wanted: readonly { selector: ConsumerSelector }[]): Load[] {
  const customers = `select a.customer_id from consumer_access a join consumer k using (partner_id, consumer_id)
    where a.partner_id = $1 and ${named}`
  return licensesOf(world, customers, valuesOf(wanted))
}

/** Whether ids, UUIDs and e-mail addresses of consumers are taken, and by which request. */
export function consumerTakenLoad(world: World, wanted: Extract<Need, { kind: 'consumerTaken' }>[]): Load {
  const ids = wanted.flatMap(({ id }) => id ?? [])
  const consumerIds = wanted.flatMap(({ consumerId }) => consumerId ?? [])
  const emails = wanted.flatMap(({ email }) => email ?? [])
  return {
    text: `select k.consumer_id as "consumerId", k.remote_id as "remoteId", k.email, k.request, k.reply from consumer k
      where k.partner_id = $1 and ${named}`,
    values: [world.partnerId, distinct([...ids, ...consumerIds]), distinct(consumerIds), distinct(emails)],
    take: (rows: (Creation & Pick<Consumer, 'consumerId' | 'remoteId' | 'email'>)[]) => {
      for (const row of rows) {
        world.loadCreation(creationKey.consumer(row.remoteId), row)
        world.loadCreation(creationKey.consumerId(row.consumerId), row)
        if (row.email !== null) world.loadCreation(creationKey.consumerEmail(row.email), row)
      }
    },
  }
}
