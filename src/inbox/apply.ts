/**
 * What an event of a shop brings about, once it is known what it says. Everything here is decided in one world, by the
 * same methods that callers use; a refusal parks the event with its reason.
 */
import {
  type Application,
  licensesOfObject,
  recalled,
  rememberObject,
  type Verdict,
} from '../ledger/shops.ts'
import type { World } from '../ledger/world.ts'
import { updateCustomer } from '../methods/customers/updateCustomer.ts'
import type { Customer, InboxItem, ShopObject, ShopObjectKind, ShopSource } from '../objects.ts'
import { isOlder, type Meaning, type MeaningOf, paidAfter, type ShopTime } from '../rules/shop.ts'
import { customerNeeds, customerOf, namesCustomer } from './customers.ts'
import { type Desk, openDesk } from './desk.ts'
import { fastSpringEvent } from './fastspring.ts'
import { describePaid, revoke, sell } from './licenses.ts'
import { stripeEvent } from './stripe.ts'
import type { ShopEvent } from './words.ts'

const readers = { stripe: stripeEvent, fastspring: fastSpringEvent }

const applied: Verdict = { state: 'applied', reason: null }
const older: Verdict = { state: 'ignored', reason: 'older: Something newer has been told of it already.' }
const ended: Verdict = { state: 'ignored', reason: 'ended: It is over already, and stays so.' }

/** The application of an item whose event is `content`. */
export function applicationOf(
  item: InboxItem,
  shop: ShopSource['shop'],
  content: unknown,
  options: { realNow: number; isReplay: boolean; publicUrl: string },
): Application {
  const event = readers[shop](content)
  const meaning = 'read' in event ? event.read() : event
  const { inboxId, sourceId } = item
  const about = { inboxId, sourceId, ...aboutOf(meaning) }
  const account = 'account' in meaning ? meaning.account : undefined
  return {
    wanted: about,
    needs: account ? customerNeeds(account) : [],
    realNow: options.realNow,
    isReplay: options.isReplay,
    apply(world, source, present) {
      const otherMode = isOtherMode(world, event)
      if (otherMode) return otherMode
      return carryOut(openDesk(world, source, present, options.publicUrl), meaning)
    },
  }
}

function aboutOf(meaning: Meaning): Pick<Application['wanted'], 'objects' | 'accounts' | 'skus'> {
  const object = objectOf(meaning)
  const account = 'account' in meaning ? meaning.account : undefined
  const objects = [
    ...(object ? [object] : []),
    ...(account && object?.kind !== 'account' ? [{ kind: 'account' as const, id: account.id }] : []),
  ]
  return {
    objects,
    // What else an account has bought matters where it may turn out to be another customer's.
    accounts: account && namesCustomer(account) ? [account.id] : [],
    skus: 'items' in meaning ? meaning.items.flatMap(({ skus }) => skus) : [],
  }
}

function objectOf(meaning: Meaning): { kind: ShopObjectKind; id: string } | undefined {
  switch (meaning.kind) {
    case 'account':
      return { kind: 'account', id: meaning.account.id }
    case 'subscription':
    case 'subscriptionEnd':
    case 'payment':
      return { kind: 'subscription', id: meaning.id }
    case 'order':
    case 'orderEnd':
      return { kind: 'order', id: meaning.id }
    default:
      return undefined
  }
}

/** A live source has no use for test events, nor a sandbox for live ones. */
function isOtherMode({ partner }: World, event: ShopEvent | Meaning): Verdict | undefined {
  if (!('isLive' in event) || event.isLive !== partner.isSandbox) return undefined
  const reason = event.isLive
    ? 'other_mode: A live event; this source belongs to a sandbox.'
    : 'other_mode: A test event; this source is live.'
  return { state: 'ignored', reason }
}

function carryOut(desk: Desk, meaning: Meaning): Verdict {
  switch (meaning.kind) {
    case 'ignored':
      return { state: 'ignored', reason: meaning.reason }
    case 'unclear':
      return { state: 'parked', reason: meaning.reason }
    case 'account':
      return meaning.isDeleted ? deleteAccount(desk, meaning) : tellAccount(desk, meaning)
    case 'subscription':
      return tellSubscription(desk, meaning)
    case 'payment':
      return tellPayment(desk, meaning)
    case 'order':
      return tellOrder(desk, meaning)
    case 'subscriptionEnd':
      return end(desk, 'subscription', meaning.id, meaning.at, meaning.accountId)
    case 'orderEnd':
      return end(desk, 'order', meaning.id, meaning.at, null)
  }
}

function known({ world, source }: Desk, kind: ShopObjectKind, id: string): ShopObject | undefined {
  return recalled(world, source.sourceId, kind, id)
}

function tellAccount(desk: Desk, { account, at }: Pick<MeaningOf<'account'>, 'account' | 'at'>): Verdict {
  const before = known(desk, 'account', account.id)
  if (before?.isEnded) return ended
  if (account.level === 'whole' && isOlder(before, at, desk.item.number)) return older
  customerOf(desk, account, at)
  return applied
}

/**
 * A customer that is only known as this account is deactivated with it. One that has an id of its own, or another
 * account, may go on buying.
 */
function deleteAccount(desk: Desk, { account, at }: MeaningOf<'account'>): Verdict {
  const { world, source, item } = desk
  const before = known(desk, 'account', account.id)
  if (before?.isEnded) return ended
  rememberObject(world, source, 'account', account.id, { isEnded: true, toldAt: at, toldBy: item.number })
  const customer = before?.customerId ? world.customers.get(before.customerId) : undefined
  if (customer?.remoteId === account.id && !hasOtherAccount(desk, customer, account.id))
    desk.call(updateCustomer, { customerId: customer.customerId, isActive: false })
  return applied
}

function hasOtherAccount({ world, source }: Desk, { customerId }: Customer, accountId: string): boolean {
  return [...world.shopObjects.all()].some(
    (other) =>
      other.kind === 'account' &&
      other.customerId === customerId &&
      !other.isEnded &&
      (other.objectId !== accountId || other.sourceId !== source.sourceId),
  )
}

const unpaid = { paidThrough: null, paidToldAt: null }

function tellSubscription(desk: Desk, told: MeaningOf<'subscription'>): Verdict {
  const { world, source, item } = desk
  const { id, at, account, standing, begin, items } = told
  const before = known(desk, 'subscription', id)
  if (before?.isEnded) return ended
  const paid = paidAfter(before ?? unpaid, at, told.paidThrough)
  if (before && isOlder(before, at, item.number)) {
    const isAboutBuyer = account.level === 'whole' && tellAccount(desk, { account, at }).state === 'applied'
    if (paid.paidToldAt === before.paidToldAt && paid.paidThrough === before.paidThrough)
      return isAboutBuyer ? applied : older
    describePaid(desk, rememberObject(world, source, 'subscription', id, paid))
    return applied
  }
  const news = { ...paid, accountId: account.id, toldAt: at, toldBy: item.number }
  // What was never paid for makes nobody a customer.
  if (standing === 'unsettled') {
    rememberObject(world, source, 'subscription', id, news)
    return applied
  }
  const customer = customerOfObject(desk, told, before)
  const object = rememberObject(world, source, 'subscription', id, {
    ...news,
    customerId: customer.customerId,
  })
  sell(desk, { object, customer, begin, isOn: standing === 'on' }, items)
  return applied
}

/** An object stays with its customer unless the event names another, or its account has gone over to another. */
function customerOfObject(
  desk: Desk,
  { account, at }: MeaningOf<'subscription'> | MeaningOf<'order'>,
  before: ShopObject | undefined,
): Customer {
  const ofAccount = customerOf(desk, account, at)
  if (namesCustomer(account) || !before) return ofAccount
  const present = known(desk, before.kind, before.objectId)
  return (present?.customerId ? desk.world.customers.get(present.customerId) : undefined) ?? ofAccount
}

function tellPayment(desk: Desk, { id, at, paidThrough }: MeaningOf<'payment'>): Verdict {
  const before = known(desk, 'subscription', id)
  if (before?.isEnded) return ended
  const paid = paidAfter(before ?? unpaid, at, paidThrough)
  if (before && paid.paidToldAt === before.paidToldAt && paid.paidThrough === before.paidThrough) return older
  describePaid(desk, rememberObject(desk.world, desk.source, 'subscription', id, paid))
  return applied
}

/** A licence of an order is perpetual. */
function tellOrder(desk: Desk, told: MeaningOf<'order'>): Verdict {
  const { world, source, item } = desk
  const { id, at, account, items } = told
  const before = known(desk, 'order', id)
  if (before?.isEnded) return ended
  if (isOlder(before, at, item.number)) return older
  const customer = customerOfObject(desk, told, before)
  const news = { accountId: account.id, customerId: customer.customerId, toldAt: at, toldBy: item.number }
  const object = rememberObject(world, source, 'order', id, news)
  sell(desk, { object, customer, begin: Math.floor(at / 1_000), isOn: true }, items)
  return applied
}

/** What is over is remembered even where nothing was known of it, so that what comes late does not begin it again. */
function end(desk: Desk, kind: ShopObjectKind, id: string, at: ShopTime, accountId: string | null): Verdict {
  const { world, source, item } = desk
  if (known(desk, kind, id)?.isEnded) return ended
  const over = { isEnded: true, toldAt: at, toldBy: item.number }
  const object = rememberObject(world, source, kind, id, {
    ...over,
    ...(accountId === null ? {} : { accountId }),
  })
  revoke(desk, licensesOfObject(world, object))
  return applied
}
