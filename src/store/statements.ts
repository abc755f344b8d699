/**
 * The SQL that moves rows between the code and a table, made once from the table's description. Many rows travel
 * as one JSON value, so that a statement has one text whatever the number of rows and can be prepared once.
 */
import { type Column, columnName, type Table } from './tables.ts'

/** A statement on its way to the database; `name` makes the server keep its plan. */
export interface Statement {
  text: string
  values: unknown[]
  name?: string
}

function quoted(member: string): string {
  return `"${columnName(member)}"`
}

/** `column as "member", …` for a select list, each column taken from `alias`. */
export function selectList(table: Table<never>, alias: string, members?: readonly string[]): string {
  return (members ?? Object.keys(table.columns))
    .map((member) => `${alias}.${quoted(member)} as "${member}"`)
    .join(', ')
}

function recordset(table: Table<never>, members: readonly string[]): string {
  const columns = table.columns as Record<string, { carrier: string }>
  const fields = members.map((member) => `"${member}" ${columns[member]?.carrier}`).join(', ')
  return `json_to_recordset($1::json) as carried (${fields})`
}

function stored(table: Table<never>, member: string): string {
  const column = (table.columns as Record<string, { read: (carried: string) => string }>)[member]
  return (column as { read: (carried: string) => string }).read(`carried."${member}"`)
}

/** Which request created a row never changes, and an update may not even know it. */
const creationMembers = ['request', 'reply']

const inserts = new WeakMap<object, string>()
const updates = new WeakMap<object, string>()

/** Writes new rows into a table in one statement. */
export function insertAll<Row>(table: Table<Row>, rows: readonly Row[]): Statement {
  const of = table as unknown as Table<never>
  let text = inserts.get(table)
  if (!text) {
    const members = Object.keys(table.columns)
    text =
      `insert into ${table.name} (${members.map(quoted).join(', ')}) ` +
      `select ${members.map((member) => stored(of, member)).join(', ')} from ${recordset(of, members)}`
    inserts.set(table, text)
  }
  return { name: `insert ${table.name}`, text, values: [JSON.stringify(rows)] }
}

/**
 * Writes changed rows back, whole, found by their key, in one statement. It carries no name: a plan kept from when
 * the table was small would read all of a partner's rows later.
 */
export function updateAll<Row>(table: Table<Row>, rows: readonly Row[]): Statement {
  if (rows.length === 1) return updateOne(table, rows[0] as Row)
  const of = table as unknown as Table<never>
  let text = updates.get(table)
  if (!text) {
    const set = changing(of).map((member) => `${quoted(member)} = ${stored(of, member)}`)
    const found = of.key.map((member) => `kept.${quoted(member)} = ${stored(of, member)}`)
    text =
      `update ${table.name} as kept set ${set.join(', ')} ` +
      `from ${recordset(of, Object.keys(table.columns))} where ${found.join(' and ')}`
    updates.set(table, text)
  }
  return { text, values: [JSON.stringify(rows)] }
}

/** Every member but the key, and the request that created a row. */
function changing(table: Table<never>): string[] {
  const fixed: readonly string[] = [...(table.key as readonly string[]), ...creationMembers]
  return Object.keys(table.columns).filter((member) => !fixed.includes(member))
}

const singleUpdates = new WeakMap<object, { text: string; members: string[] }>()

/**
 * Writes one changed row back. A table whose key is one column can only be read by that key, so that there a plan may
 * be kept: this is how every group moves its partner's counters.
 */
function updateOne<Row>(table: Table<Row>, row: Row): Statement {
  const of = table as unknown as Table<never>
  const columns = of.columns as Record<string, Column>
  let update = singleUpdates.get(table)
  if (!update) {
    const members = [...changing(of), ...(of.key as readonly string[])]
    const values = members.map((member, index) => {
      const { carrier, read } = columns[member] as Column
      return `${quoted(member)} = ${read(`$${index + 1}::${carrier}`)}`
    })
    const set = values.slice(0, -of.key.length).join(', ')
    const text = `update ${table.name} set ${set} where ${values.slice(-of.key.length).join(' and ')}`
    update = { text, members }
    singleUpdates.set(table, update)
  }
  const carried = update.members.map((member) => {
    const value = (row as Record<string, unknown>)[member]
    const isJson = (columns[member] as Column).type.startsWith('json')
    return isJson && value !== null ? JSON.stringify(value) : value
  })
  const statement = { text: update.text, values: carried }
  return of.key.length === 1 ? { ...statement, name: `update ${table.name}` } : statement
}
