/** `findCustomers`: who has this e-mail address. */
import { sql } from 'kysely'
import { z } from 'zod'
import { customerAnswer } from '../../answers/customer.ts'
import { exampleCustomer } from '../../answers/examples.ts'
import { limits } from '../../limits.ts'
import type { Customer as KeptCustomer } from '../../objects.ts'
import { list } from '../../rpc/method.ts'
import { Customer, Email } from '../../shapes.ts'

export const findCustomers = list({
  summary: 'Find customers by e-mail address, their own or their administrator’s, in any case.',
  details: `Oldest first, at most ${limits.pageItems}.`,
  params: z.strictObject({ email: Email }),
  result: z.strictObject({ items: z.array(Customer) }),
  faults: [],
  examples: [
    {
      summary: 'By the address of the administrator',
      params: { email: 'TEST3@example.com' },
      result: { items: [exampleCustomer] },
    },
  ],
  async run({ db, caller }, { email }) {
    const { partnerId } = caller
    const rows = await db
      .selectFrom('customer')
      .selectAll()
      .where('partnerId', '=', partnerId)
      // Who has the address is gathered by its two indexes first; in order of age all customers would be walked through.
      .where(
        sql<boolean>`customer_id = any (array(
          select customer_id from customer where partner_id = ${partnerId} and lower(email) = lower(${email})
          union all select customer_id from customer
            where partner_id = ${partnerId} and admin ? 'email' and lower(admin ->> 'email') = lower(${email})))`,
      )
      .orderBy('id')
      .limit(limits.pageItems)
      .execute()
    return { items: rows.map((row) => customerAnswer(row as KeptCustomer)) }
  },
})
