/**
 * The client as a partner's editor sees it. Nothing here runs: `tsc` reads it in the repository, and once more against
 * the packed package under the strictest settings there are. What must not compile is marked as such.
 */
import { connect, NoAnswer, Refusal, type RefusalOf, type Result } from '../../src/client/index.ts'

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
function same<A, B>(_: Same<A, B>): void {}

export async function usage(): Promise<void> {
  const tenure = connect({ url: 'http://127.0.0.1:8080', key: 'tk_live_x', timeoutMs: 1_000, retries: 2 })
  // @ts-expect-error: a key is needed
  connect({ url: 'http://127.0.0.1:8080' })

  const customer = await tenure.createCustomer({ id: 'ABC', name: 'ABC Company' })
  same<typeof customer, Result<'createCustomer'>>(true)
  same<(typeof customer)['remoteId'], string | null>(true)
  // @ts-expect-error: a name is needed
  await tenure.createCustomer({ id: 'ABC' })
  // @ts-expect-error: there is no such param
  await tenure.createCustomer({ name: 'ABC', licences: 3 })
  // @ts-expect-error: there is no such method
  await tenure.createCostumer({ name: 'ABC' })
  const order1 = { customer: 'ABC', id: 'O', product: 'oo-lite', licenses: 1 }
  // @ts-expect-error: there is no such duration
  await tenure.createFirstOrder({ ...order1, duration: 'weekly' })
  // @ts-expect-error: params are needed
  await tenure.createFirstOrder()
  same<(typeof customer)['createdAt'], number | null>(true)
  await tenure.listCustomers()
  await tenure.getClock({}, { timeoutMs: 100 })

  try {
    await tenure.createRenewalOrder({ parent: 'O1', id: 'O2' })
  } catch (error) {
    if (error instanceof Refusal) {
      if (error.reason === 'renewal_too_early') {
        same<(typeof error)['data']['renewableFrom'], number>(true)
        const { renewableFrom }: { renewableFrom: number } = error.data
        void renewableFrom
      } else if (error.reason === 'params_invalid') void error.data.issues.map(({ path }) => path)
      // @ts-expect-error: other refusals know no such moment
      else void error.data.renewableFrom
      // @ts-expect-error: there is no such reason
      if (error.reason === 'renewal_to_early') void 0
      void (error.message satisfies string)
    } else if (error instanceof NoAnswer) void (error.isPassing satisfies boolean)
  }

  const [made, order] = await tenure.batch((t) => [
    t.createCustomer({ id: 'ABC', name: 'ABC Company' }),
    t.createFirstOrder({ customer: 'ABC', id: 'O', product: 'oo-lite', licenses: 1, duration: 'monthly' }),
  ])
  // @ts-expect-error: it may be a refusal
  void order.termEnd
  if (order instanceof Refusal) void (order satisfies RefusalOf<(typeof order)['reason']>).data.reason
  else void (order.termEnd satisfies number)
  if (!(made instanceof Refusal)) void (made.name satisfies string)
  const many = await tenure.batch((t) => ['A', 'B'].map((id) => t.getCustomer({ id })))
  for (const one of many) if (!(one instanceof Refusal)) void (one.counts.orders satisfies number)
  // @ts-expect-error: an array takes calls of methods only
  await tenure.batch(() => [{ method: 'createCostumer', params: {} }])

  for await (const page of tenure.pages('listOrders', { status: 'active' }))
    void page.map(({ termEnd }) => termEnd)
  for await (const { remoteId } of tenure.items('listCustomers')) void (remoteId satisfies string | null)
  // @ts-expect-error: no list
  tenure.items('getClock')
  for await (const { seq, type } of tenure.events({ after: 3, types: ['order.created'] })) void [seq, type]
  // @ts-expect-error: there is no such event
  tenure.events({ types: ['order.made'] })
}
