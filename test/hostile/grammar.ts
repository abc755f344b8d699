/**
 * Params out of the JSON Schema of the OpenRPC document: mostly what the method wants, at the edges of what it allows,
 * and here and there something that does not belong. So a call gets past the doors that are in front of the rule.
 */
import type { JsonSchema } from '../../src/rpc/schema.ts'
import type { Chance } from './random.ts'
import { fragments, hostile, oddObject } from './values.ts'

/** Values that mean something to the service under attack, by the name of the param: ids that are there, and so on. */
export type Known = Readonly<Record<string, readonly unknown[]>>

/** What a walk through one call's params goes by. */
export interface Walk {
  readonly chance: Chance
  readonly known: Known
  /** How often in a hundred places something hostile stands instead; 0 makes params that fit. */
  readonly spoiled: number
}

const quoted = (value: unknown): string => JSON.stringify(value)

/** JSON text for a place with this schema. `name` is the name of the member it stands at. */
export function textFor(schema: JsonSchema, name: string, walk: Walk): string {
  const { chance, known, spoiled } = walk
  if (chance.percent(spoiled)) return hostile(chance)
  if (schema.const !== undefined) return quoted(schema.const)
  if (schema.enum) return quoted(chance.one(schema.enum))
  if (schema.anyOf) return textFor(chance.one(schema.anyOf), name, walk)
  const meant = Object.hasOwn(known, name) ? known[name] : undefined
  const type = Array.isArray(schema.type) ? chance.one(schema.type) : schema.type
  if (type === 'object') return objectText(schema, walk)
  if (type === 'array') return arrayText(schema, name, walk)
  // Nobody waits here for as long as a call may wait.
  if (meant && (name === 'waitSeconds' || chance.percent(85))) return quoted(chance.one(meant))
  if (type === 'string') return quoted(stringFor(schema, chance))
  if (type === 'integer' || type === 'number') return numberText(schema, chance)
  if (type === 'boolean') return chance.one(['true', 'false'])
  return type === 'null' ? 'null' : hostile(chance)
}

/**
 * An object of params. Members come in any order, may be left out, and now and then stand twice. Of members that name
 * the same thing in different ways (`either`) one is chosen, as the schema cannot say.
 */
export function objectText(
  schema: JsonSchema,
  walk: Walk,
  either: readonly (readonly string[])[] = [],
): string {
  const { chance, spoiled } = walk
  const chosen = new Map(
    either.flatMap((names) => {
      const name = chance.one(names)
      return names.map((each) => [each, each === name] as const)
    }),
  )
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, shape]) => {
    const isWanted = chosen.get(name) ?? schema.required?.includes(name)
    const wanted = isWanted ? 100 - spoiled / 2 : chosen.has(name) ? spoiled : 35
    if (!chance.percent(wanted)) return []
    const one = `${quoted(name)}:${textFor(shape, name, walk)}`
    return chance.percent(spoiled / 4) ? [one, `${quoted(name)}:${textFor(shape, name, walk)}`] : [one]
  })
  if (typeof schema.additionalProperties === 'object')
    for (let count = chance.one([0, 1, 3, chance.percent(5) ? 501 : 2]); count > 0; count--)
      members.push(`${quoted(`n${count}`)}:${textFor(schema.additionalProperties, '', walk)}`)
  if (chance.percent(spoiled)) members.push(oddObject(chance, hostile(chance)).slice(1, -1))
  if (chance.percent(spoiled / 4)) members.push(`${quoted(chance.one(fragments))}:1`)
  if (chance.percent(20)) members.reverse()
  return `{${members.join(',')}}`
}

function arrayText(schema: JsonSchema, name: string, walk: Walk): string {
  const { chance } = walk
  const { minItems = 0, maxItems = 50 } = schema
  const edges = [minItems, minItems + 1, 2, 3]
  // The upper edges cost much and tell little when they come often.
  if (chance.percent(3)) edges.push(maxItems, maxItems + 1)
  const length = chance.one(edges)
  const items = Array.from({ length }, () => textFor(schema.items ?? {}, name, walk))
  return `[${items.join(',')}]`
}

function stringFor({ pattern, minLength = 0, maxLength = 100 }: JsonSchema, chance: Chance): string {
  if (typeof pattern === 'string') return chance.percent(70) ? uuid(chance) : uuid(chance).toUpperCase()
  const least = minLength as number
  const length = chance.percent(4)
    ? chance.one([maxLength, maxLength + 1, Math.max(0, least - 1)])
    : Math.max(least, 1 + chance.below(12))
  const letter = chance.one(['x', 'Z', '7', 'é', '😀', '-'])
  return letter.repeat(length)
}

/** A UUID that nothing has. */
function uuid(chance: Chance): string {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => chance.below(16).toString(16)).join('')
  return `${digits(8)}-${digits(4)}-7${digits(3)}-8${digits(3)}-${digits(12)}`
}

function numberText({ minimum = 0, maximum = 1_000 }: JsonSchema, chance: Chance): string {
  const small = minimum + chance.below(Math.min(20, maximum - minimum + 1))
  if (chance.percent(75)) return String(small)
  return String(chance.one([minimum, maximum, minimum - 1, maximum + 1, minimum + 0.5, -small]))
}
