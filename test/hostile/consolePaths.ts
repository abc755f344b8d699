/** Addresses of the console, with queries that a person might make, or that nobody would. */
import { actions } from '../../src/console/actions/index.ts'
import type { Known } from './grammar.ts'
import type { Chance } from './random.ts'
import { fragments, hostile } from './values.ts'

const pages = [
  '/console',
  '/console/',
  '/console/find',
  '/console/customers',
  '/console/consumers',
  '/console/orders',
  '/console/order',
  '/console/events',
  '/console/webhooks',
  '/console/inbox',
  '/console/import',
  '/console/import/customers.csv',
  '/console/keys',
  '/console/catalogue',
  '/console/sign-in',
  '/customeranalytics',
  '/licenses',
]

/** What the addresses of the console are asked with. */
export const asked = [
  ...['q', 'search', 'customer', 'customernumber', 'show', 'type', 'before', 'below', 'state', 'sourceId'],
  ...['cursor', 'product', 'by', 'number', 'id', 'at', 'feature', 'why', 'did', 'next', 'licenseId', 'year'],
]

/** One thing that a person might type, or that nobody would. */
export function typed(chance: Chance, known: Known, name = ''): string {
  if (Object.hasOwn(known, name) && chance.percent(60)) return String(chance.one(known[name] as unknown[]))
  return chance.one([
    () => chance.one(fragments),
    () => chance.one(['\u0000', 'a\u0000b', '\ud800', '\u202e', '\u0085', '-1', '1e400', '9'.repeat(30)]),
    () => chance.one(['x', 'é', '😀', '%', '\n']).repeat(chance.one([255, 256, 5_000])),
    () => hostile(chance).slice(0, 5_000),
    () => String(chance.one(chance.one(Object.values(known)))),
  ])()
}

/** As a query has it; now and then bytes that are no text, or a percent sign that leads nowhere. */
export function escaped(text: string, chance: Chance): string {
  if (chance.percent(5)) return chance.one(['%', '%ff%fe', '%00', '%c0%80', '%u0000', '+', '%ed%a0%80'])
  return encodeURIComponent(text.toWellFormed())
}

export function query(chance: Chance, known: Known, names: readonly string[]): string {
  const parts = Array.from({ length: chance.one([0, 1, 1, 2, 4]) }, () => {
    const name = chance.percent(90) ? chance.one(names) : escaped(typed(chance, known), chance)
    return `${name}=${escaped(typed(chance, known, name), chance)}`
  })
  return parts.length === 0 ? '' : `?${parts.join(chance.percent(95) ? '&' : ';&&=')}`
}

/** Any page, form or deep link of the console. */
export function pathOf(chance: Chance, known: Known): string {
  const one = (name: string): string => escaped(typed(chance, known, name), chance)
  const path = chance.one([
    () => chance.one(pages),
    () => `/console/customers/${one('customerId')}`,
    () => `/console/licenses/${one('licenseId')}`,
    () => `/console/consumers/${one('consumerId')}`,
    () => `/console/webhooks/${one('endpointId')}`,
    () => `/console/do/${chance.percent(90) ? chance.one([...actions.keys()]) : one('method')}`,
    () => `/console/${one('')}`,
  ])()
  const identity = actions.get(path.slice('/console/do/'.length))?.identity ?? []
  const names = identity.flatMap((identity) => [...identity.names])
  return (path + query(chance, known, names.length > 0 && chance.percent(80) ? names : asked)).slice(
    0,
    12_000,
  )
}
