/** `changeOrder`: another quantity or edition for the rest of this term and everything after it. */
import { z } from 'zod'
import { chainAnswer } from '../../answers/order.ts'
import { changeChain, momentOf } from '../../ledger/chains.ts'
import { needs } from '../../ledger/needs.ts'
import { chainOfFirst, refuseCancelled, refuseOtherVersion } from '../../ledger/verbs.ts'
import type { World } from '../../ledger/world.ts'
import type { Chain } from '../../objects.ts'
import { command } from '../../rpc/method.ts'
import { contentsOf, latestTerm, termInForce } from '../../rules/chain.ts'
import { ChangedOrder, EditionCode, Licenses, RemoteId, Version } from '../../shapes.ts'

export const changeOrder = command({
  summary: 'Change the quantity or the edition of an order chain from now on.',
  details: `The change counts for the term in force and every later one already bought, and renewals start from it. A
    change to what is so already answers \`changed: false\`. Another edition takes the place of the features, limitations
    and variables that the licence had of its own.`,
  scopes: ['orders'],
  params: z
    .strictObject({
      id: RemoteId.meta({ description: 'Your id of the first order.' }),
      licenses: Licenses.optional(),
      product: EditionCode.optional(),
      ifVersion: Version.optional(),
    })
    .refine(({ licenses, product }) => licenses !== undefined || product !== undefined, {
      message: 'must have licenses or product, or both',
    }),
  result: ChangedOrder,
  faults: ['order_unknown', 'order_not_first', 'order_cancelled', 'edition_unknown', 'version_conflict'],
  events: ['order.changed'],
  previewable: true,
  examples: [
    {
      summary: 'Thirty licences from now on',
      params: { id: 'REMOTEORDER1', licenses: 30 },
      result: {
        id: 1,
        partner: 0,
        remoteId: 'REMOTEORDER1',
        parent: null,
        customer: 'ABC',
        product: 'oo-lite',
        licenses: 30,
        duration: 'monthly',
        termStart: 1684313717,
        termEnd: 1686992117,
        status: 'active',
        renewableFrom: 1688288117,
        licenseId: '018828eb-b908-758f-bb94-89e963b71fbe',
        createdAt: 1684313717,
        changed: true,
      },
    },
  ],
  needs: ({ id, product }) => [needs.chain(id), ...(product === undefined ? [] : [needs.edition(product)])],
  decide({ world, fault }, { id, licenses, product, ifVersion }) {
    const chain = chainOfFirst(world, id)
    const now = momentOf(world, chain)
    refuseCancelled(chain, now)
    const edition = product === undefined ? undefined : world.edition(product)
    if (product !== undefined && !edition) throw fault('edition_unknown', { id: product })
    const present = termInForce(chain, now)
    const affected = chain.terms.filter(({ position }) => position >= present.position)
    const isSo = affected.every((term) => {
      const contents = contentsOf(chain, term, now)
      return (
        (licenses ?? contents.licenses) === contents.licenses &&
        (product ?? contents.edition) === contents.edition
      )
    })
    if (isSo) return { ...chainAnswer(chain, now), changed: false }
    refuseOtherVersion(chain, ifVersion)
    if (edition && edition.code !== contentsOf(chain, present, now).edition) dropOverrides(world, chain)
    world.addChange({
      partnerId: chain.partnerId,
      chainId: chain.chainId,
      number: chain.version,
      changedAt: now,
      fromPosition: present.position,
      throughPosition: latestTerm(chain).position,
      licenses: licenses ?? null,
      edition: edition?.code ?? null,
      editionVersion: edition?.version ?? null,
      changedBy: world.actor,
    })
    const changed = changeChain(
      world,
      world.chain(id) ?? chain,
      { edition: edition?.code ?? chain.edition },
      'order.changed',
    )
    return { ...chainAnswer(changed, now), changed: true }
  },
})

/** What the licence had instead of its edition's was meant for that edition, and goes with it. */
function dropOverrides(world: World, chain: Chain): void {
  const license = world.licenses.get(chain.licenseId)
  if (!license) return
  const { features, limitations, variables } = license
  if (features === null && limitations === null && variables === null) return
  world.licenses.replace({ ...license, features: null, limitations: null, variables: null })
}
