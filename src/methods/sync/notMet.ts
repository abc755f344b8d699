/** Which things are here that the caller's list does not have. */
import { limits } from '../../limits.ts'
import { cursorAfter } from '../../rpc/pages.ts'
import type { Reader } from '../../store/open.ts'
import type { Reconciled } from './kinds.ts'

const pageRows = 10_000

/** The ids of what is here and was not met, as many as one answer lists, and where to go on if that is not all. */
export async function idsNotMet(
  db: Reader,
  partnerId: number,
  kind: Reconciled,
  { met, after }: { met: ReadonlySet<string>; after: readonly (number | string)[] | undefined },
): Promise<{ missingThere: string[]; next?: string }> {
  const missingThere: string[] = []
  let place = after
  while (true) {
    const page = await kind.walk(db, partnerId, place, pageRows)
    for (const { key, id, after: here } of page) {
      if (!met.has(key)) {
        if (missingThere.length === limits.reconcileMissing)
          return { missingThere, next: cursorAfter(...(place as (number | string)[])) }
        missingThere.push(id)
      }
      place = here
    }
    if (page.length < pageRows) return { missingThere }
  }
}
