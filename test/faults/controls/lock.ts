/** The partner's row is read without being locked. */
import { pause } from '../chance.ts'
import type { Fault } from '../fault.ts'
import type { Patch } from '../sources.ts'
import type { Control } from './control.ts'

export const withoutLock: Patch = {
  file: 'src/ledger/loads/partners.ts',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the text of the source.
  guard: "lock ? ` for no key update of ${locked}` : ''",
  without: "lock ? '' : ''",
}

/** Nothing breaks; four servers are enough. */
export const calm: Fault = {
  name: 'calm',
  does: 'nothing breaks; four servers on one database',
  scene: { servers: 4 },
  strike: () => pause(100),
}

/** The constraints of the database are a second wall: what races is refused there, and answered as a failure. */
export const lock: Control = {
  name: 'partner lock',
  without: 'the partner is read without lock, so that servers decide at the same time',
  fault: calm,
  patches: [withoutLock],
  expects: 'wrong',
}
