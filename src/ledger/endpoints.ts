/**
 * How webhook endpoints come to be and change, each change under the partner's lock like any other; and the entries
 * that the house itself submits, for what time brings and for endpoints that no longer answer.
 */
import { endpointAnswer } from '../answers/endpoint.ts'
import type { DisabledReason, WebhookEndpoint } from '../objects.ts'
import type { DueThing, Stuck } from '../outbox/setAside.ts'
import { settleAll } from './due.ts'
import type { Entry } from './entry.ts'
import { needs } from './needs.ts'
import type { World } from './world.ts'

const secretBytes = 32

/** A new secret, as Standard Webhooks writes it. */
export function newSecret(world: World): string {
  return `whsec_${Buffer.from(world.mint.secret(secretBytes)).toString('base64')}`
}

/** The endpoint with this id, unless it is deleted. */
export function endpointOf(world: World, endpointId: string): WebhookEndpoint | undefined {
  const endpoint = world.endpoints.get(endpointId.toLowerCase())
  return endpoint?.deletedAt === null ? endpoint : undefined
}

/** Adds an endpoint that is sent what happens from now on. */
export function addEndpoint(world: World, given: Pick<WebhookEndpoint, 'url' | 'types'>): WebhookEndpoint {
  const { partnerId, realNow } = world
  const endpoint: WebhookEndpoint = {
    partnerId,
    endpointId: world.mint.uuid(),
    ...given,
    secret: newSecret(world),
    previousSecret: null,
    previousSecretUntil: null,
    disabledAt: null,
    disabledReason: null,
    deletedAt: null,
    version: 1,
    createdAt: realNow,
    updatedAt: realNow,
  }
  world.endpoints.insert(endpoint)
  const { endpointId } = endpoint
  world.cursors.insert({ partnerId, endpointId, deliveredThrough: world.partner.lastSeq, failingSince: null })
  return endpoint
}

export function changeEndpoint(
  world: World,
  endpoint: WebhookEndpoint,
  changes: Partial<WebhookEndpoint>,
): WebhookEndpoint {
  const changed = { ...endpoint, ...changes, version: endpoint.version + 1, updatedAt: world.realNow }
  world.endpoints.replace(changed)
  return changed
}

/** Disables an endpoint and tells so in the feed, dated like everything else of the partner. */
export function disableEndpoint(
  world: World,
  endpoint: WebhookEndpoint,
  disabledReason: DisabledReason,
): WebhookEndpoint {
  const disabled = changeEndpoint(world, endpoint, { disabledAt: world.realNow, disabledReason })
  const object = { id: disabled.endpointId, version: disabled.version }
  world.announce('endpoint.disabled', object, endpointAnswer(disabled), world.now)
  return disabled
}

/** What no caller sent: it has no request to be recognised by and no params to be checked. */
const fromWithin = { alone: false, request: '', repeat: null, idempotency: null, check: () => [] }

/**
 * The entry of the sweep, which tells what has fallen due on things that it has found. It answers which of them could
 * not be told of; the others are told all the same.
 */
export function sweepingEntry(realNow: number, things: readonly DueThing[]): Entry {
  return {
    ...fromWithin,
    alone: true,
    needs: [needs.found(things)],
    realNow,
    actor: 'time',
    decide(world) {
      const stuck: Stuck[] = []
      settleAll(world, world.now, (one) => stuck.push(one))
      return { stuck }
    },
  }
}

/** The entry of the delivery, which found that an endpoint is gone or has been failing for too long. */
export function disablingEntry(
  endpointId: string,
  version: number,
  reason: DisabledReason,
  realNow: number,
): Entry {
  return {
    ...fromWithin,
    needs: [needs.endpoint(endpointId)],
    realNow,
    actor: 'delivery',
    decide(world) {
      const endpoint = endpointOf(world, endpointId)
      // An endpoint that its owner has changed meanwhile is given another chance.
      if (!endpoint || endpoint.disabledAt !== null || endpoint.version !== version) return { changed: false }
      disableEndpoint(world, endpoint, reason)
      return { changed: true }
    },
  }
}
