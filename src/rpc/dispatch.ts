/**
 * The corridor that every door leads to: finds the method, checks the scope, reads the params and hands the call to
 * the ledger, to the lookups or to a list. json-rpc-2.0 stands between the dialect and the methods; it is given
 * valid single calls only.
 */
import { type JSONRPCErrorResponse, type JSONRPCResponse, JSONRPCServer } from 'json-rpc-2.0'
import { Fault, type WireError } from '../faults.ts'
import type { Outcome } from '../ledger/entry.ts'
import type { Lanes } from '../ledger/lane.ts'
import type { Lookups } from '../ledger/lookups.ts'
import type { Need } from '../ledger/needs.ts'
import type { World } from '../ledger/world.ts'
import { limits } from '../limits.ts'
import type { Partner } from '../objects.ts'
import type { Json } from '../rules/canonical.ts'
import type { Instant } from '../rules/time.ts'
import type { Reader } from '../store/open.ts'
import type { Id, Member } from './dialect.ts'
import { contextOf, entryOf, refuse } from './entry.ts'
import { Gate } from './gate.ts'
import { type AnyList, allows, type Caller, isRepeatable, type Method, type Registry } from './method.ts'
import { readParams } from './params.ts'
import { AnswerRoom } from './room.ts'
import { Groups } from './together.ts'

/** What a door knows about the calls of one request. */
export interface Request {
  readonly caller: Caller
  readonly requestId: string
  /** When the request arrived, in Unix seconds: the one clock reading of all its calls. */
  readonly now: Instant
  /** GET may carry repeatable calls only. */
  readonly verb: 'GET' | 'POST'
  readonly idempotencyKey?: string | undefined
  /** Whether the call stands in an array, where nothing waits. */
  readonly isArray?: boolean
  /** By which the door knows its request again, when it is told of its calls and of the groups they went in. */
  readonly mark?: object | undefined
}

/** The answer to one call, or to one invalid member. That of a notification, whose id is undefined, is not told. */
export interface Reply {
  readonly id: Id | undefined
  readonly result?: unknown
  readonly error?: WireError
  /** HTTP status of the bare dialect. */
  readonly status: number
  readonly replayed: boolean
}

export interface DispatcherOptions {
  readonly registry: Registry
  readonly lanes: Lanes
  readonly lookups: Lookups
  readonly reader: Reader
  /** Where links lead. */
  readonly publicUrl: () => string
  /** How many lists may be under way at the same time; further ones wait their turn. */
  readonly listsAtOnce: number
  /** Tells when a partner's feed has gone past a position; null when it has not in that time. */
  readonly waitForEvents: (partnerId: number, after: number, milliseconds: number) => Promise<number | null>
  /** Why the service may not send to an address, in words that follow its name; undefined where it may. */
  readonly unreachable: (url: string) => Promise<string | undefined>
  /** The OpenRPC document, which `rpc.discover` answers. */
  readonly document: unknown
  /** Told of every call once it is answered, and of the error where one was not expected. */
  readonly onCall?: (call: {
    method: string
    reason: string | null
    milliseconds: number
    request: Request
  }) => void
  readonly onError?: (error: unknown, request: Request, method: string) => void
}

/** What json-rpc-2.0 carries from `answer` to the method and back. */
interface Passage {
  readonly request: Request
  readonly room: AnswerRoom
  replayed: boolean
  status: number
}

export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #server: JSONRPCServer<Passage>
  /** For doors that bring many calls at once. */
  readonly groups: Groups
  /** Lists hold a connection each, so an array full of them must not take all there are. */
  readonly #lists: Gate
  /** Names outside are looked up for few calls at once, lest names that hang hold up everything that needs one. */
  readonly #names = new Gate(2)

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.groups = new Groups(options)
    this.#lists = new Gate(options.listsAtOnce)
    // Every error is mapped below; the library's own listener would print them.
    this.#server = new JSONRPCServer<Passage>({ errorListener: () => {} })
    for (const [name, method] of Object.entries(options.registry))
      this.#server.addMethod(name, (params: Json | undefined, passage) =>
        this.#refusing(name, passage, () => this.#call(name, method, params ?? {}, passage)),
      )
    this.#server.addMethod('rpc.discover', (_params, passage) =>
      this.#refusing('rpc.discover', passage, () =>
        this.#page(passage, () => Promise.resolve(options.document)),
      ),
    )
    this.#server.mapErrorToJSONRPCErrorResponse = (id, error) =>
      ({ jsonrpc: '2.0', id, error }) as JSONRPCErrorResponse
  }

  /** The answers to the members of one body, in order. Reads wait for the writes before them, and writes for reads. */
  async dispatch(members: readonly Member[], request: Request): Promise<Reply[]> {
    const answers: Reply[] = []
    const room = new AnswerRoom(request.isArray === true ? members.length : undefined)
    const changes = members.filter((member) => this.#isWrite(member)).length
    if (changes > 1) this.#options.lanes.refuseBeyond(request.caller.partnerId, changes)
    let run: Promise<Reply>[] = []
    let writing = false
    for (const member of members) {
      const writes = this.#isWrite(member)
      if (writes !== writing) {
        answers.push(...(await Promise.all(run)))
        run = []
        writing = writes
      }
      run.push(this.#answer(member, request, room))
    }
    answers.push(...(await Promise.all(run)))
    return answers
  }

  #isWrite(member: Member): boolean {
    return member.kind === 'call' && this.#method(member.method)?.kind === 'command'
  }

  #method(name: string): Method | undefined {
    return Object.hasOwn(this.#options.registry, name) ? this.#options.registry[name] : undefined
  }

  async #answer(member: Member, request: Request, room: AnswerRoom): Promise<Reply> {
    if (member.kind === 'invalid')
      return { id: member.id, error: member.fault.toWire(), status: member.fault.status, replayed: false }
    const started = performance.now()
    const passage: Passage = { request, room, replayed: false, status: 200 }
    const id = member.id ?? null
    const call = { jsonrpc: '2.0' as const, id, method: member.method, params: member.params ?? {} }
    const response: JSONRPCResponse = this.#server.hasMethod(member.method)
      ? ((await this.#server.receive(call, passage)) as JSONRPCResponse)
      : { jsonrpc: '2.0', id, error: this.#unknown(member.method, passage) }
    const error = response.error as WireError | undefined
    this.#options.onCall?.({
      method: this.#server.hasMethod(member.method) ? member.method : 'unknown',
      reason: error?.data.reason ?? null,
      milliseconds: performance.now() - started,
      request,
    })
    const { status, replayed } = passage
    if (error) return { id: member.id, error, status, replayed }
    return { id: member.id, result: response.result, status, replayed }
  }

  #unknown(method: string, passage: Passage): WireError {
    const fault = new Fault('method_unknown', {
      method: method.slice(0, limits.nameCharacters).toWellFormed(),
    })
    passage.status = fault.status
    return fault.toWire()
  }

  /** One method, called; a refusal rejects with its error object, as json-rpc-2.0 hands it on. */
  async #refusing(name: string, passage: Passage, call: () => Promise<unknown>): Promise<unknown> {
    try {
      return await call()
    } catch (error) {
      const { request } = passage
      if (!(error instanceof Fault)) this.#options.onError?.(error, request, name)
      const fault = error instanceof Fault ? error : new Fault('internal', { requestId: request.requestId })
      passage.status = fault.status
      throw fault.toWire()
    }
  }

  async #call(name: string, method: Method, sent: Json, passage: Passage): Promise<unknown> {
    const { request } = passage
    if (!allows(request.caller.scopes, method.scopes))
      throw new Fault('forbidden', { scope: method.scopes.join(' or ') })
    const params = readParams(method, sent)
    if (request.verb === 'GET' && !isRepeatable(method, params))
      throw new Fault(
        'invalid_request',
        {},
        {
          status: 405,
          message: 'Sending this call twice would do it twice, so it must be sent by POST.',
        },
      )
    if (method.kind === 'list') return this.#page(passage, () => this.#list(method, params, request))
    if (method.kind === 'lookup') {
      const lookup = { needs: method.needs(params, request.now), realNow: request.now }
      const { caller } = request
      return this.#options.lookups.look(caller.partnerId, {
        ...lookup,
        answer: (world) => method.answer(contextOf(world, caller, this.#options.publicUrl()), params),
      })
    }
    const url = method.reaches?.(params)
    const look = (): Promise<string | undefined> => this.#options.unreachable(url as string)
    const problem = url === undefined ? undefined : await this.#names.pass(request.caller.partnerId, look)
    const issues = problem === undefined ? [] : [{ path: 'url', message: problem }]
    const publicUrl = this.#options.publicUrl()
    const entry = entryOf({ name, method, sent, params }, { ...request, publicUrl, issues })
    const outcome: Outcome = await this.#options.lanes.submit(
      method.partner?.(params) ?? request.caller.partnerId,
      entry,
    )
    if (outcome.kind === 'refused') throw outcome.fault
    if (outcome.kind === 'failed') throw outcome.error
    passage.replayed = outcome.replayed
    return outcome.result
  }

  /** Reads something of a size that only the answer tells, once it is the partner's turn. */
  #page(passage: Passage, read: () => Promise<unknown>): Promise<unknown> {
    const { request, room } = passage
    return this.#lists.pass(request.caller.partnerId, () => room.fill(read))
  }

  async #list(method: AnyList, params: unknown, { caller, now, isArray }: Request): Promise<unknown> {
    const db = this.#options.reader
    const partner = (await db
      .selectFrom('partner')
      .selectAll()
      .where('partnerId', '=', caller.partnerId)
      .executeTakeFirst()) as Partner | undefined
    if (!partner) throw new Fault('partner_unknown', { id: String(caller.partnerId) })
    const look = <Answer>(needs: readonly Need[], answer: (world: World) => Answer): Promise<Answer> =>
      this.#options.lookups.look(caller.partnerId, { needs, realNow: now, answer }) as Promise<Answer>
    const wait = async (after: number, milliseconds: number): Promise<number | null> =>
      isArray
        ? null
        : this.#lists.outside(caller.partnerId, () =>
            this.#options.waitForEvents(caller.partnerId, after, milliseconds),
          )
    const context = { db, partner, caller, look, wait, now: partner.clockAt ?? now, fault: refuse }
    return method.run(context, params)
  }
}
