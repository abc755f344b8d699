/**
 * How much one array may be answered. A thousand lists of five hundred things each would fill the memory before the
 * first byte goes out, so lists that come after enough has been answered are refused, each with its own error.
 */
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import { failureOf } from '../store/failures.ts'

export class AnswerRoom {
  /** Undefined for a single call, whose answer is one page at most. */
  readonly #members: number | undefined
  #left: number = limits.arrayAnswerBytes

  constructor(members: number | undefined) {
    this.#members = members
  }

  /** Reads something of unknown size; throws `batch_too_large` where too much has been answered before it. */
  async fill<Answer>(read: () => Promise<Answer>): Promise<Answer> {
    if (this.#members === undefined) return read().catch(asRefusal)
    if (this.#left <= 0) {
      const data = { limit: limits.arrayAnswerBytes, members: this.#members }
      const message = `The answers of the array have come to ${limits.arrayAnswerBytes} bytes; send this call in another one.`
      throw new Fault('batch_too_large', data, { message })
    }
    const answer = await read().catch(asRefusal)
    this.#left -= JSON.stringify(answer).length
    return answer
  }
}

/** Whatever only reads has done nothing, so that a database that is away can be told as such. */
function asRefusal(error: unknown): never {
  if (error instanceof Fault || failureOf(error) === 'defect') throw error
  throw new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 })
}
