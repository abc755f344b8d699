/**
 * The import over HTTP: takes the body as it streams in and answers what became of it: as JSON, as lines that tell
 * how far it is, or as the rejected rows themselves.
 */
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished, pipeline } from 'node:stream/promises'
import { Fault, paramsInvalid } from '../faults.ts'
import { limits } from '../limits.ts'
import { allows, type Caller } from '../rpc/method.ts'
import type { Header } from './header.ts'
import type { Kind } from './kinds.ts'
import { rejectedHeader, rejectedRow } from './problems.ts'
import { type ImportOptions, type ImportSummary, importFile, type Listener, type Origin } from './run.ts'

/** A request whose sender is known and may be served. */
export interface Upload {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly caller: Caller
  readonly requestId: string
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>
}

export type ImportHouse = Pick<Origin, 'dispatcher' | 'now' | 'onError'>

const progressMilliseconds = 500
const csv = 'text/csv; charset=utf-8'

/** Imports the body of a request and answers; throws a `Fault` as long as nothing has been answered. */
export async function answerImport(kind: Kind, upload: Upload, house: ImportHouse): Promise<void> {
  const { incoming, caller, requestId } = upload
  if (!allows(caller.scopes, kind.scopes)) throw new Fault('forbidden', { scope: kind.scopes.join(' or ') })
  refuseOtherTypes(incoming)
  const options = optionsOf(incoming)
  const origin: Origin = { ...house, caller, requestId }
  const run = (listener: Listener) => importFile(kind, chunksOf(incoming), options, origin, listener)
  const accept = String(incoming.headers.accept ?? '').toLowerCase()
  if (accept.includes('text/csv')) return answerRejected(upload, run)
  if (accept.includes('application/x-ndjson')) return answerLines(upload, run)
  end(upload, 'application/json', JSON.stringify(await run({})))
}

/** Imports a file that is here as a whole, for a caller who did not come to this door. */
export async function importWhole(
  kind: Kind,
  file: Uint8Array,
  options: ImportOptions,
  origin: Origin,
): Promise<ImportSummary> {
  if (!allows(origin.caller.scopes, kind.scopes))
    throw new Fault('forbidden', { scope: kind.scopes.join(' or ') })
  const chunks = (async function* () {
    yield file
  })()
  return importFile(kind, chunks, options, origin)
}

type Run = (listener: Listener) => Promise<ImportSummary>

function end({ outgoing, headers }: Upload, type: string, body: string): void {
  outgoing.writeHead(200, { ...headers, 'content-type': type }).end(body)
}

/** Progress as it happens, the summary last; what goes wrong on the way is the last line instead. */
async function answerLines({ outgoing, headers, requestId }: Upload, run: Run): Promise<void> {
  let told = -progressMilliseconds
  const say = (line: object): void => {
    if (!outgoing.headersSent) outgoing.writeHead(200, { ...headers, 'content-type': 'application/x-ndjson' })
    outgoing.write(`${JSON.stringify(line)}\n`)
  }
  const onProgress: Listener['onProgress'] = (progress) => {
    if (performance.now() - told < progressMilliseconds) return
    told = performance.now()
    say({ progress })
  }
  try {
    say(await run({ onProgress }))
  } catch (error) {
    if (!outgoing.headersSent) throw error
    const fault = error instanceof Fault ? error : new Fault('internal', { requestId })
    say({ error: fault.toWire() })
    if (!(error instanceof Fault)) throw error
  } finally {
    if (outgoing.headersSent) outgoing.end()
  }
}

/**
 * The rejected rows. They wait in a temporary file until the whole import has been read: a caller who sends first and
 * reads afterwards would otherwise wait for us while we wait for it.
 */
async function answerRejected({ outgoing, headers }: Upload, run: Run): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-rejected-'))
  const path = join(folder, 'rejected.csv')
  const file = createWriteStream(path, { mode: 0o600 })
  try {
    await run(rejectsTo(file))
    file.end()
    await finished(file)
    outgoing.writeHead(200, { ...headers, 'content-type': csv })
    await pipeline(createReadStream(path), outgoing)
  } finally {
    file.destroy()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the header, and each rejected row behind it. */
export function rejectsTo(file: WriteStream): Required<Pick<Listener, 'onHeader' | 'onOmitted'>> {
  let header: Header
  const write = async (bytes: Buffer): Promise<void> => {
    if (!file.write(bytes)) await new Promise<void>((resolve) => file.once('drain', resolve))
  }
  return {
    onHeader(read) {
      header = read
      return write(rejectedHeader(read))
    },
    onOmitted: (row, errors) => write(rejectedRow(row, errors, header)),
  }
}

function refuseOtherTypes({ headers }: IncomingMessage): void {
  const refuse = (message: string) => new Fault('invalid_request', {}, { status: 415, message })
  const { 'content-type': type, 'content-encoding': encoding } = headers
  if (encoding !== undefined && encoding !== 'identity') throw refuse('Bodies must not be compressed.')
  const [kind = '', ...parameters] = (type ?? 'text/csv')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  if (!/^(?:text\/(?:csv|plain|tab-separated-values)|application\/(?:csv|octet-stream))$/.test(kind))
    throw refuse('The body must be the file itself; send the header content-type: text/csv.')
  const charset = parameters.find((part) => part.startsWith('charset='))?.slice('charset='.length)
  if (charset !== undefined && !/^"?utf-?(?:8|16(?:le|be)?)"?$/.test(charset))
    throw refuse('The file must be UTF-8 or UTF-16.')
}

const known = ['dryRun', 'overwriteExisting', 'resumeOnError', 'allowUnknownColumns'] as const

/** The options, from the query: `?dryRun`, `?dryRun=true` or `?dryRun=false`. */
function optionsOf({ url = '' }: IncomingMessage): ImportOptions {
  const query = new URLSearchParams(url.split('?')[1] ?? '')
  const issues = [...query].flatMap(([name, value]) => {
    if (!(known as readonly string[]).includes(name)) return [{ path: name, message: 'is not known here' }]
    return /^(?:|true|false|1|0)$/.test(value) ? [] : [{ path: name, message: 'must be true or false' }]
  })
  if (issues.length > 0) throw paramsInvalid(issues)
  const isOn = (name: string): boolean => /^(?:|true|1)$/.test(query.get(name) ?? 'false')
  return Object.fromEntries(known.map((name) => [name, isOn(name)]))
}

/** The caller went away in the middle of its file. What was decided before stays done. */
export class UploadCut extends Error {}

/** The body as it comes. It is not destroyed when nobody reads on, since the answer goes over the same connection. */
async function* chunksOf(incoming: IncomingMessage): AsyncGenerator<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>
  try {
    while (true) {
      const next = await withinPatience(chunks.next())
      if (next.done) break
      yield next.value
    }
  } finally {
    // Not awaited: it would wait for a chunk that may never come.
    void chunks.return?.()
  }
  if (!incoming.complete) throw new UploadCut('The connection was cut within the file.')
}

async function withinPatience<Result>(waited: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const message = `Nothing more of the file came for ${limits.importIdleSeconds} seconds.`
  const tooLong = new Promise<never>((_, reject) => {
    const fault = new Fault('invalid_request', {}, { status: 408, message, retryable: true })
    timer = setTimeout(() => reject(fault), limits.importIdleSeconds * 1_000)
  })
  try {
    return await Promise.race([waited, tooLong])
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new UploadCut('The connection was cut within the file.', { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
