/**
 * The columns that a shape can have in a file: a reading of the shape itself, so that a member added to a method is a
 * column at once. Each column knows where its cells belong and how they are to be understood.
 */
import { z } from 'zod'

type Understood = 'text' | 'number' | 'boolean' | 'instant' | 'list'

export interface Column {
  /** Where the value belongs, such as `['admin', 'email']`. */
  readonly path: readonly string[]
  readonly kind: Understood
}

/** The columns of a shape: fixed ones, and groups whose members are named by the header, as `metadata.region`. */
export interface Columns {
  readonly fixed: readonly Column[]
  readonly open: readonly Column[]
}

/** The columns of the members of an object's shape, leaving out those named. */
export function columnsOf(shape: z.core.$ZodShape, without: readonly string[] = []): Columns {
  const fixed: Column[] = []
  const open: Column[] = []
  const walk = (schema: z.core.$ZodType, path: string[]): void => {
    const bare = unwrapped(schema)
    if (bare instanceof z.ZodObject)
      for (const [name, member] of Object.entries(bare.shape)) walk(member, [...path, name])
    else if (bare instanceof z.ZodRecord)
      open.push({ path, kind: kindOf(unwrapped(bare.valueType as z.core.$ZodType)) })
    else fixed.push({ path, kind: kindOf(bare) })
  }
  for (const [name, member] of Object.entries(shape)) if (!without.includes(name)) walk(member, [name])
  return { fixed, open }
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.unwrap())
  return schema
}

function kindOf(schema: z.core.$ZodType): Understood {
  if (schema instanceof z.ZodArray) return 'list'
  if (schema instanceof z.ZodBoolean) return 'boolean'
  if (schema instanceof z.ZodNumber) return 'number'
  if (schema instanceof z.ZodUnion)
    return schema.options.some((one) => one instanceof z.ZodBoolean) ? 'text' : 'instant'
  return 'text'
}

const truths = new Map([
  ...['true', 'yes', '1'].map((word) => [word, true] as const),
  ...['false', 'no', '0'].map((word) => [word, false] as const),
])

/** What a cell means. What cannot be understood stays text, for the method to say what it wants instead. */
export function understood(cell: string, kind: Understood): string | number | boolean | string[] {
  if (kind === 'text') return cell
  const trimmed = cell.trim()
  if (kind === 'list') return trimmed.split('|').map((part) => part.trim())
  if (kind === 'boolean') return truths.get(trimmed.toLowerCase()) ?? trimmed
  if (kind === 'number') return /^-?\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed
  return /^\d{5,12}$/.test(trimmed) ? Number(trimmed) : trimmed
}

/** Puts a value where its column says. */
export function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let inside = target
  for (const name of path.slice(0, -1)) {
    inside[name] ??= {}
    inside = inside[name] as Record<string, unknown>
  }
  inside[path.at(-1) as string] = value
}
