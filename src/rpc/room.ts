/**
 * How much one array may be answered. A thousand lists of five hundred things each would fill the memory before the
 * first byte goes out, so lists that come after enough has been answered are refused, each with its own error.
 */
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'

export class AnswerRoom {
  /** Undefined for a single call, whose answer is one page at most. */
  readonly #members: number | undefined
  #left: number = limits.arrayAnswerBytes

  constructor(members: number | undefined) {
    this.#members = members
  }

  /** Reads something of unknown size; throws `batch_too_large` where too much has been answered before it. */
  async fill<Answer>(read: () => Promise<Answer>): Promise<Answer> {
    if (this.#members === undefined) return read()
    if (this.#left <= 0) {
      const data = { limit: limits.arrayAnswerBytes, members: this.#members }
      const message = `The answers of the array have come to ${limits.arrayAnswerBytes} bytes; send this call in another one.`
      throw new Fault('batch_too_large', data, { message })
    }
    const answer = await read()
    this.#left -= JSON.stringify(answer).length
    return answer
  }
}
