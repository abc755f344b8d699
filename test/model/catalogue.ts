/** The catalogue: what is sold, in which configuration, and under which rules. It belongs to the installation. */
import type { Instant } from './calendar.ts'
import type { Reference } from './reference.ts'
import { keep, recall, refuseTaken, takersOf } from './repeats.ts'
import { isSame } from './things.ts'
import { done, type Params, Refusal, type Verdict } from './verdict.ts'

export interface Groups {
  features: string[]
  limitations: Record<string, number>
  variables: Record<string, string>
}

export interface Product {
  readonly code: string
  readonly name?: string
  readonly createdAt?: Instant
}

export interface Edition {
  readonly code: string
  readonly product: string
  name: string | undefined
  readonly provisioningMode: string
  readonly clientType: string
  windowDays: number | null
  graceDays: number | null
  renewable: boolean
  /** What it contains in each of its versions, the first one first. */
  readonly versions: Groups[]
  readonly createdAt: Instant | undefined
}

const seeded = ['oo-lite', 'oo-std', 'oo-ent', 'erp-std', 'erp-admin', 'erp-lim']

/** What every installation begins with. */
export function firstCatalogue(): { products: Product[]; editions: Edition[] } {
  const editions = seeded.map((code) => ({
    code,
    product: code.slice(0, code.indexOf('-')),
    name: undefined,
    provisioningMode: 'named',
    clientType: 'users',
    windowDays: null,
    graceDays: null,
    renewable: true,
    versions: [{ features: [], limitations: {}, variables: {} }],
    createdAt: undefined,
  }))
  return { products: [{ code: 'oo' }, { code: 'erp' }], editions }
}

export const presentOf = (edition: Edition): Groups => edition.versions.at(-1) as Groups

/** Leaves out what a model of one partner cannot know of an installation: when it began, and what its seeds are called. */
const ifKnown = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

function editionFacts({ versions, name, createdAt, ...edition }: Edition): Record<string, unknown> {
  return {
    ...edition,
    ...ifKnown({ name, createdAt }),
    ...structuredClone(versions.at(-1)),
    version: versions.length,
  }
}

function createProduct(model: Reference, params: Params): Verdict {
  const { code, name } = params
  const call = { method: 'createProduct', params }
  const keys = [`product ${code}`]
  const again = recall(takersOf(model, keys), call)
  if (again) return again
  refuseTaken(takersOf(model, keys), code, params, 'product_exists')
  const product = { code, name, createdAt: model.realNow }
  model.state.products.push(product)
  return keep(model, keys, call, product)
}

function createEdition(model: Reference, params: Params): Verdict {
  const { code, product } = params
  const call = { method: 'createEdition', params }
  const keys = [`edition ${code}`]
  const again = recall(takersOf(model, keys), call)
  if (again) return again
  refuseTaken(takersOf(model, keys), code, params, 'edition_exists')
  model.refuseUnknownProduct(product)
  const { features = [], limitations = {}, variables = {} } = params
  const edition: Edition = {
    code,
    product,
    name: params.name,
    provisioningMode: params.provisioningMode ?? 'named',
    clientType: params.clientType ?? 'users',
    windowDays: params.windowDays ?? null,
    graceDays: params.graceDays ?? null,
    renewable: params.renewable ?? true,
    versions: [structuredClone({ features, limitations, variables })],
    createdAt: model.realNow,
  }
  model.state.editions.push(edition)
  return keep(model, keys, call, editionFacts(edition))
}

/** A change of any kind makes a new version. */
function updateEdition(model: Reference, { code, ifVersion, ...patch }: Params): Verdict {
  const edition = model.edition(code)
  const { versions } = edition
  const { features, limitations, variables, ...plain } = patch
  const present = presentOf(edition)
  const groups: Groups = structuredClone({
    features: features === undefined ? present.features : (features ?? []),
    limitations: limitations === undefined ? present.limitations : (limitations ?? {}),
    variables: variables === undefined ? present.variables : (variables ?? {}),
  })
  const isSo = Object.entries(plain).every(([member, value]) => edition[member as keyof Edition] === value)
  if (isSo && isSame(groups, present)) return done(editionFacts(edition))
  if (ifVersion !== undefined && ifVersion !== versions.length)
    throw new Refusal('version_conflict', { version: versions.length })
  Object.assign(edition, plain)
  versions.push(groups)
  return done(editionFacts(edition))
}

const byCode = ({ code: one }: { code: string }, { code: other }: { code: string }): number =>
  one < other ? -1 : 1

/** The products of other partners of the play are there too; a model knows of its own and of the first. */
function listProducts({ state }: Reference): Verdict {
  const items = [...state.products].sort(byCode).map((product) => ifKnown({ ...product }))
  return { kind: 'done', answer: { items, next: null }, only: { list: 'items', member: 'code' } }
}

function listEditions({ state }: Reference, { product }: Params): Verdict {
  const found = state.editions.filter((edition) => product === undefined || edition.product === product)
  const items = found.sort(byCode).map(editionFacts)
  return { kind: 'done', answer: { items, next: null }, only: { list: 'items', member: 'code' } }
}

export const catalogueCalls = { createProduct, createEdition, updateEdition, listProducts, listEditions }
