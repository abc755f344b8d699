/** `preview`: what a write would answer or refuse, now or at a later moment, without changing anything. */
import { z } from 'zod'
import { Fault, paramsInvalid } from '../faults.ts'
import { decideEntry } from '../ledger/entry.ts'
import type { World } from '../ledger/world.ts'
import { entryOf } from '../rpc/entry.ts'
import { type AnyCommand, allows, type Example, lookup, type Registry } from '../rpc/method.ts'
import { readParams } from '../rpc/params.ts'
import type { Json } from '../rules/canonical.ts'
import { instantOf } from '../rules/time.ts'
import { InstantInput } from '../shapes.ts'

/** Stands for a UUID that only a real call would make. */
const unknownUuid = '00000000-0000-0000-0000-000000000000'

/** What a write would answer, or why it would be refused. */
const Played = z.union([
  z.strictObject({ ok: z.literal(true), result: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    ok: z.literal(false),
    error: z.strictObject({
      code: z.int(),
      message: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
  }),
])

const examples: Example[] = [
  {
    summary: 'A renewal that would be refused',
    params: { method: 'createRenewalOrder', params: { parent: 'REMOTEORDER1', id: 'REMOTEORDER2' } },
    result: {
      ok: false,
      error: {
        code: 1206,
        message: 'More of the current term is left than the renewal window allows.',
        data: {
          reason: 'renewal_too_early',
          retryable: true,
          termEnd: 1686992117,
          renewableFrom: 1685696117,
          windowDays: 15,
          retryAt: 1685696117,
        },
      },
    },
  },
]

/** `preview` for the previewable among these methods. */
export function previewOf(methods: Registry) {
  const commands = new Map<string, AnyCommand>()
  for (const [name, method] of Object.entries(methods))
    if (method.kind === 'command' && method.previewable) commands.set(name, method)
  const names = [...commands.keys()] as [string, ...string[]]
  return lookup({
    summary: 'Tell what a write would answer or refuse, now or at a later moment, without changing anything.',
    details: `The answer is \`{ok: true, result}\` or \`{ok: false, error}\`. What only a real call can know (numbers, generated
      UUIDs, \`createdAt\`) is null. Needs the scope of the method it previews.`,
    params: z.strictObject({
      method: z.enum(names),
      params: z.record(z.string(), z.unknown()).optional(),
      at: InstantInput.optional().meta({ description: 'Not before now.' }),
    }),
    carries: 'params',
    result: Played,
    faults: [],
    examples,
    needs: ({ method, params }, now) => read(method, params)?.needs(now) ?? [],
    answer({ world, caller, publicUrl }, { method: name, params, at }) {
      const method = commands.get(name) as AnyCommand
      if (!allows(caller.scopes, method.scopes))
        throw new Fault('forbidden', { scope: method.scopes.join(' or ') })
      const moment = at === undefined ? world.now : instantOf(at, world.partner.timeZone)
      if (moment < world.now)
        throw paramsInvalid([{ path: 'at', message: 'must not lie before the present time' }])
      try {
        const sent = (params ?? {}) as Json
        const read = readParams(method, sent)
        return play(world, method, moment, () =>
          decideEntry(
            world,
            entryOf({ name, method, sent, params: read }, { caller, now: moment, publicUrl }),
          ),
        )
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        return { ok: false as const, error: error.toWire() }
      }
    },
  })

  function read(name: string, params: unknown) {
    const method = commands.get(name) as AnyCommand
    try {
      const fit = readParams(method, (params ?? {}) as Json)
      return { needs: (now: number) => method.needs(fit, now) }
    } catch {
      // Params that do not fit need nothing; `answer` reads them again and tells what is wrong.
      return undefined
    }
  }
}

function play(
  world: World,
  method: AnyCommand,
  moment: number,
  decide: () => ReturnType<typeof decideEntry>,
) {
  if (world.partner.isSandbox) world.partners.replace({ ...world.partner, clockAt: moment })
  const outcome = world.withMint(
    { uuid: () => unknownUuid, secret: (bytes) => new Uint8Array(bytes) },
    decide,
  )
  if (outcome.kind === 'failed') throw outcome.error
  if (outcome.kind === 'refused') return { ok: false as const, error: outcome.fault.toWire() }
  if (!method.repeat || outcome.replayed)
    return { ok: true as const, result: outcome.result as Record<string, unknown> }
  return { ok: true as const, result: withoutUnknowable(outcome.result as Record<string, unknown>) }
}

/** What a create would only know once it is carried out. */
function withoutUnknowable(result: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(result).map(([member, value]) => [
      member,
      member === 'id' || member === 'createdAt' || value === unknownUuid ? null : value,
    ]),
  )
}
