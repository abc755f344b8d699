/** Shapes that events of all shops are read with. Members that nobody here asks for are left alone. */
import { z } from 'zod'
import { limits } from '../limits.ts'
import type { Contact, Meaning } from '../rules/shop.ts'
import { latestInstant } from '../rules/time.ts'
import { Email, Name, Phone, RemoteId } from '../shapes.ts'

/** An event that says of which mode it is; its content is read when it is known to be of concern. */
export interface ShopEvent {
  readonly isLive: boolean
  readonly read: () => Meaning
}

/** An id of a shop: it becomes a key here, so it has the form of one. */
export const ShopId = RemoteId

/** Something of which only the id may have been sent. */
export function idOrWhole<Whole extends z.ZodType>(whole: Whole) {
  return z.union([ShopId, whole])
}

/** The id of something that is named one way or the other. */
export function idOf(named: string | { id: string } | null | undefined): string | undefined {
  return typeof named === 'object' ? named?.id : named
}

export const Seconds = z.int().min(0).max(latestInstant)
export const Milliseconds = z
  .number()
  .min(0)
  .max(latestInstant * 1_000)
  .transform((value) => Math.floor(value))

export const HowMany = z.int().min(0).max(limits.licenses)

/** What a subscription or an order consists of. It is counted before it is looked into, so that a heap of it costs little. */
export function itemsOf<Item extends z.ZodType>(item: Item, least: number) {
  return z.array(z.unknown()).min(least).max(limits.shopItems).pipe(z.array(item))
}

/** A text, an absent one, or null, which both say nothing. */
export const Words = z.string().nullish()

/**
 * What of a contact can be kept. A name or an address that is too long or odd for us must not stop a sale, so it is
 * left out.
 */
export function contactOf(told: {
  name?: string | null | undefined
  kind?: Contact['kind']
  email?: string | null | undefined
  phone?: string | null | undefined
}): Contact {
  const fits = <Member extends 'name' | 'email' | 'phone'>(member: Member, shape: z.ZodType<string>) => {
    const value = told[member]?.trim()
    return value !== undefined && shape.safeParse(value).success ? { [member]: value } : {}
  }
  return {
    ...fits('name', Name),
    ...(told.kind === undefined ? {} : { kind: told.kind }),
    ...fits('email', Email),
    ...fits('phone', Phone),
  }
}

/** What an event says once its shape is known; what has another shape is left for a person to see. */
export function readAs<Shape extends z.ZodType>(
  shape: Shape,
  content: unknown,
  say: (read: z.output<Shape>) => Meaning,
): Meaning {
  const read = shape.safeParse(content)
  if (read.success) return say(read.data)
  const issues = read.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`)
  return { kind: 'unclear', reason: `shape_unknown: ${issues.join('; ')}` }
}
