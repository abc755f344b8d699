/** The wire as TypeScript: what partners' editors show. Printed to `schema/client.d.ts`; the reference uses its words. */
import { type AnyReason, allFaults, faults } from '../faults.ts'
import type { Method, Registry } from './method.ts'
import { type JsonSchema, namedSchemas, schemaOf } from './schema.ts'

/** A schema as a TypeScript type. Shapes that have a name are told by it where `named` says so. */
export function typeText(schema: JsonSchema, named: ReadonlySet<string> = new Set(), indent = ''): string {
  if (schema.title !== undefined && named.has(schema.title)) return schema.title
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) {
    const members = schema.anyOf.map((member) => typeText(member, named, indent))
    return [...new Set(members)].join(' | ')
  }
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeText({ ...schema, type }, named, indent)).join(' | ')
  switch (schema.type) {
    case 'object':
      return objectText(schema, named, indent)
    case 'array': {
      const item = typeText(schema.items ?? {}, named, indent)
      return /^[\w.]+$/.test(item) || item.startsWith('{') ? `${item}[]` : `(${item})[]`
    }
    case 'integer':
      return 'number'
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return schema.type
    default:
      return 'unknown'
  }
}

function objectText(schema: JsonSchema, named: ReadonlySet<string>, indent: string): string {
  const members = Object.entries(schema.properties ?? {})
  if (members.length === 0) {
    const value = schema.additionalProperties
    if (typeof value === 'object') return `{ [name: string]: ${typeText(value, named, indent)} }`
    return value === false ? '{ [name: string]: never }' : '{ [name: string]: unknown }'
  }
  const inner = `${indent}  `
  const lines = members.flatMap(([name, member]) => {
    const isRequired = schema.required?.includes(name) ?? false
    const type = typeText(member, named, inner)
    return [
      ...comment([member.description ?? '', limitsOf(member)], inner),
      `${inner}${name}${isRequired ? '' : '?'}: ${type}${isRequired ? '' : ' | undefined'}`,
    ]
  })
  return ['{', ...lines, `${indent}}`].join('\n')
}

/** What a value may be, in words, besides its type. */
export function limitsOf(schema: JsonSchema): string {
  const { minimum, maximum, maxLength, minItems, maxItems } = schema
  const told: string[] = []
  const isBounded = (bound: number | undefined): bound is number =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER
  if (maxLength !== undefined) told.push(`At most ${maxLength.toLocaleString('en')} characters.`)
  if (isBounded(minimum) && isBounded(maximum))
    told.push(`From ${minimum.toLocaleString('en')} to ${maximum.toLocaleString('en')}.`)
  else if (isBounded(minimum)) told.push(`At least ${minimum.toLocaleString('en')}.`)
  if (minItems !== undefined) told.push(`At least ${minItems.toLocaleString('en')}.`)
  if (maxItems !== undefined) told.push(`At most ${maxItems.toLocaleString('en')}.`)
  return told.join(' ')
}

function comment(paragraphs: string[], indent: string): string[] {
  const told = paragraphs.filter((paragraph) => paragraph !== '').map((paragraph) => plain(paragraph))
  if (told.length === 0) return []
  const text = told.join(' ')
  if (text.length < 100 && !told.some((paragraph) => paragraph.includes('\n')))
    return [`${indent}/** ${text} */`]
  const lines = told.flatMap((paragraph, place) => [...(place === 0 ? [] : ['']), ...paragraph.split('\n')])
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`]
}

/** Words of others must not end the comment they stand in. */
function plain(text: string): string {
  return text.replaceAll('*/', '*\\/')
}

/** Details as they are written in a method file, without the breaks of the source. */
export function detailsOf({ details }: Pick<Method, 'details'>): string {
  return details === undefined ? '' : details.replace(/\s+/g, ' ').trim()
}

/** The whole file for partners. */
export function clientTypes(registry: Registry): string {
  const entries = Object.entries(registry)
  const shapes = namedSchemas(registry)
  const names = new Set(shapes.keys())
  const without = (name: string) => new Set([...names].filter((other) => other !== name))
  const interfaces = [...shapes].map(
    ([name, schema]) => `export interface ${name} ${typeText(schema, without(name))}`,
  )
  const params = entries.map(([name, { params }]) => {
    const { description: _described, ...schema } = schemaOf(params, 'input')
    return `export interface ${paramsName(name)} ${typeText(schema, names)}`
  })
  return [
    '// What methods take and give, printed from the method files by `npm run print`. Do not edit.',
    ...interfaces,
    ...params.filter((text) => !text.includes(' { [name: string]: never }')),
    [
      'export interface Methods {',
      ...entries.flatMap(([name, method]) => member(name, method, names)),
      '}',
    ].join('\n'),
    refusalData(),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n')
}

function paramsName(method: string): string {
  return `${method.charAt(0).toUpperCase()}${method.slice(1)}Params`
}

function member(name: string, method: Method, names: ReadonlySet<string>): string[] {
  const schema = schemaOf(method.params, 'input')
  const isEmpty = Object.keys(schema.properties ?? {}).length === 0
  const refusals = method.faults.map((reason) => `- \`${reason}\`: ${faults[reason].message}`)
  const paragraphs = [
    method.summary,
    detailsOf(method),
    `Needs a key with the scope ${method.scopes.join(' or ')}.`,
    ...(refusals.length === 0 ? [] : [`Refuses with:\n${refusals.join('\n')}`]),
  ]
  const reason = method.faults.map((one) => JSON.stringify(one)).join(' | ') || 'never'
  return [
    ...comment(paragraphs, '  '),
    `  ${name}: {`,
    `    params: ${isEmpty ? '{ [name: string]: never }' : paramsName(name)}`,
    `    result: ${typeText(schemaOf(method.result, 'output'), names, '    ')}`,
    `    reason: ${reason}`,
    '  }',
  ]
}

function refusalData(): string {
  const lines = Object.entries(allFaults).flatMap(([reason, { message, data }]) => [
    ...comment([message], '  '),
    `  ${reason as AnyReason}: ${typeText(schemaOf(data, 'output'), new Set(), '  ')}`,
  ])
  return ['export interface RefusalData {', ...lines, '}'].join('\n')
}

/**
 * Which members of its params make a method safe to send again: any one of those named; null where it always is, none
 * where it never is.
 */
export function repeatMembers(method: Method): string[] | null {
  if (method.kind !== 'command') return null
  const { repeat, repeatable } = method
  if (!repeat) return repeatable === false ? [] : null
  if (repeat({}) !== null) return null
  const members = Object.keys(schemaOf(method.params, 'input').properties ?? {})
  return members.filter((member) => repeat({ [member]: 'x' }) !== null)
}
