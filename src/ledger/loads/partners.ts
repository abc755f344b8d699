/** Loads partners, their API keys, and the first answers of calls with an idempotency key. */
import type { Partner } from '../../objects.ts'
import { apiKeyTable, idempotencyTable, partnerTable } from '../../store/tables.ts'
import type { World } from '../world.ts'
import { columns, type Load } from './load.ts'

/**
 * The partner's row. With `lock` it is the lock under which everything of the partner is changed. Whoever waits for it reads
 * the locked rows as they are afterwards and all others as they were before: so partner 0, under whose lock the catalogue
 * is changed, locks its row too, lest it take a version that was changed meanwhile for the present one.
 */
export function partnerLoad(world: World, lock: boolean): Load {
  const locked = world.partnerId === 0 ? 'p, c' : 'p'
  return {
    text: `select ${columns(partnerTable, 'p')}, c.version as "catalogueVersion", c.rules_version as "catalogueRules",
        extract(epoch from now())::bigint as "databaseNow"
      from partner p cross join catalogue c where p.partner_id = $1${lock ? ` for no key update of ${locked}` : ''}`,
    values: [world.partnerId],
    take: (rows: (Partner & Pick<World, 'catalogueVersion' | 'catalogueRules' | 'databaseNow'>)[]) => {
      for (const { catalogueVersion, catalogueRules, databaseNow, ...partner } of rows) {
        world.partners.load(partner)
        world.catalogueVersion = catalogueVersion
        world.catalogueRules = catalogueRules
        world.databaseNow = databaseNow
      }
    },
  }
}

export function apiKeyLoad(world: World, keyIds: string[]): Load {
  const members = Object.keys(apiKeyTable.columns).filter((member) => member !== 'secretHash')
  return {
    text: `select ${columns(apiKeyTable, 'k', members)}, encode(k.secret_hash, 'hex') as "secretHash"
      from api_key k where k.partner_id = $1 and k.key_id = any ($2::text[])`,
    values: [world.partnerId, keyIds],
    take: (rows) => {
      for (const row of rows) world.apiKeys.load(row)
    },
  }
}

export function anyApiKeyLoad(world: World): Load {
  return {
    text: 'select exists (select from api_key) as found',
    values: [],
    take: ([row]: { found: boolean }[]) => {
      world.hasApiKeys = row?.found ?? false
    },
  }
}

export function nextPartnerLoad(world: World): Load {
  return {
    text: 'select max(partner_id) + 1 as next from partner',
    values: [],
    take: ([row]: { next: number }[]) => {
      world.nextPartnerId = row?.next
    },
  }
}

export function idempotencyLoad(world: World, keyDigests: string[]): Load {
  return {
    text: `select i.partner_id as "partnerId", encode(i.key_digest, 'hex') as "keyDigest",
        encode(i.request_digest, 'hex') as "requestDigest", encode(i.reply, 'hex') as reply,
        i.created_at as "createdAt"
      from ${idempotencyTable.name} i where i.partner_id = $1 and i.key_digest = any ($2::bytea[])`,
    values: [world.partnerId, keyDigests.map((digest) => Buffer.from(digest, 'hex'))],
    take: (rows) => {
      for (const row of rows) world.idempotency.load(row)
    },
  }
}
