/**
 * The log of a service through which everything goes that a caller may send: single calls, arrays, refusals, failures,
 * wrong keys, secrets of endpoints, new API keys, broken JSON. It tells what happened to whom, and no value of anybody's.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorFacts, openLog } from '../../src/http/log.ts'
import { Visitor } from '../console/visitor.ts'
import { type House, openHouse, TestPartner } from '../house.ts'
import { until } from '../outbox/house.ts'

/** What every value in this file contains, and no name of ours. */
const mark = 'zqvx'

let house: House
let lines: Record<string, unknown>[]
let text = ''
let partner: TestPartner
const secrets: string[] = []

const entries = (message: string): Record<string, unknown>[] => lines.filter(({ msg }) => msg === message)
const ofRequest = (id: string): Record<string, unknown>[] => lines.filter(({ requestId }) => requestId === id)
const named = (requestId: string) => ({ 'x-request-id': requestId })

async function makeLogFull(): Promise<void> {
  const customer = {
    id: `${mark}-1`,
    name: `${mark} Ltd`,
    email: `${mark}@example.com`,
    metadata: { [`m${mark}`]: `v${mark}` },
  }
  await partner.call('createCustomer', customer, named('single'))
  await partner.post(
    { method: 'createCustomer', params: { ...customer, name: `other ${mark}` } },
    named('refused'),
  )
  await partner.post({ method: 'createCustomer', params: { [`p${mark}`]: mark } }, named('invalid'))
  await partner.post({ method: `x${mark}`, params: {} }, named('unknown'))
  const member = (id: number) => ({
    jsonrpc: '2.0',
    id,
    method: 'createCustomer',
    params: { id: `${mark}-${id % 400}`, name: mark },
  })
  const array = Array.from({ length: 500 }, (_, index) => member(index + 2))
  await partner.post(array, named('array'))
  await partner.post(`{"method": "createCustomer", "params": {"id": "${mark}`, named('broken'))
  await new TestPartner(partner.url, `tk_live_${mark}`, 0).post({ method: 'getClock' }, named('stranger'))
  await fetch(`${partner.url}/import/customers`, {
    method: 'POST',
    headers: { 'x-api-key': partner.key, 'content-type': 'text/csv', ...named('import') },
    body: `customer_number,company_name\n${mark}-9,${mark} Imported\n`,
  })
  const made = await partner.call('createApiKey', { name: mark, scopes: ['read'] })
  secrets.push(made.key, partner.key, house.operator.key)
}

/** Pages for people: signing in with what is no key, looking for somebody, and changing something. */
async function visitPages(): Promise<void> {
  const stranger = new Visitor(partner.url)
  await stranger.post('/console/sign-in', { key: `tk_live_${mark}` }, named('guess'))
  const visitor = await Visitor.signedIn(partner)
  await visitor.get(`/console/customers?search=${mark}`, named('page'))
  await visitor.get(`/customeranalytics?customernumber=${mark}-none`, named('nowhere'))
  const rows = `number,name\n${mark}-c,${mark} Console\n`
  const form = { csrf: await visitor.token(), kind: 'customers', rows, run: 'import' }
  await visitor.post('/console/import', form, named('form'))
  secrets.push(visitor.cookie.slice(visitor.cookie.lastIndexOf('.') + 1))
}

/** A database that refuses a row quotes it, and one that reads a wrong value quotes that. */
async function makeFailures(): Promise<void> {
  await house.sql(`alter table customer add constraint no_such check (name not like '%${mark} refused%')`)
  await partner.post(
    { method: 'createCustomer', params: { id: `${mark}-f`, name: `${mark} refused` } },
    named('failed'),
  )
  await house.sql(
    `update customer_remote_id set reply = '{"broken ${mark}' where partner_id = $1 and remote_id = $2`,
    [partner.number, `${mark}-1`],
  )
  const same = {
    id: `${mark}-1`,
    name: `${mark} Ltd`,
    email: `${mark}@example.com`,
    metadata: { [`m${mark}`]: `v${mark}` },
  }
  await partner.post({ method: 'createCustomer', params: same }, named('unreadable'))
}

/** An endpoint that answers with what it was sent, for the log to be tempted. */
async function sendWebhooks(): Promise<void> {
  let arrived = 0
  const receiver = createServer((_request, response) => {
    arrived += 1
    response.writeHead(500).end(`${mark} did not work`)
  }).listen(0, '127.0.0.1')
  try {
    await new Promise((resolve) => receiver.once('listening', resolve))
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${mark}`
    const { secret, endpointId } = await partner.call('createWebhookEndpoint', { url })
    const rotated = await partner.call('rotateWebhookSecret', { endpointId })
    secrets.push(secret, rotated.secret)
    await partner.call('createCustomer', { id: `${mark}-w`, name: mark })
    await until(
      () => arrived,
      (count) => count > 0,
    )
  } finally {
    receiver.closeAllConnections()
    receiver.close()
  }
}

beforeAll(async () => {
  const log = openLog('trace', {
    write(line) {
      text += line
    },
  })
  house = await openHouse({ log, config: { webhookAllow: ['127.0.0.0/8'] } })
  partner = await house.partner()
  await makeLogFull()
  await visitPages()
  await sendWebhooks()
  await makeFailures()
  lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
})
afterAll(() => house.close())

describe('the log tells', () => {
  const keyId = () => partner.key.split('_')[2]

  test.each([
    ['single', { method: 'createCustomer', reason: 'ok', status: 200 }],
    ['refused', { method: 'createCustomer', reason: 'customer_exists', status: 409 }],
    ['invalid', { method: 'createCustomer', reason: 'params_invalid', status: 400 }],
    ['unknown', { method: 'unknown', reason: 'method_unknown', status: 404 }],
    ['failed', { method: 'createCustomer', reason: 'internal', status: 500 }],
    ['import', { door: 'POST /import/customers', status: 200 }],
    ['page', { door: 'GET /console/customers', status: 200 }],
    ['nowhere', { door: 'GET /customeranalytics', status: 404 }],
    ['form', { door: 'POST /console/import', status: 200 }],
  ])('of one call in one line, by request, partner and key: %s', (id, facts) => {
    const told = ofRequest(id).filter(({ msg }) => msg === 'request')
    expect(told).toEqual([
      expect.objectContaining({ level: 30, partner: partner.number, key: keyId(), ...facts }),
    ])
    expect(told[0]?.milliseconds).toBeGreaterThan(0)
  })

  test('of an array in one line, and of its calls singly only at debug', () => {
    const [line, ...more] = ofRequest('array').filter(({ level }) => level === 30)
    expect(more).toEqual([])
    expect(line).toMatchObject({
      calls: 500,
      methods: { createCustomer: 500 },
      reasons: { ok: 499, customer_exists: 1 },
      status: 200,
    })
    expect(ofRequest('array').filter(({ level }) => level === 20)).toHaveLength(500)
  })

  test('of what was refused before anybody was known', () => {
    expect(ofRequest('broken')).toMatchObject([{ msg: 'request', reason: 'parse_error', status: 400 }])
    expect(ofRequest('stranger')).toMatchObject([{ msg: 'request', reason: 'unauthenticated', status: 401 }])
    expect(ofRequest('guess')).toMatchObject([{ msg: 'request', door: 'POST /console/sign-in', status: 401 }])
  })

  test('of failures what the database said, but not what it quoted', () => {
    const [failed] = ofRequest('failed').filter(({ level }) => level === 50)
    expect(failed?.err).toMatchObject({ code: '23514', constraint: 'no_such', table: 'customer' })
    expect(failed?.err).not.toHaveProperty('detail')
    const [unreadable] = ofRequest('unreadable').filter(({ level }) => level === 50)
    expect(unreadable?.err).toMatchObject({
      type: 'SyntaxError',
      stack: expect.arrayContaining([expect.stringMatching(/^ +at /)]),
    })
  })
})

describe('the log does not tell', () => {
  test('any value that a caller sent', () => {
    expect(entries('request').length).toBeGreaterThan(10)
    expect(text).not.toContain(mark)
  })

  test('any secret or API key', () => {
    expect(secrets).toHaveLength(6)
    for (const secret of secrets) {
      expect(text).not.toContain(secret)
      // Nor the part of it that is secret alone.
      expect(text).not.toContain(secret.split('_').at(-1))
    }
    expect(text).not.toMatch(/tk_live_|whsec_/)
  })
})

describe('an error in the log', () => {
  test('keeps what is harmless, follows its causes, and leaves out what quotes a row', () => {
    const inner = Object.assign(
      new Error('invalid input syntax for type uuid: "a\n    at \'secret\' value"'),
      {
        code: '22P02',
        detail: 'secret detail',
        where: 'secret where',
        internalQuery: 'secret query',
        routine: 'string_to_uuid',
      },
    )
    const facts = errorFacts(new Error('It did not work.', { cause: inner })) as Record<string, unknown>
    expect(facts).toMatchObject({
      type: 'Error',
      message: 'It did not work.',
      cause: { code: '22P02', message: 'invalid input syntax for type uuid: "…"', routine: 'string_to_uuid' },
    })
    expect(JSON.stringify(facts)).not.toContain('secret')
    expect(JSON.stringify(errorFacts(new AggregateError([new Error('one'), new Error('other')])))).toContain(
      'other',
    )
    expect(errorFacts('a secret text')).toEqual({ type: 'string' })
  })
})
