/**
 * Traces for OpenTelemetry: a span for each request, continued from the caller's `traceparent`, and one for each group
 * of calls, with links to the requests whose calls it decided. Its packages are loaded only where the standard variables
 * ask for traces.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Context, Span, SpanContext, Tracer } from '@opentelemetry/api'
import type { Sampler } from '@opentelemetry/sdk-trace'
import type { TraceSettings } from '../config.ts'
import type { Outcome } from '../ledger/entry.ts'
import type { Group } from '../ledger/lane.ts'

type Api = typeof import('@opentelemetry/api')
type Sdk = typeof import('@opentelemetry/sdk-trace')

/** What is known of a request once it has been answered. */
export interface RequestFacts {
  readonly calls: number
  readonly method?: string | undefined
  readonly door?: string | undefined
  readonly reason?: string | undefined
  readonly status: number | null
  readonly partner?: number | undefined
  readonly key?: string | undefined
}

/** How long the last spans may take to be sent when the service stops. */
const closingMilliseconds = 2_000

/** Links that a span of a group carries at most. */
const linksMost = 100

/** Loads the packages and begins to send spans. `onTrouble` is told what the packages have to say. */
export async function openTraces(
  settings: TraceSettings,
  version: string,
  onTrouble: (message: string) => void,
): Promise<Traces> {
  const [api, sdk, { resourceFromAttributes }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ])
  const silent = (): void => {}
  const said = (message: string): void => onTrouble(message.slice(0, 500))
  api.diag.setLogger(
    { error: said, warn: said, info: silent, debug: silent, verbose: silent },
    { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  const { url, attributes, serviceName, scheduleMilliseconds, queueSize } = settings
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({
      'service.version': version,
      ...attributes,
      'service.name': serviceName,
    }),
    sampler: samplerOf(sdk, settings),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url }),
        scheduledDelayMillis: scheduleMilliseconds,
        maxQueueSize: queueSize,
        maxExportBatchSize: Math.min(512, queueSize),
      }),
    ],
  })
  return new Traces(api, provider.getTracer('tenure', version), () => inTime(provider.shutdown(), said))
}

/** Nobody waits long for a collector that does not answer, and nothing fails because of it. */
async function inTime(sent: Promise<void>, onTrouble: (message: string) => void): Promise<void> {
  const told = sent.catch((error: Error) => onTrouble(error.message))
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closingMilliseconds)
  })
  await Promise.race([told, tooLong])
  clearTimeout(timer)
}

function samplerOf(sdk: Sdk, { sampler, ratio }: TraceSettings): Sampler {
  const roots = {
    always_on: () => new sdk.AlwaysOnSampler(),
    always_off: () => new sdk.AlwaysOffSampler(),
    traceidratio: () => new sdk.TraceIdRatioBasedSampler(ratio),
  }
  const [, parentBased, root] = /^(parentbased_)?(\w+)$/.exec(sampler) as RegExpExecArray
  const made = roots[root as keyof typeof roots]()
  return parentBased ? new sdk.ParentBasedSampler({ root: made }) : made
}

export class Traces {
  readonly #api: Api
  readonly #tracer: Tracer
  readonly #shutDown: () => Promise<void>

  constructor(api: Api, tracer: Tracer, shutDown: () => Promise<void>) {
    this.#api = api
    this.#tracer = tracer
    this.#shutDown = shutDown
  }

  /** A request has come in. */
  request(headers: IncomingHttpHeaders, requestId: string): RequestSpan {
    const attributes = { 'rpc.system': 'jsonrpc', 'tenure.request_id': requestId }
    const options = { kind: this.#api.SpanKind.SERVER, attributes }
    return new RequestSpan(this.#api, this.#tracer.startSpan('request', options, this.#parent(headers)))
  }

  /** A group is about to begin; what is answered is to be told when it is over. */
  group({ partnerId, entries, waitedMilliseconds }: Group): (outcomes: readonly Outcome[]) => void {
    const requests = new Set(entries.flatMap(({ mark }) => spanOf(mark) ?? []))
    const span = this.#tracer.startSpan(
      'group',
      {
        links: [...requests].slice(0, linksMost).map(({ context }) => ({ context })),
        attributes: {
          'tenure.partner': partnerId,
          'tenure.calls': entries.length,
          'tenure.requests': requests.size,
          'tenure.waited_ms': Math.round(waitedMilliseconds * 100) / 100,
        },
      },
      this.#api.ROOT_CONTEXT,
    )
    return (outcomes) => {
      const failed = outcomes.filter(({ kind }) => kind === 'failed').length
      span.setAttribute('tenure.refused', outcomes.filter(({ kind }) => kind === 'refused').length)
      span.setAttribute('tenure.failed', failed)
      if (failed > 0) span.setStatus({ code: this.#api.SpanStatusCode.ERROR })
      span.end()
    }
  }

  /** Sends what is still to be sent. */
  close(): Promise<void> {
    return this.#shutDown()
  }

  /** The caller's own span, where it tells of one. */
  #parent({ traceparent }: IncomingHttpHeaders): Context {
    const { ROOT_CONTEXT, trace } = this.#api
    const sent = typeof traceparent === 'string' ? parseTraceparent(traceparent) : undefined
    return sent ? trace.setSpanContext(ROOT_CONTEXT, sent) : ROOT_CONTEXT
  }
}

export class RequestSpan {
  readonly #api: Api
  readonly #span: Span

  constructor(api: Api, span: Span) {
    this.#api = api
    this.#span = span
  }

  get context(): SpanContext {
    return this.#span.spanContext()
  }

  end({ calls, method, door, reason, status, partner, key }: RequestFacts): void {
    const span = this.#span
    span.updateName(method ?? door ?? (calls > 0 ? 'array' : 'request'))
    const facts = {
      'rpc.method': method,
      'http.response.status_code': status ?? undefined,
      'tenure.calls': calls,
      'tenure.reason': reason,
      'tenure.partner': partner,
      'tenure.key': key,
    }
    for (const [name, value] of Object.entries(facts)) if (value !== undefined) span.setAttribute(name, value)
    if (reason === 'internal' || (status ?? 0) >= 500)
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR })
    span.end()
  }
}

/** The span of the request that an entry's mark stands for, unless it is not to be recorded. */
function spanOf(mark: object | undefined): RequestSpan | undefined {
  const span = mark && 'span' in mark ? mark.span : undefined
  return span instanceof RequestSpan && (span.context.traceFlags & 1) === 1 ? span : undefined
}

/** W3C Trace Context: `00-<trace>-<parent>-<flags>`; later versions may carry more behind it. */
export function parseTraceparent(header: string): (SpanContext & { isRemote: true }) | undefined {
  const found = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header.trim())
  if (!found) return undefined
  const [, version, traceId = '', spanId = '', flags = '', more] = found
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}
