/** `reconcile`: the caller's list against what is here, told as differences. Nothing is changed. */
import { z } from 'zod'
import { paramsInvalid } from '../../faults.ts'
import { type Inventory, inventories } from '../../ledger/inventory.ts'
import { limits } from '../../limits.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, type KeyKind, readCursor } from '../../rpc/pages.ts'
import { compared } from '../../rules/comparison.ts'
import { Cursor, RemoteId } from '../../shapes.ts'
import type { Reader } from '../../store/open.ts'

/** How many things are loaded at once. */
const atOnce = 1_000

/** How many ids are walked past at once. */
const idsAtOnce = 10_000

/** What the cursor of a walk through each kind is made of. */
const cursors: Record<keyof typeof inventories, KeyKind[]> = {
  customers: ['number'],
  orders: ['number', 'instant'],
  licenses: ['uuid'],
}

const Row = z
  .looseObject({
    id: RemoteId.meta({ description: 'The remote id; for a licence its UUID may stand instead.' }),
  })
  .meta({
    description: "The id, and any members of the kind's answer. Only those that are given are compared.",
  })

export const reconcile = list({
  summary: 'Compare your list of customers, orders or licences with what is here.',
  details: `Nothing is changed. A member that is null is not compared; an empty text says that there is no value. Numbers, dates and e-mail addresses are compared by what they mean: an instant may come in any
    form, and a date alone agrees with any instant of that day in the time zone of the partner, for \`validUntil\` with
    the day through which it holds. Orders are counted singly, renewals included. With \`complete\` the answer lists
    what is here and not among the rows in \`missingThere\`; where that is more than one answer holds, \`next\` is to be
    passed as \`cursor\` in a call that is otherwise the same, which then only goes on with that list.`,
  params: z.strictObject({
    kind: z.enum(['customers', 'orders', 'licenses']),
    rows: z.array(Row).max(limits.reconcileRows),
    complete: z.boolean().optional().meta({ description: 'The rows are all that there are on your side.' }),
    cursor: Cursor.optional(),
  }),
  result: z.strictObject({
    missingHere: z.array(z.string()),
    missingThere: z.array(z.string()).optional(),
    differing: z.array(
      z.strictObject({ id: z.string(), field: z.string(), theirs: z.unknown(), ours: z.unknown() }),
    ),
    matching: z.int(),
    next: z.string().optional(),
  }),
  faults: [],
  examples: [
    {
      summary: 'Two customers of an ERP, of which one is not here and one is called otherwise',
      params: { kind: 'customers', rows: [{ id: 'ABC', name: 'ABC Inc.' }, { id: 'DEF' }] },
      result: {
        missingHere: ['DEF'],
        differing: [{ id: 'ABC', field: 'name', theirs: 'ABC Inc.', ours: 'ABC Company' }],
        matching: 0,
      },
    },
  ],
  async run({ db, partner, look, now }, { kind: name, rows, complete, cursor }) {
    const kind = inventories[name]
    const issues = rows.flatMap((row, index) =>
      Object.keys(row)
        .filter((member) => member !== 'id' && !Object.hasOwn(kind.shape, member))
        .map((member) => ({ path: `rows.${index}.${member}`, message: 'is not known here' })),
    )
    if (issues.length > 0) throw paramsInvalid(issues)
    const after = readCursor(cursor, cursors[name])
    const products = (await db.selectFrom('product').select('code').execute()).map(({ code }) => code)
    const missingHere: string[] = []
    const differing: ReturnType<typeof compared> = []
    const met = new Set<string>()
    let matching = 0
    for (let start = 0; start < rows.length; start += atOnce) {
      const some = rows.slice(start, start + atOnce)
      const answers = await look(kind.needs(some, products), (world) => kind.find(world, some, now))
      some.forEach((row, index) => {
        const ours = answers[index]
        if (!ours) {
          missingHere.push(row.id)
          return
        }
        met.add(kind.keyOf(ours))
        const apart = compared(row, ours, kind.shape, partner.timeZone)
        differing.push(...apart)
        if (apart.length === 0) matching += 1
      })
    }
    const told = after
      ? { missingHere: [], differing: [], matching: 0 }
      : { missingHere, differing, matching }
    if (!complete) return told
    return { ...told, ...(await idsNotMet(db, partner.partnerId, kind, { met, after })) }
  },
})

/** The ids of what is here and was not met, as many as one answer lists, and where to go on if that is not all. */
async function idsNotMet(
  db: Reader,
  partnerId: number,
  kind: Inventory,
  { met, after }: { met: ReadonlySet<string>; after: readonly (number | string)[] | undefined },
): Promise<{ missingThere: string[]; next?: string }> {
  const missingThere: string[] = []
  let place = after
  while (true) {
    const page = await kind.walk(db, partnerId, place, idsAtOnce)
    for (const { key, id, after: here } of page) {
      if (!met.has(key)) {
        if (missingThere.length === limits.reconcileMissing)
          return { missingThere, next: cursorAfter(...(place as (number | string)[])) }
        missingThere.push(id)
      }
      place = here
    }
    if (page.length < idsAtOnce) return { missingThere }
  }
}
