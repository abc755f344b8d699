/** A list to be reconciled, a portion at a time: a CSV file, or JSON, one object to a line. */
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import { Customer, License, Order } from '../shapes.ts'
import { columnsOf } from './columns.ts'
import { utf8 } from './encoding.ts'
import type { Vocabulary } from './header.ts'
import { readRows } from './rows.ts'
import { customerSynonyms, licenseSynonyms, orderSynonyms } from './synonyms.ts'

export type ListRow = { id: string } & Record<string, unknown>

const shapes = { customers: Customer.shape, orders: Order.shape, licenses: License.shape }
const synonyms = { customers: customerSynonyms, orders: orderSynonyms, licenses: licenseSynonyms }

function vocabularyOf(kind: keyof typeof shapes): Vocabulary {
  const { fixed, open } = columnsOf(shapes[kind], ['id'])
  const columns = { fixed: [{ path: ['id'], kind: 'text' as const }, ...fixed], open }
  return { columns, synonyms: synonyms[kind], oneOf: ['id'] }
}

/** Reads a list. Throws `params_invalid` for a row that cannot be read, with its line. */
export async function* readList(
  kind: keyof typeof shapes,
  source: AsyncIterable<Uint8Array>,
  how: { allowUnknown: boolean; rows: number },
): AsyncGenerator<ListRow[]> {
  const bytes = utf8(source)
  const first = await bytes.next()
  const start: Buffer = first.done ? Buffer.alloc(0) : first.value
  const whole = joined(start, bytes)
  if (/^\s*\{/.test(start.subarray(0, 1_000).toString())) yield* jsonLines(whole, how.rows)
  else
    for await (const { rows } of readRows(whole, vocabularyOf(kind), how))
      if (rows.length > 0)
        yield rows.map(({ line, params, errors }) => {
          if (errors[0]) throw unreadable(errors[0].message)
          if (typeof params.id !== 'string') throw unreadable(`Line ${line} has no id.`)
          return params as ListRow
        })
}

async function* joined(start: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield start
  yield* rest
}

function unreadable(message: string): Fault {
  return new Fault('params_invalid', { issues: [{ path: 'rows', message }] }, { message })
}

async function* jsonLines(source: AsyncIterable<Buffer>, most: number): AsyncGenerator<ListRow[]> {
  let held = ''
  let line = 0
  const rows: ListRow[] = []
  const take = (text: string): void => {
    line += 1
    if (text.trim() === '') return
    try {
      const row = JSON.parse(text) as ListRow | null
      if (typeof row === 'object' && row !== null && !Array.isArray(row)) {
        rows.push(row)
        return
      }
    } catch {
      // Told below, with the line.
    }
    throw unreadable(`Line ${line} is not a JSON object.`)
  }
  const decoder = new TextDecoder()
  for await (const chunk of source) {
    const lines = (held + decoder.decode(chunk, { stream: true })).split('\n')
    held = lines.pop() ?? ''
    if (held.length > limits.importRowBytes) throw unreadable(`Line ${line + lines.length + 1} is too long.`)
    for (const text of lines) {
      take(text)
      if (rows.length === most) yield rows.splice(0)
    }
  }
  take(held)
  if (rows.length > 0) yield rows.splice(0)
}
