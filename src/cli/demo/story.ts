/** The story of the demo: one customer, one chain of orders, from the first term to the last event. */
import { secondsPerDay } from '../../rules/time.ts'
import type { Answer, Stage } from './stage.ts'

const customer = 'ABC'
const first = 'REMOTEORDER1'
const second = 'REMOTEORDER2'
const third = 'REMOTEORDER3'

/** Plays the whole lifecycle, act by act. */
export async function tellStory(stage: Stage): Promise<void> {
  await meet(stage)
  const order = await buy(stage)
  const renewal = await renew(stage, order)
  await change(stage, renewal)
  await end(stage, renewal)
  await lookBack(stage)
}

/** Who takes part: a sandbox partner, made with the operator's key, and its customer. */
async function meet(stage: Stage): Promise<void> {
  const { apiKey } = await stage.show({
    title: 'Create a sandbox partner',
    about: 'Everything below belongs to it alone. Its clock stands still until it is moved.',
    method: 'createPartner',
    params: { name: 'Demonstration', sandbox: true },
    expect: { members: { sandbox: true } },
  })
  stage.key = apiKey
  await stage.show({
    title: 'Create a customer',
    about: 'From here on with the partner’s own key. The id is the one that the ERP already has.',
    method: 'createCustomer',
    params: {
      id: customer,
      name: 'ABC Company',
      admin: { email: 'test3@example.com', phone: '111111111', displayName: 'Isa Aswath' },
    },
    expect: { members: { remoteId: customer, isActive: true, admin: { email: 'test3@example.com' } } },
  })
}

/** The first order, and that it may be sent twice. */
async function buy(stage: Stage): Promise<Answer> {
  const params = { customer, id: first, product: 'oo-lite', licenses: 20, duration: 'monthly' }
  const members = { remoteId: first, parent: null, licenses: 20, duration: 'monthly', status: 'active' }
  const order = await stage.show({
    title: 'Place the first order',
    about: 'It buys one term, and it is what every renewal will name as its parent.',
    method: 'createFirstOrder',
    params,
    expect: { members },
  })
  await stage.show({
    title: 'Send the same order once more',
    about: 'The id recognises the repeat: the first answer comes again and nothing is bought twice.',
    method: 'createFirstOrder',
    params,
    expect: { replayed: true, members: order },
  })
  return order
}

/** A renewal that comes too early, and in time. */
async function renew(stage: Stage, order: Answer): Promise<Answer> {
  const params = { parent: first, id: second }
  const early = await stage.show({
    title: 'Renew too early',
    about:
      'More than 15 days of the term are left, so this is refused. The refusal says from when on it will do.',
    method: 'createRenewalOrder',
    params,
    expect: {
      status: 409,
      reason: 'renewal_too_early',
      members: { data: { retryable: true, termEnd: order.termEnd } },
    },
  })
  await stage.show({
    title: 'Move the clock to the renewal window',
    about: 'A sandbox need not wait. Whatever falls due on the way happens, in order.',
    method: 'setClock',
    params: { at: early.data.renewableFrom },
    expect: { members: { now: early.data.renewableFrom, sandbox: true, changed: true } },
  })
  const renewal = await stage.show({
    title: 'Renew in time',
    about:
      'The same call. The refused one has not used up its id, and the new term begins where the first one ends.',
    method: 'createRenewalOrder',
    params,
    expect: {
      members: { remoteId: second, parent: first, licenses: 20, termStart: order.termEnd, status: 'active' },
    },
  })
  const days = Math.ceil((order.termEnd - early.data.renewableFrom) / secondsPerDay) + 5
  await stage.show({
    title: 'Let the days go by',
    about: 'The second term is in force now.',
    method: 'advanceClock',
    params: { days },
    expect: { members: { now: early.data.renewableFrom + days * secondsPerDay, changed: true } },
  })
  return renewal
}

/** What may happen in the middle of a term. */
async function change(stage: Stage, renewal: Answer): Promise<void> {
  await stage.show({
    title: 'Change the quantity',
    about: 'For the rest of this term, and for the renewals that follow.',
    method: 'changeOrder',
    params: { id: first, licenses: 35 },
    expect: { members: { licenses: 35, termEnd: renewal.termEnd, changed: true } },
  })
  await stage.show({
    title: 'Suspend the chain',
    about: 'The licences are off at once. The term runs on.',
    method: 'suspendOrder',
    params: { id: first, reason: 'invoice unpaid' },
    expect: { members: { status: 'suspended', changed: true } },
  })
  await stage.show({
    title: 'Renew while suspended',
    about: 'Refused, with a hint at what comes first.',
    method: 'createRenewalOrder',
    params: { parent: first, id: third },
    expect: { status: 409, reason: 'order_suspended', members: { data: { hint: 'resumeOrder' } } },
  })
  await stage.show({
    title: 'Resume the chain',
    about: 'The licences are on again.',
    method: 'resumeOrder',
    params: { id: first },
    expect: { members: { status: 'active', changed: true } },
  })
}

/** The end that is planned, called off, and then comes at once. */
async function end(stage: Stage, renewal: Answer): Promise<void> {
  await stage.show({
    title: 'Cancel at the end of the term',
    about: 'What is paid for is kept until then.',
    method: 'cancelOrder',
    params: { id: first, at: 'termEnd', reason: 'customer gave notice' },
    expect: { members: { status: 'active', termEnd: renewal.termEnd, changed: true } },
  })
  await stage.show({
    title: 'Withdraw the cancellation',
    about: 'Possible for as long as the end lies ahead.',
    method: 'uncancelOrder',
    params: { id: first },
    expect: { members: { status: 'active', changed: true } },
  })
  await stage.show({
    title: 'Ask what the customer may use',
    about: 'The answer tells its reasons, too.',
    method: 'checkEntitlement',
    params: { customer, edition: 'oo-lite' },
    expect: { members: { entitled: true, quantity: 35, validUntil: renewal.termEnd } },
  })
  await stage.show({
    title: 'Cancel now',
    about: 'This is for good: a cancelled chain is never renewed.',
    method: 'cancelOrder',
    params: { id: first },
    expect: { members: { status: 'cancelled', changed: true } },
  })
  await stage.show({
    title: 'Ask again what the customer may use',
    about: 'Nothing any more, from the same moment on.',
    method: 'checkEntitlement',
    params: { customer, edition: 'oo-lite' },
    expect: { members: { entitled: false } },
  })
}

/** What would happen next, how it all stands, and everything that has happened. */
async function lookBack(stage: Stage): Promise<void> {
  await stage.show({
    title: 'Preview a renewal',
    about: 'What the call would answer or refuse, without doing anything.',
    method: 'preview',
    params: { method: 'createRenewalOrder', params: { parent: first, id: third } },
    expect: { members: { ok: false, error: { data: { reason: 'order_cancelled' } } } },
  })
  await stage.show({
    title: 'Look at the whole chain',
    about: 'By any of its ids: the chain as it stands, and every order with its own members.',
    method: 'getOrder',
    params: { id: second },
    expect: {
      members: { remoteId: first, status: 'cancelled', orders: [{ remoteId: first }, { remoteId: second }] },
    },
  })
  const types = [
    'customer.created',
    'order.created',
    'order.renewal_due',
    'order.renewed',
    'order.changed',
    'order.suspended',
    'order.resumed',
    'order.cancellation_scheduled',
    'order.uncancelled',
    'order.cancelled',
  ]
  await stage.show({
    title: 'Read everything that happened',
    about: 'The partner’s feed: dense, in order, to be read from any position on.',
    method: 'listEvents',
    params: { after: 0 },
    expect: { members: { events: types.map((type, index) => ({ seq: index + 1, type })) } },
  })
}
