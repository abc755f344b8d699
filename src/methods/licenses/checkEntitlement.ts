/** `checkEntitlement`: may this customer use this, now or at a moment, and why. */
import { z } from 'zod'
import { needs } from '../../ledger/needs.ts'
import { lookup } from '../../rpc/method.ts'
import { contentsOf, termInForce } from '../../rules/chain.ts'
import { grantOfChain, judge } from '../../rules/entitlement.ts'
import { instantOf } from '../../rules/time.ts'
import {
  customerSelector,
  EditionCode,
  InstantInput,
  Name,
  oneOf,
  RemoteId,
  Seconds,
  Uuid,
} from '../../shapes.ts'

export const checkEntitlement = lookup({
  summary: 'Tell whether a customer is entitled to an edition or a product, now or at a moment, and why.',
  details: `\`at\` may lie in the past: suspensions and terms are kept as intervals. \`because\` tells the story in sentences.
    Quantities of all licences that entitle add up; \`validUntil\` is the end of the last of them.`,
  params: z
    .strictObject({
      customer: RemoteId.optional(),
      customerId: Uuid.optional(),
      edition: EditionCode.optional(),
      product: EditionCode.optional(),
      feature: Name.optional(),
      at: InstantInput.optional(),
    })
    .refine(
      (value) => (value.customer === undefined) !== (value.customerId === undefined),
      oneOf('customer', 'customerId'),
    )
    .refine(
      (value) => (value.edition === undefined) !== (value.product === undefined),
      oneOf('edition', 'product'),
    ),
  result: z.strictObject({
    entitled: z.boolean(),
    reason: z.string(),
    validUntil: Seconds.nullable(),
    quantity: z.int(),
    features: z.array(z.string()),
    limitations: z.record(z.string(), z.int()),
    variables: z.record(z.string(), z.string()),
    because: z.array(z.string()),
  }),
  faults: ['customer_unknown', 'edition_unknown', 'product_unknown'],
  examples: [],
  needs: ({ customer, customerId, edition, product }) => [
    needs.customer(customerSelector(customer, customerId)),
    needs.chainsOf(customerSelector(customer, customerId)),
    ...(edition === undefined ? [] : [needs.edition(edition)]),
    ...(product === undefined ? [] : [needs.product(product)]),
  ],
  answer({ world, now, fault }, { customer, customerId, edition, product, feature, at }) {
    const holder = world.customer(customerSelector(customer, customerId))
    if (!holder) throw fault('customer_unknown', { id: customer ?? customerId ?? '' })
    if (edition !== undefined && !world.edition(edition)) throw fault('edition_unknown', { id: edition })
    if (product !== undefined && !world.products.has(product)) throw fault('product_unknown', { id: product })
    const moment = at === undefined ? now : instantOf(at, world.partner.timeZone)
    const grants = world
      .chainsOf(holder.customerId)
      .map((chain) => {
        const carried = contentsOf(chain, termInForce(chain, moment), moment)
        return grantOfChain(
          chain,
          world.editionVersions.get(`${carried.edition} ${carried.editionVersion}`),
          moment,
        )
      })
      .filter((grant) => (edition === undefined ? grant.product === product : grant.edition === edition))
    return judge(grants, holder, feature)
  },
})
