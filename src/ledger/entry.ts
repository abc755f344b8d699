/**
 * One call on its way through the ledger, and how it is decided: a repeat is recognised before anything else is looked
 * at, then what had fallen due is told, and a refusal leaves nothing of the call behind.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { Fault, type FaultReason, type ParamIssue, paramsInvalid } from '../faults.ts'
import { limits } from '../limits.ts'
import type { Creation, License } from '../objects.ts'
import { differingPaths, type Json } from '../rules/canonical.ts'
import type { Instant } from '../rules/time.ts'
import { settleChain } from './chains.ts'
import { licenseOf, settleLicense } from './licenses.ts'
import type { Need } from './needs.ts'
import type { World } from './world.ts'

/** How a create is recognised when it comes again. */
export interface Repeat {
  /** The id that the caller gave, as a refusal names it. */
  readonly id: string
  /** The names under which the request is remembered; the first that is taken tells by whom. */
  keys(world: World): string[]
  readonly exists: Extract<FaultReason, `${string}_exists`>
}

/** A call that was sent with an idempotency key, because it has no id of its own to be recognised by. */
export interface IdempotencyKey {
  /** Digest of the caller's API key and the idempotency key, hexadecimal. */
  readonly digest: string
  /** What the first answer is sealed with: only a caller who sends both keys again can read it. */
  readonly sealingKey: Uint8Array
}

export interface Entry {
  readonly needs: readonly Need[]
  readonly realNow: Instant
  readonly actor: string
  /** Whether the call must have a group to itself, because it changes what others of the group were loaded by. */
  readonly alone: boolean
  /** Method and params in canonical spelling. */
  readonly request: string
  readonly repeat: Repeat | null
  readonly idempotency: IdempotencyKey | null
  /** The mark of the request that the call came with, for whoever watches groups; the ledger does not look at it. */
  readonly mark?: object | undefined
  /** Problems with the params that only the clock or the partner's settings can show. */
  check(world: World): ParamIssue[]
  /** Looks, refuses by throwing a `Fault`, or stages changes and answers. */
  decide(world: World): object
}

export type Outcome =
  | { kind: 'done'; result: object; replayed: boolean }
  | { kind: 'refused'; fault: Fault }
  | { kind: 'failed'; error: unknown }

/** Decides one call in a world. Whatever it staged is taken back unless it is done. */
export function decideEntry(world: World, entry: Entry): Outcome {
  world.realNow = entry.realNow
  world.actor = entry.actor
  let mark = world.journal.mark()
  try {
    const replayed = replay(world, entry)
    if (replayed) return { kind: 'done', result: replayed, replayed: true }
    // What fell due stays told, also where the call itself is refused.
    settleNeeded(world, entry.needs)
    mark = world.journal.mark()
    const issues = entry.check(world)
    if (issues.length > 0) throw paramsInvalid(issues)
    refuseTaken(world, entry)
    const result = entry.decide(world)
    remember(world, entry, result)
    for (const chainId of world.touched) settleChain(world, chainId, world.now)
    return { kind: 'done', result, replayed: false }
  } catch (error) {
    world.journal.rollBack(mark)
    return error instanceof Fault ? { kind: 'refused', fault: error } : { kind: 'failed', error }
  } finally {
    world.touched.clear()
  }
}

function settleNeeded(world: World, needs: readonly Need[]): void {
  for (const need of needs) {
    const chain = need.kind === 'chain' ? world.chain(need.id) : undefined
    if (chain) settleChain(world, chain.chainId, world.now)
    for (const license of licensesNamed(world, need))
      if (license.chainId === null) settleLicense(world, license.licenseId, world.now)
      else settleChain(world, license.chainId, world.now)
  }
}

function licensesNamed(world: World, need: Need): License[] {
  if (need.kind === 'license')
    return [licenseOf(world, need.selector)].filter((license) => license !== undefined)
  if (need.kind === 'licenses')
    return need.licenseIds.flatMap((licenseId) => world.licenses.get(licenseId.toLowerCase()) ?? [])
  if (need.kind !== 'licensesByReference') return []
  const customerId = world.customer(need.selector)?.customerId
  return [...world.licenses.all()].filter((license) => license.customerId === customerId)
}

/** The first answer, if this very request was carried out before. */
function replay(world: World, entry: Entry): object | undefined {
  if (entry.idempotency) {
    const kept = world.idempotency.get(entry.idempotency.digest)
    if (!kept || kept.createdAt <= world.databaseNow - limits.idempotencyHours * 3_600) return undefined
    if (kept.requestDigest !== digestOf(entry.request))
      throw paramsInvalid([{ path: 'idempotency-key', message: 'was already sent with a different call' }])
    return JSON.parse(unseal(kept.reply, entry.idempotency.sealingKey)) as object
  }
  const taken = takenBy(world, entry)
  if (!taken?.reply || taken.request !== entry.request) return undefined
  return JSON.parse(taken.reply) as object
}

function takenBy(world: World, entry: Entry): Creation | undefined {
  for (const key of entry.repeat?.keys(world) ?? []) {
    const taken = world.creation(key)
    if (taken) return taken
  }
  return undefined
}

function refuseTaken(world: World, entry: Entry): void {
  const taken = takenBy(world, entry)
  if (!entry.repeat || !taken) return
  const ours = JSON.parse(entry.request) as { params: Json }
  const theirs = taken.request === null ? null : (JSON.parse(taken.request) as { params: Json })
  const differs = theirs ? differingPaths(ours.params, theirs.params) : ['id']
  throw new Fault(entry.repeat.exists, {
    id: entry.repeat.id,
    differs: differs.length > 0 ? differs : ['method'],
  })
}

function remember(world: World, entry: Entry, result: object): void {
  if (entry.repeat) {
    const creation = { request: entry.request, reply: JSON.stringify(result) }
    for (const key of entry.repeat.keys(world)) world.remember(key, creation)
  }
  if (entry.idempotency)
    world.idempotency.insert({
      partnerId: world.partnerId,
      keyDigest: entry.idempotency.digest,
      requestDigest: digestOf(entry.request),
      reply: seal(JSON.stringify(result), entry.idempotency.sealingKey, world.mint.secret(12)),
      createdAt: world.databaseNow,
    })
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Makes an idempotency key into what the ledger keeps of it; `callerSecret` is the API key as it was sent. */
export function idempotencyKey(callerSecret: string, key: string): IdempotencyKey {
  const derive = (use: string) => new Uint8Array(hkdfSync('sha256', callerSecret, key, use, 32))
  return { digest: Buffer.from(derive('tenure find')).toString('hex'), sealingKey: derive('tenure seal') }
}

function seal(text: string, key: Uint8Array, nonce: Uint8Array): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('hex')
}

function unseal(hexadecimal: string, key: Uint8Array): string {
  const sealed = Buffer.from(hexadecimal, 'hex')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
  decipher.setAuthTag(sealed.subarray(12, 28))
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8')
}
