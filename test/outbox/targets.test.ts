/** Where webhooks may go: whatever notation, name or change of mind is tried, nothing inside is ever dialled. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { lineOpener } from '../../src/outbox/post.ts'
import { type LookUp, Targets } from '../../src/outbox/targets.ts'
import { makeEvents, openOutbox, Receiver, until } from './house.ts'

const found = (...addresses: string[]): LookUp => {
  return async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

const inside = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://①②⑦.⓪.⓪.①/',
  'https://127.0.0.1./',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://100.64.0.1/',
  'https://100.100.100.200/',
  'https://169.254.169.254/latest/meta-data/',
  'https://168.63.129.16/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://192.0.0.192/',
  'https://192.0.2.1/',
  'https://198.18.0.1/',
  'https://198.51.100.1/',
  'https://203.0.113.1/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://[::]/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[::ffff:0:127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001::1]/',
  'https://[2001:db8::1]/',
  'https://[3fff::1]/',
  'https://[100::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  'https://[5f00::1]/',
]

const odd = [
  'http://93.184.216.34/',
  'https://93.184.216.34:444/',
  'https://93.184.216.34:22/',
  'https://user@93.184.216.34/',
  'https://user:secret@example.com/',
  'https://example.com:80/',
  'http://example.com/',
  'https://example.com/#part',
  'ftp://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'gopher://example.com/',
  '//example.com/',
  'example.com',
  'https://',
  '',
]

describe('what may be called', () => {
  const targets = new Targets([], found('93.184.216.34'))

  test.each(inside)('%s may not: not public', async (url) => {
    expect(await targets.refusal(url)).toBe('must lead to a public address')
  })

  test.each(odd)('%s may not', async (url) => {
    expect(await targets.refusal(url)).toMatch(/^must /)
  })

  test.each([
    'https://example.com/hook?a=b',
    'https://example.com:8443/',
    'https://example.com:443/',
    'https://93.184.216.34/',
    'https://[2606:2800:220:1::1]/',
    'https://[::ffff:93.184.216.34]/',
  ])('%s may', async (url) => {
    expect(await targets.refusal(url)).toBeUndefined()
  })

  test('every address of a name is checked', async () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:10.0.0.1', '169.254.169.254', 'fd00::1'])
      expect(await new Targets([], found('93.184.216.34', address)).refusal('https://example.com/')).toBe(
        'must lead to a public address',
      )
  })

  test('a name that does not resolve is accepted, and checked when it is called', async () => {
    const nowhere: LookUp = async () => {
      throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    }
    const targets = new Targets([], nowhere)
    expect(await targets.refusal('https://nowhere.example/')).toBeUndefined()
    const line = lineOpener(targets)('https://nowhere.example/')
    expect(await line.post('{}', {}, new AbortController().signal)).toMatchObject({
      status: null,
      problem: 'the name has no address',
    })
  })

  test('in the allowed networks http and any port will do; elsewhere they will not', async () => {
    const targets = new Targets(['127.0.0.0/8', 'fd00::/8'], found('127.0.0.1'))
    for (const url of ['http://127.0.0.1:3000/', 'http://[::ffff:127.0.0.1]:3000/', 'http://[fd00::5]:81/'])
      expect(await targets.refusal(url)).toBeUndefined()
    expect(await targets.refusal('http://name.example:3000/')).toBeUndefined()
    expect(await targets.refusal('http://93.184.216.34/')).toBe('must be an https address')
    expect(await targets.refusal('https://10.0.0.1/')).toBe('must lead to a public address')
    expect(await targets.refusal('http://user@127.0.0.1/')).toBe('must not carry a user name or password')
  })
})

describe('what is dialled', () => {
  test('a name that leads elsewhere once it has been checked is not followed there', async () => {
    let dialled = 0
    const server = createServer((_request, response) => {
      dialled += 1
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    let asked = 0
    const rebinding: LookUp = async () => [
      { address: asked++ === 0 ? '93.184.216.34' : '127.0.0.1', family: 4 },
    ]
    const targets = new Targets([], rebinding)
    expect(await targets.refusal('https://rebinding.example:8443/')).toBeUndefined()
    const url = `https://rebinding.example:8443/`
    const line = lineOpener(targets)(url)
    const answer = await line.post('{}', {}, new AbortController().signal)
    expect(answer).toMatchObject({ status: null, problem: 'must lead to a public address' })
    // The control: the same name and address, allowed, is reached.
    const allowed = new Targets(['127.0.0.0/8'], async () => [{ address: '127.0.0.1', family: 4 }])
    const open = lineOpener(allowed)(`http://rebinding.example:${port}/`)
    expect(await open.post('{}', {}, new AbortController().signal)).toMatchObject({ status: 200 })
    expect(dialled).toBe(1)
    for (const each of [line, open]) each.close()
    await new Promise((resolve) => server.close(resolve))
  })

  test('a URL that was stored when it was still allowed is checked again at each delivery', async () => {
    await using house = await openOutbox({ retrySchedule: [0] })
    await using receiver = await Receiver.open()
    const partner = await house.partner()
    await partner.call('createWebhookEndpoint', { url: receiver.url })
    await house.services[0]?.close()
    const strict = await house.open({ config: { webhookAllow: [] } })
    const { TestPartner } = await import('../house.ts')
    const caller = new TestPartner(strict.url, partner.key, partner.number)
    await makeEvents(caller, 1)
    const { items } = await until(
      () => caller.call('listDeliveries', {}),
      (page) => page.items.length === 1,
    )
    expect(items[0]).toMatchObject({
      state: 'failed',
      status: null,
      problem: 'the address must lead to a public address',
    })
    expect(receiver.arrivals).toHaveLength(0)
  })
})

describe('names that hang', () => {
  test('are asked for once, however many wait for them', async () => {
    let asked = 0
    let tell = (): void => {}
    const told = new Promise<void>((resolve) => {
      tell = resolve
    })
    const targets = new Targets([], async () => {
      asked += 1
      await told
      return [{ address: '10.0.0.7', family: 4 }]
    })
    const line = lineOpener(targets)('https://slow.example/')
    const posts = Array.from({ length: 8 }, () => line.post('{}', {}, new AbortController().signal))
    const refusal = targets.refusal('https://slow.example/')
    await until(
      () => asked,
      (count) => count > 0,
    )
    tell()
    for (const { problem } of await Promise.all(posts)) expect(problem).toBe('must lead to a public address')
    expect(await refusal).toBe('must lead to a public address')
    expect(asked).toBe(1)
    // What is over is not kept: the next one asks anew.
    await targets.refusal('https://slow.example/')
    expect(asked).toBe(2)
    line.close()
  })

  test('of one partner do not hold up another', async () => {
    let hanging = 0
    let most = 0
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const lookUp: LookUp = async (name) => {
      if (name.startsWith('slow')) {
        hanging += 1
        most = Math.max(most, hanging)
        await released
        hanging -= 1
      }
      return [{ address: '93.184.216.34', family: 4 }]
    }
    await using house = await openOutbox({ lookUp })
    const [greedy, other] = [await house.partner(), await house.partner()]
    const many = greedy.batch(
      Array.from({ length: 20 }, (_, index) => ({
        method: 'createWebhookEndpoint',
        params: { url: `https://slow-${index}.example/` },
      })),
    )
    await until(
      () => hanging,
      (count) => count > 0,
    )
    await other.call('createWebhookEndpoint', { url: 'https://quick.example/' })
    expect(hanging).toBe(1)
    release()
    const answers = await many
    expect(answers.filter(({ error }) => error)).toEqual([])
    expect(most).toBe(1)
  })
})

test('an endpoint that may not be called is refused at `url`', async () => {
  await using house = await openOutbox({ config: { webhookAllow: [] }, lookUp: found('10.0.0.7') })
  const partner = await house.partner()
  for (const url of ['https://internal.example/', 'http://127.0.0.1/', 'https://u:p@example.com/', 'no']) {
    const { code, data } = await partner.refusal('createWebhookEndpoint', { url })
    expect([code, data.issues]).toMatchObject([-32602, [{ path: 'url' }]])
  }
  expect((await partner.call('listWebhookEndpoints', {})).items).toEqual([])
})
