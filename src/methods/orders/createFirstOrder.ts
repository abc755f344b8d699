/** `createFirstOrder`: the customer buys; a chain begins, and with it the licence it drives. */
import { z } from 'zod'
import { orderAnswer } from '../../answers/order.ts'
import { openChain } from '../../ledger/chains.ts'
import { creationKey, needs } from '../../ledger/needs.ts'
import { limits } from '../../limits.ts'
import { command } from '../../rpc/method.ts'
import { anchoredTerm, mayStartAt } from '../../rules/term.ts'
import { instantOf } from '../../rules/time.ts'
import {
  customerSelector,
  Duration,
  EditionCode,
  InstantInput,
  Licenses,
  Metadata,
  namesOneCustomer,
  Order,
  oneOf,
  References,
  RemoteId,
  Uuid,
} from '../../shapes.ts'

export const createFirstOrder = command({
  summary: 'Begin an order chain: the customer buys a product for its first term.',
  details: `\`id\` is the order in your tables; as the parent order it names the chain in all later calls. The term
    starts now unless \`startsAt\` says otherwise. What was already past at that moment is not announced.`,
  scopes: ['orders'],
  params: z
    .strictObject({
      customer: RemoteId.optional().meta({ description: 'Your id of the customer.' }),
      customerId: Uuid.optional(),
      id: RemoteId.meta({ description: 'Your id of this order: the parent of all renewals.' }),
      product: EditionCode,
      licenses: Licenses,
      duration: Duration,
      startsAt: InstantInput.optional(),
      references: References.optional(),
      metadata: Metadata.optional(),
    })
    .refine(namesOneCustomer('customer'), oneOf('customer', 'customerId')),
  result: Order,
  faults: ['order_exists', 'customer_unknown', 'customer_inactive', 'edition_unknown'],
  events: ['order.created'],
  previewable: true,
  examples: [
    {
      summary: 'Twenty licences, month by month',
      params: { customer: 'ABC', id: 'REMOTEORDER1', product: 'oo-lite', licenses: 20, duration: 'monthly' },
      result: {
        id: 1,
        partner: 0,
        remoteId: 'REMOTEORDER1',
        parent: null,
        customer: 'ABC',
        product: 'oo-lite',
        licenses: 20,
        duration: 'monthly',
        termStart: 1684313717,
        termEnd: 1686992117,
        status: 'active',
        renewableFrom: 1685696117,
        licenseId: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f',
        createdAt: 1684313717,
      },
    },
  ],
  repeat: ({ id }) => ({ id, keys: () => [creationKey.order(id)], exists: 'order_exists' }),
  needs: ({ id, customer, customerId, product }) => [
    needs.orderTaken(id),
    needs.customer(customerSelector(customer, customerId)),
    needs.edition(product),
  ],
  check({ world, now }, { startsAt }) {
    if (startsAt === undefined || mayStartAt(instantOf(startsAt, world.partner.timeZone), now)) return []
    const { startYearsBack, startYearsAhead } = limits
    const message = `must be at most ${startYearsBack} years back and ${startYearsAhead} years ahead`
    return [{ path: 'startsAt', message }]
  },
  decide(
    { world, now, fault },
    { id, customer, customerId, product, licenses, duration, startsAt, ...rest },
  ) {
    const buyer = world.customer(customerSelector(customer, customerId))
    if (!buyer) throw fault('customer_unknown', { id: customer ?? customerId ?? '' })
    if (!buyer.isActive) throw fault('customer_inactive', { customer: buyer.remoteId })
    const edition = world.edition(product)
    if (!edition) throw fault('edition_unknown', { id: product })
    const start = startsAt === undefined ? now : instantOf(startsAt, world.partner.timeZone)
    const purchase = {
      remoteId: id,
      licenses,
      duration,
      edition: edition.code,
      editionVersion: edition.version,
      references: rest.references ?? {},
      metadata: rest.metadata ?? {},
    }
    const { chain, order } = openChain(world, buyer, edition, purchase, anchoredTerm(start, duration))
    return orderAnswer(chain, order, now)
  },
})
