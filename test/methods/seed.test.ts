/** The enterprise wire, call for call: the five methods as they have always been printed. */
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
})
afterAll(() => house.close())

/** A bare call by GET with a JSON body, as `curl -X GET --data` sends it; fetch cannot. */
function get(body: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const { url, key } = house.operator
    const text = JSON.stringify(body)
    const headers = {
      'x-api-key': key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    }
    const sent = request(`${url}/rpc`, { method: 'GET', headers }, (response) => {
      let answer = ''
      response.on('data', (chunk) => {
        answer += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(answer) }))
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

test('the five calls answer by GET with a body, bare, with HTTP 200', async () => {
  const admin = { email: 'test3@example.com', phone: '111111111', displayName: 'Isa Aswath' }
  const customer = await get({ method: 'createCustomer', params: { id: 'ABC', name: 'ABC Company', admin } })
  expect(customer).toEqual({
    status: 200,
    json: {
      name: 'ABC Company',
      partner: 0,
      createdAt: seconds('2026-03-01T12:00:00Z'),
      id: 1,
      isActive: true,
      admin: { email: 'test3@example.com' },
      remoteId: 'ABC',
    },
  })

  const params = {
    customer: 'ABC',
    id: 'REMOTEORDER1',
    product: 'oo-lite',
    licenses: 20,
    duration: 'monthly',
  }
  const first = await get({ method: 'createFirstOrder', params })
  expect(first).toMatchObject({ status: 200, json: { remoteId: 'REMOTEORDER1', parent: null, licenses: 20 } })

  const early = await get({
    method: 'createRenewalOrder',
    params: { parent: 'REMOTEORDER1', id: 'REMOTEORDER2' },
  })
  expect(early).toMatchObject({ status: 409, json: { error: { data: { reason: 'renewal_too_early' } } } })

  house.clock.set('2026-03-20')
  const renewal = await get({
    method: 'createRenewalOrder',
    params: { parent: 'REMOTEORDER1', id: 'REMOTEORDER2' },
  })
  expect(renewal).toMatchObject({
    status: 200,
    json: { parent: 'REMOTEORDER1', termStart: first.json.termEnd, termEnd: seconds('2026-05-01T12:00:00Z') },
  })

  const suspended = await get({ method: 'suspendOrder', params: { id: 'REMOTEORDER1' } })
  expect(suspended).toMatchObject({ status: 200, json: { status: 'suspended', changed: true } })
  const cancelled = await get({ method: 'cancelOrder', params: { id: 'REMOTEORDER1' } })
  expect(cancelled).toMatchObject({ status: 200, json: { status: 'cancelled', changed: true } })
})
