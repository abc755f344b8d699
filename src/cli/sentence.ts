/** Errors as one sentence for whoever sits at the terminal, who cannot do anything with a stack. */
import { SettingUnusable } from '../config.ts'
import { EmbeddedUnavailable } from '../store/embedded/unavailable.ts'
import { SchemaUnusable } from '../store/migrate.ts'

/** The sentence for an error; `failed` begins it where the error does not speak for itself. */
export function sentenceFor(error: unknown, failed = 'Tenure could not start'): string {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (
    error instanceof SettingUnusable ||
    error instanceof SchemaUnusable ||
    error instanceof EmbeddedUnavailable
  )
    return error.message
  if (code === 'EADDRINUSE') return `Port ${port} is already in use; set PORT to another one.`
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} may not be used by this user; set PORT to another one.`
  if (code === 'EADDRNOTAVAIL') return 'The address in HOST is not one of this machine.'
  return `${failed}: ${messageOf(error)}`
}

/** Where every address of a host was tried in vain, only the single attempts say why. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  const message = error instanceof Error ? error.message : String(error)
  return message.trim().replace(/\s*\n\s*/g, ' ')
}
