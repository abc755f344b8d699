/** The guide on provisioning: its receiver is run as it stands there, against a service, through an order's life. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { forgeWebhook, verifyWebhook } from '../../src/client/webhooks.ts'
import { eventTypes } from '../../src/events.ts'
import { temporaryFolder } from '../folder.ts'
import { openOutbox, until } from './house.ts'

const guide = await readFile(new URL('../../docs/provisioning.md', import.meta.url), 'utf8')
const receiver = /```js\n(import [\s\S]*?)```/.exec(guide)?.[1] as string
const kit = new URL('../../src/client/webhooks.ts', import.meta.url).href

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('the receiver of the guide follows an order through its life', async () => {
  expect(receiver.trim().split('\n').length).toBeLessThanOrEqual(45)
  await using house = await openOutbox()
  const partner = await house.partner()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const { secret } = await partner.call('createWebhookEndpoint', { url })
  const folder = await temporaryFolder('tenure-guide')
  const file = join(folder, 'receiver.mjs')
  await writeFile(file, receiver.replace("'tenure/webhooks'", `'${kit}'`))
  const running: ChildProcess = spawn(process.execPath, [file], {
    env: { ...process.env, PORT: String(port), WEBHOOK_SECRET: secret },
    stdio: 'inherit',
  })
  const instances = async (): Promise<Record<string, { state: string; until: number }>> =>
    fetch(url).then(
      (response) => response.json() as never,
      () => ({}),
    )
  try {
    await partner.call('createCustomer', { id: 'C', name: 'C' })
    // Far enough back for the renewal window to be open.
    const startsAt = house.clock.now() - 20 * 86_400
    const terms = { licenses: 1, product: 'oo-lite', duration: 'monthly' as const }
    const { termEnd } = await partner.call('createFirstOrder', { customer: 'C', id: 'O', startsAt, ...terms })
    await until(instances, ({ O }) => O?.state === 'running' && O.until === termEnd)
    await partner.call('suspendOrder', { id: 'O' })
    await until(instances, ({ O }) => O?.state === 'off')
    await partner.call('resumeOrder', { id: 'O' })
    const renewed = await partner.call('createRenewalOrder', { parent: 'O', id: 'R' })
    await until(instances, ({ O }) => O?.state === 'running' && O.until === renewed.termEnd)
    await partner.call('cancelOrder', { id: 'O' })
    await until(instances, ({ O }) => O?.state === 'deleted')
    expect(Object.keys(await instances())).toEqual(['O'])
    const forged = await forgeWebhook(
      { object: { kind: 'order', id: 'X', version: 1 } },
      `whsec_${btoa('another')}`,
    )
    expect((await fetch(url, { method: 'POST', ...forged })).status).toBe(401)
  } finally {
    running.kill()
    await rm(folder, { recursive: true, force: true })
  }
})

test('the guide names events that there are', () => {
  const named = [...guide.matchAll(/`((?:order|endpoint)\.[a-z_]+)`/g)].map(([, type]) => type)
  expect(named.filter((type) => !(eventTypes as string[]).includes(type as string))).toEqual([])
  expect(new Set(named)).toEqual(
    new Set(eventTypes.filter((type) => type.startsWith('order.') || type.startsWith('endpoint.'))),
  )
})

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

test('a forged webhook passes the kit and the library of Standard Webhooks', async () => {
  const { headers, body } = await forgeWebhook({ seq: 5 }, secret)
  expect((await verifyWebhook(headers, body, secret)).data.seq).toBe(5)
  expect((await verifyWebhook(new Headers(headers), body, ['whsec_AAAA', secret])).data.seq).toBe(5)
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ data: { seq: 5 } })
})

test.each<[string, Record<string, string | undefined>, string?]>([
  ['another body', {}, ' '],
  ['another id', { 'webhook-id': 'x' }],
  ['no signature', { 'webhook-signature': undefined }],
  ['a signature of another kind', { 'webhook-signature': 'v2,AAAA' }],
  ['a signature that is no base64', { 'webhook-signature': 'v1,***' }],
  ['a time long past', { 'webhook-timestamp': '1000' }],
  ['a time that is none', { 'webhook-timestamp': 'now' }],
])('the kit refuses %s', async (_what, spoilt, added = '') => {
  const { headers, body } = await forgeWebhook({}, secret)
  const sent = verifyWebhook({ ...headers, ...spoilt }, body + added, secret)
  await expect(sent).rejects.toThrow(/webhook-/)
})
