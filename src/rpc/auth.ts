/** Who is behind an API key. A verified key is believed for a moment, so that not every call asks the database. */
import { timingSafeEqual } from 'node:crypto'
import type pg from 'pg'
import { Fault } from '../faults.ts'
import type { ScopeName } from '../objects.ts'
import { hashKey, keyIdOf } from '../rules/apiKey.ts'
import type { Instant } from '../rules/time.ts'
import { failureOf } from '../store/failures.ts'
import type { Caller } from './method.ts'

/** How long a verified key may be believed without asking the database again. */
const believedMilliseconds = 2_000
/** How many verified keys are remembered at most. */
const keysRemembered = 10_000

interface Believed {
  readonly caller: Caller
  readonly expiresAt: Instant | null
  readonly until: number
}

/** A key that counts at this moment, found by its id alone: for whoever has shown the key itself before. */
export interface StandingKey {
  readonly keyId: string
  readonly name: string
  readonly partnerId: number
  readonly scopes: readonly ScopeName[]
  readonly secretHash: Uint8Array
}

interface Expiring {
  readonly expiresAt: Instant | null
}

/** Stands for the partner of a key that there is not. */
const nobody = -1

/** One row of the same size whether or not there is the key, so that its id is not told by the time it takes. */
const findKey = `select coalesce(k.partner_id, ${nobody}) as "partnerId", coalesce(k.name, 'a key of nobody') as name,
    coalesce(k.secret_hash, sha256('')) as "secretHash", coalesce(k.scopes, '{read}') as scopes,
    k.expires_at as "expiresAt", k.revoked_at as "revokedAt"
  from (values ($1::text)) as asked (key_id) left join api_key k using (key_id)`

interface KeyRow {
  partnerId: number
  name: string
  secretHash: Buffer
  scopes: ScopeName[]
  expiresAt: Instant | null
  revokedAt: Instant | null
}

export class Authenticator {
  readonly #pool: pg.Pool
  readonly #believed = new Map<string, Believed>()
  readonly #standing = new Map<string, { readonly key: StandingKey & Expiring; readonly until: number }>()
  /** Questions to the database that are under way, by the id of the key. */
  readonly #asked = new Map<string, Promise<KeyRow | undefined>>()
  /** Counts revocations, so that an answer of the database from before one is not believed after it. */
  #generation = 0

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** Who presents this key; throws `unauthenticated`, or `unavailable` when the database cannot tell. */
  async authenticate(presented: string | undefined, now: Instant): Promise<Caller> {
    const keyId = presented === undefined ? undefined : keyIdOf(presented)
    if (presented === undefined || keyId === undefined) throw new Fault('unauthenticated', {})
    const digest = hashKey(presented)
    const believed = this.#believed.get(digest)
    if (believed && believed.until > performance.now()) {
      if (believed.expiresAt !== null && believed.expiresAt <= now) throw new Fault('unauthenticated', {})
      return believed.caller
    }
    return this.#verify(presented, keyId, digest, now)
  }

  async #verify(presented: string, keyId: string, digest: string, now: Instant): Promise<Caller> {
    const generation = this.#generation
    const row = await this.#find(keyId)
    // The comparison is made for an unknown id too, so that time tells nothing about which ids exist.
    const same = timingSafeEqual(row?.secretHash ?? Buffer.alloc(32), Buffer.from(digest, 'hex'))
    const expired = row?.expiresAt != null && row.expiresAt <= now
    if (!row || !same || row.revokedAt !== null || expired) throw new Fault('unauthenticated', {})
    const { partnerId, scopes, expiresAt } = row
    const caller: Caller = { partnerId, actor: `key:${keyId}`, keyId, scopes, presented }
    if (generation === this.#generation) {
      if (this.#believed.size >= keysRemembered) this.#believed.clear()
      this.#believed.set(digest, { caller, expiresAt, until: performance.now() + believedMilliseconds })
    }
    return caller
  }

  /** The key of this id where it is neither revoked nor expired; throws `unavailable` when the database cannot tell. */
  async standing(keyId: string, now: Instant): Promise<StandingKey | undefined> {
    const counts = ({ expiresAt }: Expiring): boolean => expiresAt === null || expiresAt > now
    const known = this.#standing.get(keyId)
    if (known && known.until > performance.now()) return counts(known.key) ? known.key : undefined
    const generation = this.#generation
    const row = await this.#find(keyId)
    if (!row || row.revokedAt !== null || !counts(row)) return undefined
    const key = { ...row, keyId }
    if (generation === this.#generation) {
      if (this.#standing.size >= keysRemembered) this.#standing.clear()
      this.#standing.set(keyId, { key, until: performance.now() + believedMilliseconds })
    }
    return key
  }

  /** A flood of calls with one key asks once: whoever comes while the database is being asked shares the answer. */
  #find(keyId: string): Promise<KeyRow | undefined> {
    const asked = this.#asked.get(keyId)
    if (asked) return asked
    const asking = this.#ask(keyId).finally(() => {
      if (this.#asked.get(keyId) === asking) this.#asked.delete(keyId)
    })
    this.#asked.set(keyId, asking)
    return asking
  }

  async #ask(keyId: string): Promise<KeyRow | undefined> {
    try {
      const { rows } = await this.#pool.query<KeyRow>({
        text: findKey,
        values: [keyId],
      })
      return rows[0]?.partnerId === nobody ? undefined : rows[0]
    } catch (error) {
      if (failureOf(error) === 'defect') throw error
      throw new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 })
    }
  }

  /** Forgets every key that was verified, because one was revoked: the next call of each asks the database. */
  forget(): void {
    this.#generation += 1
    this.#believed.clear()
    this.#standing.clear()
    // A question from before a revocation must not answer whoever comes after it.
    this.#asked.clear()
  }
}
