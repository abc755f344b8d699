/** `checkEntitlement`: may this customer or consumer use this, now or at a moment, and why. */
import { z } from 'zod'
import { licenseGroups } from '../../answers/license.ts'
import { accessesOf, consumerOf, openAccess } from '../../ledger/consumers.ts'
import { sightOf } from '../../ledger/licenses.ts'
import { needs } from '../../ledger/needs.ts'
import type { World } from '../../ledger/world.ts'
import type { Customer } from '../../objects.ts'
import { lookup } from '../../rpc/method.ts'
import { type Grant, grantOf, judge } from '../../rules/entitlement.ts'
import { licenseFacts } from '../../rules/license.ts'
import { type Instant, instantOf } from '../../rules/time.ts'
import {
  consumerSelector,
  customerSelector,
  EditionCode,
  exactlyOne,
  InstantInput,
  Name,
  oneOf,
  RemoteId,
  Seconds,
  Uuid,
} from '../../shapes.ts'

export const checkEntitlement = lookup({
  summary:
    'Tell whether a customer or a consumer is entitled to an edition or a product, now or at a moment, and why.',
  details: `\`at\` may lie in the past: suspensions and terms are kept as intervals. \`because\` tells the story in sentences.
    Quantities of all licences that entitle add up; of two limits the larger holds; \`validUntil\` is the end of the last
    licence, null for one without an end. A consumer may use the licences of every customer that has granted access.`,
  params: z
    .strictObject({
      customer: RemoteId.optional(),
      customerId: Uuid.optional(),
      consumer: RemoteId.optional(),
      consumerId: Uuid.optional(),
      edition: EditionCode.optional(),
      product: EditionCode.optional(),
      feature: Name.optional(),
      at: InstantInput.optional(),
    })
    .refine(
      exactlyOne('customer', 'customerId', 'consumer', 'consumerId'),
      oneOf('customer', 'customerId', 'consumer', 'consumerId'),
    )
    .refine(exactlyOne('edition', 'product'), oneOf('edition', 'product')),
  result: z.strictObject({
    entitled: z.boolean(),
    reason: z.string().meta({ description: '`entitled` or `grace`, or what stands against it.' }),
    validUntil: Seconds.nullable(),
    quantity: z.int(),
    features: z.array(z.string()),
    limitations: z.record(z.string(), z.int()),
    variables: z.record(z.string(), z.string()),
    because: z.array(z.string()),
  }),
  faults: ['customer_unknown', 'consumer_unknown', 'edition_unknown', 'product_unknown'],
  examples: [],
  needs: ({ customer, customerId, consumer, consumerId, edition, product }) => {
    const isConsumer = consumer !== undefined || consumerId !== undefined
    const who = customerSelector(customer, customerId)
    const user = consumerSelector(consumer, consumerId)
    return [
      ...(isConsumer
        ? [needs.consumer(user), needs.licensesFor(user)]
        : [needs.customer(who), needs.licensesOf(who)]),
      ...(edition === undefined ? [] : [needs.edition(edition)]),
      ...(product === undefined ? [] : [needs.product(product)]),
    ]
  },
  answer({ world, now, fault }, { customer, customerId, consumer, consumerId, ...asked }) {
    const moment = asked.at === undefined ? now : instantOf(asked.at, world.partner.timeZone)
    let holders: Customer[]
    let told: string[] = []
    if (consumer !== undefined || consumerId !== undefined) {
      const user = consumerOf(world, consumerSelector(consumer, consumerId))
      if (!user) throw fault('consumer_unknown', { id: consumer ?? consumerId ?? '' })
      holders = grantingCustomers(world, user.consumerId, moment)
      told = holders.map(
        ({ name }) => `${user.displayName ?? user.remoteId} has access to the licences of ${name}.`,
      )
    } else {
      const holder = world.customer(customerSelector(customer, customerId))
      if (!holder) throw fault('customer_unknown', { id: customer ?? customerId ?? '' })
      holders = [holder]
    }
    const { edition, product, feature } = asked
    if (edition !== undefined && !world.edition(edition)) throw fault('edition_unknown', { id: edition })
    if (product !== undefined && !world.products.get(product)) throw fault('product_unknown', { id: product })
    const active = holders.filter(({ isActive }) => isActive)
    const counted = active.length > 0 ? active : holders
    const grants = counted.flatMap((holder) => grantsOf(world, holder, moment))
    const fit = grants.filter((grant) =>
      edition === undefined ? grant.product === product : grant.edition === edition,
    )
    const verdict = judge(fit, { isActive: active.length > 0 || holders.length === 0 }, feature)
    return { ...verdict, because: [...told, ...verdict.because] }
  },
})

function grantingCustomers(world: World, consumerId: string, at: Instant): Customer[] {
  const customerIds = new Set(accessesOf(world, consumerId).map(({ customerId }) => customerId))
  return [...customerIds].flatMap((customerId) => {
    const open = openAccess(accessesOf(world, consumerId, customerId), at)
    return open ? [world.customers.get(customerId) as Customer] : []
  })
}

function grantsOf(world: World, holder: Customer, at: Instant): Grant[] {
  const grants: Grant[] = []
  for (const license of world.licenses.all()) {
    if (license.customerId !== holder.customerId) continue
    const sight = sightOf(world, license)
    const { edition, editionVersion } = licenseFacts(sight, at)
    const contents = world.editionVersion(edition, editionVersion)
    grants.push(grantOf(sight, contents?.product ?? '', licenseGroups(sight, contents), at))
  }
  return grants
}
