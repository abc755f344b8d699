/**
 * What the client knows of the wire, read off the method files by inference: nothing is written twice. In the package
 * its place is taken by `schema/client.d.ts`, which says the same in plain interfaces with the documentation in them.
 */
import type { z } from 'zod'
import type { AnyReason, FaultData } from '../faults.ts'
import type { methods } from '../methods/index.ts'

type Forms = typeof methods

/** Every method by its name: what it takes, what it gives, and why it may refuse. */
export type Methods = {
  [Name in keyof Forms]: {
    params: z.input<Forms[Name]['params']>
    result: z.output<Forms[Name]['result']>
    reason: Forms[Name]['faults'][number]
  }
}

/** The facts that travel with each refusal. */
export type RefusalData = { [Reason in AnyReason]: FaultData<Reason> }
