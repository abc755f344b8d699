#!/usr/bin/env node
/** The command line: carries out one command and ends with 0, with 1 when it was refused, with 2 when it was misused. */
import { endWith } from './failure.ts'
import { program } from './program.ts'

// Whoever reads the output may close it early, as `head` does; that is no failure of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

try {
  await program().parseAsync()
} catch (error) {
  endWith(error)
}
