/** The command line beside a running server: what it does, the server honours. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, TestPartner } from '../house.ts'
import { run, until } from './process.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

async function tenure(...words: string[]): Promise<string> {
  const { code, output, errors } = await run(words, { environment: { DATABASE_URL: house.databaseUrl } })
  expect([code, errors]).toEqual([0, ''])
  return output.trim()
}

test('a key made on the command line works over HTTP, and is refused soon after it is revoked there', async () => {
  const key = await tenure('key', 'create', '--partner', '0', '--scopes', 'admin')
  const caller = new TestPartner(house.operator.url, key, 0)
  const { items } = await caller.call('listApiKeys', {})
  const made = items.find(({ keyId }) => key.includes(`_${keyId}_`))
  expect(made).toMatchObject({ name: 'made on the command line', scopes: ['admin'] })

  await tenure('key', 'revoke', made?.keyId as string)
  const ask = async () => (await caller.post({ method: 'listApiKeys' })).status === 401
  await until('the revoked key is refused', ask, 5)
})

test('a partner made on the command line can begin at once with the key that was printed', async () => {
  const { partner, apiKey } = JSON.parse(await tenure('partner', 'create', '--name', 'Acme', '--sandbox'))
  const caller = new TestPartner(house.operator.url, apiKey, partner)
  expect(await caller.call('createCustomer', { id: 'ABC', name: 'ABC Company' })).toMatchObject({ partner })
  expect(await caller.call('getClock', {})).toMatchObject({ sandbox: true })
})
