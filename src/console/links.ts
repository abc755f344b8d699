/** Where the pages of the console are. Ids of callers hold any character, so they travel in the query. */
import { limits } from '../limits.ts'

/** An address with a query; members without a value are left out. */
export function address(
  path: string,
  query: Readonly<Record<string, string | number | boolean | null | undefined>> = {},
): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  )
  const text = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  return text === '' ? path : `${path}?${text}`
}

export const links = {
  overview: '/console',
  /** Where one wanted to go comes along, unless that is longer than a header may be once it is escaped. */
  signIn: (next = '') =>
    address('/console/sign-in', { next: next.length > limits.nextCharacters ? '' : next }),
  signOut: '/console/sign-out',
  find: '/console/find',
  customers: (query: { search?: string; cursor?: string } = {}) => address('/console/customers', query),
  /** The customer's dashboard, under the address that ERP systems link to. */
  customer: (number: string) => address('/customeranalytics', { customernumber: number }),
  licenses: (query: Record<string, string | undefined> = {}) => address('/licenses', query),
  license: (licenseId: string) => `/console/licenses/${licenseId}`,
  orders: (query: Record<string, string | undefined> = {}) => address('/console/orders', query),
  /** A chain, by any order id of it. */
  order: (id: string) => address('/console/order', { id }),
  consumers: (query: Record<string, string | undefined> = {}) => address('/console/consumers', query),
  consumer: (consumerId: string) => `/console/consumers/${consumerId}`,
  events: (query: Record<string, string | number | undefined> = {}) => address('/console/events', query),
  webhooks: '/console/webhooks',
  deliveries: (endpointId: string, query: Record<string, string | undefined> = {}) =>
    address(`/console/webhooks/${endpointId}`, query),
  inbox: (query: Record<string, string | undefined> = {}) => address('/console/inbox', query),
  keys: '/console/keys',
  catalogue: '/console/catalogue',
  import: '/console/import',
  /** The form of a method that changes something; the params given stand in it already. */
  action: (
    method: string,
    params: Readonly<Record<string, string | number | boolean | null | undefined>> = {},
  ) => address(`/console/do/${method}`, params),
} as const
