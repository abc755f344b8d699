/**
 * What events of FastSpring say. With webhook expansion accounts, products and subscriptions are told whole, without it
 * by their ids; both are taken. Where what is needed is only an id, and nothing here knows more, the event is left for
 * a person to see.
 *
 * What is told is dated by the object's own last change where that is told, because an event that is sent again by hand
 * gets a new id and tells the same old thing. A cancelled subscription goes on until it is deactivated; a late payment
 * leaves it on. A state that is not known here is left for a person too.
 */
import { z } from 'zod'
import type { AccountTold, ItemTold, Meaning, Standing } from '../rules/shop.ts'
import {
  contactOf,
  HowMany,
  idOf,
  idOrWhole,
  itemsOf,
  Milliseconds,
  readAs,
  type ShopEvent,
  ShopId,
  Words,
} from './words.ts'

const Event = z.object({
  type: z.string(),
  created: Milliseconds,
  live: z.boolean(),
  data: z.record(z.string(), z.unknown()),
})

const Account = z
  .object({
    id: ShopId.nullish(),
    account: ShopId.nullish(),
    contact: z.object({ first: Words, last: Words, email: Words, company: Words, phone: Words }).nullish(),
    lookup: z.object({ custom: Words }).nullish(),
  })
  .refine(({ id, account }) => id ?? account, { message: 'must have an id' })

const Product = z.object({ product: ShopId, sku: Words })

const on = ['active', 'trial', 'overdue', 'canceled']

const Subscription = z
  .object({
    id: ShopId.nullish(),
    subscription: ShopId.nullish(),
    state: z.enum([...on, 'paused', 'deactivated']),
    changed: Milliseconds.nullish(),
    account: idOrWhole(Account),
    product: idOrWhole(Product),
    sku: Words,
    quantity: HowMany.nullish(),
    begin: Milliseconds.nullish(),
    next: Milliseconds.nullish(),
    nextChargeDate: Milliseconds.nullish(),
    deactivationDate: Milliseconds.nullish(),
    end: Milliseconds.nullish(),
  })
  .refine(({ id, subscription }) => id ?? subscription, { message: 'must have an id' })

const EndedSubscription = z
  .object({
    id: ShopId.nullish(),
    subscription: idOrWhole(z.object({ id: ShopId })).nullish(),
    account: idOrWhole(Account).nullish(),
  })
  .refine(({ id, subscription }) => id ?? subscription, { message: 'must have an id' })

const Charge = z.object({ subscription: idOrWhole(Subscription) })

const Item = z.object({
  product: idOrWhole(Product),
  sku: Words,
  quantity: HowMany.nullish(),
  // An item that is bought once does not carry it at all.
  subscription: z.unknown().optional(),
  isSubscription: z.boolean().nullish(),
})

const Order = z
  .object({
    id: ShopId.nullish(),
    order: ShopId.nullish(),
    changed: Milliseconds.nullish(),
    account: idOrWhole(Account),
    items: itemsOf(Item, 0),
  })
  .refine(({ id, order }) => id ?? order, { message: 'must have an id' })

const CanceledOrder = z
  .object({ id: ShopId.nullish(), order: ShopId.nullish() })
  .refine(({ id, order }) => id ?? order, { message: 'must have an id' })

const Return = z.object({
  completed: z.boolean().nullish(),
  totalReturn: z.number(),
  original: z
    .object({ id: ShopId.nullish(), order: ShopId.nullish(), total: z.number() })
    .refine(({ id, order }) => id ?? order, { message: 'must have an id' }),
})

export function fastSpringEvent(content: unknown): ShopEvent | Meaning {
  const event = Event.safeParse(content)
  if (!event.success) return readAs(Event, content, () => ({ kind: 'ignored', reason: '' }))
  const { type, created, live, data } = event.data
  return { isLive: live, read: () => meaningOf(type, created, data) }
}

function meaningOf(type: string, at: number, data: Record<string, unknown>): Meaning {
  switch (type) {
    case 'account.created':
    case 'account.updated':
      return readAs(Account, data, (told) => ({
        kind: 'account',
        at,
        account: accountOf(told),
        isDeleted: false,
      }))
    case 'subscription.activated':
    case 'subscription.updated':
    case 'subscription.canceled':
    case 'subscription.uncanceled':
    case 'subscription.paused':
    case 'subscription.resumed':
      return readAs(Subscription, data, (told) => ofSubscription(told, at, type))
    case 'subscription.charge.completed':
      if (typeof data.subscription === 'string')
        return {
          kind: 'ignored',
          reason: 'ids_only: The charge names its subscription, and says nothing of it.',
        }
      return readAs(Charge, data, ({ subscription }) =>
        ofSubscription(subscription as z.output<typeof Subscription>, at, type),
      )
    case 'subscription.deactivated':
      return readAs(EndedSubscription, data, (told) => {
        const id = (told.id ?? idOf(told.subscription)) as string
        const accountId = told.account ? accountOf(told.account).id : null
        return { kind: 'subscriptionEnd', at, id, accountId }
      })
    case 'order.completed':
      if (data.items === undefined || data.account === undefined) return notExpanded
      return readAs(Order, data, (told) => ofOrder(told, at))
    case 'order.canceled':
      return readAs(CanceledOrder, data, (told) => ({
        kind: 'orderEnd',
        at,
        id: (told.id ?? told.order) as string,
      }))
    case 'return.created':
      if (typeof data.original === 'string') return notExpanded
      return readAs(Return, data, (told) => ofReturn(told, at))
    case 'chargeback.created':
      return {
        kind: 'unclear',
        reason: 'chargeback: A payment was taken back; what that means is for you to say.',
      }
    default:
      return { kind: 'ignored', reason: 'type: Nothing here depends on events of this type.' }
  }
}

const notExpanded: Meaning = {
  kind: 'unclear',
  reason: 'ids_only: The event names its order by an id alone; switch webhook expansion on at FastSpring.',
}

function accountOf(told: string | z.output<typeof Account>): AccountTold {
  if (typeof told === 'string') return { id: told, level: 'mention' }
  const id = (told.id ?? told.account) as string
  const { first, last, email, company, phone } = told.contact ?? {}
  const custom = told.lookup?.custom
  const person = [first, last].filter(Boolean).join(' ')
  const isCompany = Boolean(company?.trim())
  return {
    id,
    level: told.contact || told.lookup ? 'whole' : 'mention',
    ...(custom ? { remoteId: custom } : {}),
    contact: contactOf({
      name: isCompany ? company : person || undefined,
      kind: isCompany ? 'organization' : 'person',
      email,
      phone,
    }),
  }
}

function ofSubscription(told: z.output<typeof Subscription>, at: number, type: string): Meaning {
  const { state, changed, account, product, sku, quantity, begin } = told
  return {
    kind: 'subscription',
    at: changed ?? at,
    id: (told.id ?? told.subscription) as string,
    account: accountOf(account),
    standing: type === 'subscription.paused' ? 'off' : standingOf(state),
    begin: secondsOf(begin),
    paidThrough: paidThrough(told),
    items: [itemOf('1', product, sku, quantity)],
  }
}

function standingOf(state: string): Standing {
  if (on.includes(state)) return 'on'
  return state === 'paused' ? 'off' : 'unsettled'
}

/** While a payment is late the next charge is not the day through which is paid. */
function paidThrough(told: z.output<typeof Subscription>): number | null {
  if (told.state === 'canceled') return secondsOf(told.deactivationDate ?? told.end ?? told.next)
  return ['active', 'trial'].includes(told.state) ? secondsOf(told.next ?? told.nextChargeDate) : null
}

function secondsOf(milliseconds: number | null | undefined): number | null {
  return milliseconds === null || milliseconds === undefined ? null : Math.floor(milliseconds / 1_000)
}

function itemOf(
  id: string,
  product: string | z.output<typeof Product>,
  sku: string | null | undefined,
  quantity: number | null | undefined,
): ItemTold {
  const names = typeof product === 'string' ? [product, sku] : [product.product, product.sku, sku]
  const skus = names.filter((name): name is string => ShopId.safeParse(name).success)
  return { id, skus: [...new Set(skus)], quantity: quantity ?? 1 }
}

/** What an order sells as a subscription is told by the events of that subscription. */
function ofOrder(told: z.output<typeof Order>, at: number): Meaning {
  const items = told.items.flatMap(({ product, sku, quantity, subscription, isSubscription }, index) =>
    isSubscription === true || (subscription !== undefined && subscription !== null)
      ? []
      : [itemOf(String(index + 1), product, sku, quantity)],
  )
  const id = (told.id ?? told.order) as string
  return { kind: 'order', at: told.changed ?? at, id, account: accountOf(told.account), items }
}

function ofReturn({ completed, totalReturn, original }: z.output<typeof Return>, at: number): Meaning {
  if (completed === false)
    return { kind: 'ignored', reason: 'not_completed: The return has not been made yet.' }
  if (totalReturn < original.total)
    return {
      kind: 'unclear',
      reason: 'partial_return: Part of an order came back; what that means is for you to say.',
    }
  return { kind: 'orderEnd', at, id: (original.id ?? original.order) as string }
}
