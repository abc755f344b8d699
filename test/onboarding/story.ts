/** What is asked in the end of every way to become a customer: what the feed tells, and who may use what. */
import { expect } from 'vitest'
import type { Result, TestPartner } from '../house.ts'

type Event = Result<'listEvents'>['events'][number]

/** The types of all events of a partner in order; its feed has no gap and no event twice. */
export async function storyOf(partner: TestPartner): Promise<string[]> {
  const events = await wholeFeed(partner)
  return events.map(({ type }) => type)
}

/** The same with what each event is about, for stories of several things. */
export async function namedStoryOf(partner: TestPartner): Promise<string[]> {
  const events = await wholeFeed(partner)
  return events.map(({ type, data, object }) => `${type} ${nameOf(data) ?? object.id}`)
}

async function wholeFeed(partner: TestPartner): Promise<Event[]> {
  const events = await partner.events()
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  return events
}

/** A licence is named by whose it is; its own id is a UUID that no test knows. */
function nameOf(data: Record<string, unknown>): unknown {
  return 'licenseId' in data && 'customer' in data ? data.customer : data.remoteId
}

type Asked = { customer: string } | { consumer: string }

/** What `checkEntitlement` says of an edition in one line: the reason, and how many. */
export async function verdictOn(partner: TestPartner, who: Asked, edition: string): Promise<string> {
  const { entitled, reason, quantity } = await partner.call('checkEntitlement', { ...who, edition })
  expect(entitled).toBe(reason === 'entitled' || reason === 'grace')
  return `${reason} ${quantity}`
}
