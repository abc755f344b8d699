/** Other people's clients against a running service: what they send is understood, and they understand the answers. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { HTTPTransport, Client as OpenRpcClient, RequestManager } from '@open-rpc/client-js'
import jayson from 'jayson'
import { JSONRPCClient, type JSONRPCResponse } from 'json-rpc-2.0'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'

const run = promisify(execFile)

let house: House
let partner: TestPartner

beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner()
})
afterAll(() => house.close())

test('jayson: calls, refusals, notifications and arrays', async () => {
  const { hostname, port } = new URL(partner.url)
  const client = jayson.Client.http({ hostname, port, path: '/rpc', headers: { 'x-api-key': partner.key } })
  const answered = (send: (done: (error: unknown, answer: unknown) => void) => void): Promise<unknown> =>
    promisify(send)()
  const made = await answered((done) => client.request('createCustomer', { id: 'J1', name: 'jayson' }, done))
  expect(made).toMatchObject({ result: { remoteId: 'J1' } })
  // To jayson, an id of null makes a notification.
  await answered((done) => client.request('updateCustomer', { id: 'J1', name: 'notified' }, null, done))
  const unsent = (id: string, params: object) => client.request('getCustomer', params, id, false as never)
  const batch = [unsent('one', { id: 'J1' }), unsent('two', { id: 'no' })]
  expect(await answered((done) => client.request(batch as never, done))).toMatchObject([
    { id: 'one', result: { name: 'notified' } },
    { id: 'two', error: { code: 1001, data: { reason: 'customer_unknown', id: 'no' } } },
  ])
})

test('json-rpc-2.0: calls, refusals and notifications', async () => {
  const client: JSONRPCClient = new JSONRPCClient(async (request) => {
    const { status, json } = await partner.post(request)
    if (status !== 200) throw new Error(`HTTP ${status}`)
    if (json !== undefined) client.receive(json as JSONRPCResponse)
  })
  expect(await client.request('createCustomer', { id: 'R1', name: 'json-rpc-2.0' })).toMatchObject({
    remoteId: 'R1',
  })
  client.notify('updateCustomer', { id: 'R1', name: 'notified' })
  await expect.poll(() => client.request('getCustomer', { id: 'R1' })).toMatchObject({ name: 'notified' })
  await expect(client.request('getCustomer', { id: 'no' })).rejects.toMatchObject({
    code: 1001,
    data: { reason: 'customer_unknown' },
  })
})

test('@open-rpc/client-js: calls, refusals and notifications', async () => {
  const transport = new HTTPTransport(`${partner.url}/rpc`, { headers: { 'x-api-key': partner.key } })
  const client = new OpenRpcClient(new RequestManager([transport]))
  const made = await client.request({ method: 'createCustomer', params: { id: 'O1', name: 'OpenRPC' } })
  expect(made).toMatchObject({ remoteId: 'O1' })
  await client.notify({ method: 'updateCustomer', params: { id: 'O1', name: 'notified' } })
  expect(await client.request({ method: 'getCustomer', params: { id: 'O1' } })).toMatchObject({
    name: 'notified',
  })
  await expect(client.request({ method: 'getCustomer', params: { id: 'no' } })).rejects.toMatchObject({
    code: 1001,
    data: { reason: 'customer_unknown' },
  })
  client.close()
})

test('curl: GET with a body, POST, and a key as bearer token', async () => {
  const curl = async (...words: string[]): Promise<unknown> => {
    const { stdout } = await run('curl', ['-sS', ...words, `${partner.url}/rpc`])
    return JSON.parse(stdout)
  }
  const json = ['--header', 'content-type: application/json']
  const key = ['--header', `x-api-key: ${partner.key}`]
  const create = '{"method":"createCustomer","params":{"id":"C1","name":"curl"}}'
  expect(await curl('-X', 'GET', ...json, ...key, '--data', create)).toMatchObject({ remoteId: 'C1' })
  const bearer = ['--header', `authorization: Bearer ${partner.key}`]
  expect(await curl(...json, ...bearer, '--data', create)).toMatchObject({ remoteId: 'C1' })
  expect(await curl(...key, '--data', create)).toMatchObject({
    error: { data: { reason: 'invalid_request' } },
  })
  const strict = `{"jsonrpc":"2.0","id":"x","method":"getCustomer","params":{"id":"no"}}`
  expect(await curl(...json, ...key, '--data', strict)).toMatchObject({ id: 'x', error: { code: 1001 } })
})

/** Of Debian's package python3-jsonrpclib-pelix. */
async function pythonWithJsonrpclib(): Promise<string | undefined> {
  for (const python of ['/usr/bin/python3', 'python3'])
    if (await run(python, ['-c', 'import jsonrpclib']).catch(() => undefined)) return python
  return undefined
}

test("Python's jsonrpclib: calls, refusals, notifications and arrays", async ({ skip }) => {
  const python = await pythonWithJsonrpclib()
  if (python === undefined) {
    const message = 'NOT RUN: python3-jsonrpclib-pelix is not installed, so the Python client was not tested.'
    process.stderr.write(`${message}\n`)
    return skip(message)
  }
  const { stdout } = await run(python, ['-c', pythonCalls, `${partner.url}/rpc`, partner.key])
  expect(JSON.parse(stdout)).toEqual(['P1', [1001, 'customer_unknown'], 'notified', ['P1', 'P2']])
})

const pythonCalls = `
import json, sys
import jsonrpclib
from jsonrpclib.config import Config
url, key = sys.argv[1:]
with_key = {"x-api-key": key}
server = jsonrpclib.ServerProxy(url, headers=with_key)
made = server.createCustomer(id="P1", name="Python")["remoteId"]
try:
    server.getCustomer(id="no")
except jsonrpclib.jsonrpc.AppError as refused:
    error = [refused.args[0][0], refused.args[0][2]["reason"]]
server._notify.updateCustomer(id="P1", name="notified")
name = server.getCustomer(id="P1")["name"]
batch = jsonrpclib.MultiCall(server)
batch.getCustomer(id="P1")
batch.createCustomer(id="P2", name="two")
print(json.dumps([made, error, name, [one["remoteId"] for one in batch()]]))
`
