/**
 * What a group of calls can see and what it stages: the partner, the things its calls asked for, and every change
 * made to them, in memory. Methods look at it and stage into it; they never wait and never see SQL. Calls of one
 * group share one world, so that each sees what the ones before it decided.
 */
import type { EventType } from '../events.ts'
import { events } from '../events.ts'
import type {
  Chain,
  Creation,
  Customer,
  Edition,
  EditionVersion,
  Order,
  OrderChange,
  OrderSuspension,
  Partner,
  WebhookDelivery,
} from '../objects.ts'
import type { Conditions } from '../rules/term.ts'
import type { Instant } from '../rules/time.ts'
import { ChainParts } from './chainParts.ts'
import type { CustomerSelector } from './needs.ts'
import { Shelves } from './shelves.ts'

/** Makes what only chance can make: new UUIDs in order of time, and secrets. */
export interface Mint {
  uuid(): string
  secret(bytes: number): Uint8Array
}

export class World extends Shelves {
  readonly partnerId: number
  /** The real time at which the call arrived, whatever a sandbox's own clock says. */
  realNow: Instant = 0
  /** The database's own clock, by which all servers forget alike, however wrong one of their clocks is. */
  databaseNow: Instant = 0
  /** Who the present call comes from: the id of an API key. */
  actor = ''
  mint: Mint
  /** Webhook deliveries in sight, by their id; only the outbox changes them. */
  readonly deliveries = new Map<string, WebhookDelivery>()

  readonly editions = new Map<string, Edition>()
  /** Configurations of editions as they were, by code and version. */
  readonly editionVersions = new Map<string, EditionVersion>()
  /** Terms, changes and suspensions of the chains in sight. */
  readonly chainParts = new ChainParts(this.journal)
  readonly #creations = new Map<string, Creation>()
  readonly #lookedAt = new Set<string>()
  /** The partner's row on which the counters are moved. */
  #counting: Partner | undefined
  /** Codes of editions that calls ask for by name. */
  readonly editionsAsked = new Set<string>()
  /** Whether what licences contain is to be told, for which old versions of editions must be in sight. */
  contentsAsked = false
  /** Whether the past of chains and licences is to be told: suspensions that are over. */
  pastAsked = false
  /** How often anything in the catalogue has changed in the whole installation. */
  catalogueVersion = 0
  /** How often the rules of editions have changed in the whole installation. */
  catalogueRules = 0
  /** Whether a call has changed the rules of an edition. */
  rulesChanged = false
  /** Whether the moments noted for all chains of the partner no longer hold, because its rules have changed. */
  reschedule = false
  /** Chains changed since they were last settled. */
  readonly touched = new Set<number>()
  readonly counts = new Map<string, { orders: number; licenses: number }>()
  nextPartnerId: number | undefined
  hasApiKeys = true

  constructor(partnerId: number, mint: Mint) {
    super()
    this.partnerId = partnerId
    this.mint = mint
  }

  get partner(): Partner {
    return this.partners.get(this.partnerId) as Partner
  }

  /** The present moment of the partner: the call's clock reading, or the sandbox's own clock. */
  get now(): Instant {
    return this.partner.clockAt ?? this.realNow
  }

  customer(selector: CustomerSelector): Customer | undefined {
    if ('customerId' in selector) return this.customers.get(selector.customerId.toLowerCase())
    const taken = this.customerRemoteIds.get(selector.id)
    return taken && this.customers.get(taken.customerId)
  }

  /** Whether anything of the catalogue is staged. */
  get catalogueChanged(): boolean {
    return this.products.isChanged || this.editionRows.isChanged || this.editionVersionRows.isChanged
  }

  /** The codes of all editions that calls, chains and licences in sight name. */
  editionsNamed(): Set<string> {
    const codes = new Set(this.editionsAsked)
    for (const { edition } of this.chains.all()) codes.add(edition)
    for (const { edition } of this.licenses.all()) if (edition !== null) codes.add(edition)
    return codes
  }

  /** Editions with the versions that licences in sight contain, where that is to be told. */
  *versionsNamed(): Generator<[code: string, version: number]> {
    if (!this.contentsAsked) return
    for (const { edition, editionVersion } of this.licenses.all())
      if (edition !== null && editionVersion !== null) yield [edition, editionVersion]
    yield* this.chainParts.versionsNamed()
  }

  /** Chains that may have been changed or suspended: each order, verb and due moment raises the version by one. */
  chainsWithPast(): number[] {
    const found: number[] = []
    for (const { chainId, version } of this.chains.all())
      if (version > this.chainParts.of(chainId).terms.length) found.push(chainId)
    return found
  }

  /** Whether something has not been looked for in the database yet; it counts as looked for from now on. */
  isFirstLookAt(what: string): boolean {
    const before = this.#lookedAt.size
    return this.#lookedAt.add(what).size > before
  }

  edition(code: string): Edition | undefined {
    return this.editions.get(code)
  }

  /** What an edition contained in one of its versions. */
  editionVersion(code: string, version: number): EditionVersion | undefined {
    const edition = this.editions.get(code)
    return edition?.version === version ? edition : this.editionVersions.get(`${code} ${version}`)
  }

  /** The rules that a chain of this edition lives under: the edition's where it says so, else the partner's. */
  conditionsOf(code: string): Conditions {
    const edition = this.editions.get(code)
    return {
      windowDays: edition?.windowDays ?? this.partner.windowDays,
      graceDays: edition?.graceDays ?? this.partner.graceDays,
      renewable: edition?.renewable ?? true,
    }
  }

  /** Stages a new term at the end of its chain. */
  addTerm(order: Order): void {
    this.chainParts.addTerm(order)
    this.orders.insert(order)
  }

  /** Stages a change of quantity or edition. */
  addChange(change: OrderChange): void {
    this.chainParts.addChange(change)
    this.changes.insert(change)
  }

  /** Stages a suspension that is over. */
  addSuspension(suspension: OrderSuspension): void {
    this.chainParts.addSuspension(suspension)
    this.suspensions.insert(suspension)
  }

  /** The whole chain that an order id belongs to, as it stands now. */
  chain(orderRemoteId: string): Chain | undefined {
    const chainId = this.chainParts.chainOf(orderRemoteId)
    return chainId === undefined ? undefined : this.chainById(chainId)
  }

  chainById(chainId: number): Chain | undefined {
    const state = this.chains.get(chainId)
    const customer = state && this.customers.get(state.customerId)
    if (!state || !customer) return undefined
    return {
      ...state,
      ...this.chainParts.of(chainId),
      customer,
      conditions: this.conditionsOf(state.edition),
    }
  }

  /** All chains in sight of a customer, the oldest first. */
  chainsOf(customerId: string): Chain[] {
    const found: Chain[] = []
    for (const state of this.chains.all()) {
      const chain = state.customerId === customerId ? this.chainById(state.chainId) : undefined
      if (chain) found.push(chain)
    }
    return found.sort((one, other) => one.chainId - other.chainId)
  }

  /** Does something with another mint in place, as a rehearsal does. */
  withMint<Result>(mint: Mint, act: () => Result): Result {
    const before = this.mint
    this.mint = mint
    try {
      return act()
    } finally {
      this.mint = before
    }
  }

  /** The request that took an id, and its first answer; undefined while the id is free. */
  creation(key: string): Creation | undefined {
    return this.#creations.get(key)
  }

  /** Takes in that an id is taken. A request that is known goes before the mere fact. */
  loadCreation(key: string, { request, reply }: Creation): void {
    if (!this.#creations.get(key)?.request) this.#creations.set(key, { request, reply })
  }

  /** Remembers the request that took an id together with its first answer. */
  remember(key: string, creation: Creation): void {
    const before = this.#creations.get(key)
    this.#creations.set(key, creation)
    this.journal.record(() => {
      if (before) this.#creations.set(key, before)
      else this.#creations.delete(key)
    })
  }

  /** Appends an event at the partner's next position. `at` is the instant it is dated, in Unix seconds. */
  announce(
    type: EventType,
    object: { id: string; version: number },
    data: object,
    at: Instant,
    actor = this.actor,
  ): void {
    const seq = this.partner.lastSeq + 1
    this.#count('lastSeq', seq)
    this.events.insert({
      partnerId: this.partnerId,
      seq,
      eventId: this.mint.uuid(),
      type,
      at,
      objectKind: events[type],
      objectId: object.id,
      objectVersion: object.version,
      data,
      actor,
    })
  }

  /** Moves one of the partner's counters. Many calls of a group do, so they share one staged row. */
  #count(counter: 'lastSeq' | 'lastCustomerId' | 'lastOrderId', to: number): void {
    if (this.partner !== this.#counting) {
      this.#counting = { ...this.partner }
      this.partners.replace(this.#counting)
    }
    const row = this.#counting
    const before = row[counter]
    row[counter] = to
    this.journal.record(() => {
      row[counter] = before
    })
  }

  /** The next number of a customer (`id` on the wire), dense per partner. */
  nextCustomerNumber(): number {
    const lastCustomerId = this.partner.lastCustomerId + 1
    this.#count('lastCustomerId', lastCustomerId)
    return lastCustomerId
  }

  /** The next number of an order, dense per partner. */
  nextOrderNumber(): number {
    const lastOrderId = this.partner.lastOrderId + 1
    this.#count('lastOrderId', lastOrderId)
    return lastOrderId
  }
}
