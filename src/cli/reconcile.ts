/** `tenure reconcile`: holds a list of the ERP, of any size, against what is here. Ends with 1 where they differ. */
import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { Argument, type Command } from 'commander'
import { Fault } from '../faults.ts'
import { endWith, Failure } from './failure.ts'
import { type House, type Result, withHouse } from './house.ts'
import { examples, wholeNumber } from './options.ts'
import { print, table } from './print.ts'

type Kind = 'customers' | 'orders' | 'licenses'
type Difference = Result<'reconcile'>['differing'][number]

interface Options {
  partner: number
  complete?: true
  allowUnknown?: true
  json?: true
}

/** What differs, counted; the lists are told as they come and never held as a whole. */
interface Counts {
  rows: number
  matching: number
  differing: number
  missingHere: number
  missingThere: number
}

const rowsAtOnce = 2_000

/** Adds the command. */
export function addReconcile(tenure: Command): void {
  tenure
    .command('reconcile')
    .description('hold a list against what is here; ends with 0 where both say the same, with 1 where not')
    .addArgument(new Argument('<kind>', 'what is in it').choices(['customers', 'orders', 'licenses']))
    .argument('<file>', 'CSV file, or a file of JSON lines')
    .option('--partner <number>', 'whose things they are', wholeNumber, 0)
    .option('--complete', 'the file has everything: what it lacks is told, too')
    .option('--allow-unknown', 'pass over columns with unknown names')
    .option('--json', 'print JSON: each difference on a line, the counts last')
    .addHelpText(
      'after',
      examples('reconcile orders orders.csv --complete', 'reconcile customers erp.jsonl --partner 1 --json'),
    )
    .action(carryOut)
}

/** Trouble ends with 2, as with `diff`, since 1 says that something differs. */
async function carryOut(kind: Kind, file: string, options: Options): Promise<void> {
  try {
    await reconcile(kind, file, options)
  } catch (error) {
    endWith(error instanceof Fault ? new Failure(error.message) : error)
    process.exitCode = 2
  }
}

function reconcile(kind: Kind, file: string, options: Options): Promise<void> {
  return withHouse(async (house) => {
    await access(file).catch((error: Error) => {
      throw new Failure(`The file ${file} cannot be read: ${error.message}.`)
    })
    const [{ Kept }, { readList }] = await Promise.all([
      import('../import/kept.ts'),
      import('../import/list.ts'),
    ])
    const ledger = new Kept()
    const counts: Counts = { rows: 0, matching: 0, differing: 0, missingHere: 0, missingThere: 0 }
    const told = options.json ? jsonTeller() : tableTeller()
    try {
      const list = readList(kind, createReadStream(file), {
        allowUnknown: options.allowUnknown ?? false,
        rows: rowsAtOnce,
      })
      for await (const rows of list) {
        const found = await compare(house, options.partner, kind, rows)
        ledger.set(found.known.map((id) => [id, '']))
        counts.rows += rows.length
        counts.matching += found.matching
        counts.differing += found.differing.length
        counts.missingHere += found.missingHere.length
        told.differences(found.missingHere, found.differing)
      }
      if (options.complete) {
        for await (const ids of everyId(house, options.partner, kind)) {
          const missing = ids.filter((id) => !ledger.has(id))
          counts.missingThere += missing.length
          told.missingThere(missing)
        }
      }
    } finally {
      ledger.close()
    }
    told.end(counts)
    if (counts.differing + counts.missingHere + counts.missingThere > 0) process.exitCode = 1
  })
}

/**
 * One portion. Each row also says its own id as the remote id, because the answer then tells the present id of what
 * was found by an earlier one; that alone is no difference unless the file asked for it.
 */
async function compare(house: House, partner: number, kind: Kind, rows: readonly { id: string }[]) {
  const asked = rows.map((row) => ({ remoteId: row.id, ...row }))
  const { missingHere, differing, matching } = await house.call(partner, 'reconcile', { kind, rows: asked })
  const absent = new Set(missingHere)
  const known: string[] = []
  const told: Difference[] = []
  let renamed = 0
  const apart = Map.groupBy(differing, ({ id }) => id)
  for (const row of rows) {
    if (absent.has(row.id)) continue
    const present = apart.get(row.id)?.find(({ field }) => field === 'remoteId')?.ours
    known.push(present === undefined ? row.id : typeof present === 'string' ? present : row.id.toLowerCase())
    const own = (apart.get(row.id) ?? []).filter(({ field }) => field !== 'remoteId' || 'remoteId' in row)
    if (own.length === 0 && present !== undefined) renamed += 1
    told.push(...own)
    apart.delete(row.id)
  }
  return { missingHere, differing: told, matching: matching + renamed, known }
}

/** Every id that is here, a portion at a time. */
async function* everyId(house: House, partner: number, kind: Kind): AsyncGenerator<string[]> {
  let cursor: string | undefined
  do {
    const page: Result<'reconcile'> = await house.call(partner, 'reconcile', {
      kind,
      rows: [],
      complete: true,
      cursor,
    })
    yield page.missingThere ?? []
    cursor = page.next
  } while (cursor !== undefined)
}

interface Teller {
  differences(missingHere: readonly string[], differing: readonly Difference[]): void
  missingThere(ids: readonly string[]): void
  end(counts: Counts): void
}

function jsonTeller(): Teller {
  const line = (value: object): void => print(JSON.stringify(value))
  return {
    differences(missingHere, differing) {
      for (const id of missingHere) line({ missingHere: id })
      for (const difference of differing) line({ differing: difference })
    },
    missingThere(ids) {
      for (const id of ids) line({ missingThere: id })
    },
    end: line,
  }
}

/** A table of what differs, portion by portion, so that a long list needs no more memory than a short one. */
function tableTeller(): Teller {
  const rows: Record<string, string>[] = []
  const flush = (): void => {
    if (rows.length > 0) print(table(rows.splice(0), ''))
  }
  const add = (row: Record<string, string>): void => {
    rows.push(row)
    if (rows.length === rowsAtOnce) flush()
  }
  const shown = (value: unknown): string =>
    typeof value === 'string' ? value : JSON.stringify(value ?? null)
  return {
    differences(missingHere, differing) {
      for (const id of missingHere) add({ id, what: 'missing here', theirs: '', ours: '' })
      for (const { id, field, theirs, ours } of differing)
        add({ id, what: field, theirs: shown(theirs), ours: shown(ours) })
    },
    missingThere(ids) {
      for (const id of ids) add({ id, what: 'missing there', theirs: '', ours: '' })
    },
    end({ rows: total, matching, differing, missingHere, missingThere }) {
      flush()
      print(
        `${total} rows: ${matching} match, ${differing} differences, ${missingHere} missing here, ${missingThere} missing there.`,
      )
    },
  }
}
