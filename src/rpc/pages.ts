/** Pages of lists: the cursor is opaque to callers and names the last item they have seen. */
import { paramsInvalid } from '../faults.ts'
import { limits } from '../limits.ts'
import { latestInstant } from '../rules/time.ts'

/** The cursor that continues after an item with these sort keys. */
export function cursorAfter(...keys: (number | string)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/** What one sort key in a cursor is, and so what it may be. */
export type KeyKind = 'number' | 'instant' | 'uuid' | 'text' | 'hexadecimal'

const fits: Record<KeyKind, (key: unknown) => boolean> = {
  number: (key) => Number.isSafeInteger(key) && (key as number) >= 0,
  instant: (key) => Number.isInteger(key) && (key as number) >= 0 && (key as number) <= latestInstant,
  uuid: (key) => typeof key === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key),
  hexadecimal: (key) => typeof key === 'string' && /^(?:[0-9a-f]{2})*$/.test(key),
  text: (key) => typeof key === 'string' && key.length <= limits.remoteIdCharacters && /^[\w.-]+$/.test(key),
}

/** The sort keys in a cursor, or undefined without one; a cursor that we did not make is `params_invalid`. */
export function readCursor(cursor: string | undefined, kinds: KeyKind[]): (number | string)[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (
      Array.isArray(keys) &&
      keys.length === kinds.length &&
      kinds.every((kind, index) => fits[kind](keys[index]))
    )
      return keys as (number | string)[]
  } catch {
    // Falls through to the refusal below: whatever this is, we did not make it.
  }
  throw paramsInvalid([{ path: 'cursor', message: 'is not a cursor that a list has answered' }])
}

/** One page out of rows of which one more was asked for than fits, to see whether there is a next page. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number | undefined,
  cursor: (row: Row) => string,
  item: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const size = pageSize(limit)
  const shown = rows.slice(0, size)
  const last = shown.at(-1)
  return { items: shown.map(item), next: rows.length > size && last ? cursor(last) : null }
}

/** How many items a page has. */
export function pageSize(limit: number | undefined): number {
  return limit ?? limits.pageItemsUnlessSaid
}
