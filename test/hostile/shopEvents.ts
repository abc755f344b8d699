/** What a shop may send when it has gone mad: its events with one place spoiled, or far too much of something. */
import * as fastspring from '../inbox/fixtures/fastspring.ts'
import * as stripe from '../inbox/fixtures/stripe.ts'
import type { Chance } from './random.ts'
import { spoiledText } from './spoil.ts'
import { hostile } from './values.ts'

/** A name that is mapped to an edition, at either shop. */
export const mappedSku = 'office'

const day = 86_400

/** Few ids, so that events tell of the same things again and again, and of what another event has ended. */
function idsOf(chance: Chance) {
  const account = `account-${chance.below(12)}`
  return { account, sale: `sale-${chance.below(25)}` }
}

/** An event id of its own for each, so that none is taken for one that came before; but for a few. */
function eventId(chance: Chance): string {
  return chance.percent(2) ? 'the-same' : `event-${chance.below(2 ** 31)}-${chance.below(2 ** 31)}`
}

function stripeEvent(chance: Chance, now: number): object {
  const { account, sale } = idsOf(chance)
  const item = { price: mappedSku, id: `si_${chance.below(3)}`, periodEnd: now + 30 * day }
  const metadata = chance.percent(20) ? { remoteId: `named-${chance.below(5)}` } : {}
  const sold = stripe.subscription(sale, account, {
    items: chance.percent(20) ? [item, { ...item, id: 'si_9' }] : [item],
    status: chance.one(['active', 'active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'odd']),
    metadata,
    start_date: now - 40 * day,
  })
  const [type, object] = chance.one<[string, Record<string, unknown>]>([
    ['customer.created', stripe.customer(account, { metadata })],
    ['customer.updated', stripe.customer(account, { metadata })],
    ['customer.deleted', stripe.customer(account)],
    ['checkout.session.completed', { customer: account, customer_details: { name: 'x' }, metadata }],
    ['customer.subscription.created', sold],
    ['customer.subscription.updated', sold],
    ['customer.subscription.deleted', { id: sale, customer: account }],
    ['invoice.paid', stripe.invoice(sale, now + 60 * day)],
    ['charge.refunded', { id: 'ch_1' }],
    ['odd.type', {}],
  ])
  return stripe.event(type, object, now - chance.below(5_000), {
    id: eventId(chance),
    livemode: chance.percent(5),
  })
}

function fastSpringEvent(chance: Chance, now: number): object {
  const { account, sale } = idsOf(chance)
  const lookup = chance.percent(20) ? { lookup: { custom: `named-${chance.below(5)}` } } : {}
  const buyer = fastspring.account(account, lookup)
  const sold = fastspring.subscription(
    sale,
    buyer,
    { product: mappedSku, changed: now - chance.below(5_000), next: now + 30 * day },
    chance.percent(70),
  )
  const [type, data] = chance.one<[string, Record<string, unknown>]>([
    ['account.created', buyer],
    ['account.updated', buyer],
    ['subscription.activated', sold],
    ['subscription.updated', sold],
    ['subscription.paused', sold],
    ['subscription.deactivated', { id: sale, account }],
    ['subscription.charge.completed', { subscription: sold }],
    ['order.completed', fastspring.order(`o-${sale}`, buyer, [{ product: mappedSku }])],
    ['order.canceled', { id: `o-${sale}` }],
    ['return.created', fastspring.returned(`o-${sale}`, 100)],
    ['chargeback.created', {}],
  ])
  return fastspring.event(type, data, now - chance.below(5_000), {
    id: eventId(chance),
    live: chance.percent(5),
  })
}

/** Far more of something than a shop would tell, within what a request may hold. */
function tooMuch(shop: 'stripe' | 'fastspring', chance: Chance, now: number): string {
  const many = <One>(most: number, one: (index: number) => One): One[] =>
    Array.from({ length: chance.one([1_000, most]) }, (_, index) => one(index))
  if (shop === 'fastspring') {
    if (chance.percent(50)) return `{"events":[${many(2_000, () => hostile(chance)).join(',')}]}`
    const items = many(20_000, () => ({ product: mappedSku }))
    const data = { id: `o-${chance.below(99)}`, account: 'account-1', items }
    return JSON.stringify({ events: [fastspring.event('order.completed', data, now, { live: false })] })
  }
  const object = chance.one([
    () => ({
      ...stripe.invoice('sale-1', now),
      lines: { data: Array.from({ length: 250_000 }, () => ({})) },
    }),
    () => ({
      ...stripe.subscription(`many-${chance.below(99)}`, 'account-2'),
      items: { data: many(18_000, (index) => ({ id: `i${index}`, price: { id: mappedSku } })) },
    }),
    () =>
      stripe.customer('account-3', {
        metadata: Object.fromEntries(many(30_000, (index) => [`n${index}`, 1])),
      }),
  ])()
  const type = 'lines' in object ? 'invoice.paid' : 'items' in object ? 'customer.subscription.updated' : null
  return JSON.stringify(stripe.event(type ?? 'customer.updated', object, now, { livemode: false }))
}

/** The body of one request of a shop: mostly JSON, and mostly with something in it that does not belong. */
export function shopBody(shop: 'stripe' | 'fastspring', chance: Chance, now: number): string | Buffer {
  const kind = chance.below(1_000)
  if (kind < 8) return tooMuch(shop, chance, now)
  if (kind < 40) return hostile(chance)
  if (kind < 50) return chance.one(['', '{', '\ufeff{}', 'null', '[]', 'a=b&c=d', '{"events":1}', '{"a":1}}'])
  if (kind < 55) return Buffer.from([0x7b, 0xff, 0xfe, 0x00, chance.below(256)])
  const places = (): number => chance.one([0, 1, 1, 1, 1, 2, 5])
  if (shop === 'stripe') return spoiledText(stripeEvent(chance, now), chance, places())
  const events = Array.from({ length: chance.one([1, 1, 2, 5]) }, () =>
    spoiledText(fastSpringEvent(chance, now), chance, places()),
  )
  return `{"events":[${events.join(',')}]}`
}
