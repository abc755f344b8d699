/** `checkEntitlement`: may this customer or consumer use this, now or at a moment, and why. */
import { z } from 'zod'
import { licenseGroups } from '../../answers/license.ts'
import { accessesOf, consumerOf, openAccess } from '../../ledger/consumers.ts'
import { licensesOf, sightOf } from '../../ledger/licenses.ts'
import { needs } from '../../ledger/needs.ts'
import type { World } from '../../ledger/world.ts'
import type { ConsumerAccess, Customer } from '../../objects.ts'
import { lookup } from '../../rpc/method.ts'
import { type Grant, grantOf, judge, storyOfAccess, verdictReasons } from '../../rules/entitlement.ts'
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
    Quantities of all licences that entitle add up; of two limits the larger holds; \`validUntil\` is when the last of
    them can no longer be used, grace included, and null for one without an end. A consumer may use the licences of every
    customer that has granted access. A customer that is deactivated is entitled to nothing, whatever the moment.`,
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
    reason: z.enum(verdictReasons).meta({ description: '`entitled` or `grace`, or what stands against it.' }),
    validUntil: Seconds.nullable(),
    quantity: z.int(),
    features: z.array(z.string()),
    limitations: z.record(z.string(), z.int()),
    variables: z.record(z.string(), z.string()),
    because: z.array(z.string()),
  }),
  faults: ['customer_unknown', 'consumer_unknown', 'edition_unknown', 'product_unknown'],
  examples: [
    {
      summary: 'May this person use the product, with this feature?',
      params: { consumer: 'U-17', product: 'cad', feature: 'render' },
      result: {
        entitled: true,
        reason: 'entitled',
        validUntil: 1803859200,
        quantity: 10,
        features: ['draw', 'render'],
        limitations: { files: 500 },
        variables: { region: 'eu' },
        because: [
          'Ann Lee has access to the licences of Kunde GmbH, granted at 2026-03-02T09:00:00Z by key:4f7c2a.',
          'Licence CAD-0001 gives 10 of cad-pro from 2026-03-01T12:00:00Z until 2027-03-01T00:00:00Z.',
          "The licence has limitations of its own instead of the edition's.",
        ],
      },
    },
    {
      summary: 'Why not, in February?',
      params: { customer: 'K001', edition: 'cad-pro', at: '2026-02-01' },
      result: {
        entitled: false,
        reason: 'scheduled',
        validUntil: null,
        quantity: 0,
        features: [],
        limitations: {},
        variables: {},
        because: [
          'Licence CAD-0001 gives 10 of cad-pro from 2026-03-01T12:00:00Z until 2027-03-01T00:00:00Z.',
          "The licence has limitations of its own instead of the edition's.",
        ],
      },
    },
  ],
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
      const accesses = accessesOf(world, user.consumerId)
      holders = grantingCustomers(world, accesses, moment)
      const named = accesses.map((access) => ({ ...access, customer: customerOf(world, access).name }))
      told = storyOfAccess(user.displayName ?? user.remoteId, named, moment)
    } else {
      const holder = world.customer(customerSelector(customer, customerId))
      if (!holder) throw fault('customer_unknown', { id: customer ?? customerId ?? '' })
      holders = [holder]
    }
    const { edition, product, feature } = asked
    if (edition !== undefined && !world.edition(edition)) throw fault('edition_unknown', { id: edition })
    if (product !== undefined && !world.products.get(product)) throw fault('product_unknown', { id: product })
    const active = holders.filter(({ isActive }) => isActive)
    if (active.length > 0)
      for (const { isActive, name } of holders)
        if (!isActive) told.push(`${name} is deactivated, so its licences do not count.`)
    const grants = (active.length > 0 ? active : holders).flatMap((holder) => grantsOf(world, holder, moment))
    const fit = grants.filter((grant) =>
      edition === undefined ? grant.product === product : grant.edition === edition,
    )
    const verdict = judge(fit, { isActive: active.length > 0 || holders.length === 0 }, feature)
    return { ...verdict, because: [...told, ...verdict.because] }
  },
})

function customerOf(world: World, { customerId }: { customerId: string }): Customer {
  return world.customers.get(customerId) as Customer
}

/** The customers whose licences these accesses opened at a moment, in the order in which they were granted. */
function grantingCustomers(world: World, accesses: readonly ConsumerAccess[], at: Instant): Customer[] {
  const open = accesses.filter((access) => openAccess([access], at))
  return [...new Set(open.map((access) => customerOf(world, access)))]
}

function grantsOf(world: World, holder: Customer, at: Instant): Grant[] {
  return licensesOf(world, holder.customerId).map((license) => {
    const sight = sightOf(world, license)
    const { edition, editionVersion } = licenseFacts(sight, at)
    const contents = world.editionVersion(edition, editionVersion)
    return grantOf(sight, contents?.product ?? '', licenseGroups(sight, contents), at)
  })
}
