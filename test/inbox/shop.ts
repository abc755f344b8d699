/** A shop as a test has it: a source of a partner, and what the shop sends there, signed as it signs. */
import type { InboxState } from '../../src/objects.ts'
import type { House, TestPartner } from '../house.ts'
import { until } from '../outbox/house.ts'
import * as fastspring from './fixtures/fastspring.ts'
import * as stripe from './fixtures/stripe.ts'

export interface Answered {
  readonly status: number
  readonly text: string
}

/** Posts bytes to an address, with headers. */
export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
  return { status: response.status, text: await response.text() }
}

export class TestShop {
  readonly partner: TestPartner
  readonly sourceId: string
  readonly kind: 'stripe' | 'fastspring'
  readonly secret: string
  readonly now: () => number

  constructor(
    partner: TestPartner,
    sourceId: string,
    kind: 'stripe' | 'fastspring',
    secret: string,
    now: () => number,
  ) {
    this.partner = partner
    this.sourceId = sourceId
    this.kind = kind
    this.secret = secret
    this.now = now
  }

  /** Sends a body as it is, signed as it should be. */
  send(body: string, url = this.partner.url): Promise<Answered> {
    const headers =
      this.kind === 'stripe'
        ? { 'stripe-signature': stripe.signature(body, this.secret, this.now()) }
        : { 'x-fs-signature': fastspring.signature(body, this.secret) }
    return post(`${url}/hooks/${this.kind}/${this.sourceId}`, body, headers)
  }

  /** Sends events, one request each at Stripe, all in one at FastSpring, and waits until nothing is left to apply. */
  async tell(...events: (stripe.StripeEvent | fastspring.FastSpringEvent)[]): Promise<void> {
    const bodies = this.kind === 'stripe' ? events : [{ events }]
    for (const body of bodies) {
      const { status, text } = await this.send(JSON.stringify(body))
      if (status !== 200) throw new Error(`${status} ${text}`)
    }
    await this.settled()
  }

  /** Waits until nothing that has arrived is left to apply. */
  async settled(): Promise<void> {
    await until(
      () => this.inbox('received'),
      (items) => items.length === 0,
      20_000,
    )
  }

  /** Waits until so many items are in a state. */
  async left(state: InboxState, count: number): Promise<void> {
    await until(
      () => this.inbox(state),
      (items) => items.length === count,
      20_000,
    )
  }

  async inbox(state?: InboxState) {
    const params = { sourceId: this.sourceId, limit: 500, ...(state ? { state } : {}) }
    return (await this.partner.call('listInbox', params)).items
  }

  /** What became of one event. */
  async stateOf(event: { id: string }) {
    const found = (await this.inbox()).find(({ eventId }) => eventId === event.id)
    return found && { state: found.state, reason: found.reason }
  }

  async map(sku: string, edition: string): Promise<void> {
    await this.partner.call('mapSku', { sourceId: this.sourceId, sku, edition })
  }
}

/** Connects a shop to a partner, a fresh one unless one is given. */
export async function openShop(
  house: Pick<House, 'partner'> & { clock: { now(): number } },
  kind: 'stripe' | 'fastspring',
  partner?: TestPartner,
): Promise<TestShop> {
  const owner = partner ?? (await house.partner())
  const secret = kind === 'stripe' ? 'whsec_test_secret' : 'fastspring secret'
  const { sourceId } = await owner.call('createSource', { name: 'A shop', shop: kind, secret })
  return new TestShop(owner, sourceId, kind, secret, () => house.clock.now())
}
