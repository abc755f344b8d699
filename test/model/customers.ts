/** Customers: who they are, under which ids they are found, and what has been told of them. */
import type { Instant } from './calendar.ts'
import type { Reference } from './reference.ts'
import { keep, recall, refuseTaken, takersOf } from './repeats.ts'
import { type Happening, isSame, isSameText, isUnnamed, tell, uuidOf } from './things.ts'
import { done, type Params, Refusal, readInstant, type Verdict } from './verdict.ts'

interface Known {
  name: string
  kind: string
  isActive: boolean
  admin: Record<string, string> | null
  email: string | null
  tags: string[]
  metadata: Record<string, unknown>
}

export interface Customer {
  readonly number: number
  readonly customerId: string
  /** Every id that it ever had. */
  readonly ids: string[]
  /** The present one. */
  id: string
  known: Known
  readonly createdAt: Instant
  updatedAt: Instant
  readonly story: Happening[]
}

export function customerFacts(model: Reference, customer: Customer) {
  const { number, customerId, id, known, createdAt, updatedAt, story } = customer
  const { partner } = model.settings
  const version = story.length
  return { id: number, customerId, partner, remoteId: id, ...known, version, createdAt, updatedAt }
}

function announce(model: Reference, type: string, customer: Customer): void {
  customer.updatedAt = model.state.now
  tell(customer.story, type, model.state.now, () => ({
    object: customer.id,
    data: customerFacts(model, customer),
  }))
}

function createCustomer(model: Reference, params: Params): Verdict {
  const call = { method: 'createCustomer', params }
  const uuid = params.customerId?.toLowerCase()
  const known = params.id ?? uuid
  const keys = [
    ...(known === undefined ? [] : [`customer ${known}`]),
    ...(uuid === undefined ? [] : [`customerId ${uuid}`]),
  ]
  const takers = takersOf(model, keys)
  const again = recall(takers, call)
  if (again) return again
  refuseTaken(takers, known, params, 'customer_exists')
  const { now, customers } = model.state
  const number = customers.length + 1
  const customerId = uuidOf(uuid, `customer ${known ?? model.callKey}`)
  const id = params.id ?? customerId
  const { name, kind, admin, email, tags, metadata } = params
  const customer: Customer = {
    number,
    customerId,
    ids: [id],
    id,
    known: {
      name,
      kind: kind ?? 'organization',
      isActive: true,
      admin: admin ?? null,
      email: email ?? null,
      tags: tags ?? [],
      metadata: metadata ?? {},
    },
    createdAt: now,
    updatedAt: now,
    story: [],
  }
  customers.push(customer)
  announce(model, 'customer.created', customer)
  const answer = { id: number, partner: model.settings.partner, remoteId: id, name, isActive: true }
  const mail = admin?.email === undefined ? {} : { admin: { email: admin.email } }
  return keep(model, keys, call, { ...answer, createdAt: now, ...mail })
}

/** An object with a patch laid over it, member by member; what is null goes. */
export function patched<Kept extends object>(kept: Kept, patch: object): Kept {
  const left = Object.entries({ ...kept, ...patch }).filter(([, value]) => value !== null)
  return Object.fromEntries(left) as Kept
}

/** The same for an object that may not be there: what is not there is not made by clearing something in it. */
function patchedPart(kept: Known['admin'], patch: object): Known['admin'] {
  const part = patched(kept ?? {}, patch)
  return kept === null && Object.keys(part).length === 0 ? null : part
}

function updateCustomer(model: Reference, { id, customerId, ifVersion, ...patch }: Params): Verdict {
  const customer = model.customer(id, customerId)
  const { known } = customer
  const { admin, metadata, tags, ...plain } = patch
  const changed: Known = { ...known, ...plain }
  if (tags !== undefined) changed.tags = tags ?? []
  if (metadata !== undefined) changed.metadata = metadata === null ? {} : patched(known.metadata, metadata)
  if (admin !== undefined) changed.admin = admin === null ? null : patchedPart(known.admin, admin)
  if (isSame(sortedMembers(changed), sortedMembers(known))) return done(customerFacts(model, customer))
  model.refuseOtherVersion(customer.story.length, ifVersion)
  customer.known = changed
  announce(model, 'customer.updated', customer)
  return done(customerFacts(model, customer))
}

/** In which order members were said makes no difference. */
function sortedMembers(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const members = Object.entries(value).map(([name, member]) => [name, sortedMembers(member)] as const)
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)))
}

function renameCustomer(model: Reference, { id, customerId, newId, ifVersion }: Params): Verdict {
  const customer = model.customer(id, customerId)
  const holder = model.holderOf(newId)
  if (holder && holder !== customer) throw new Refusal('customer_exists', { id: newId, differs: ['id'] })
  if (customer.id === newId) return done(customerFacts(model, customer))
  model.refuseOtherVersion(customer.story.length, ifVersion)
  customer.id = newId
  if (!customer.ids.includes(newId)) {
    customer.ids.push(newId)
    model.state.requests.set(`customer ${newId}`, { call: null, answer: {}, name: '' })
  }
  announce(model, 'customer.renamed', customer)
  return done(customerFacts(model, customer))
}

function getCustomer(model: Reference, { id, customerId }: Params): Verdict {
  const customer = model.customer(id, customerId)
  const chains = model.state.chains.filter((chain) => chain.customer === customer)
  const own = model.state.licenses.filter((license) => license.customer === customer)
  const orders = chains.reduce((sum, { terms }) => sum + terms.length, 0)
  const counts = { orders, licenses: chains.length + own.length }
  return done({ ...customerFacts(model, customer), counts })
}

function findCustomers(model: Reference, { email }: Params): Verdict {
  const found = model.state.customers.filter(
    ({ known }) => isSameText(known.email, email) || isSameText(known.admin?.email, email),
  )
  return done({ items: found.map((one) => customerFacts(model, one)) })
}

/** Whether a text has another in it; of a UUID that only the service knows nothing is looked for that could be. */
export const isPart = (part: string, text: string | null | undefined): boolean =>
  typeof text === 'string' && !isUnnamed(text) && text.toLowerCase().includes(part.toLowerCase())

function listCustomers(model: Reference, { search, tag, isActive, updatedSince }: Params): Verdict {
  const found = model.state.customers.filter(({ id, known, updatedAt }) => {
    const { name, email, admin, tags } = known
    if (isActive !== undefined && known.isActive !== isActive) return false
    if (tag !== undefined && !tags.includes(tag)) return false
    if (updatedSince !== undefined && updatedAt < readInstant(updatedSince)) return false
    return search === undefined || [id, name, email, admin?.email].some((text) => isPart(search, text))
  })
  return done({ items: found.map((one) => customerFacts(model, one)), next: null })
}

export const customerCalls = {
  createCustomer,
  updateCustomer,
  renameCustomer,
  getCustomer,
  findCustomers,
  listCustomers,
}
