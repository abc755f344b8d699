/** `tenure bench`: runs the benchmark, which lies with the tests because it is no part of what is installed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { Failure } from './failure.ts'
import { examples } from './options.ts'

const benchmark = fileURLToPath(new URL('../../test/bench/index.ts', import.meta.url))

/** Adds the command. */
export function addBench(tenure: Command): void {
  tenure
    .command('bench')
    .description('run the benchmark; everything behind the command is handed on to it')
    .argument('[words...]', 'for the benchmark itself')
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText('after', examples('bench', 'bench -- --help'))
    .action(bench)
}

async function bench(words: string[]): Promise<void> {
  if (!existsSync(benchmark))
    throw new Failure(
      'The benchmark is not here: it comes with the repository, not with the installed package.',
    )
  const child = spawn(process.execPath, [benchmark, ...words], { stdio: 'inherit' })
  // A terminal sends its signals to the child as well; what was sent to this process alone must reach it too.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  process.exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals]
}
