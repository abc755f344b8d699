/**
 * What a shop's event says, in words that all shops share, and how what it says stands to what was told before. Shops
 * send events twice, late and in any order: what is newer is told by the shop's own time, never by the arrival.
 */
import type { Instant, ShopObject } from '../objects.ts'

/** Milliseconds since 1970, as shops count them; Stripe's whole seconds among them. */
export type ShopTime = number

/** What a shop knows about who buys. A member that is absent says nothing. */
export interface Contact {
  readonly name?: string
  readonly kind?: 'organization' | 'person'
  readonly email?: string
  readonly phone?: string
}

/** An account of the shop, as an event names it. */
export interface AccountTold {
  readonly id: string
  /**
   * How much of it is told: the whole of it; what a checkout knew, which is no more than a beginning; or no more than
   * that something belongs to it.
   */
  readonly level: 'whole' | 'part' | 'mention'
  /** The customer that the owner of the shop has named there: by our UUID, or by the remote id. */
  readonly customerId?: string
  readonly remoteId?: string
  readonly contact?: Contact
}

/** One thing that is sold: the names it may be mapped under, the most particular first. */
export interface ItemTold {
  readonly id: string
  readonly skus: readonly string[]
  /** 0 while it is kept in the shop and nothing of it is bought. */
  readonly quantity: number
}

/**
 * Whether a subscription's licences are to be on. `unsettled` says neither: it was never paid for, or it is over and
 * the event that ends it is still to come.
 */
export type Standing = 'on' | 'off' | 'unsettled'

/** What an event says. Only an end revokes; what cannot be understood is left for a person to see. */
export type Meaning =
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'unclear'; readonly reason: string }
  | {
      readonly kind: 'account'
      readonly at: ShopTime
      readonly account: AccountTold
      readonly isDeleted: boolean
    }
  | {
      readonly kind: 'subscription'
      readonly at: ShopTime
      readonly id: string
      readonly account: AccountTold
      readonly standing: Standing
      readonly begin: Instant | null
      readonly paidThrough: Instant | null
      readonly items: readonly ItemTold[]
    }
  | {
      readonly kind: 'subscriptionEnd'
      readonly at: ShopTime
      readonly id: string
      readonly accountId: string | null
    }
  | { readonly kind: 'payment'; readonly at: ShopTime; readonly id: string; readonly paidThrough: Instant }
  | {
      readonly kind: 'order'
      readonly at: ShopTime
      readonly id: string
      readonly account: AccountTold
      readonly items: readonly ItemTold[]
    }
  | { readonly kind: 'orderEnd'; readonly at: ShopTime; readonly id: string }

export type MeaningOf<Kind extends Meaning['kind']> = Extract<Meaning, { kind: Kind }>

/**
 * Whether something told at that time is older than what is known. At equal times the later receipt is the newer.
 * The item that told what is known is not older than itself: it may be applied again.
 */
export function isOlder(
  known: Pick<ShopObject, 'toldAt' | 'toldBy'> | undefined,
  at: ShopTime,
  number: number,
): boolean {
  if (!known || known.toldAt === null) return false
  return at < known.toldAt || (at === known.toldAt && number < (known.toldBy as number))
}

/**
 * Until when a subscription is paid, after one more telling of it: the latest telling counts, and of two at the same
 * time the one that says more.
 */
export function paidAfter(
  known: Pick<ShopObject, 'paidThrough' | 'paidToldAt'>,
  at: ShopTime,
  paidThrough: Instant | null,
): Pick<ShopObject, 'paidThrough' | 'paidToldAt'> {
  const { paidThrough: before, paidToldAt } = known
  if (paidThrough === null || (paidToldAt !== null && at < paidToldAt))
    return { paidThrough: before, paidToldAt }
  const isTie = at === paidToldAt && before !== null
  return { paidThrough: isTie ? Math.max(before, paidThrough) : paidThrough, paidToldAt: at }
}

const paidSentence = /^Paid through \d{4}-\d{2}-\d{2}\.$/

/** What the description of a licence says about it; undefined where the description is somebody else's. */
export function paidDescription(description: string | null, paidThrough: Instant | null): string | undefined {
  if (paidThrough === null || (description !== null && !paidSentence.test(description))) return undefined
  return `Paid through ${new Date(paidThrough * 1_000).toISOString().slice(0, 10)}.`
}
