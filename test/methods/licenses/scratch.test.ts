import { expect, test } from 'vitest'
import { openHouse } from '../../house.ts'
test('plans', async () => {
  await using house = await openHouse()
  const p = await house.partner()
  await p.call('createCustomer', { id: 'C', name: 'C' })
  const P = p.number
  await house.sql(`insert into consumer select ${P}, gen_random_uuid(), customer_id, 'U'||g, 'person', 'u'||g||'@x', null, 1, now(), now() from customer, generate_series(1,30000) g where partner_id=${P}`)
  await house.sql('analyze')
  const show = async (t: string) => console.log(t + '\n' + (await house.sql(`explain (analyze, costs off) ${t}`)).map((r) => r['QUERY PLAN']).join('\n'))
  await show(`select * from consumer k where k.partner_id=${P} and (k.remote_id = any ('{U5}'::text[]) or k.consumer_id = any ('{}'::uuid[]) or lower(k.email) = any (array (select lower(address) from unnest('{u7@x}'::text[]) address)))`)
  expect(1).toBe(1)
})
