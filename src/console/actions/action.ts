/**
 * What the console can do, said as data. An action names the method that does it, what has to be filled in, how its
 * answer is read, and where one lands afterwards; the flow is the same for all of them. What is allowed, refused and
 * changed is the method's business alone.
 */

import type { Visit } from '../door.ts'
import type { Place } from '../page.ts'
import type { Content } from '../parts.ts'

export type Values = Readonly<Record<string, string>>
export type Answer = Readonly<Record<string, unknown>>

/** How something is typed in, and what is made of the text. */
export type FieldKind =
  | 'text'
  | 'number'
  | 'long'
  | 'secret'
  | 'moment'
  | 'yesNo'
  | 'choice'
  | 'several'
  | 'lines'
  | 'pairs'

export interface Field {
  /** The place in the params, such as `admin.email`. */
  readonly name: string
  readonly label: string
  readonly kind: FieldKind
  readonly hint?: string
  readonly isRequired?: boolean
  /** What can be chosen, with the words for it. */
  readonly choices?: readonly (readonly [string, string])[]
  /** What can be chosen, from the catalogue. */
  readonly choicesFrom?: 'editions' | 'products'
  /** What stands in the field before anybody typed. */
  readonly initial?: string
  /** The field is there only where the thing is named by this param. */
  readonly onlyWith?: string
  /** The field is there only where the thing is not named by this param. */
  readonly onlyWithout?: string
  /** Of pairs: the values are whole numbers. */
  readonly areNumbers?: boolean
  /** Of pairs: the method takes the changed ones and keeps the others. */
  readonly isMerged?: boolean
}

/** Names the thing that is acted upon; comes with the link, by any of these params. */
export interface Identity {
  readonly names: readonly [string, ...string[]]
  readonly label: string
  /** Whether the method takes a list, of which this is the only member. */
  readonly isList?: boolean
  /** Whether the thing may be left unnamed. */
  readonly isOptional?: boolean
}

/** A thing that is there already, as it stands now. */
export interface Subject {
  /** What it is, for the line above the heading. */
  readonly words: Content
  /** The page on which it is shown. */
  readonly at: string
  /** Its answer shape. */
  readonly now: Answer
  /** What is sent as `ifVersion`, so that nothing is decided on what has changed meanwhile. */
  readonly version: number | null
  /** The params that name it, where they differ from those of the link. */
  readonly named?: Values
}

/** A member of an answer, and what it is called. */
export type Fact = readonly [member: string, label: string]

export interface Action {
  readonly method: string
  readonly title: string
  /** What the button says that does it. */
  readonly button: string
  readonly place: Place
  readonly about?: Content
  readonly identity: readonly Identity[]
  readonly fields: readonly Field[]
  /** Reads what is acted upon; left out where something new is made. */
  readonly subject?: (visit: Visit, given: Values) => Promise<Subject>
  /** Whether the fields begin with what the subject has, and only what was changed is sent. */
  readonly edits?: boolean
  /** What of the answer is told before confirming. */
  readonly facts: readonly Fact[]
  /** What follows from the answer though it does not stand in it. */
  readonly follows?: (result: Answer, subject: Subject) => Answer
  /** Whether the answer tells something new rather than the subject afterwards. */
  readonly makes?: boolean
  /** Whether it cannot be taken back. */
  readonly isRisky?: boolean
  /** The members of the answer that are never told again. */
  readonly secrets?: readonly Fact[]
  /** Where one lands. */
  readonly after: (given: Values, result: Answer, subject?: Subject) => string
}
