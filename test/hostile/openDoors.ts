/** What is open to everybody, and addresses at which there is nothing: odd verbs, odd paths, odd queries, odd headers. */
import type { Door } from './doors.ts'
import { oddHeader } from './envelopes.ts'
import type { Chance } from './random.ts'
import { fragments, hostile } from './values.ts'

const open = [
  '/openrpc.json',
  '/healthz',
  '/readyz',
  '/metrics',
  '/docs',
  '/',
  '/favicon.ico',
  '/console/style.css',
]

const verbs = [
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'SEARCH',
  'PURGE',
  'LINK',
]

/** Paths of anywhere, with what may stand in a request line: the rest is for bare connections. */
function oddPath(chance: Chance): string {
  const base = chance.one([...open, '/rpc', '/hooks/stripe/x', '/import/customers', '/console', '/licenses'])
  return chance.one([
    () => `${base}/`,
    () => `/${base}`,
    () => `${base}//..//..//etc/passwd`,
    () => `${base}/%2e%2e/%2e%2e/rpc`,
    () => `${base}%00`,
    () => `${base}%`,
    () => `${base}%ff`,
    () => base.toUpperCase(),
    () => `${base};x=1`,
    () => `${base}?${'a=b&'.repeat(2_000)}`,
    () => `${base}?${encodeURIComponent(chance.one(fragments))}`,
    () => `${base}#x`,
    () => `/${'a/'.repeat(3_000)}`,
    () => `/${'x'.repeat(10_000)}`,
    () => 'http://hooks.invalid/healthz',
    () => '//hooks.invalid/healthz',
    () => '/\\hooks.invalid',
    () => '*',
    () => `/${encodeURIComponent(chance.one(fragments))}`,
    () => '/__proto__',
    () => '/.env',
    () => '/:x/{y}',
  ])()
}

function odd(chance: Chance, often: number): Record<string, string> {
  return chance.percent(often) ? Object.fromEntries([oddHeader(chance)]) : {}
}

export function openDoors(): Door[] {
  return [
    {
      name: 'open to all',
      share: 3,
      make: (chance) => ({
        verb: chance.percent(85) ? 'GET' : chance.one(verbs),
        path: chance.one(open) + (chance.percent(30) ? `?${encodeURIComponent(chance.one(fragments))}` : ''),
        headers: odd(chance, 60),
        body: chance.percent(10) ? hostile(chance) : '',
        expected: 'any',
      }),
    },
    {
      name: 'nowhere',
      share: 3,
      make: (chance) => ({
        verb: chance.percent(60) ? 'GET' : chance.one(verbs),
        path: oddPath(chance),
        headers: odd(chance, 30),
        body: chance.percent(10) ? hostile(chance) : '',
        expected: 'any',
      }),
    },
  ]
}
