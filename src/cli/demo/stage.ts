/** Where the demo is played: makes each call over HTTP, shows it with its answer, and holds the answer against the story. */
import { Failure } from '../failure.ts'
import { differences, type Expected } from './expected.ts'
import { instantsIn, wrapped, wrappedText } from './wrapped.ts'

/** One step of the story. */
export interface Step {
  /** What is being shown, in a few words. */
  title: string
  /** Why it is worth showing. */
  about: string
  method: string
  params: Record<string, unknown>
  /** What the answer must have, at least. */
  expect: Expected
  /** With another key than the partner's. */
  key?: string
}

/** A bare result, or the `error` of a refusal. */
// biome-ignore lint/suspicious/noExplicitAny: the story reads what came over the wire, where nothing is typed.
export type Answer = any

export interface StageOptions {
  readonly url: string
  readonly key: string
  /** Columns of the terminal. */
  readonly width: number
  write(text: string): void
}

export class Stage {
  readonly #options: StageOptions
  #steps = 0
  /** The key of the partner that the story is about, once there is one. */
  key: string

  constructor(options: StageOptions) {
    this.#options = options
    this.key = options.key
  }

  /** Looks whether anybody is there at all, and says what is going to be played. */
  async greet(): Promise<void> {
    const { url, write } = this.#options
    const response = await this.#reach(`${url}/readyz`, {})
    if (!response.ok)
      throw new Failure(
        `The service on ${url} is not ready (${response.status}); is it Tenure, and is its database there?`,
      )
    write(`The life of an order, played against ${url}/rpc in a sandbox partner of its own.\n`)
  }

  /** Makes one call and shows it; throws `Failure` when the answer is not the expected one. */
  async show(step: Step): Promise<Answer> {
    const { url, width, write } = this.#options
    this.#steps += 1
    const column = Math.max(40, Math.min(width, 120))
    write(`\n${this.#steps}. ${step.title}\n${wrappedText(step.about, '   ', column)}\n\n`)
    write(`${wrapped(step.params, `   → ${step.method} `, column)}\n`)
    const response = await this.#reach(`${url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': step.key ?? this.key },
      body: JSON.stringify({ method: step.method, params: step.params }),
    })
    const answer: Answer = await response.json().catch(() => null)
    write(`${wrapped(answer, `   ← ${response.status} `, column)}\n`)
    const instants = instantsIn(answer)
    if (instants !== '') write(`${wrappedText(instants, '     ', column)}\n`)
    const replayed = response.headers.get('x-replayed')
    if (replayed !== null) write(`     x-replayed: ${replayed}\n`)
    const told = response.ok ? answer : answer?.error
    const found = differences(step.expect, {
      status: response.status,
      replayed: replayed === '1',
      answer: told,
    })
    if (found.length > 0)
      throw new Failure(`Step ${this.#steps} was to answer otherwise: ${found.join('; ')}.`)
    return told
  }

  /** The end of a story that went well. */
  bow(): void {
    this.#options.write(`\nAll ${this.#steps} answers were as they should be.\n`)
  }

  async #reach(address: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(address, { ...request, signal: AbortSignal.timeout(30_000) })
    } catch (error) {
      const { cause, message } = error as Error
      const reason = (cause as NodeJS.ErrnoException | undefined)?.code ?? message
      throw new Failure(
        `No service answers on ${this.#options.url} (${reason}): start one with \`npm start\`, or name another with --url.`,
      )
    }
  }
}
