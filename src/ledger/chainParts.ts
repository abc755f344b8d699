/** What belongs to chains: their terms, what was changed of them, when they were suspended, and which orders are theirs. */
import type { Order, OrderChange, OrderSuspension } from '../objects.ts'
import type { Journal } from './shelf.ts'

type Index<Row> = Map<number, readonly Row[]>

const none: readonly never[] = []

export class ChainParts {
  readonly #journal: Journal
  readonly #terms: Index<Order> = new Map()
  readonly #changes: Index<OrderChange> = new Map()
  readonly #suspensions: Index<OrderSuspension> = new Map()
  readonly #chainOfOrder = new Map<string, number>()

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Takes in rows as they are in the database, in order of time, each chain's all at once. */
  load(parts: { terms?: Order[]; changes?: OrderChange[]; suspensions?: OrderSuspension[] }): void {
    for (const order of parts.terms ?? []) this.#chainOfOrder.set(order.remoteId, order.chainId)
    loadInto(this.#terms, parts.terms ?? [])
    loadInto(this.#changes, parts.changes ?? [])
    loadInto(this.#suspensions, parts.suspensions ?? [])
  }

  addTerm(order: Order): void {
    this.#append(this.#terms, order)
    this.#chainOfOrder.set(order.remoteId, order.chainId)
    this.#journal.record(() => this.#chainOfOrder.delete(order.remoteId))
  }

  addChange(change: OrderChange): void {
    this.#append(this.#changes, change)
  }

  addSuspension(suspension: OrderSuspension): void {
    this.#append(this.#suspensions, suspension)
  }

  #append<Row extends { chainId: number }>(index: Index<Row>, row: Row): void {
    const before = index.get(row.chainId)
    index.set(row.chainId, before ? [...before, row] : [row])
    this.#journal.record(() => {
      if (before) index.set(row.chainId, before)
      else index.delete(row.chainId)
    })
  }

  /** The chain that an order belongs to, of those in sight. */
  chainOf(orderRemoteId: string): number | undefined {
    return this.#chainOfOrder.get(orderRemoteId)
  }

  /** Everything in sight that belongs to a chain, in order of time. */
  of(chainId: number) {
    return {
      terms: this.#terms.get(chainId) ?? none,
      changes: this.#changes.get(chainId) ?? none,
      suspensions: this.#suspensions.get(chainId) ?? none,
    }
  }

  /** The editions, with their versions, that terms and changes name. */
  *versionsNamed(): Generator<[code: string, version: number]> {
    for (const index of [this.#terms, this.#changes])
      for (const rows of index.values())
        for (const { edition, editionVersion } of rows)
          if (edition !== null && editionVersion !== null) yield [edition, editionVersion]
  }
}

/** What is here already is the newer and stays. */
function loadInto<Row extends { chainId: number }>(index: Index<Row>, rows: Row[]): void {
  for (const [chainId, own] of Map.groupBy(rows, (row) => row.chainId))
    if (!index.has(chainId)) index.set(chainId, own)
}
