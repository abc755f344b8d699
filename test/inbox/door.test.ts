/** The door for shops: what is trusted is kept whatever it is, and what is not leaves nothing. */
import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../src/limits.ts'
import { type House, openHouse } from '../house.ts'
import * as fastspring from './fixtures/fastspring.ts'
import { customer, event, signature, stripeId } from './fixtures/stripe.ts'
import { openShop, post, type TestShop } from './shop.ts'

let house: House
let shop: TestShop
let other: TestShop
let spring: TestShop
const logged: string[] = []

beforeAll(async () => {
  const note = (...told: unknown[]): void => void logged.push(JSON.stringify(told))
  house = await openHouse({
    now: '2026-03-01T12:00:00Z',
    log: { debug: note, info: note, warn: note, error: note },
  })
  shop = await openShop(house, 'stripe')
  other = await openShop(house, 'stripe')
  spring = await openShop(house, 'fastspring', shop.partner)
  await house.sql('update shop_source set secret = $1 where source_id = $2', ['whsec_other', other.sourceId])
})
afterAll(() => house.close())

const now = () => house.clock.now()
const stored = async () =>
  (
    await house.sql<{ items: number; receipts: number }>(
      'select (select count(*)::int from inbox_item) as items, (select count(*)::int from inbox_receipt) as receipts',
    )
  )[0]

/** `v1` as anybody could compute it who has the secret. */
function v1(body: string, time: number | string, secret = shop.secret): string {
  return createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
}

describe('signatures of Stripe', () => {
  const body = () => JSON.stringify(event('customer.created', customer(stripeId('cus')), now()))
  const good = (sent: string) => v1(sent, now())

  const taken: [what: string, header: (sent: string) => string][] = [
    ['as its own library makes it', (sent) => signature(sent, shop.secret, now())],
    [
      'just within five minutes in the past',
      (sent) => signature(sent, shop.secret, now() - limits.signatureSeconds),
    ],
    [
      'just within five minutes in the future',
      (sent) => signature(sent, shop.secret, now() + limits.signatureSeconds),
    ],
    ['the right one of several v1', (sent) => `t=${now()},v1=${'0'.repeat(64)},v1=${good(sent)}`],
    ['beside a v0', (sent) => `t=${now()},v0=${'0'.repeat(64)},v1=${good(sent)}`],
    ['with spaces after commas', (sent) => `t=${now()}, v1=${good(sent)}`],
  ]
  test.each(taken)('taken: %s', async (_what, header) => {
    const sent = body()
    const before = await stored()
    const answered = await post(`${shop.partner.url}/hooks/stripe/${shop.sourceId}`, sent, {
      'stripe-signature': header(sent),
    })
    expect(answered).toEqual({ status: 200, text: '' })
    expect((await stored())?.items).toBe((before?.items ?? 0) + 1)
  })

  const refused: [what: string, headers: (sent: string) => Record<string, string>][] = [
    ['none', () => ({})],
    ['an empty one', () => ({ 'stripe-signature': '' })],
    ['of another secret', (sent) => ({ 'stripe-signature': signature(sent, 'whsec_wrong', now()) })],
    ['of another source’s secret', (sent) => ({ 'stripe-signature': signature(sent, 'whsec_other', now()) })],
    ['of another body', () => ({ 'stripe-signature': signature('{}', shop.secret, now()) })],
    [
      'too old',
      (sent) => ({ 'stripe-signature': signature(sent, shop.secret, now() - limits.signatureSeconds - 1) }),
    ],
    [
      'too far ahead',
      (sent) => ({ 'stripe-signature': signature(sent, shop.secret, now() + limits.signatureSeconds + 1) }),
    ],
    ['without a time', (sent) => ({ 'stripe-signature': `v1=${good(sent)}` })],
    [
      'with another time than was signed',
      (sent) => ({ 'stripe-signature': `t=${now() + 1},v1=${good(sent)}` }),
    ],
    ['with two times', (sent) => ({ 'stripe-signature': `t=${now()},t=${now()},v1=${good(sent)}` })],
    ['with a time that is none', (sent) => ({ 'stripe-signature': `t=x,v1=${v1(sent, 'x')}` })],
    ['in another scheme', (sent) => ({ 'stripe-signature': `t=${now()},v0=${good(sent)}` })],
    ['in capitals', (sent) => ({ 'stripe-signature': `t=${now()},v1=${good(sent).toUpperCase()}` })],
    ['cut off', (sent) => ({ 'stripe-signature': `t=${now()},v1=${good(sent).slice(0, 62)}` })],
    ['in FastSpring’s header', (sent) => ({ 'x-fs-signature': fastspring.signature(sent, shop.secret) })],
  ]
  test.each(refused)('refused, and nothing stored: %s', async (_what, headers) => {
    const sent = body()
    const before = await stored()
    const { status, text } = await post(
      `${shop.partner.url}/hooks/stripe/${shop.sourceId}`,
      sent,
      headers(sent),
    )
    expect([status, JSON.parse(text).error.data.reason]).toEqual([400, 'invalid_request'])
    expect(await stored()).toEqual(before)
  })

  test('the bytes count as they were sent, whatever JSON would make of them', async () => {
    const sent = `{ "id":"evt_spaces", "type" : "x.y","created":1,\n"livemode":true,"data":{"object":{}} }`
    expect((await shop.send(sent)).status).toBe(200)
    const [kept] = await house.sql<{ body: Buffer }>(
      `select body from inbox_receipt join inbox_item using (partner_id, receipt_id) where event_id = 'evt_spaces'`,
    )
    expect(kept?.body.toString()).toBe(sent)
  })
})

describe('signatures of FastSpring', () => {
  const body = () =>
    JSON.stringify({
      events: [fastspring.event('account.created', fastspring.account(fastspring.fastSpringId()), now())],
    })
  const url = () => `${spring.partner.url}/hooks/fastspring/${spring.sourceId}`

  test('taken: as it is documented', async () => {
    expect(await spring.send(body())).toEqual({ status: 200, text: '' })
  })

  test.each([
    ['none', () => ({})],
    ['of another secret', (sent: string) => ({ 'x-fs-signature': fastspring.signature(sent, 'wrong') })],
    ['of another body', () => ({ 'x-fs-signature': fastspring.signature('{}', spring.secret) })],
    [
      'in hexadecimal',
      (sent: string) => ({
        'x-fs-signature': createHmac('sha256', spring.secret).update(sent).digest('hex'),
      }),
    ],
    ['that is no base64', () => ({ 'x-fs-signature': '!'.repeat(44) })],
  ] as [string, (sent: string) => Record<string, string>][])(
    'refused, and nothing stored: %s',
    async (_what, headers) => {
      const sent = body()
      const before = await stored()
      expect((await post(url(), sent, headers(sent))).status).toBe(400)
      expect(await stored()).toEqual(before)
    },
  )
})

describe('addresses', () => {
  const sent = '{"id":"evt_address"}'
  const at = (path: string) =>
    post(`${shop.partner.url}${path}`, sent, {
      'stripe-signature': signature(sent, shop.secret, now()),
      'x-fs-signature': fastspring.signature(sent, spring.secret),
    })

  test('all that are wrong are answered alike, and nothing is stored', async () => {
    const deleted = await openShop(house, 'stripe')
    await deleted.partner.call('deleteSource', { sourceId: deleted.sourceId })
    const before = await stored()
    const answers = [
      await at(`/hooks/stripe/${randomUUID()}`),
      await at('/hooks/stripe/none'),
      await at(`/hooks/stripe/${spring.sourceId}`),
      await at(`/hooks/fastspring/${shop.sourceId}`),
      await at(`/hooks/stripe/${deleted.sourceId}`),
      await post(`${shop.partner.url}/hooks/stripe/${shop.sourceId}`, sent),
    ]
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(400)
    expect(await stored()).toEqual(before)
  })

  test('the source may be written in capitals', async () => {
    expect((await at(`/hooks/stripe/${shop.sourceId.toUpperCase()}`)).status).toBe(200)
  })

  test('only POST is taken, and only at shops that are known', async () => {
    const response = await fetch(`${shop.partner.url}/hooks/stripe/${shop.sourceId}`)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await at(`/hooks/paddle/${shop.sourceId}`)).status).toBe(404)
  })

  test('a new secret counts at once', async () => {
    const own = await openShop(house, 'stripe')
    await own.partner.call('updateSource', { sourceId: own.sourceId, secret: 'whsec_rolled' })
    expect((await own.send(sent)).status).toBe(400)
    const rolled = { 'stripe-signature': signature(sent, 'whsec_rolled', now()) }
    expect((await post(`${own.partner.url}/hooks/stripe/${own.sourceId}`, sent, rolled)).status).toBe(200)
  })
})

describe('what is signed and not understood is kept for a person to see', () => {
  const long = 'x'.repeat(10_000)
  const whole = () => event('customer.updated', customer('cus_whole'), 1_772_000_000)
  const bodies: [what: string, body: string, reason: RegExp][] = [
    ['no JSON', 'hello', /^shape_unknown: /],
    ['nothing at all', '', /^shape_unknown: /],
    ['half of JSON', '{"id":"evt_half"', /^shape_unknown: /],
    ['null', 'null', /^shape_unknown: /],
    ['a list', '[1,2]', /^shape_unknown: /],
    ['a number', '7', /^shape_unknown: /],
    ['an object without anything', '{}', /^shape_unknown: /],
    ['very deep', '['.repeat(100_000), /^shape_unknown: /],
    [
      'an id of 10,000 characters',
      JSON.stringify({ ...whole(), id: long, type: long, created: null }),
      /^shape_unknown: created: /,
    ],
    [
      'an id with NUL and half a surrogate pair',
      '{"id":"a\\u0000\\ud800","type":"\\ud800"}',
      /^shape_unknown: /,
    ],
    ['a time that is text', JSON.stringify({ ...whole(), created: '2026' }), /^shape_unknown: created: /],
    ['no mode', JSON.stringify({ ...whole(), livemode: undefined }), /^shape_unknown: livemode: /],
    ['no object', JSON.stringify({ ...whole(), data: null }), /^shape_unknown: data: /],
    [
      'a customer without an id',
      JSON.stringify({ ...whole(), data: { object: {} } }),
      /^shape_unknown: id: /,
    ],
    [
      'a customer with an id of 10,000 characters',
      JSON.stringify({ ...whole(), data: { object: customer(long) } }),
      /^shape_unknown: id: /,
    ],
    [
      'a customer with NUL in the id',
      JSON.stringify({ ...whole(), data: { object: customer('a\u0000') } }),
      /^shape_unknown: id: /,
    ],
    [
      'a name that is a number',
      JSON.stringify({ ...whole(), data: { object: customer('cus_n', { name: 5 }) } }),
      /^shape_unknown: name: /,
    ],
    ['__proto__', '{"__proto__":{"id":"x"},"constructor":1}', /^shape_unknown: /],
  ]
  test.each(bodies)('%s', async (_what, sent, reason) => {
    const own = await openShop(house, 'stripe')
    expect(await own.send(sent)).toEqual({ status: 200, text: '' })
    await own.settled()
    expect(await own.inbox()).toMatchObject([{ state: 'parked', reason: expect.stringMatching(reason) }])
    const parked = (await own.partner.events()).filter(({ type }) => type === 'inbox.parked')
    expect(parked).toMatchObject([
      { object: { kind: 'inbox' }, data: { sourceId: own.sourceId, state: 'parked' } },
    ])
    expect(await own.send(sent)).toEqual({ status: 200, text: '' })
    expect(await own.inbox()).toHaveLength(1)
  })

  test('bytes that are no UTF-8', async () => {
    const own = await openShop(house, 'stripe')
    const bytes = new Uint8Array([0x7b, 0xff, 0xfe, 0x00, 0x7d])
    const time = now()
    const digest = createHmac('sha256', own.secret).update(`${time}.`).update(bytes).digest('hex')
    const headers = { 'stripe-signature': `t=${time},v1=${digest}` }
    expect((await post(`${own.partner.url}/hooks/stripe/${own.sourceId}`, bytes, headers)).status).toBe(200)
    await own.settled()
    expect(await own.inbox()).toMatchObject([{ state: 'parked' }])
  })

  test('a body with many events: each is one, those that are odd included; none is nothing', async () => {
    const own = await openShop(house, 'fastspring')
    expect((await own.send('{"events":[]}')).status).toBe(200)
    const events = [{ id: 'one', type: 'x' }, null, 5, 'text', { id: long }, {}, { id: 'one', type: 'again' }]
    expect((await own.send(JSON.stringify({ events }))).status).toBe(200)
    await own.settled()
    expect(await own.inbox()).toHaveLength(6)
    expect((await own.inbox()).every(({ state }) => state === 'parked')).toBe(true)
  })

  test('an event that is nested very deep', async () => {
    const own = await openShop(house, 'fastspring')
    expect((await own.send(`{"events":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}`)).status).toBe(200)
    await own.settled()
    expect(await own.inbox()).toMatchObject([
      { state: 'parked', reason: expect.stringMatching(/^shape_unknown: /) },
    ])
  })

  test('a body with more events than we take apart is one', async () => {
    const own = await openShop(house, 'fastspring')
    const events = Array.from({ length: limits.hookEvents + 1 }, (_, id) => ({ id: String(id) }))
    expect((await own.send(JSON.stringify({ events }))).status).toBe(200)
    await own.settled()
    expect(await own.inbox()).toMatchObject([
      { state: 'parked', reason: expect.stringMatching(/^shape_unknown: /) },
    ])
  })
})

test('what may not be kept is not acknowledged, however often it comes; then it is there once', async () => {
  const own = await openShop(house, 'stripe')
  const sent = JSON.stringify(event('customer.created', customer('cus_standby'), now()))
  const tables = await house.sql<{ name: string }>(
    `select relid::regclass::text as name from pg_partition_tree('pgboss.job') where isleaf`,
  )
  // The warning that PostgreSQL gives where a COMMIT has not reached its standby, given here as that COMMIT ends.
  await house.sql(`create function warn() returns trigger language plpgsql as
    $$begin raise warning 'The transaction has been committed locally only.'; return null; end$$`)
  for (const { name } of tables)
    await house.sql(
      `create constraint trigger behind after insert on ${name} deferrable initially deferred
        for each row execute function warn()`,
    )
  for (const { status, text } of [await own.send(sent), await own.send(sent)])
    expect([status, JSON.parse(text).error.data]).toMatchObject([
      503,
      { outcome: 'unknown', retryable: true },
    ])
  await house.sql('drop function warn cascade')
  expect(await own.send(sent)).toEqual({ status: 200, text: '' })
  await own.settled()
  expect(await own.inbox()).toMatchObject([{ state: 'applied' }])
})

test('a body of 5 MB is refused as such, and nothing stored', async () => {
  const before = await stored()
  const { status } = await shop.send(JSON.stringify({ id: 'evt_large', pad: 'x'.repeat(5_000_000) }))
  expect(status).toBe(413)
  expect(await stored()).toEqual(before)
})

test('the headers are kept, and the secret is nowhere to be seen', async () => {
  const [kept] = await house.sql<{ headers: Record<string, string> }>(
    'select headers from inbox_receipt limit 1',
  )
  expect(kept?.headers['stripe-signature']).toMatch(/^t=/)
  expect(JSON.stringify(await shop.partner.events())).not.toContain(shop.secret)
  expect(logged.join('')).not.toContain(shop.secret)
})
