/** Reads from PostgreSQL's plans by what the tables of partners are searched. */

/** A node of a plan, as `explain (verbose, format json)` tells it. */
export interface Node {
  readonly 'Node Type': string
  readonly Operation?: string
  readonly 'Relation Name'?: string
  readonly Alias?: string
  readonly Plans?: readonly Node[]
  readonly [detail: string]: unknown
}

/** Where conditions stand: with the search itself, or with a join above it. */
const conditions = ['Index Cond', 'Recheck Cond', 'Filter', 'Hash Cond', 'Merge Cond', 'Join Filter']

/**
 * The tables that a plan searches without comparing their partner with anything. Notes in `seen` which tables the plan
 * shows at all. Where two tables are compared with one another only, neither is taken for bound unless one of them is.
 */
export function unboundTables(plan: Node, owned: readonly string[], seen: Set<string>): string[] {
  const searched: { table: string; alias: string }[] = []
  const said: string[] = []
  const walk = (node: Node): void => {
    const table = node['Relation Name']
    if (table !== undefined && owned.includes(table)) {
      seen.add(table)
      if (node['Node Type'] !== 'ModifyTable') searched.push({ table, alias: node.Alias as string })
    }
    for (const condition of conditions) if (typeof node[condition] === 'string') said.push(node[condition])
    node.Plans?.forEach(walk)
  }
  walk(plan)
  return distinct(searched.filter(({ alias }) => !isBound(alias, searched, said)).map(({ table }) => table))
}

/** Whether an alias's partner is compared with something that is given, or with an alias that is bound in turn. */
function isBound(
  alias: string,
  searched: readonly { alias: string }[],
  said: readonly string[],
  before: readonly string[] = [],
): boolean {
  const compared = said.flatMap((condition) => comparedWith(alias, condition))
  return compared.some((other) => {
    const name = /^"?(\w+)"?\.partner_id\b/.exec(other)?.[1]
    const isSearched = searched.some((one) => one.alias === name)
    if (name === undefined || !isSearched) return true
    return !before.includes(name) && isBound(name, searched, said, [...before, alias])
  })
}

/** What an alias's partner is compared with in a condition: in one of its parts, or in each of its alternatives. */
function comparedWith(alias: string, condition: string): string[] {
  const parts = split(condition, ' AND ')
  if (parts.length > 1) return parts.flatMap((part) => comparedWith(alias, part))
  const alternatives = split(condition, ' OR ')
  if (alternatives.length > 1) {
    const all = alternatives.map((alternative) => comparedWith(alias, alternative))
    return all.every((compared) => compared.length > 0) ? (all[0] as string[]) : []
  }
  const [left, right] = split(condition, ' = ')
  const own = new RegExp(`^"?${alias}"?\\.partner_id$`)
  if (left === undefined || right === undefined) return []
  if (own.test(left)) return [right]
  return own.test(right) ? [left] : []
}

/** Takes the brackets off that stand around a whole condition, and divides it at a word that stands in no others. */
function split(condition: string, word: string): string[] {
  const text = bare(condition)
  const parts: string[] = []
  let depth = 0
  let isQuoted = false
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") isQuoted = !isQuoted
    if (isQuoted) continue
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth > 0 || !text.startsWith(word, at)) continue
    parts.push(bare(text.slice(from, at)))
    from = at + word.length
  }
  return [...parts, bare(text.slice(from))]
}

function bare(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") isQuoted = !isQuoted
    if (isQuoted) continue
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth === 0 && at < text.length - 1) return text
  }
  return bare(text.slice(1, -1))
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)]
}
