/**
 * Who is signed in. A session is a sealed cookie and nothing else, so that every server of an installation knows it and
 * nothing has to be stored. The API key is looked at again with each request: when it is revoked or expires, its
 * sessions are over.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Fault } from '../faults.ts'
import type { Partner, ScopeName } from '../objects.ts'
import type { Authenticator } from '../rpc/auth.ts'
import type { Caller } from '../rpc/method.ts'
import type { Instant } from '../rules/time.ts'
import type { Reader } from '../store/open.ts'
import { readTicket, seal, unseal } from './seal.ts'

/** What of the partner every page tells. */
export type SessionPartner = Pick<Partner, 'partnerId' | 'name' | 'isSandbox' | 'timeZone' | 'clockAt'>

export interface Session {
  /** Who acts: the key, and that it was in the console. */
  readonly caller: Caller
  readonly partnerId: number
  readonly scopes: readonly ScopeName[]
  readonly keyId: string
  readonly keyName: string
  readonly partner: SessionPartner
  /** Stands in every form, so that no other site can make a browser send one. */
  readonly csrfToken: string
  readonly endsAt: Instant
  /** What makes it differ from every other session. */
  readonly nonce: string
}

export interface SessionHouse {
  readonly authenticator: Authenticator
  readonly reader: Reader
  readonly now: () => Instant
  /** Under which address people reach the service. */
  readonly publicUrl: () => string
}

/** How long one stays signed in. */
export const sessionSeconds = 8 * 60 * 60

/** How many sessions that were ended before their time are remembered. */
const endedMost = 10_000

export class Sessions {
  readonly #house: SessionHouse
  /** Those that somebody signed out of here, so that a copy of the cookie is worth nothing, and when they end anyway. */
  readonly #ended = new Map<string, Instant>()

  constructor(house: SessionHouse) {
    this.#house = house
  }

  /** Begins a session for a key that was shown; throws `unauthenticated` for one that does not count. */
  async begin(presented: string | undefined): Promise<{ cookie: string }> {
    const { authenticator, now } = this.#house
    const caller = await authenticator.authenticate(presented, now())
    const key = await authenticator.standing(caller.keyId, now())
    if (!key) throw new Fault('unauthenticated', {})
    const value = seal(caller.presented, key.secretHash, key.keyId, now() + sessionSeconds)
    return { cookie: this.#cookie(value, sessionSeconds) }
  }

  /** Ends a session; answers the cookie that takes it away. */
  end({ nonce, endsAt }: Session): { cookie: string } {
    const present = this.#house.now()
    // The oldest stands first: what is over anyway goes, and of too many the oldest.
    for (const [old, end] of this.#ended)
      if (end <= present || this.#ended.size >= endedMost) this.#ended.delete(old)
      else break
    this.#ended.set(nonce, endsAt)
    return { cookie: this.#cookie('', 0) }
  }

  /** The session of a request by its cookie header, or undefined where there is none that counts. */
  async read(cookies: string | undefined): Promise<Session | undefined> {
    const { authenticator, now } = this.#house
    const ticket = readTicket(this.#valueIn(cookies))
    if (!ticket || ticket.endsAt <= now() || this.#ended.has(ticket.nonce)) return undefined
    const key = await authenticator.standing(ticket.keyId, now())
    const presented = key && unseal(ticket, key.secretHash)
    if (!key || presented === undefined) return undefined
    const partner = await this.#partner(key.partnerId)
    if (!partner) return undefined
    const { keyId, endsAt, nonce } = ticket
    const who = { partnerId: key.partnerId, scopes: key.scopes, keyId }
    return {
      caller: { ...who, actor: `key:${keyId} in the console`, presented },
      ...who,
      keyName: key.name,
      partner,
      csrfToken: createHmac('sha256', presented).update(`tenure form ${endsAt}.${nonce}`).digest('base64url'),
      endsAt,
      nonce,
    }
  }

  async #partner(partnerId: number): Promise<SessionPartner | undefined> {
    return this.#house.reader
      .selectFrom('partner')
      .select(['partnerId', 'name', 'isSandbox', 'timeZone', 'clockAt'])
      .where('partnerId', '=', partnerId)
      .executeTakeFirst()
  }

  get #isSecure(): boolean {
    return this.#house.publicUrl().startsWith('https:')
  }

  /** Over https the name itself makes browsers refuse the cookie of a neighbouring host. */
  get #name(): string {
    return this.#isSecure ? '__Host-tenure' : 'tenure'
  }

  /** `Lax`, because a link in an ERP has to find the session; forms have their token. */
  #cookie(value: string, seconds: number): string {
    const secure = this.#isSecure ? '; Secure' : ''
    return `${this.#name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
  }

  #valueIn(cookies: string | undefined): string {
    const own = `${this.#name}=`
    const found = (cookies ?? '').split(/; */).find((cookie) => cookie.startsWith(own))
    return found?.slice(own.length) ?? ''
  }
}

/** Whether the token that came with a form is the session's. */
export function isOwnForm({ csrfToken }: Session, sent: string | null): boolean {
  return sent !== null && isSame(sent, csrfToken)
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
