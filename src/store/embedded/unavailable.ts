/** The one kind of failure this part of the house shows to the person who starts it. */

/**
 * The embedded database cannot be had. The message is a plain sentence for the person at the terminal, who
 * cannot do anything with a stack: it says what is wrong and, where there is one, the way out.
 */
export class EmbeddedUnavailable extends Error {
  override name = 'EmbeddedUnavailable'
}

/** What the operating system or a program said, shortened to one line that can end a sentence. */
export function reasonOf(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure)
  return text.trim().replace(/\s*\n\s*/g, ' ')
}
