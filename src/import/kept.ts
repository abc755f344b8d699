/**
 * Texts by name, more than memory should hold: a private SQLite database in the machine's temporary folder, which is
 * gone when it is closed or the process ends.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'

export class Kept {
  readonly #database = new DatabaseSync('')
  readonly #get: StatementSync
  readonly #set: StatementSync
  #open = false

  constructor() {
    this.#database.exec(
      `pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -16384;
       create table kept (name text primary key, value text not null) without rowid`,
    )
    this.#get = this.#database.prepare('select value from kept where name = ?')
    this.#set = this.#database.prepare(
      'insert into kept (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
    )
  }

  get(name: string): string | undefined {
    return this.#get.get(name)?.value as string | undefined
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Keeps texts; of several under one name the last. */
  set(entries: Iterable<readonly [string, string]>): void {
    if (!this.#open) this.#database.exec('begin')
    this.#open = true
    for (const [name, value] of entries) this.#set.run(name, value)
  }

  close(): void {
    this.#database.close()
  }
}
