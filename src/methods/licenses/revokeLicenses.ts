/** `revokeLicenses`: ends licences by the document that sold them, or by their ids. */
import { z } from 'zod'
import { Fault, paramsInvalid } from '../../faults.ts'
import { changeChain, momentOf, settleChain } from '../../ledger/chains.ts'
import { changeLicense } from '../../ledger/licenses.ts'
import { type Need, needs } from '../../ledger/needs.ts'
import type { World } from '../../ledger/world.ts'
import { limits } from '../../limits.ts'
import type { Chain, License } from '../../objects.ts'
import { allows, command } from '../../rpc/method.ts'
import { latestTerm } from '../../rules/chain.ts'
import { expiresAt } from '../../rules/term.ts'
import { type Instant, instantOf, latestInstant } from '../../rules/time.ts'
import {
  customerSelector,
  exactlyOne,
  InstantInput,
  namesOneCustomer,
  oneOf,
  RemoteId,
  Uuid,
} from '../../shapes.ts'

const references = ['contract', 'order', 'subscription'] as const

export const revokeLicenses = command({
  summary: 'Revoke licences of a customer by contract, order, subscription or their ids, now or at a moment.',
  details: `\`order\` matches the reference \`order\` of licences and the id of any order of a chain. The licence of a chain is
    revoked by cancelling the chain, which needs the scope \`orders\` too. Revoking again brings an end that was set for later
    forward and never puts it off. The answer names every licence that matched, also those revoked before, so that the
    same call answers the same again.`,
  scopes: ['licenses'],
  params: z
    .strictObject({
      customer: RemoteId.optional(),
      customerId: Uuid.optional(),
      contract: RemoteId.optional(),
      order: RemoteId.optional(),
      subscription: RemoteId.optional(),
      licenseIds: z.array(Uuid).min(1, 'must not be empty').max(limits.licenseIds).optional(),
      at: InstantInput.optional().meta({ description: 'Not before now. Now unless said otherwise.' }),
    })
    .refine(namesOneCustomer('customer'), oneOf('customer', 'customerId'))
    .refine(exactlyOne(...references, 'licenseIds'), oneOf(...references, 'licenseIds')),
  result: z.strictObject({ revoked: z.array(z.string()) }),
  faults: ['customer_unknown', 'license_unknown'],
  events: ['license.revoked', 'license.updated', 'order.cancelled', 'order.cancellation_scheduled'],
  previewable: true,
  examples: [
    {
      summary: 'A subscription has ended',
      params: { customer: 'K001', subscription: 'SUB-4711' },
      result: { revoked: ['6b69b539-dfe4-41a0-9b41-1192afebb1ae'] },
    },
    {
      summary: 'A contract ends with the year',
      params: { customer: 'K001', contract: 'CON-77', at: '2027-01-01' },
      result: { revoked: ['6b69b539-dfe4-41a0-9b41-1192afebb1ae'] },
    },
  ],
  needs({ customer, customerId, licenseIds, ...asked }) {
    const selector = customerSelector(customer, customerId)
    const found: Need[] = [needs.customer(selector)]
    if (licenseIds) found.push(needs.licenses(licenseIds.map((licenseId) => licenseId.toLowerCase())))
    for (const reference of references) {
      const value = asked[reference]
      if (value !== undefined) found.push({ kind: 'licensesByReference', selector, reference, value })
    }
    return found
  },
  check({ world, now }, { at }) {
    if (at === undefined || instantOf(at, world.partner.timeZone) >= now) return []
    return [{ path: 'at', message: 'must not lie before the present time' }]
  },
  decide({ world, now, caller, fault }, { customer, customerId, licenseIds, at, ...asked }) {
    const holder = world.customer(customerSelector(customer, customerId))
    if (!holder) throw fault('customer_unknown', { id: customer ?? customerId ?? '' })
    const matched = licenseIds
      ? licenseIds.map((licenseId) => {
          const license = world.licenses.get(licenseId.toLowerCase())
          if (license?.customerId !== holder.customerId) throw fault('license_unknown', { id: licenseId })
          return license
        })
      : [...world.licenses.all()].filter(
          (license) => license.customerId === holder.customerId && isNamed(world, license, asked),
        )
    const moment = at === undefined ? now : Math.min(instantOf(at, world.partner.timeZone), latestInstant)
    if (matched.some(({ chainId }) => chainId !== null) && !allows(caller.scopes, ['orders']))
      throw new Fault('forbidden', { scope: 'orders' })
    for (const license of new Set(matched)) {
      if (license.chainId === null) revokeOwn(world, license, moment)
      else cancelChain(world, license.chainId, moment)
    }
    return { revoked: [...new Set(matched.map(({ licenseId }) => licenseId))].sort() }
  },
})

function isNamed(
  world: World,
  license: License,
  asked: { [reference in (typeof references)[number]]?: string | undefined },
): boolean {
  const reference = references.find((name) => asked[name] !== undefined)
  if (!reference) throw paramsInvalid([oneOf(...references)].map(({ message }) => ({ path: '', message })))
  const value = asked[reference]
  if (license.references[reference] === value) return true
  if (reference !== 'order' || license.chainId === null) return false
  return world.chainById(license.chainId)?.terms.some(({ remoteId }) => remoteId === value) ?? false
}

/** Revoking again does nothing, unless it brings the end forward. */
function revokeOwn(world: World, license: License, at: Instant): void {
  const moment = Math.max(at, license.settledAt)
  if (license.revokedAt !== null && license.revokedAt <= moment) return
  const isNow = at <= world.now
  const revocation = { revokedAt: moment, revokedBy: world.actor, revocationTold: isNow }
  changeLicense(world, license, revocation, isNow ? 'license.revoked' : 'license.updated')
}

/**
 * The same outcome as `cancelOrder`: a moment at or after the end of the latest term means that end, and once the term
 * is over, the end of its grace. What is over for good is cancelled now.
 */
function cancelChain(world: World, chainId: number, at: Instant): void {
  settleChain(world, chainId, world.now)
  const chain = world.chainById(chainId) as Chain
  const now = momentOf(world, chain)
  const { termEnd } = latestTerm(chain)
  const end = termEnd > now ? termEnd : expiresAt(termEnd, chain.conditions)
  const later = at > now && end > now
  const cancelAt = later ? Math.min(at, end) : now
  if (chain.cancelAt !== null && chain.cancelAt <= cancelAt) return
  const cancellation = {
    cancelAt,
    cancellationReason: null,
    cancelledBy: world.actor,
    cancellationTold: !later,
  }
  changeChain(world, chain, cancellation, later ? 'order.cancellation_scheduled' : 'order.cancelled')
}
