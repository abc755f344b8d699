/** A file to begin with: the header that an import of this kind understands, and nothing else. */
import type { Kind } from './kinds.ts'

export function templateOf({ vocabulary }: Kind): string {
  return `${vocabulary.columns.fixed.map(({ path }) => path.join('.')).join(',')}\r\n`
}
