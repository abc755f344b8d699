/** Spoils something well made: one of its members, or several, becomes what nobody expects there. */
import type { Chance } from './random.ts'
import { hostile } from './values.ts'

const quoted = (value: unknown): string => JSON.stringify(value)

/** Instants that no calendar has, or that are told in the wrong unit. */
const moments = ['-1', '0', '1.5', '253402300800', '8640000000000001', '1e18', '9007199254740993', '-1e400']

/** What only bodies without a limit of their own for lengths and depth can hold. */
function excess(chance: Chance): string {
  const depth = chance.one([100, 5_000, 100_000])
  return chance.one([
    quoted('x'.repeat(10_000)),
    quoted('\u{1f600}'.repeat(5_000)),
    `"${'\\u0000'.repeat(50)}"`,
    `"${'\\ud83d'.repeat(50)}"`,
    `${'['.repeat(depth)}${']'.repeat(depth)}`,
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    `{${Array.from({ length: 2_000 }, (_, index) => `"n${index}":${index}`).join(',')}}`,
    `[${'{},'.repeat(5_000)}{}]`,
  ])
}

/** The same value as text, with so many of its places spoiled. */
export function spoiledText(value: unknown, chance: Chance, places: number): string {
  const chosen = new Set<string>()
  const paths = pathsIn(value)
  for (let left = places; left > 0; left--) chosen.add(chance.one(paths))
  return textOf(value, '', chosen, chance) ?? hostile(chance)
}

/** JSON text of a place; undefined where it is left out. */
function textOf(
  value: unknown,
  path: string,
  chosen: ReadonlySet<string>,
  chance: Chance,
): string | undefined {
  if (chosen.has(path)) return spoiled(value, chance)
  if (value === null || typeof value !== 'object') return quoted(value)
  if (Array.isArray(value))
    return `[${value.flatMap((item, index) => textOf(item, `${path}/${index}`, chosen, chance) ?? []).join(',')}]`
  const members = Object.entries(value).flatMap(([name, member]) => {
    const text = textOf(member, `${path}/${name}`, chosen, chance)
    return text === undefined ? [] : [`${quoted(name)}:${text}`]
  })
  if (chosen.size > 0 && chance.percent(5)) members.push(`"__proto__":${hostile(chance)}`)
  if (chosen.size > 0 && chance.percent(5) && members[0] !== undefined) members.push(members[0])
  return `{${members.join(',')}}`
}

function spoiled(value: unknown, chance: Chance): string | undefined {
  const kind = chance.below(100)
  if (kind < 15) return undefined
  if (kind < 30) return 'null'
  if (kind < 45) return otherType(value, chance)
  if (kind < 60 && typeof value === 'number') return chance.one(moments)
  return kind < 75 ? excess(chance) : hostile(chance)
}

function otherType(value: unknown, chance: Chance): string {
  if (typeof value === 'number') return quoted(String(value))
  if (typeof value === 'boolean') return quoted(value ? 1 : 'false')
  if (typeof value === 'string')
    return chance.one(['1', 'true', '[]', '{}', `[${quoted(value)}]`, '{"id":1}'])
  return chance.one(['1', '"x"', 'true', '[]', '{}', '[[]]', '[null]'])
}

function pathsIn(value: unknown, path = ''): string[] {
  if (value === null || typeof value !== 'object') return [path]
  return [path, ...Object.entries(value).flatMap(([name, member]) => pathsIn(member, `${path}/${name}`))]
}
