/** What the service has made up, UUIDs above all, under the names that the model has for them. */
import { isUnnamed } from './things.ts'

/** A value with every text in it replaced. */
function replaced(value: unknown, of: (text: string) => unknown): unknown {
  if (typeof value === 'string') return of(value)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item) => replaced(item, of))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaced(member, of)]))
}

export class Names {
  readonly #uuids = new Map<string, unknown>()
  readonly #names = new Map<unknown, string>()

  /** The same with the UUIDs that are known by now. */
  resolved<Value>(value: Value): Value {
    return replaced(value, (text) => this.#uuids.get(text) ?? text) as Value
  }

  /** Whether the UUIDs of all that a call names are known by now. */
  knows(value: unknown): boolean {
    let isKnown = true
    replaced(value, (text) => {
      if (isUnnamed(text) && !this.#uuids.has(text)) isKnown = false
      return text
    })
    return isKnown
  }

  /** Takes in which UUIDs stand in an answer where the model has names for them. */
  learn(expected: unknown, given: unknown): void {
    if (isUnnamed(expected) && (typeof given === 'string' || typeof given === 'number'))
      this.#name(String(expected), given)
    if (expected === null || typeof expected !== 'object' || given === null || typeof given !== 'object')
      return
    for (const [member, value] of Object.entries(expected))
      this.learn(value, (given as Record<string, unknown>)[member])
  }

  #name(name: string, uuid: unknown): void {
    const other = this.#names.get(uuid)
    if (other !== undefined && other !== name) throw new Error(`${uuid} is of ${other} and of ${name}`)
    this.#uuids.set(name, uuid)
    this.#names.set(uuid, name)
  }
}
