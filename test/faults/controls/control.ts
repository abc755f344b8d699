/** What a control is: one guard taken out, and a fault that this guard is there for. */
import type { Fault } from '../fault.ts'
import type { Complaint } from '../history.ts'
import type { Patch } from '../sources.ts'

export interface Control {
  readonly name: string
  /** What is taken out, as the legend of the table tells it. */
  readonly without: string
  readonly fault: Fault
  readonly patches: readonly Patch[]
  /** What the checker must complain of; a control that it finds nothing in has failed. */
  readonly expects: Complaint['kind']
}
