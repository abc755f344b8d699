/** Requests that an attack has found to be answered wrongly, or far too late, and how each is answered now. */
import type { DoorStage } from './doorStage.ts'
import type { HostileRequest } from './send.ts'

type Made = (stage: DoorStage) => HostileRequest

const looked =
  (path: string): Made =>
  ({ visitor: { cookie } }) => ({ verb: 'GET', path, headers: { cookie }, body: '' })

const formed =
  (fields: Record<string, string>): Made =>
  ({ visitor: { cookie, token } }) => ({
    verb: 'POST',
    path: '/console/do/updateCustomer?id=c',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrf: token, ...fields }).toString(),
  })

/** A name of a column in which any number of blanks could be shared out in any way. */
const blanks = `"metadata${' '.repeat(4_000)}\nx\nx"`

export const mended: [what: string, make: Made, status: number][] = [
  ['a search for what no customer can have', looked('/console/customers?search=a%00'), 200],
  ['an id that nothing can have', looked('/console/find?q=a%00'), 404],
  ['an id that is longer than any header', looked(`/console/find?q=${'%25'.repeat(4_000)}`), 404],
  [
    'a link that is longer than any header, of somebody not signed in',
    () => ({ verb: 'GET', path: `/console/orders?customer=${'%25'.repeat(4_000)}`, headers: {}, body: '' }),
    303,
  ],
  ['a form that began with something else than text', formed({ was: '{"name":{"toString":1}}' }), 400],
  [
    'a form whose params are very deep',
    formed({ step: 'confirm', params: `{"id":"c","metadata":${'['.repeat(20_000)}${']'.repeat(20_000)}}` }),
    400,
  ],
  [
    'a column whose name has more blanks than anything',
    ({ guest: { key } }) => ({
      verb: 'POST',
      path: '/import/customers',
      headers: { 'x-api-key': key, 'content-type': 'text/csv' },
      body: `id,${blanks}\nc,1\n`,
    }),
    400,
  ],
]
