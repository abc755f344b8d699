/** How a command that did not succeed ends: one sentence on standard error, and an exit code. */
import { CommanderError } from 'commander'
import type { ParamIssue, WireError } from '../faults.ts'
import { flagOf } from './options.ts'
import { sentenceFor } from './sentence.ts'

/** A command that cannot be carried out; the message is one sentence for the person at the terminal. */
export class Failure extends Error {}

/** A method's refusal, as it would have gone over the wire. */
export class Refused extends Error {
  readonly error: WireError

  constructor(error: WireError) {
    super(error.message)
    this.error = error
  }

  /** What is wrong with the params; empty for every other refusal. */
  get issues(): ParamIssue[] {
    return this.error.data.reason === 'params_invalid' ? (this.error.data.issues as ParamIssue[]) : []
  }
}

/** The sentence that tells what went wrong. */
function sentenceOf(error: unknown): string {
  if (error instanceof Failure) return error.message
  if (!(error instanceof Refused)) return sentenceFor(error, 'The command failed')
  if (error.issues.length === 0) return error.message
  return `${error.issues.map(({ path, message }) => `${flagOf(path)} ${message}`).join('; ')}.`
}

/** 2 for a command that was written wrongly, 1 for everything else; asking for help is no failure. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  return error instanceof Refused && error.issues.length > 0 ? 2 : 1
}

/** Ends the process for an error: tells it, unless Commander already has (with the way to the help). */
export function endWith(error: unknown): void {
  if (!(error instanceof CommanderError)) process.stderr.write(`${sentenceOf(error)}\n`)
  process.exitCode = exitCodeOf(error)
}
