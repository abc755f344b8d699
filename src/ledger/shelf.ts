/**
 * Rows of one table in memory, with what was done to them: which are new and which changed since they were
 * loaded. Every change can be taken back, so that a refused call leaves nothing behind.
 */
import type { Table } from '../store/tables.ts'

/** The changes of one call, taken back from the last to the first if the call is refused. */
export class Journal {
  readonly #undo: (() => void)[] = []

  record(undo: () => void): void {
    this.#undo.push(undo)
  }

  mark(): number {
    return this.#undo.length
  }

  rollBack(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.()
  }
}

export class Shelf<Row extends object> {
  readonly table: Table<Row>
  readonly #journal: Journal
  /** The members of the key that tell rows of one partner apart. */
  readonly #key: readonly (keyof Row)[]
  readonly #rows = new Map<string, Row>()
  readonly #changes = new Map<string, 'insert' | 'update'>()

  constructor(table: Table<Row>, journal: Journal) {
    this.table = table
    this.#journal = journal
    const ofPartner = table.key[0] === 'partnerId' && table.key.length > 1
    this.#key = (ofPartner ? table.key.slice(1) : table.key) as (keyof Row)[]
  }

  #keyOf(row: Row): string {
    return this.#key.map((member) => String(row[member])).join('\n')
  }

  /** Takes in a row as it is in the database. A row that is already here is the newer one and stays. */
  load(row: Row): void {
    const key = this.#keyOf(row)
    if (!this.#rows.has(key)) this.#rows.set(key, row)
  }

  /** Finds a row by the members of its key that follow the partner's number. */
  get(...key: (string | number)[]): Row | undefined {
    return this.#rows.get(key.length === 1 ? String(key[0]) : key.join('\n'))
  }

  all(): IterableIterator<Row> {
    return this.#rows.values()
  }

  /** Stages a new row. */
  insert(row: Row): void {
    this.#set(this.#keyOf(row), row, 'insert')
  }

  /** Stages the row that takes the place of the one with the same key. */
  replace(row: Row): void {
    const key = this.#keyOf(row)
    this.#set(key, row, this.#changes.get(key) ?? 'update')
  }

  #set(key: string, row: Row, change: 'insert' | 'update'): void {
    const previous = this.#rows.get(key)
    const previousChange = this.#changes.get(key)
    this.#rows.set(key, row)
    this.#changes.set(key, change)
    this.#journal.record(() => {
      if (previous) this.#rows.set(key, previous)
      else this.#rows.delete(key)
      if (previousChange) this.#changes.set(key, previousChange)
      else this.#changes.delete(key)
    })
  }

  /** The rows to write: first the new ones, then the changed ones. */
  staged(): { inserts: Row[]; updates: Row[] } {
    const inserts: Row[] = []
    const updates: Row[] = []
    for (const [key, change] of this.#changes)
      (change === 'insert' ? inserts : updates).push(this.#rows.get(key) as Row)
    return { inserts, updates }
  }

  get isChanged(): boolean {
    return this.#changes.size > 0
  }
}
