/**
 * What events of Stripe say. Payloads of all API versions are taken: the period of a subscription stands on its items,
 * or in older ones on itself; an invoice names its subscription under `parent`, or in older ones directly. Amounts of
 * money never matter.
 *
 * A subscription with several items becomes one licence for each. That it is cancelled, or will be, is only noted by
 * Stripe until it ends, and the end is an event of its own. A pause of collection alone (`pause_collection`) leaves the
 * subscription active, and so the licence on.
 */
import { z } from 'zod'
import type { AccountTold, ItemTold, Meaning, Standing } from '../rules/shop.ts'
import {
  contactOf,
  HowMany,
  idOf,
  idOrWhole,
  itemsOf,
  readAs,
  Seconds,
  type ShopEvent,
  ShopId,
  Words,
} from './words.ts'

const Event = z.object({
  type: z.string(),
  created: Seconds,
  livemode: z.boolean(),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
})

const Metadata = z.record(z.string(), z.unknown()).nullish()

const Customer = z.object({ id: ShopId, name: Words, email: Words, phone: Words, metadata: Metadata })

const Session = z.object({
  customer: idOrWhole(z.object({ id: ShopId })).nullish(),
  customer_details: z.object({ name: Words, email: Words, phone: Words }).nullish(),
  metadata: Metadata,
})

const Price = z.object({
  id: ShopId,
  lookup_key: Words,
  product: idOrWhole(z.object({ id: ShopId })).nullish(),
})

const Item = z
  .object({
    id: ShopId,
    quantity: HowMany.nullish(),
    price: Price.nullish(),
    plan: Price.nullish(),
    current_period_end: Seconds.nullish(),
  })
  .refine(({ price, plan }) => price ?? plan, { message: 'must have a price' })

const on = ['active', 'trialing', 'past_due']
const off = ['unpaid', 'paused']
/** A word that is not among these is for a person to see. */
const Status = z.enum([...on, ...off, 'incomplete', 'incomplete_expired', 'canceled'])

/** What is left out of a list must not be taken for what is sold no longer. */
const Items = z
  .object({ data: itemsOf(Item, 1), has_more: z.boolean().nullish() })
  .refine(({ has_more }) => has_more !== true, { message: 'must tell every item' })

const Subscription = z.object({
  id: ShopId,
  customer: idOrWhole(z.object({ id: ShopId })),
  status: Status,
  metadata: Metadata,
  start_date: Seconds.nullish(),
  current_period_end: Seconds.nullish(),
  items: Items,
})

const EndedSubscription = z.object({ id: ShopId, customer: idOrWhole(z.object({ id: ShopId })).nullish() })

const Named = idOrWhole(z.object({ id: ShopId })).nullish()

const Prorated = z.object({ proration: z.boolean().nullish() }).nullish()

const Invoice = z.object({
  subscription: Named,
  parent: z.object({ subscription_details: z.object({ subscription: Named }).nullish() }).nullish(),
  lines: z.object({
    data: z.array(
      z.object({
        proration: z.boolean().nullish(),
        parent: z.object({ subscription_item_details: Prorated, invoice_item_details: Prorated }).nullish(),
        period: z.object({ end: Seconds }).nullish(),
      }),
    ),
  }),
})

export function stripeEvent(content: unknown): ShopEvent | Meaning {
  const event = Event.safeParse(content)
  if (!event.success) return readAs(Event, content, () => ({ kind: 'ignored', reason: '' }))
  const { type, created, livemode, data } = event.data
  return { isLive: livemode, read: () => meaningOf(type, created * 1_000, data.object) }
}

function meaningOf(type: string, at: number, object: unknown): Meaning {
  switch (type) {
    case 'customer.created':
    case 'customer.updated':
    case 'customer.deleted': {
      const isDeleted = type === 'customer.deleted'
      return readAs(Customer, object, (told) => ({
        kind: 'account',
        at,
        account: accountOf(told),
        isDeleted,
      }))
    }
    case 'checkout.session.completed':
      return readAs(Session, object, (told) => ofSession(told, at))
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.paused':
    case 'customer.subscription.resumed':
      return readAs(Subscription, object, (told) => ofSubscription(told, at))
    case 'customer.subscription.deleted':
      return readAs(EndedSubscription, object, ({ id, customer }) => {
        return { kind: 'subscriptionEnd', at, id, accountId: idOf(customer) ?? null }
      })
    case 'invoice.paid':
    case 'invoice.payment_succeeded':
      return readAs(Invoice, object, (told) => ofInvoice(told, at))
    case 'charge.refunded':
      return {
        kind: 'unclear',
        reason: 'refund: Money was paid back; what that means for the licence is for you to say.',
      }
    case 'charge.dispute.created':
      return {
        kind: 'unclear',
        reason: 'chargeback: A payment is disputed; what that means is for you to say.',
      }
    default:
      return { kind: 'ignored', reason: 'type: Nothing here depends on events of this type.' }
  }
}

/** The customer that the owner of the shop has named in the metadata. */
function namedIn(metadata: z.output<typeof Metadata>): Pick<AccountTold, 'customerId' | 'remoteId'> {
  const { customerId, remoteId } = metadata ?? {}
  return {
    ...(typeof customerId === 'string' && customerId !== '' ? { customerId } : {}),
    ...(typeof remoteId === 'string' && remoteId !== '' ? { remoteId } : {}),
  }
}

function accountOf({ id, name, email, phone, metadata }: z.output<typeof Customer>): AccountTold {
  return { id, level: 'whole', ...namedIn(metadata), contact: contactOf({ name, email, phone }) }
}

/** A completed checkout may be the first to say whose an account is. */
function ofSession({ customer, customer_details, metadata }: z.output<typeof Session>, at: number): Meaning {
  const id = idOf(customer)
  if (id === undefined) return { kind: 'ignored', reason: 'no_customer: The checkout has made no customer.' }
  const { name, email, phone } = customer_details ?? {}
  const account: AccountTold = {
    id,
    level: 'part',
    ...namedIn(metadata),
    contact: contactOf({ name, email, phone }),
  }
  return { kind: 'account', at, account, isDeleted: false }
}

function ofSubscription(told: z.output<typeof Subscription>, at: number): Meaning {
  const { id, customer, status, metadata, start_date, items } = told
  const account: AccountTold = { id: idOf(customer) as string, level: 'mention', ...namedIn(metadata) }
  const ends = items.data.map(({ current_period_end }) => current_period_end ?? told.current_period_end ?? 0)
  const isPaid = status === 'active' || status === 'trialing'
  return {
    kind: 'subscription',
    at,
    id,
    account,
    standing: standingOf(status),
    begin: start_date ?? null,
    paidThrough: isPaid ? Math.max(...ends) || null : null,
    items: items.data.map(itemOf),
  }
}

/** A payment that is late (`past_due`) is still being tried for; the licence stays on until Stripe gives up. */
function standingOf(status: string): Standing {
  if (on.includes(status)) return 'on'
  return off.includes(status) ? 'off' : 'unsettled'
}

function itemOf({ id, quantity, price, plan }: z.output<typeof Item>): ItemTold {
  const sold = (price ?? plan) as z.output<typeof Price>
  const product = idOf(sold.product)
  const skus = [sold.id, sold.lookup_key, product].filter(
    (sku): sku is string => ShopId.safeParse(sku).success,
  )
  return { id, skus, quantity: quantity ?? 1 }
}

type Line = z.output<typeof Invoice>['lines']['data'][number]

/** Older payloads say it of the line, newer ones of what the line is about. */
function isProration({ proration, parent }: Line): boolean {
  const details = parent?.subscription_item_details ?? parent?.invoice_item_details
  return (proration ?? details?.proration) === true
}

/** A proration pays for a change within a period that is paid already. */
function ofInvoice({ subscription, parent, lines }: z.output<typeof Invoice>, at: number): Meaning {
  const id = idOf(parent?.subscription_details?.subscription) ?? idOf(subscription)
  if (id === undefined)
    return { kind: 'ignored', reason: 'no_subscription: The invoice is of no subscription.' }
  const periods = lines.data.filter((line) => !isProration(line)).map(({ period }) => period?.end ?? 0)
  // Not spread: more lines than a call has room for arguments must not make the event fail.
  const paidThrough = periods.reduce((latest, end) => Math.max(latest, end), 0)
  if (paidThrough === 0) return { kind: 'ignored', reason: 'no_period: The invoice pays for no period.' }
  return { kind: 'payment', at, id, paidThrough }
}
