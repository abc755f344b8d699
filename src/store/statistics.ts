/**
 * Keeps PostgreSQL's statistics fresh while tables grow from nothing. Until a table has been analyzed the planner takes
 * every index that begins with the partner for equally good, and plans that it keeps (foreign keys, named statements)
 * would read all rows of the partner. Autovacuum comes too late for a table that fills within seconds; analyzing also
 * makes every session plan anew.
 */
import type pg from 'pg'
import { writtenTables } from './tables.ts'

/** Calls after which the tables are analyzed for the first time. */
const firstAfter = 300
/** How many times more calls it takes until the next time. */
const factor = 8

export class Statistics {
  readonly #pool: pg.Pool
  readonly #onError: (error: unknown) => void
  #calls = 0
  #next = firstAfter
  #running: Promise<unknown> | undefined

  constructor(pool: pg.Pool, onError: (error: unknown) => void) {
    this.#pool = pool
    this.#onError = onError
  }

  /** Counts calls that wrote something, and analyzes in the background when enough have come since the last time. */
  grown(calls: number): void {
    this.#calls += calls
    if (this.#calls < this.#next) return
    this.#next *= factor
    const names = writtenTables.map(({ name }) => name).join(', ')
    this.#running = this.#pool.query(`analyze ${names}`).catch(this.#onError)
  }

  /** Resolves when no analysis is under way. */
  async settled(): Promise<void> {
    await this.#running
  }
}
