/** What a model run may try with the catalogue. Its writes are the operator's. */
import fc from 'fast-check'
import { maybe, said } from './choices.ts'
import { code, codeOf, ownCode, productCode } from './naming.ts'
import { plan, type Weighted } from './plan.ts'
import type { Reference } from './reference.ts'

export const features = fc.constantFrom(['draw'], ['draw', 'render'], ['render', 'draw'], [])
export const limitations = fc.constantFrom({ files: 1 }, { files: 5, users: 2 }, {})
export const variables = fc.constantFrom({ region: 'eu' }, { region: 'us', mode: '' }, {})
const groups = { features: maybe(features), limitations: maybe(limitations), variables: maybe(variables) }
const rules = {
  windowDays: maybe(fc.constantFrom(0, 1, 27)),
  graceDays: maybe(fc.constantFrom(0, 7, 27)),
  renewable: maybe(fc.constantFrom(true, true, true, false)),
}
const name = fc.constantFrom('First', 'Second')

/** Whether something lives under the rules of an edition: it would be told of anew, at a time that only chance knows. */
function isInUse({ state }: Reference, wanted: string): boolean {
  return (
    state.licenses.some(({ edition }) => edition.code === wanted) ||
    state.chains.some(({ terms }) =>
      terms.some(({ contents }) => contents.some(({ product }) => product === wanted)),
    )
  )
}

export const catalogueWrites: Weighted[] = [
  plan(1, 'createProduct', fc.record({ code: productCode, name }), (c, model) => ({
    method: 'createProduct',
    params: { code: codeOf(model, c.code === 'none' ? { own: 0 } : c.code), name: c.name },
    as: 'operator',
  })),
  plan(
    4,
    'createEdition',
    fc.record({
      code: ownCode,
      product: productCode,
      name,
      provisioningMode: maybe(fc.constantFrom('named', 'named', 'floating')),
      ...groups,
      ...rules,
    }),
    (c, model) => ({
      method: 'createEdition',
      params: said({ ...c, code: codeOf(model, c.code), product: codeOf(model, c.product) }),
      as: 'operator',
    }),
  ),
  plan(
    4,
    'updateEdition',
    fc.record({
      code: ownCode,
      name: maybe(name),
      groups: fc.record({ ...groups, features: maybe(fc.option(features)) }),
      rules: fc.record(rules),
      seen: maybe(fc.constantFrom(1, 2)),
    }),
    (c, model) => {
      const wanted = codeOf(model, c.code)
      const more = isInUse(model, wanted) ? {} : c.rules
      return {
        method: 'updateEdition',
        params: said({ code: wanted, name: c.name, ...c.groups, ...more, ifVersion: c.seen }),
        as: 'operator',
      }
    },
  ),
]

export const catalogueLists: Weighted[] = [
  plan(1, 'listProducts', fc.constant({}), () => ({ method: 'listProducts', params: {} })),
  plan(1, 'listEditions', maybe(fc.oneof(productCode, code)), (product, model) => ({
    method: 'listEditions',
    params: said({ product: product === undefined ? undefined : codeOf(model, product) }),
  })),
]
