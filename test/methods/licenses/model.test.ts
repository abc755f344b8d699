/**
 * Random lives of a few licences against a small reference: what is entitled now, and that what was so at any moment of
 * the past is told so for ever. Quantities are powers of two, so that their sum names the licences that count.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { House, TestPartner } from '../../house.ts'
import { openStage, partnerWithCustomer } from './stage.ts'

let house: House
beforeAll(async () => {
  house = await openStage()
})
afterAll(() => house.close())

const day = 86_400
const keys = [0, 1, 2]

type Step =
  | { kind: 'create'; key: number; days: number | null; isActive: boolean }
  | { kind: 'switch'; key: number; isActive: boolean }
  | { kind: 'revoke'; key: number; inDays: number }
  | { kind: 'access'; grant: boolean }
  | { kind: 'wait'; days: number }

const key = fc.constantFrom(...keys)
const create = fc.record({
  kind: fc.constant('create' as const),
  key,
  days: fc.option(fc.integer({ min: 1, max: 8 })),
  isActive: fc.boolean(),
})
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: create },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('switch' as const), key, isActive: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), key, inDays: fc.nat(4) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('access' as const), grant: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 4 }) }),
    },
  ),
  { minLength: 5, maxLength: 20 },
)

interface Kept {
  licenseId: string
  until: number | null
  isActive: boolean
  revokedAt: number | null
}

/** What ought to be, said as plainly as can be. */
class Reference {
  now: number
  hasAccess = false
  readonly licenses = new Map<number, Kept>()
  /** What was entitled at moments of the past, to the customer and to the consumer. */
  readonly past: [at: number, customer: number, consumer: number][] = []

  constructor(now: number) {
    this.now = now
  }

  isRevoked({ revokedAt }: Kept): boolean {
    return revokedAt !== null && revokedAt <= this.now
  }

  entitled(): number {
    let sum = 0
    for (const [number, kept] of this.licenses)
      if (!this.isRevoked(kept) && kept.isActive && (kept.until === null || this.now < kept.until))
        sum += 2 ** number
    return sum
  }
}

const reasonOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'ok'
  } catch (error) {
    return (error as { error: { data: { reason: string } } }).error.data.reason
  }
}

async function take(partner: TestPartner, reference: Reference, step: Step): Promise<void> {
  if (step.kind === 'wait') {
    const entitled = reference.entitled()
    reference.past.push([reference.now, entitled, reference.hasAccess ? entitled : 0])
    reference.now += step.days * day
    await partner.call('setClock', { at: reference.now })
    return
  }
  if (step.kind === 'access') {
    const method = step.grant ? 'grantAccess' : 'revokeAccess'
    const { changed } = await partner.call(method, { customer: 'K001', consumer: 'U1' })
    expect(changed).toBe(step.grant !== reference.hasAccess)
    reference.hasAccess = step.grant
    return
  }
  const kept = reference.licenses.get(step.key)
  const id = `L${step.key}`
  if (step.kind === 'create') {
    if (kept) return
    const until = step.days === null ? null : reference.now + step.days * day
    const { licenseId } = await partner.call('createLicense', {
      ...{ customer: 'K001', edition: 'cad-lite', id, quantity: 2 ** step.key, isActive: step.isActive },
      ...(until === null ? {} : { validUntil: until }),
    })
    const { isActive } = step
    reference.licenses.set(step.key, { licenseId: licenseId as string, until, isActive, revokedAt: null })
  } else if (step.kind === 'switch') {
    const told = await reasonOf(
      partner.call('updateLicense', { id, product: 'cad', isActive: step.isActive }),
    )
    expect(told).toBe(!kept ? 'license_unknown' : reference.isRevoked(kept) ? 'license_revoked' : 'ok')
    if (kept && told === 'ok') kept.isActive = step.isActive
  } else if (kept) {
    const at = reference.now + step.inDays * day
    await partner.call('revokeLicenses', { customer: 'K001', licenseIds: [kept.licenseId], at })
    kept.revokedAt = Math.min(kept.revokedAt ?? at, at)
  }
}

test('licences live as the reference says, and the past stays what it was', async () => {
  const asked = { product: 'cad' }
  await fc.assert(
    fc.asyncProperty(steps, async (course) => {
      const partner = await partnerWithCustomer(house)
      await partner.call('createConsumer', { customer: 'K001', id: 'U1' })
      const reference = new Reference(house.clock.now())
      for (const step of course) {
        await take(partner, reference, step)
        const verdict = await partner.call('checkEntitlement', { customer: 'K001', ...asked })
        expect(verdict.quantity).toBe(reference.entitled())
      }
      for (const [at, customer, consumer] of reference.past) {
        const then = await partner.call('checkEntitlement', { customer: 'K001', ...asked, at })
        const used = await partner.call('checkEntitlement', { consumer: 'U1', ...asked, at })
        expect([at, then.quantity, used.quantity]).toEqual([at, customer, consumer])
      }
      const events = await partner.events()
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
      for (const { licenseId } of reference.licenses.values()) {
        const own = events.filter(({ object }) => object.id === licenseId)
        expect(own.filter(({ type }) => type === 'license.expired').length).toBeLessThan(2)
        expect(own.map(({ at }) => at)).toEqual(own.map(({ at }) => at).toSorted((one, other) => one - other))
        expect(own.map(({ object }) => object.version)).toEqual(own.map((_, index) => index + 1))
      }
    }),
    { numRuns: 15 },
  )
})
