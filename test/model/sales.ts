/**
 * What the events of a shop must bring about, whenever they come: customers and licences that follow what the shop last
 * said by its own time, through the same calls that anybody else may make.
 */
import type { Reference } from './reference.ts'
import { type InboxItem, itemFacts, type ShopEvent, type Source, type Subscription } from './shops.ts'
import { tell, unnamed } from './things.ts'
import { type Params, Refusal, type Verdict } from './verdict.ts'

/** What sells under which names: a price, or the product that all prices are of. */
const product = 'prod_office'

const on = ['active', 'trialing', 'past_due']

/** Takes in an event; one that is known already leaves no trace. */
export function receive(model: Reference, source: Source, event: ShopEvent): void {
  const { inbox } = model.state
  const { sourceId } = source
  if (inbox.some((item) => item.sourceId === sourceId && item.event.eventId === event.eventId)) return
  inbox.push({
    inboxId: unnamed(`inbox item ${event.eventId}`),
    sourceId,
    number: inbox.length + 1,
    event,
    state: 'received',
    receivedAt: model.realNow,
    story: [],
  })
  settle(model, inbox.length - 1)
}

/** Applies what is parked once more: one item, or all of a source in the order of receipt. */
export function replay(model: Reference, wanted: (item: InboxItem) => boolean): void {
  for (const [index, item] of [...model.state.inbox].entries())
    if (item.state === 'parked' && wanted(item)) settle(model, index)
}

/** Decides about one item. What cannot be done as a whole is not done at all, and told of once. */
function settle(model: Reference, index: number): void {
  const tried = model.copy()
  const outcome = outcomeOf(tried, tried.state.inbox[index] as InboxItem)
  if (outcome !== 'parked') model.state = tried.state
  const item = model.state.inbox[index] as InboxItem
  const wasParked = item.state === 'parked'
  item.state = outcome
  if (outcome !== 'parked' || wasParked) return
  const { now } = model.state
  tell(item.story, 'inbox.parked', now, () => ({ object: item.inboxId, data: itemFacts(item) }))
}

function outcomeOf(model: Reference, item: InboxItem): string {
  try {
    return apply(model, item)
  } catch (error) {
    if (error instanceof Refusal) return 'parked'
    throw error
  }
}

function apply(model: Reference, { sourceId, event, number, state }: InboxItem): string {
  const source = model.state.sources.find((one) => one.sourceId === sourceId) as Source
  // What was parked is of the right mode, or it would have been ignored.
  if (state !== 'parked' && event.isLive === model.settings.sandbox) return 'ignored'
  switch (event.type) {
    case 'customer.created':
    case 'customer.updated':
      return tellAccount(model, source, event, number)
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
      return tellSubscription(model, source, event, number)
    case 'customer.subscription.deleted':
      return endSubscription(model, source, event, number)
    case 'charge.refunded':
      return 'parked'
    default:
      return 'ignored'
  }
}

/** A call of the house's own, which is refused as anybody's would be. */
function act(model: Reference, name: string, method: string, params: Params): void {
  model.inwardName = name
  const verdict: Verdict = model.call({ method, params })
  model.inwardName = undefined
  if (verdict.kind === 'refused') throw new Refusal(verdict.reason, verdict.facts)
}

/** Whose an account is: whom it led to before, else who has its id, else somebody new. */
function customerOf(model: Reference, source: Source, { account, name }: ShopEvent) {
  const known = source.accounts.get(account)
  if (known) return known.customer
  if (!model.holderOf(account)) {
    act(model, `customer ${account}`, 'createCustomer', { id: account, name: name ?? account })
    // Nobody's request created it, so whoever sends one finds the id taken.
    model.state.requests.set(`customer ${account}`, { call: null, answer: {}, name: '' })
  }
  return model.customer(account)
}

function tellAccount(model: Reference, source: Source, event: ShopEvent, number: number): string {
  const { account, created, name } = event
  if (model.isOlder(source.accounts.get(account), created, number)) return 'ignored'
  const customer = customerOf(model, source, event)
  source.accounts.set(account, { customer, toldAt: created, toldBy: number })
  const told = name === null ? {} : { name }
  act(model, 'told', 'updateCustomer', { id: customer.id, ...told })
  return 'applied'
}

function tellSubscription(model: Reference, source: Source, event: ShopEvent, number: number): string {
  const { created, account, subscription } = event
  const before = source.subscriptions.get(subscription)
  if (before?.isEnded || model.isOlder(before, created, number)) return 'ignored'
  const ofAccount = customerOf(model, source, { ...event, name: null })
  if (!source.accounts.has(account))
    source.accounts.set(account, { customer: ofAccount, toldAt: null, toldBy: 0 })
  const customer = before?.customer ?? ofAccount
  const kept = { license: before?.license ?? null, sku: before?.sku ?? null }
  const object: Subscription = { isEnded: false, customer, ...kept, toldAt: created, toldBy: number }
  source.subscriptions.set(subscription, object)
  sell(model, source, object, event)
  return 'applied'
}

/** One licence for the item of a subscription, which follows it from then on. */
function sell(model: Reference, source: Source, object: Subscription, event: ShopEvent): void {
  const { price, quantity, status, subscription, eventId } = event
  const isActive = on.includes(status)
  const sku = [price, product].find((one) => one === object.sku || source.skus.get(one) != null)
  if (sku === undefined) throw new Refusal('sku_unmapped', {})
  const edition = sku === object.sku ? undefined : source.skus.get(sku)
  const { license, customer } = object
  if (license === null) {
    const references = { subscription, product: sku }
    const sold = { customer: customer?.id, edition, quantity, isActive, references }
    act(model, `sold ${subscription} ${eventId}`, 'createLicense', sold)
    Object.assign(object, { sku, license: model.state.licenses.at(-1) })
    return
  }
  act(model, 'followed', 'updateLicense', {
    licenseId: license.licenseId,
    quantity,
    isActive,
    ...(edition === undefined || edition === license.edition.code ? {} : { edition }),
    ...(sku === object.sku ? {} : { references: { product: sku } }),
  })
  object.sku = sku
}

/** What is over stays over, also where nothing was known of it. */
function endSubscription(model: Reference, source: Source, event: ShopEvent, number: number): string {
  const before = source.subscriptions.get(event.subscription)
  if (before?.isEnded) return 'ignored'
  const known = before ?? { customer: null, sku: null, license: null }
  const over = { isEnded: true, toldAt: event.created, toldBy: number }
  source.subscriptions.set(event.subscription, { ...known, ...over })
  const { license } = known
  const { now } = model.state
  if (license && (license.revokedAt === null || license.revokedAt > now))
    act(model, 'ended', 'revokeLicenses', {
      customer: license.customer.id,
      licenseIds: [license.licenseId],
    })
  return 'applied'
}
