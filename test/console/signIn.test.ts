/** Who may look: signing in and out, the cookie and what ends it, forms of other sites, and where one lands. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seal } from '../../src/console/seal.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { Visitor, words } from './visitor.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner({ name: 'Nordwind' })
  await partner.call('createCustomer', { id: 'K001', name: 'Kunde GmbH' })
})
afterAll(() => house.close())

const visitor = (): Visitor => new Visitor(house.operator.url)

/** What the database keeps of a partner's key. */
const keptOf = async ({ key }: TestPartner): Promise<Buffer> => {
  const [row] = await house.sql<{ hash: Buffer }>(
    'select secret_hash as hash from api_key where key_id = $1',
    [key.slice(8, 20)],
  )
  return row?.hash as Buffer
}

describe('without a session', () => {
  test.each([
    ['/console'],
    ['/customeranalytics?customernumber=K001'],
    ['/licenses?customernumber=K%20001'],
    ['/console/order?id=A%2F1%3F'],
    ['/console/nothing/of/that/kind'],
    ['/console/do/createCustomer'],
  ])('%s leads to the sign-in, and from there to where one wanted to go', async (path) => {
    const one = visitor()
    const { status, location } = await one.get(path)
    expect(status).toBe(303)
    expect(location).toMatch(/^\/console\/sign-in\?next=/)
    const next = new URL(location as string, one.url).searchParams.get('next') as string
    const page = await one.get(location as string)
    expect(page.status).toBe(200)
    expect(page.text).toContain('name="next"')
    const landed = await one.signIn(partner.key, next)
    expect({ status: landed.status, location: landed.location }).toEqual({ status: 303, location: path })
  })

  test('the page to sign in has one password field and one button', async () => {
    const { text } = await visitor().get('/console/sign-in')
    expect(text.match(/<input\b[^>]*type="password"/g)).toHaveLength(1)
    expect(text.match(/<input\b(?![^>]*type="(?:password|hidden)")/g)).toBeNull()
    expect(text.match(/<button\b/g)).toHaveLength(1)
  })

  test('an icon, the stylesheet and the script are served', async () => {
    for (const [path, type] of [
      ['/favicon.ico', 'image/svg+xml'],
      ['/console/icon.svg', 'image/svg+xml'],
      ['/console/style.css', 'text/css; charset=utf-8'],
      ['/console/console.js', 'text/javascript; charset=utf-8'],
    ] as const) {
      const { status, headers } = await visitor().get(path)
      expect({ path, status, type: headers.get('content-type') }).toEqual({ path, status: 200, type })
    }
  })

  test.each([
    ['nothing', ''],
    ['something else', 'open sesame'],
    ['a key of right form that nobody has', `tk_live_${'a'.repeat(12)}_${'b'.repeat(43)}000000`],
  ])('%s instead of a key is told as wrong, with 401 and no cookie', async (_, key) => {
    const { status, text, headers } = await visitor().signIn(key)
    expect(status).toBe(401)
    expect(words(text)).toContain('That is no API key that counts here.')
    expect(headers.get('set-cookie')).toBeNull()
  })

  test.each([
    ['//evil.example/x'],
    ['https://evil.example/console'],
    ['/\\evil.example/console'],
    ['/\t/evil.example/console'],
    ['/.//evil.example'],
    ['javascript:alert(1)'],
    ['/rpc'],
    ['/consoleevil'],
    ['/console/../../rpc'],
    [''],
  ])('to go on to %j would lead elsewhere, so it leads to the overview', async (next) => {
    const { location } = await visitor().signIn(partner.key, next)
    expect(location).toBe('/console')
  })

  test('a form of another site does not sign anybody in', async () => {
    const { url } = house.operator
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      const { status, headers: told } = await visitor().post(
        '/console/sign-in',
        { key: partner.key },
        headers,
      )
      expect({ headers, status, cookie: told.get('set-cookie') }).toEqual({
        headers,
        status: 403,
        cookie: null,
      })
    }
    const own = await visitor().post('/console/sign-in', { key: partner.key }, { origin: url })
    expect(own.status).toBe(303)
  })
})

describe('the cookie', () => {
  test('is out of reach of scripts, stays on this site, and lasts eight hours', async () => {
    const { headers } = await visitor().signIn(partner.key)
    expect(headers.get('set-cookie')).toMatch(
      /^tenure=[\w.-]+; Path=\/; Max-Age=28800; HttpOnly; SameSite=Lax$/,
    )
  })

  test('is sent over https alone where people reach the service by https', async () => {
    await using secure = await openHouse({ config: { publicUrl: 'https://tenure.example' } })
    const { headers } = await new Visitor(secure.operator.url).signIn(secure.operator.key)
    expect(headers.get('set-cookie')).toMatch(/^__Host-tenure=.*; Path=\/; .*; SameSite=Lax; Secure$/)
  })

  test('tells nothing of the key, nor of what is kept of it', async () => {
    const one = await Visitor.signedIn(partner)
    const told = Buffer.from(one.cookie.split('.')[3] as string, 'base64url')
    const secret = partner.key.slice(21)
    expect(secret).toHaveLength(49)
    expect(one.cookie + told.toString('latin1')).not.toContain(secret)
    expect(told.includes(await keptOf(partner))).toBe(false)
  })

  test('cannot be made by somebody who has read the database and has no key', async () => {
    const keyId = partner.key.slice(8, 20)
    const hash = await keptOf(partner)
    const endsAt = house.clock.now() + 3600
    const withValue = async (presented: string): Promise<number> => {
      const forged = visitor()
      forged.cookie = `tenure=${seal(presented, hash, keyId, endsAt)}`
      return (await forged.get('/console')).status
    }
    expect(await withValue(hash.toString('hex'))).toBe(303)
    expect(await withValue(`${partner.key.slice(0, -1)}x`)).toBe(303)
    expect(await withValue(partner.key)).toBe(200)
  })

  test('is refused with any one character changed', async () => {
    const { cookie } = await Visitor.signedIn(partner)
    const whole = visitor()
    whole.cookie = cookie
    expect((await whole.get('/console')).status).toBe(200)
    for (let place = 'tenure='.length; place < cookie.length; place += 3) {
      const other = cookie[place] === 'A' ? 'B' : 'A'
      const forged = visitor()
      forged.cookie = cookie.slice(0, place) + other + cookie.slice(place + 1)
      const { status, location } = await forged.get('/console')
      expect({ place, status, location }).toMatchObject({ place, status: 303 })
    }
  })

  test('does not become that of another key by its name', async () => {
    const other = await house.partner()
    const { cookie } = await Visitor.signedIn(partner)
    const forged = visitor()
    forged.cookie = cookie.replace(partner.key.slice(8, 20), other.key.slice(8, 20))
    expect((await forged.get('/console')).status).toBe(303)
  })

  test('is good on every server of an installation', async () => {
    await using two = await openHouse({ servers: 2 })
    const { cookie } = await Visitor.signedIn(two.operator)
    const there = new Visitor(two.services[1]?.url as string)
    there.cookie = cookie
    expect((await there.get('/console')).status).toBe(200)
  })
})

describe('a session ends', () => {
  test('after eight hours', async () => {
    const one = await Visitor.signedIn(partner)
    house.clock.advance({ seconds: 8 * 3600 - 1 })
    expect((await one.get('/console')).status).toBe(200)
    house.clock.advance({ seconds: 1 })
    expect(await one.get('/console')).toMatchObject({
      status: 303,
      location: '/console/sign-in?next=%2Fconsole',
    })
  })

  test('with its key, when that is revoked', async () => {
    const other = await house.withScopes(partner, ['read'])
    const one = await Visitor.signedIn(other)
    expect((await one.get('/console')).status).toBe(200)
    await partner.call('revokeApiKey', { keyId: other.key.slice(8, 20) })
    expect((await one.get('/console')).status).toBe(303)
  })

  test('with its key within five seconds on other servers', async () => {
    await using two = await openHouse({ servers: 2 })
    const made = await two.operator.call('createApiKey', { name: 'for a while', scopes: ['read'] })
    const there = await Visitor.signedIn({ url: two.services[1]?.url as string, key: made.key })
    expect((await there.get('/console')).status).toBe(200)
    await two.operator.call('revokeApiKey', { keyId: made.keyId as string })
    await expect.poll(async () => (await there.get('/console')).status, { timeout: 5_000 }).toBe(303)
  })

  test('with its key, when that expires', async () => {
    const { key } = await partner.call('createApiKey', {
      name: 'for an hour',
      scopes: ['read'],
      expiresAt: house.clock.now() + 3600,
    })
    const one = await Visitor.signedIn({ url: partner.url, key })
    house.clock.advance({ seconds: 3599 })
    expect((await one.get('/console')).status).toBe(200)
    house.clock.advance({ seconds: 1 })
    expect((await one.get('/console')).status).toBe(303)
  })

  test('when one signs out, by a form of one’s own only', async () => {
    const one = await Visitor.signedIn(partner)
    const { cookie } = one
    await one.post('/console/sign-out', { csrf: 'guessed' })
    expect(one.cookie).toBe(cookie)
    const { status, location, headers } = await one.send('/console/sign-out')
    expect({ status, location }).toEqual({ status: 303, location: '/console/sign-in' })
    expect(headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await one.get('/console')).status).toBe(303)
    const copy = visitor()
    copy.cookie = cookie
    expect((await copy.get('/console')).status).toBe(303)
  })
})

describe('forms', () => {
  const rows = 'number,name\nF-1,Formular AG\n'
  const importing = { kind: 'customers', rows, run: 'import' }

  test.each([
    ['no token', {}, {}],
    ['a guessed token', { csrf: 'guessed' }, {}],
    ['no token and another site', {}, { 'sec-fetch-site': 'cross-site' }],
  ])('with %s change nothing', async (_, fields: Record<string, string>, headers: Record<string, string>) => {
    const one = await Visitor.signedIn(partner)
    const { status, text } = await one.post('/console/import', { ...importing, ...fields }, headers)
    expect(status).toBe(403)
    expect(words(text)).toContain('Not from here')
    expect(words(text)).toContain('This form is not from your present session.')
    expect((await partner.refusal('getCustomer', { id: 'F-1' })).data.reason).toBe('customer_unknown')
  })

  test('with the token of another session change nothing', async () => {
    const [one, other] = [await Visitor.signedIn(partner), await Visitor.signedIn(partner)]
    const csrf = await other.token()
    expect((await one.post('/console/import', { ...importing, csrf })).status).toBe(403)
  })

  test('with the right token, but sent by a page of another site, change nothing', async () => {
    const one = await Visitor.signedIn(partner)
    const csrf = await one.token()
    const headers = { origin: 'https://evil.example' }
    expect((await one.post('/console/import', { ...importing, csrf }, headers)).status).toBe(403)
  })

  test('with the right token are carried out', async () => {
    const one = await Visitor.signedIn(partner)
    const { status, text } = await one.send('/console/import', importing)
    expect({ status, text: words(text) }).toMatchObject({
      status: 200,
      text: expect.stringContaining('Imported'),
    })
    expect((await partner.call('getCustomer', { id: 'F-1' })).name).toBe('Formular AG')
  })

  test('without a session lead to the sign-in and back to their page', async () => {
    const { status, location } = await visitor().post('/console/import', importing)
    expect({ status, location }).toEqual({
      status: 303,
      location: '/console/sign-in?next=%2Fconsole%2Fimport',
    })
  })

  test('that are too large are refused in the look of the console', async () => {
    const one = await Visitor.signedIn(partner)
    const { status, headers } = await one.send('/console/do/createCustomer', { name: 'x'.repeat(2_000_000) })
    expect(status).toBe(413)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  })
})

test('guessing keys is slowed', async () => {
  await using slow = await openHouse()
  const one = new Visitor(slow.operator.url)
  const times: number[] = []
  for (let guess = 0; guess < 13; guess++) {
    const started = performance.now()
    await one.signIn(`tk_live_guess_${guess}`)
    times.push(performance.now() - started)
  }
  expect(Math.min(...times.slice(0, 10))).toBeLessThan(100)
  expect(times[12]).toBeGreaterThan(380)
})

test('a limit of calls holds for pages, too', async () => {
  await using limited = await openHouse({ config: { rateLimit: 3 } })
  const one = await Visitor.signedIn(limited.operator)
  for (let page = 0; page < 3; page++) expect((await one.get('/console/keys')).status).toBe(200)
  const { status, headers, text } = await one.get('/console/keys')
  expect({ status, retry: Number(headers.get('retry-after')) > 0 }).toEqual({ status: 429, retry: true })
  expect(words(text)).toContain('Too many calls in a minute')
})

test('every answer says what browsers may do with it', async () => {
  const one = await Visitor.signedIn(partner)
  for (const path of [
    '/console',
    '/console/sign-in',
    '/customeranalytics?customernumber=nobody',
    '/console/none',
  ]) {
    const { headers } = await one.get(path)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "default-src 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
    ])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-request-id')).toMatch(/^[\w-]+$/)
  }
})
