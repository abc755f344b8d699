/** Where one event is worked at: the world it is decided in, and the methods by which it is carried out. */
import type { z } from 'zod'
import { type FaultReason, paramsInvalid } from '../faults.ts'
import type { World } from '../ledger/world.ts'
import type { InboxItem, ShopSource } from '../objects.ts'
import { contextOf } from '../rpc/entry.ts'
import type { Caller, Command, WorldContext } from '../rpc/method.ts'
import { readParams } from '../rpc/params.ts'
import type { Json } from '../rules/canonical.ts'

export interface Desk {
  readonly world: World
  readonly source: ShopSource
  readonly item: InboxItem
  /** Carries out a method in the world, as for a caller who may do all that shops do; throws its refusals. */
  call<P extends z.ZodType, R extends z.ZodType, F extends FaultReason>(
    method: Command<P, R, F>,
    params: z.input<P>,
  ): z.output<R>
}

export function openDesk(world: World, source: ShopSource, item: InboxItem, publicUrl: string): Desk {
  const caller: Caller = {
    partnerId: world.partnerId,
    actor: world.actor,
    keyId: world.actor,
    scopes: ['orders', 'licenses'],
    presented: '',
  }
  return {
    world,
    source,
    item,
    call(method, params) {
      const read = readParams(method, withoutUndefined(params as object))
      const context = contextOf(world, caller, publicUrl) as WorldContext<never>
      const issues = method.check?.(context, read) ?? []
      if (issues.length > 0) throw paramsInvalid(issues)
      return method.decide(context, read)
    },
  }
}

function withoutUndefined(params: object): Json {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)) as Json
}
