/**
 * The glossary of shapes: everything that can be told, in and out. Methods put their params and results together
 * from these; validation, the typed client and the OpenRPC document are readings of the same objects.
 */
import { z } from 'zod'
import { eventTypes } from './events.ts'
import { limits } from './limits.ts'
import { isInstantText, isTimeZone, latestInstant } from './rules/time.ts'

/** Text of at most so many characters (code points), without control characters. */
function text(most: number, least = 1) {
  return z
    .string()
    .min(least, least === 1 ? 'must not be empty' : `must have at least ${least} characters`)
    .refine((value) => value.length <= most || [...value].length <= most, {
      message: `must have at most ${most} characters`,
    })
    .refine((value) => !/\p{Cc}/u.test(value), { message: 'must not contain control characters' })
    .meta({ maxLength: most })
}

/** The caller's own id of a thing: 1 to 255 printable characters, unique per partner and kind, never reused. */
export const RemoteId = z
  .string()
  .min(1, 'must not be empty')
  .refine(
    (value) => value.length <= limits.remoteIdCharacters || [...value].length <= limits.remoteIdCharacters,
    {
      message: `must have at most ${limits.remoteIdCharacters} characters`,
    },
  )
  .refine((value) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(value), {
    message: 'must contain printable characters only',
  })
  .meta({ maxLength: limits.remoteIdCharacters })

/** A UUID in its usual text form; upper case is accepted and means the same as lower case. */
export const Uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'must be a UUID')

export const Name = text(limits.nameCharacters)
export const Reason = text(limits.reasonCharacters)
export const Search = text(limits.searchCharacters)
export const Phone = text(limits.phoneCharacters)
export const Email = text(limits.emailCharacters).refine(
  (value) => /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+$/.test(value),
  {
    message: 'must be an e-mail address',
  },
)
export const EditionCode = text(100).meta({ description: 'The code of an edition, such as `oo-lite`.' })
export const TimeZone = text(64).refine(isTimeZone, {
  message: 'must be an IANA time zone such as Europe/Berlin',
})

/** An instant as it is answered: whole Unix seconds. */
export const Seconds = z.int()

const instantWanted =
  'must be Unix seconds, RFC 3339 text such as 2026-11-21T08:00:00Z, or a date such as 2026-11-21'

/** An instant as a caller may write it: Unix seconds, RFC 3339 text, or a date alone. */
export const InstantInput = z
  .union([z.int().min(0).max(latestInstant), z.string().refine(isInstantText, { message: instantWanted })], {
    error: instantWanted,
  })
  .meta({
    description:
      'Unix seconds, RFC 3339 text, or a date alone (YYYY-MM-DD, in the time zone of the partner).',
  })

export const Licenses = z
  .int()
  .min(1)
  .max(limits.licenses)
  .meta({ description: 'How many licences the term is bought for.' })
export const Duration = z.enum(['monthly', 'yearly'])
export const WindowDays = z.int().min(0).max(limits.windowDaysMost)
export const GraceDays = z.int().min(0).max(limits.graceDaysMost)
export const Version = z.int().min(1)
export const Limit = z.int().min(1).max(limits.pageItems)
export const Cursor = z.string().min(1).max(3_000)

export const Tags = z.array(text(limits.tagCharacters)).max(limits.tags)
export const Metadata = z
  .record(
    text(limits.metadataNameCharacters),
    z.union([text(limits.metadataTextCharacters, 0), z.number(), z.boolean()]),
  )
  .refine((value) => Object.keys(value).length <= limits.metadataMembers, {
    message: `must have at most ${limits.metadataMembers} members`,
  })

/** Document numbers of the caller on an order or licence. */
export const References = z.strictObject({
  contract: RemoteId.optional(),
  order: RemoteId.optional(),
  subscription: RemoteId.optional(),
  product: RemoteId.optional(),
  purchaseOrder: RemoteId.optional(),
})

/** Knows the ISO 3166 codes that are in use, and answers undefined for the others. */
const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

export const Address = z.strictObject({
  line1: text(255).optional(),
  line2: text(255).optional(),
  postalCode: text(32).optional(),
  city: text(255).optional(),
  region: text(255).optional(),
  country: z
    .string()
    .refine((code) => /^[A-Z]{2}$/.test(code) && countries.of(code) !== undefined, {
      message: 'must be an ISO 3166 code of two capital letters, such as DE',
    })
    .optional(),
})

export const Admin = z.strictObject({
  email: Email.optional(),
  phone: Phone.optional(),
  displayName: Name.optional(),
})

export const CustomerKind = z.enum(['organization', 'person'])

/** The answer of `createCustomer`, with exactly the members that the enterprise wire knows. */
export const CreatedCustomer = z.strictObject({
  id: z.int().nullable(),
  partner: z.int(),
  remoteId: z.string().nullable(),
  name: z.string(),
  isActive: z.boolean(),
  createdAt: Seconds.nullable(),
  admin: z.strictObject({ email: z.string() }).optional(),
})

/** Everything known about a customer. */
export const Customer = z.strictObject({
  id: z.int().nullable(),
  customerId: z.string().nullable(),
  partner: z.int(),
  remoteId: z.string().nullable(),
  kind: CustomerKind,
  name: z.string(),
  isActive: z.boolean(),
  admin: Admin.nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  address: Address.nullable(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  timeZone: z.string().nullable(),
  version: z.int(),
  createdAt: Seconds.nullable(),
  updatedAt: Seconds.nullable(),
})

export const OrderStatus = z.enum(['scheduled', 'active', 'grace', 'expired', 'suspended', 'cancelled'])

/** An order as every order method answers it. */
export const Order = z.strictObject({
  id: z.int().nullable(),
  partner: z.int(),
  remoteId: z.string(),
  parent: z.string().nullable(),
  customer: z.string(),
  product: z.string(),
  licenses: z.int(),
  duration: Duration,
  termStart: Seconds,
  termEnd: Seconds,
  status: OrderStatus,
  renewableFrom: Seconds,
  licenseId: z.string().nullable(),
  createdAt: Seconds.nullable(),
})

/** An order after a verb, with whether the verb changed anything. */
export const ChangedOrder = z.strictObject({ ...Order.shape, changed: z.boolean() })

/** What belongs to one order of a chain alone. */
export const OwnOrder = z.strictObject({
  id: z.int(),
  remoteId: z.string(),
  parent: z.string().nullable(),
  product: z.string(),
  licenses: z.int(),
  duration: Duration,
  termStart: Seconds,
  termEnd: Seconds,
  references: References,
  metadata: Metadata,
  createdAt: Seconds,
})

export const Edition = z.strictObject({
  code: z.string(),
  product: z.string(),
  name: z.string(),
  provisioningMode: z.enum(['named', 'floating']),
  clientType: z.enum(['devices', 'users']),
  features: z.array(z.string()),
  limitations: z.record(z.string(), z.int()),
  variables: z.record(z.string(), z.string()),
  windowDays: z.int().nullable(),
  graceDays: z.int().nullable(),
  renewable: z.boolean(),
  version: z.int(),
  createdAt: Seconds,
})

export const LicenseState = z.enum(['scheduled', 'active', 'grace', 'expired', 'suspended', 'revoked'])

/** The three groups of what an edition or a licence contains. */
export const Features = z
  .array(text(limits.featureCharacters))
  .max(limits.features)
  .refine((value) => new Set(value).size === value.length, { message: 'must not name a feature twice' })
export const Limitations = z
  .record(text(limits.featureCharacters), z.int().min(0).max(limits.limitationMost))
  .refine((value) => Object.keys(value).length <= limits.limitations, {
    message: `must have at most ${limits.limitations} members`,
  })
export const Variables = z
  .record(text(limits.featureCharacters), text(limits.variableCharacters, 0))
  .refine((value) => Object.keys(value).length <= limits.variables, {
    message: `must have at most ${limits.variables} members`,
  })
export const Description = text(limits.descriptionCharacters)
export const Quantity = Licenses.meta({ description: 'How many may use the licence.' })

export const License = z.strictObject({
  licenseId: z.string().nullable(),
  remoteId: z.string().nullable(),
  customer: z.string(),
  customerId: z.string(),
  product: z.string(),
  edition: z.string(),
  editionVersion: z.int(),
  order: z.string().nullable().meta({ description: 'The first order of the chain that drives the licence.' }),
  quantity: z.int(),
  validFrom: Seconds,
  validUntil: Seconds.nullable(),
  state: LicenseState,
  isActive: z.boolean(),
  features: z.array(z.string()),
  limitations: z.record(z.string(), z.int()),
  variables: z.record(z.string(), z.string()),
  name: z.string().nullable(),
  description: z.string().nullable(),
  references: References,
  version: z.int(),
  createdAt: Seconds.nullable(),
})

export const ConsumerKind = z.enum(['person', 'device'])

export const Consumer = z.strictObject({
  consumerId: z.string().nullable(),
  partner: z.int(),
  remoteId: z.string().nullable(),
  customer: z.string(),
  customerId: z.string(),
  kind: ConsumerKind,
  email: z.string().nullable(),
  displayName: z.string().nullable(),
  version: z.int(),
  createdAt: Seconds.nullable(),
  updatedAt: Seconds.nullable(),
})

export const Access = z.strictObject({
  consumer: z.string(),
  consumerId: z.string(),
  customer: z.string(),
  customerId: z.string(),
  changed: z.boolean(),
})

export const Product = z.strictObject({ code: z.string(), name: z.string(), createdAt: Seconds.nullable() })

export const Scope = z.enum(['orders', 'licenses', 'read', 'admin', 'operator'])

export const ApiKey = z.strictObject({
  keyId: z.string().nullable(),
  partner: z.int(),
  name: z.string(),
  scopes: z.array(Scope),
  createdAt: Seconds.nullable(),
  expiresAt: Seconds.nullable(),
  revokedAt: Seconds.nullable(),
})

export const Partner = z.strictObject({
  partner: z.int().nullable(),
  name: z.string(),
  sandbox: z.boolean(),
  windowDays: z.int(),
  graceDays: z.int(),
  timeZone: z.string(),
  version: z.int(),
  createdAt: Seconds.nullable(),
})

export const Clock = z.strictObject({ now: Seconds, sandbox: z.boolean() })

export const Event = z.strictObject({
  seq: z.int(),
  id: z.string(),
  type: z.string(),
  at: Seconds,
  object: z.strictObject({ kind: z.string(), id: z.string(), version: z.int() }),
  data: z.record(z.string(), z.unknown()),
})

export const EventTypes = z
  .array(z.enum(eventTypes))
  .min(1, 'must name at least one type')
  .max(100)
  .meta({ description: 'Only events of these types; unsaid, all of them.' })

export const Url = text(limits.urlCharacters).meta({
  description: 'An https address on a public network, port 443 or 8443, without user name or password.',
})

export const WebhookEndpoint = z.strictObject({
  endpointId: z.string(),
  url: z.string(),
  types: z.array(z.string()).nullable(),
  isActive: z.boolean(),
  disabledAt: Seconds.nullable(),
  disabledReason: z.enum(['gone', 'failing', 'switched_off']).nullable(),
  version: z.int(),
  createdAt: Seconds,
  updatedAt: Seconds,
})

export const WebhookDelivery = z.strictObject({
  deliveryId: z.string(),
  endpointId: z.string(),
  seq: z.int(),
  eventId: z.string(),
  type: z.string(),
  state: z.enum(['delivered', 'pending', 'failed']),
  attempts: z.int(),
  attemptedAt: Seconds,
  nextAttemptAt: Seconds.nullable(),
  status: z.int().nullable(),
  answer: z.string().nullable(),
  problem: z.string().nullable(),
})

/** What a shop signs its events with. */
export const ShopSecret = text(limits.secretCharacters).meta({
  description: "The signing secret as the shop shows it: Stripe's `whsec_…`, FastSpring's HMAC secret.",
})

export const ShopSource = z.strictObject({
  sourceId: z.string(),
  name: z.string(),
  shop: z.enum(['stripe', 'fastspring']),
  hookPath: z
    .string()
    .meta({ description: 'Where the shop is to send its events, at the address of the service.' }),
  version: z.int(),
  createdAt: Seconds,
  updatedAt: Seconds,
})

export const ShopSku = z.strictObject({ sourceId: z.string(), sku: z.string(), edition: z.string() })

export const InboxState = z.enum(['received', 'applied', 'parked', 'ignored', 'failed'])

export const InboxItem = z.strictObject({
  inboxId: z.string(),
  sourceId: z.string(),
  eventId: z.string(),
  type: z.string(),
  state: InboxState,
  reason: z.string().nullable(),
  receivedAt: Seconds,
})

/** One page of a list: its items, and the cursor of the next page or null at the end. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() })
}

/** Exactly one of a remote id and a UUID names a customer; `id` is the member that the method calls it by. */
export function namesOneCustomer<Name extends 'id' | 'customer'>(name: Name) {
  return (value: { customerId?: string | undefined } & { [member in Name]?: string | undefined }): boolean =>
    (value[name] === undefined) !== (value.customerId === undefined)
}

/** A rule over several members is checked also where one of them is wrong, so that all problems are told at once. */
function always(): boolean {
  return true
}

/** The message that goes with `namesOneCustomer`. */
export function oneOf(...names: string[]) {
  return { message: `must have exactly one of ${names.join(' and ')}`, when: always }
}

/** The selector of the ledger for a customer named in one of the two ways. */
export function customerSelector(
  id: string | undefined,
  customerId: string | undefined,
): { id: string } | { customerId: string } {
  return id === undefined ? { customerId: (customerId ?? '').toLowerCase() } : { id }
}

const nullableMembers = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(shape).map(([name, member]) => [name, z.nullable(member as z.ZodType)]),
    ) as unknown as { [member in keyof Shape]: z.ZodNullable<Shape[member]> },
  )

/** The same shapes as they stand in a PATCH: each member may be null, which clears it. */
export const AdminPatch = nullableMembers(Admin.shape).partial()
export const AddressPatch = nullableMembers(Address.shape).partial()
export const MetadataPatch = z
  .record(
    text(limits.metadataNameCharacters),
    z.union([text(limits.metadataTextCharacters, 0), z.number(), z.boolean(), z.null()]),
  )
  .refine((value) => Object.keys(value).length <= limits.metadataMembers, {
    message: `must have at most ${limits.metadataMembers} members`,
  })

/** How many of several members are given: exactly one must be. */
export function exactlyOne<Members extends readonly string[]>(...names: Members) {
  return (value: { readonly [name in Members[number]]?: unknown }): boolean =>
    names.filter((name) => value[name as Members[number]] !== undefined).length === 1
}

export const ReferencesPatch = nullableMembers(References.shape).partial()

/** The selector of the ledger for a licence named by its UUID, or by the caller's id and the product. */
export function licenseSelector(
  licenseId: string | undefined,
  id: string | undefined,
  product: string | undefined,
): { licenseId: string } | { id: string; product: string } {
  return licenseId === undefined
    ? { id: id ?? '', product: product ?? '' }
    : { licenseId: licenseId.toLowerCase() }
}

/** Whether a licence is named by its UUID alone, or by the caller's id and the product together. */
export function namesOneLicense(value: {
  licenseId?: string | undefined
  id?: string | undefined
  product?: string | undefined
}): boolean {
  if (value.licenseId !== undefined) return value.id === undefined && value.product === undefined
  return value.id !== undefined && value.product !== undefined
}

export const oneLicense = { message: 'must have either licenseId, or id and product', when: always }

/** The selector of the ledger for a consumer named in one of the two ways that other methods use. */
export function consumerSelector(
  id: string | undefined,
  consumerId: string | undefined,
): { id: string } | { consumerId: string } {
  return id === undefined ? { consumerId: (consumerId ?? '').toLowerCase() } : { id }
}
