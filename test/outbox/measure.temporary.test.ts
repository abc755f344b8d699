import { test } from 'vitest'
import { Jobs } from '../../src/outbox/jobs.ts'
import { makeEvents, openOutbox, Receiver, until } from './house.ts'

const say = (...words: unknown[]) => process.stdout.write(`MEASURE ${words.join(' ')}\n`)
async function orders(partner: any, prefix: string, count: number) {
  const began = performance.now()
  const one = async (worker: number) => {
    for (let n = worker; n < count; n += 32)
      await partner.call('createFirstOrder', {
        customer: 'C',
        id: `${prefix}${n}`,
        product: 'oo-lite',
        licenses: 1,
        duration: 'monthly',
      })
  }
  await Promise.all(Array.from({ length: 32 }, (_, worker) => one(worker)))
  return Math.round((count / (performance.now() - began)) * 1000)
}
test('measure', { timeout: 300_000 }, async () => {
  await using house = await openOutbox({ config: { databaseConnections: 10 } })
  let began = performance.now()
  const jobs = await Jobs.open(house.url, () => {})
  say('first start of pg-boss', Math.round(performance.now() - began), 'ms')
  await jobs.close()
  began = performance.now()
  const again = await Jobs.open(house.url, () => {})
  say('second start of pg-boss', Math.round(performance.now() - began), 'ms')
  await again.close()
  await using receiver = await Receiver.open()
  const plain = await house.partner()
  const hooked = await house.partner()
  for (const partner of [plain, hooked]) await partner.call('createCustomer', { id: 'C', name: 'C' })
  await orders(plain, 'warm', 2000)
  await hooked.call('createWebhookEndpoint', { url: receiver.url })
  const rates: string[] = []
  for (let round = 0; round < 3; round++) {
    rates.push(`plain ${await orders(plain, `p${round}-`, 3000)}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const before = receiver.seqs.length
    rates.push(`hooked ${await orders(hooked, `h${round}-`, 3000)}`)
    const at = performance.now()
    await until(
      () => receiver.seqs.length,
      (n) => n >= before + 3000,
      60_000,
    )
    rates.push(`(delivered ${Math.round(performance.now() - at)} ms later)`)
  }
  say('createFirstOrder/s', rates.join(', '))
  const before = receiver.seqs.length
  began = performance.now()
  await makeEvents(hooked, 10_000, 'burst')
  const committed = performance.now() - began
  await until(
    () => receiver.seqs.length,
    (n) => n >= before + 10_000,
    120_000,
  )
  say(
    '10,000 events committed in',
    Math.round(committed),
    'ms, all at the endpoint after',
    Math.round(performance.now() - began),
    'ms',
  )
  const waits: number[] = []
  let { next } = await plain.call('listEvents', { after: 0, limit: 500 })
  for (;;) {
    const page = await plain.call('listEvents', { after: next, limit: 500 })
    if (page.events.length === 0) break
    next = page.next
  }
  for (let n = 0; n < 40; n++) {
    const waiting = plain.call('listEvents', { after: next, waitSeconds: 20 }).then((page: any) => {
      next = page.next
      return performance.now()
    })
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100))
    const made = plain.call('createCustomer', { id: `tail${n}`, name: 'C' }).then(() => performance.now())
    waits.push((await waiting) - (await made))
  }
  waits.sort((a, b) => a - b)
  say(
    'tail latency after the answer of the commit, median',
    Math.round(waits[20] as number),
    'ms, most',
    Math.round(waits[39] as number),
    'ms',
  )
})
