/** One field for everything: an id leads straight to its thing, so does a document number, and text leads to customers. */
import { html } from 'hono/html'
import { Search } from '../../shapes.ts'
import { type Result, type Route, seeOther, type Visit } from '../door.ts'
import { links } from '../links.ts'
import { sayNo } from '../refusals.ts'
import { id, type LicenseShown, licenseTable } from '../things.ts'
import { references } from './licenses.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const find: Route = {
  verb: 'GET',
  path: '/console/find',
  async show(visit) {
    const { session } = visit
    const asked = visit.query.get('q')?.trim() ?? ''
    if (asked === '') return seeOther(links.customers())
    if (!Search.safeParse(asked).success)
      return sayNo({
        title: 'Not found',
        status: 404,
        body: 'Nothing here can have such a number or name.',
        session,
      })
    const ways = await waysTo(visit, asked)
    const [only] = ways
    if (only && ways.length === 1) return seeOther(only.to)
    if (ways.length > 1) {
      const body = html`<ul>${ways.map(({ to, words }) => html`<li><a href="${to}">${words} ${id(asked)}</a></li>`)}</ul>`
      return visit.page({ title: 'Several things have this id', search: asked, body })
    }
    const licenses = await byDocument(visit, asked)
    if (licenses.length === 0) return seeOther(links.customers({ search: asked }))
    const [license] = licenses
    if (license && licenses.length === 1)
      return seeOther(
        license.order === null ? links.license(license.licenseId ?? '') : links.order(license.order),
      )
    const body = licenseTable({ caption: 'Licences with this document number', rows: licenses, none: '' })
    return visit.page({ title: `Licences that name ${asked}`, here: 'licenses', search: asked, body })
  },
}

interface Way {
  readonly to: string
  readonly words: string
}

/** The pages of everything that has exactly this id. */
async function waysTo(visit: Visit, asked: string): Promise<Way[]> {
  const isUuid = uuid.test(asked)
  const { items: products } = await visit.call('listProducts', {})
  const way = async (
    method: string,
    params: Record<string, string>,
    words: string,
    to: (found: Record<string, unknown>) => string,
  ): Promise<Way[]> => {
    const outcome = await visit.attempt(method, params)
    return outcome.ok ? [{ words, to: to(outcome.result as Record<string, unknown>) }] : []
  }
  const toLicense = ({ licenseId }: Record<string, unknown>): string => links.license(String(licenseId))
  const toConsumer = ({ consumerId }: Record<string, unknown>): string => links.consumer(String(consumerId))
  const found = await Promise.all([
    way('getOrder', { id: asked }, 'Order', () => links.order(asked)),
    way('getCustomer', { id: asked }, 'Customer', () => links.customer(asked)),
    way('getConsumer', asked.includes('@') ? { email: asked } : { id: asked }, 'Consumer', toConsumer),
    ...products.map(({ code }) =>
      way('getLicense', { id: asked, product: code }, `Licence of ${code}`, toLicense),
    ),
    ...(isUuid
      ? [
          way('getCustomer', { customerId: asked }, 'Customer', ({ remoteId }) =>
            links.customer(String(remoteId)),
          ),
          way('getLicense', { licenseId: asked }, 'Licence', toLicense),
          way('getConsumer', { consumerId: asked }, 'Consumer', toConsumer),
        ]
      : []),
  ])
  const ways = found.flat()
  return ways.filter(({ to }, place) => ways.findIndex((other) => other.to === to) === place)
}

/** Licences whose contract, order, subscription, product or purchase order has this number. */
async function byDocument(visit: Visit, asked: string): Promise<LicenseShown[]> {
  const found = await Promise.all(
    references.map(async (kind) => {
      const outcome = await visit.attempt('listLicenses', { [kind]: asked, limit: 20 })
      return outcome.ok ? (outcome.result as Result<'listLicenses'>).items : []
    }),
  )
  const licenses = found.flat()
  return licenses.filter(
    ({ licenseId }, place) => licenses.findIndex((other) => other.licenseId === licenseId) === place,
  )
}
