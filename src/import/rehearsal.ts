/**
 * What a dry run remembers from one group of rows to the next: the customers and the taken ids that earlier rows of
 * the same file would have left behind. Each group is decided in a world of its own that is thrown away; laying these
 * over it makes the decision the one that the real run would come to. They lie on disk, so that a file of any size
 * can be rehearsed.
 */
import type { Creation, Customer } from '../objects.ts'
import type { Stage } from '../rpc/together.ts'
import { Kept } from './kept.ts'
import { type Asked, type Kind, selectorOf, type Verdict } from './kinds.ts'

/** What a group of rows leaves behind. */
export type Traces = (readonly [string, string])[]

export class Rehearsal {
  readonly #kept = new Kept()
  readonly #kind: Kind

  constructor(kind: Kind) {
    this.#kind = kind
  }

  /** Lays over the world what earlier rows would have left of what these rows ask for. */
  recall(stage: Stage, rows: readonly Asked[]): void {
    rows.forEach((asked, index) => {
      for (const key of stage.keysOf(index * this.#kind.callsPerRow)) this.#recallCreation(stage, key)
      if (this.#kind.name === 'customers') this.#recallCustomer(stage, asked)
    })
  }

  #recallCreation({ world }: Stage, key: string): void {
    const creation = this.#kept.get(`creation ${key}`)
    if (creation !== undefined) world.remember(key, JSON.parse(creation) as Creation)
  }

  #recallCustomer({ world }: Stage, asked: Asked): void {
    const { partnerId } = world
    const remoteId = asked.id as string | undefined
    const pointer = remoteId === undefined ? undefined : this.#kept.get(`id ${remoteId}`)
    if (remoteId !== undefined && pointer !== undefined)
      world.customerRemoteIds.insert({
        partnerId,
        remoteId,
        customerId: pointer,
        request: null,
        reply: null,
      })
    const known = remoteId === undefined ? (asked.customerId as string).toLowerCase() : undefined
    const customerId = known ?? pointer ?? world.customer(selectorOf(asked))?.customerId
    const state = customerId === undefined ? undefined : this.#kept.get(`customer ${customerId}`)
    if (state !== undefined) world.customers.replace(JSON.parse(state) as Customer)
  }

  /** What these rows leave behind in the world, once they are decided. */
  traces(stage: Stage, rows: readonly Asked[], verdicts: readonly Verdict[]): Traces {
    const traces: Traces = []
    verdicts.forEach((verdict, index) => {
      if (verdict !== 'imported' && verdict !== 'updated') return
      for (const key of stage.keysOf(index * this.#kind.callsPerRow)) {
        const creation = stage.world.creation(key)
        if (creation) traces.push([`creation ${key}`, JSON.stringify(creation)])
      }
      if (this.#kind.name !== 'customers') return
      const asked = rows[index] as Asked
      const customer = stage.world.customer(selectorOf(asked))
      if (!customer) return
      traces.push([`id ${asked.id ?? customer.remoteId}`, customer.customerId])
      traces.push([`customer ${customer.customerId}`, JSON.stringify(customer)])
    })
    return traces
  }

  keep(traces: Traces): void {
    this.#kept.set(traces)
  }

  close(): void {
    this.#kept.close()
  }
}
