/** Compares what a caller has with what is here, by what the values mean and not by how they are written. */
import { z } from 'zod'
import { Seconds } from '../shapes.ts'
import { instantOf, isInstantText } from './time.ts'

/** One line of a caller's list. */
export type TheirRow = { id: string } & Record<string, unknown>
/** What is here of it, as the answers tell it. */
export type OurAnswer = Record<string, unknown>

/** One member in which the two sides differ. */
export interface Difference {
  id: string
  /** Its name, with those of the members around it: `admin.email`. */
  field: string
  theirs: unknown
  ours: unknown
}

/** Where a row says something else than our answer. `id` is how the row was found, and is not compared. */
export function compared(
  { id, ...theirs }: TheirRow,
  ours: OurAnswer,
  shape: Readonly<Record<string, unknown>>,
  timeZone: string,
): Difference[] {
  const apart: Difference[] = []
  const compare = (field: string, theirValue: unknown, ourValue: unknown, isInstant: boolean): void => {
    if (theirValue === undefined) return
    if (isObject(theirValue)) {
      const inside = isObject(ourValue) ? ourValue : {}
      for (const [name, value] of Object.entries(theirValue))
        compare(`${field}.${name}`, value, Object.hasOwn(inside, name) ? inside[name] : null, false)
      return
    }
    const same = isInstant
      ? isSameInstant(field, theirValue, ourValue, timeZone)
      : isSame(field, theirValue, ourValue)
    if (!same) apart.push({ id, field, theirs: theirValue, ours: ourValue ?? null })
  }
  for (const [field, value] of Object.entries(theirs))
    compare(field, value, ours[field], bare(shape[field]) === Seconds)
  return apart
}

function bare(schema: unknown): unknown {
  return schema instanceof z.ZodNullable || schema instanceof z.ZodOptional ? bare(schema.unwrap()) : schema
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** No value, however each side spells that. */
function isNone(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}

const truths: Record<string, boolean> = { true: true, yes: true, 1: true, false: false, no: false, 0: false }

function isSame(field: string, theirs: unknown, ours: unknown): boolean {
  if (isNone(theirs) || isNone(ours)) return isNone(theirs) && isNone(ours)
  if (typeof ours === 'number')
    return typeof theirs === 'string' ? isNumeric(theirs) && Number(theirs) === ours : theirs === ours
  if (typeof ours === 'boolean')
    return typeof theirs === 'boolean'
      ? theirs === ours
      : truths[String(theirs).trim().toLowerCase()] === ours
  if (Array.isArray(ours)) return Array.isArray(theirs) && sorted(theirs) === sorted(ours)
  // Ids are texts here, and numbers in many an ERP.
  const text = typeof theirs === 'number' ? String(theirs) : theirs
  if (typeof text !== 'string' || typeof ours !== 'string') return false
  return withoutCase(field) ? text.trim().toLowerCase() === ours.toLowerCase() : text === ours
}

function isNumeric(text: string): boolean {
  return /^\s*[+-]?\d+(?:\.\d+)?\s*$/.test(text)
}

/** E-mail addresses and UUIDs mean the same in any case. */
function withoutCase(field: string): boolean {
  return /(?:^|\.)email$|^(?:customerId|licenseId)$/.test(field)
}

function sorted(values: readonly unknown[]): string {
  return JSON.stringify(values.map(String).toSorted())
}

/** A date alone says no more than the day: any instant of it agrees, and of an end the instant that closes the day. */
function isSameInstant(field: string, theirs: unknown, ours: unknown, timeZone: string): boolean {
  if (isNone(theirs) || isNone(ours)) return isNone(theirs) && isNone(ours)
  const said = typeof theirs === 'string' && /^\s*\d{5,}\s*$/.test(theirs) ? Number(theirs) : theirs
  if (typeof ours !== 'number') return false
  if (typeof said === 'number') return said === ours
  if (typeof said !== 'string' || !isInstantText(said.trim())) return false
  const text = said.trim()
  if (text.length > 'YYYY-MM-DD'.length) return instantOf(text, timeZone) === ours
  const begins = instantOf(text, timeZone)
  const ends = instantOf(text, timeZone, 'until')
  return field.endsWith('Until') ? begins < ours && ours <= ends : begins <= ours && ours < ends
}
