/** `tenure import`: brings a file of customers or licences in, and says how far it is. */
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { Argument, type Command } from 'commander'
import type { ImportSummary, Listener } from '../import/run.ts'
import { Failure } from './failure.ts'
import { withHouse } from './house.ts'
import { examples, wholeNumber } from './options.ts'
import { print } from './print.ts'
import { type Meter, openMeter } from './progress.ts'

interface Options {
  partner: number
  dryRun?: true
  overwrite?: true
  resume?: true
  allowUnknown?: true
  rejected?: string
  json?: true
}

/** Adds the command. */
export function addImport(tenure: Command): void {
  tenure
    .command('import')
    .description('bring in a CSV file; every row goes through the same rules as a call')
    .addArgument(new Argument('<kind>', 'what is in it').choices(['customers', 'licenses']))
    .argument('<file>', 'CSV file, UTF-8 or UTF-16, with commas, semicolons or tabs')
    .option('--partner <number>', 'whose things they are', wholeNumber, 0)
    .option('--dry-run', 'tell what would happen, and change nothing')
    .option('--overwrite', 'update customers that exist and differ')
    .option('--resume', 'go on behind a row that cannot be taken')
    .option('--allow-unknown', 'pass over columns with unknown names')
    .option('--rejected <file>', 'where rejected rows go (FILE.rejected.csv)')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      examples(
        'import customers customers.csv --dry-run',
        'import licenses licenses.csv --partner 1 --resume',
      ),
    )
    .action(carryOut)
}

function carryOut(kind: 'customers' | 'licenses', file: string, options: Options): Promise<void> {
  return withHouse(async (house) => {
    const size = await sizeOf(file)
    const meter = openMeter(size)
    const rejected = options.rejected ?? `${file}.rejected.csv`
    const rejects = await rejectsFile(rejected)
    try {
      const listener: Listener = { ...rejects.listener, onProgress: (progress) => meter.tell(progress) }
      const given = {
        dryRun: options.dryRun,
        overwriteExisting: options.overwrite,
        resumeOnError: options.resume,
        allowUnknownColumns: options.allowUnknown,
      }
      const source = createReadStream(file)
      const summary = await house.importFile(options.partner, { kind, source, options: given }, listener)
      const kept = await rejects.keep()
      meter.close()
      tell(summary, kept ? rejected : undefined, options, meter)
      if (kept) process.exitCode = 1
    } finally {
      meter.close()
      await rejects.discard()
    }
  })
}

async function sizeOf(file: string): Promise<number> {
  try {
    const { size } = await stat(file)
    return size
  } catch (error) {
    throw new Failure(`The file ${file} cannot be read: ${(error as Error).message}.`)
  }
}

/** Rejected rows go into a file of their own, which takes its name when it is whole and has any. */
async function rejectsFile(name: string) {
  const { rejectsTo } = await import('../import/door.ts')
  const draft = `${name}.part`
  const file = createWriteStream(draft, { mode: 0o600 })
  const opened = new Promise<void>((resolve, reject) =>
    file.once('open', () => resolve()).once('error', reject),
  )
  await opened.catch((error: Error) => {
    throw new Failure(`Rejected rows cannot be written to ${draft}: ${error.message}.`)
  })
  const { onHeader, onOmitted } = rejectsTo(file)
  let any = false
  const listener: Listener = {
    onHeader,
    onOmitted(row, errors) {
      any = true
      return onOmitted(row, errors)
    },
  }
  return {
    listener,
    async keep(): Promise<boolean> {
      file.end()
      await finished(file)
      if (any) await rename(draft, name)
      return any
    },
    async discard(): Promise<void> {
      file.destroy()
      await rm(draft, { force: true })
    },
  }
}

const shown = 10

function tell(
  summary: ImportSummary,
  rejected: string | undefined,
  { dryRun, json }: Options,
  meter: Meter,
): void {
  if (json) {
    print(JSON.stringify(summary))
    return
  }
  const { total, imported, updated, skipped, omitted } = summary
  const count = total - imported - updated - skipped
  for (const { errors } of omitted.slice(0, shown)) for (const { message } of errors) meter.say(message)
  if (count > shown) meter.say(`… and ${count - shown} more rows that were omitted.`)
  const would = dryRun ? 'Dry run, nothing was changed: ' : ''
  print(
    `${would}${total} rows, ${imported} imported, ${updated} updated, ${skipped} skipped, ${count} omitted.`,
  )
  if (rejected) print(`The omitted rows are in ${rejected}; mend them there and import that file.`)
}
