/** One thing that a model run may try: chosen beforehand, and made into a call when its turn comes. */
import type fc from 'fast-check'
import type { Reference } from './reference.ts'
import type { Call } from './verdict.ts'

export interface Plan {
  /** The choice, as a failure prints it. */
  readonly says: string
  call(model: Reference): Call
}

export type Weighted = { weight: number; arbitrary: fc.Arbitrary<Plan> }

export function plan<Choice>(
  weight: number,
  says: string,
  choice: fc.Arbitrary<Choice>,
  call: (choice: Choice, model: Reference) => Call,
): Weighted {
  const arbitrary = choice.map((chosen) => ({
    says: `${says} ${JSON.stringify(chosen)}`,
    call: (model: Reference) => call(chosen, model),
  }))
  return { weight, arbitrary }
}
