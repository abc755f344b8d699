/**
 * Shops in: signed events of Stripe at a fixed rate, acknowledged while earlier ones are being applied. Every second one
 * is a new customer, the next that customer's subscription; in the end each has become what it says.
 */
import { createHmac } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { withClient } from '../database.ts'
import { Connection } from './connection.ts'
import { type BenchServer, count } from './database.ts'
import { Latencies } from './latencies.ts'
import { Stage } from './stage.ts'

export interface ShopsIn {
  readonly events: number
  /** Events per second that were sent. */
  readonly pace: number
  /** Milliseconds from the instant at which an event was due to be sent until it was acknowledged. */
  readonly p50: number
  readonly p99: number
  /** Share of the events that was applied when the last one was acknowledged. */
  readonly meanwhile: number
  /** Seconds from the last acknowledgement until everything was applied. */
  readonly after: number
}

const pace = 500
const seconds = 10
const busy = 64
const secret = 'whsec_5mDkLJbrsZ8nTd3oKxq9uw2fYvEaHc1R'
const sku = 'price_bench'
const patience = 120_000

export async function measureShops(server: BenchServer, tell: (line: string) => void): Promise<ShopsIn> {
  const stage = await Stage.open(server)
  const { databaseUrl, port } = stage.service
  try {
    const { sourceId } = await stage.call('createSource', { name: 'Bench', shop: 'stripe', secret })
    await stage.call('mapSku', { sourceId, sku, edition: 'oo-lite' })
    const path = `/hooks/stripe/${sourceId}`
    const events = pace * seconds
    const requests = Array.from({ length: events }, (_, number) => requestOf(port, path, eventOf(number)))
    const latencies = await sendPaced(port, requests)
    const done = () => count(databaseUrl, `select count(*) from inbox_item where state = 'applied'`)
    const meanwhile = (await done()) / events
    const acknowledged = performance.now()
    while ((await done()) < events) {
      if (performance.now() - acknowledged > patience) throw new Error(await whatIsLeft(databaseUrl))
      await pause(50)
    }
    const after = (performance.now() - acknowledged) / 1_000
    const licenses = await count(databaseUrl, 'select count(*) from license')
    if (licenses !== events / 2) throw new Error(`${events / 2} subscriptions made ${licenses} licences.`)
    tell(`${events} events of a shop acknowledged and applied`)
    return { events, pace, p50: latencies.percentile(0.5), p99: latencies.percentile(0.99), meanwhile, after }
  } finally {
    await stage.close()
  }
}

async function whatIsLeft(databaseUrl: string): Promise<string> {
  const states = await withClient(databaseUrl, (client) =>
    client.query(
      'select state, reason, count(*)::integer from inbox_item group by 1, 2 order by 3 desc limit 5',
    ),
  )
  return `The events of the shop were not all applied: ${JSON.stringify(states.rows)}`
}

/** The number-th event, as long as those that Stripe sends. */
function eventOf(number: number): string {
  const now = Math.floor(Date.now() / 1_000)
  const pair = Math.floor(number / 2)
  const isCustomer = number % 2 === 0
  const object = isCustomer ? customerOf(pair, now) : subscriptionOf(pair, now)
  return JSON.stringify({
    id: `evt_bench${number}`,
    object: 'event',
    api_version: '2025-09-30.clover',
    created: now,
    data: { object },
    livemode: true,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: isCustomer ? 'customer.created' : 'customer.subscription.created',
  })
}

function customerOf(pair: number, created: number): object {
  return {
    id: `cus_bench${pair}`,
    object: 'customer',
    address: {
      city: 'Springfield',
      country: 'US',
      line1: '1 Main Street',
      line2: null,
      postal_code: '01101',
      state: null,
    },
    balance: 0,
    created,
    currency: 'usd',
    delinquent: false,
    description: null,
    email: `buyer${pair}@example.com`,
    invoice_prefix: 'ABCDEF01',
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: true,
    metadata: {},
    name: `Buyer ${pair}`,
    phone: null,
    preferred_locales: ['en'],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
}

function subscriptionOf(pair: number, created: number): object {
  const month = 30 * 86_400
  const price = {
    id: sku,
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created,
    currency: 'usd',
    lookup_key: null,
    product: 'prod_bench',
    type: 'recurring',
    unit_amount: 1_000,
  }
  const item = {
    id: `si_bench${pair}`,
    object: 'subscription_item',
    created,
    current_period_end: created + month,
    current_period_start: created,
    metadata: {},
    price,
    quantity: 5,
    subscription: `sub_bench${pair}`,
    tax_rates: [],
  }
  return {
    id: `sub_bench${pair}`,
    object: 'subscription',
    automatic_tax: { enabled: false, liability: null },
    billing_cycle_anchor: created,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    collection_method: 'charge_automatically',
    created,
    currency: 'usd',
    customer: `cus_bench${pair}`,
    days_until_due: null,
    ended_at: null,
    items: { object: 'list', data: [item], has_more: false, total_count: 1 },
    latest_invoice: `in_bench${pair}`,
    livemode: true,
    metadata: {},
    pause_collection: null,
    schedule: null,
    start_date: created,
    status: 'active',
    trial_end: null,
  }
}

function requestOf(port: number, path: string, body: string): Buffer {
  const time = Math.floor(Date.now() / 1_000)
  const digest = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nstripe-signature: t=${time},v1=${digest}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Sends each request at its own instant over the connections that are free. */
async function sendPaced(port: number, requests: readonly Buffer[]): Promise<Latencies> {
  const latencies = new Latencies()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const dueAt = new Map<Connection, number>()
  let [sent, answered] = [0, 0]
  const take = (connection: Connection, status: number, bytes: Buffer, start: number, end: number): void => {
    if (status < 200 || status > 299)
      reject(new Error(`A shop was answered ${status} ${bytes.toString('latin1', start, end)}`))
    latencies.add(performance.now() - (dueAt.get(connection) as number))
    idle.push(connection)
    if (++answered === requests.length) resolve()
  }
  const idle = await Promise.all(Array.from({ length: busy }, () => Connection.open(port, take, reject)))
  const all = [...idle]
  const began = performance.now()
  const ticking = setInterval(() => {
    const due = Math.min(requests.length, Math.floor(((performance.now() - began) * pace) / 1_000) + 1)
    while (sent < due && idle.length > 0) {
      const connection = idle.pop() as Connection
      dueAt.set(connection, began + (sent * 1_000) / pace)
      connection.send(requests[sent++] as Buffer)
    }
  }, 1)
  try {
    await promise
    return latencies
  } finally {
    clearInterval(ticking)
    for (const connection of all) connection.close()
  }
}
