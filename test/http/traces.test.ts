/**
 * Traces, as a collector gets them: a little one of our own takes what the service sends over OTLP. And the standard
 * variables that ask for them, or do not.
 */
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { parseTraceparent } from '../../src/http/traces.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { until } from '../outbox/house.ts'

interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly attributes: { key: string; value: Record<string, unknown> }[]
  readonly links?: { traceId: string; spanId: string }[]
  readonly status: { code?: number }
}

/** A collector that keeps what it is sent. */
class Collector implements AsyncDisposable {
  readonly spans: OtlpSpan[] = []
  readonly resources: Record<string, unknown>[] = []
  readonly requests: { url: string | undefined; header: string | string[] | undefined }[] = []
  readonly #server: Server

  private constructor() {
    this.#server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      this.requests.push({ url: request.url, header: request.headers['content-type'] })
      for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
        this.resources.push(attributesOf(resource))
        for (const { spans } of scopeSpans) this.spans.push(...spans)
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  }

  static async open(): Promise<Collector> {
    const collector = new Collector()
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve))
    return collector
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function attributesOf({ attributes }: Pick<OtlpSpan, 'attributes'>): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

const settingsIn = (environment: Record<string, string>) => readConfig(environment).traces

describe('a service that is asked for traces', () => {
  const caller = { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7' }
  const traceparent = (flags = '01') => ({ traceparent: `00-${caller.trace}-${caller.span}-${flags}` })
  let collector: Collector
  let house: House
  let partner: TestPartner

  const spanOf = async (requestId: string): Promise<OtlpSpan> => {
    const find = () => collector.spans.find((span) => attributesOf(span)['tenure.request_id'] === requestId)
    return (await until(find, (span) => span !== undefined)) as OtlpSpan
  }
  const groupOf = async ({ spanId }: OtlpSpan): Promise<OtlpSpan> => {
    const find = () => collector.spans.find(({ links }) => links?.some((link) => link.spanId === spanId))
    return (await until(find, (span) => span !== undefined)) as OtlpSpan
  }

  beforeAll(async () => {
    collector = await Collector.open()
    const traces = settingsIn({
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
      OTEL_SERVICE_NAME: 'orders',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test%20bed, odd,other=1',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    })
    house = await openHouse({ config: { traces } })
    partner = await house.partner()
  })
  afterAll(async () => {
    await house.close()
    await collector[Symbol.asyncDispose]()
  })

  test('sends a span for a request, that goes on from the caller’s, and one for its group', async () => {
    const call = { id: 'C', name: 'C' }
    await partner.call('createCustomer', call, { 'x-request-id': 'one', ...traceparent() })
    const request = await spanOf('one')
    expect(request).toMatchObject({
      name: 'createCustomer',
      kind: 2,
      traceId: caller.trace,
      parentSpanId: caller.span,
    })
    expect(attributesOf(request)).toMatchObject({
      'rpc.system': 'jsonrpc',
      'rpc.method': 'createCustomer',
      'http.response.status_code': 200,
      'tenure.calls': 1,
      'tenure.reason': 'ok',
      'tenure.partner': partner.number,
    })
    const group = await groupOf(request)
    expect(group).toMatchObject({ name: 'group', kind: 1 })
    expect(group.links).toMatchObject([{ traceId: caller.trace, spanId: request.spanId }])
    expect(attributesOf(group)).toMatchObject({
      'tenure.partner': partner.number,
      'tenure.calls': 1,
      'tenure.requests': 1,
      'tenure.refused': 0,
      'tenure.failed': 0,
    })
    expect(collector.requests[0]).toEqual({ url: '/v1/traces', header: 'application/json' })
    expect(collector.resources[0]).toMatchObject({
      'service.name': 'orders',
      'deployment.environment.name': 'test bed',
      other: '1',
    })
  })

  test('tells of an array as one request and one group, and of refusals and wrong keys', async () => {
    const calls = ['A', 'B', 'C'].map((id) => ({ method: 'createCustomer', params: { id, name: 'another' } }))
    const body = calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))
    await partner.post(body, { 'x-request-id': 'three' })
    const request = await spanOf('three')
    expect(request.name).toBe('array')
    expect(attributesOf(request)).toMatchObject({ 'tenure.calls': 3 })
    expect(request.parentSpanId ?? '').toBe('')
    expect(attributesOf(await groupOf(request))).toMatchObject({ 'tenure.calls': 3, 'tenure.refused': 1 })
    await partner.post({ method: 'getClock' }, { 'x-request-id': 'stranger', 'x-api-key': 'none' })
    expect(attributesOf(await spanOf('stranger'))).toMatchObject({
      'tenure.reason': 'unauthenticated',
      'http.response.status_code': 401,
    })
  })

  test('leaves out what the caller does not want traced, and marks what failed', async () => {
    await partner.call('getClock', {}, { 'x-request-id': 'unwanted', ...traceparent('00') })
    await house.sql("alter table customer add constraint no_such check (name <> 'refused')")
    const params = { id: 'F', name: 'refused' }
    await partner.post({ method: 'createCustomer', params }, { 'x-request-id': 'failed' })
    const failed = await spanOf('failed')
    expect(failed.status.code).toBe(2)
    expect((await groupOf(failed)).status.code).toBe(2)
    const seen = collector.spans.map((span) => attributesOf(span)['tenure.request_id'])
    expect(seen).not.toContain('unwanted')
    expect(JSON.stringify(collector.spans)).not.toContain(partner.key)
  })

  test('sends what is left when it is closed, and works on when nobody listens', async () => {
    const traces = settingsIn({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/own` })
    const lost = settingsIn({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    })
    {
      await using short = await openHouse({ config: { traces } })
      await short.operator.call('getClock', {}, { 'x-request-id': 'last' })
    }
    await spanOf('last')
    expect(collector.requests.at(-1)?.url).toBe('/own')
    await using deaf = await openHouse({ config: { traces: lost } })
    expect((await deaf.operator.call('getClock', {})).sandbox).toBe(false)
  })
})

test('whoever asks for none does not even load the packages', async () => {
  const root = new URL('../../src/', import.meta.url)
  const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, root), 'utf8')))
  const statements = texts.flatMap(
    (text) => text.match(/^(?:import|export)\b[^;]*?from '@opentelemetry[^']*'/gms) ?? [],
  )
  expect(statements.length).toBeGreaterThan(0)
  expect(statements.filter((statement) => !statement.startsWith('import type '))).toEqual([])
})

describe('the standard variables', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/otlp' }

  test.each([
    [{}],
    [{ OTEL_SERVICE_NAME: 'orders', OTEL_TRACES_SAMPLER: 'always_on' }],
    [{ ...endpoint, OTEL_SDK_DISABLED: 'True' }],
    [{ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
  ])('ask for no traces: %j', (environment: Record<string, string>) => {
    expect(settingsIn(environment)).toBeUndefined()
  })

  test('are read as their specification says', () => {
    expect(settingsIn(endpoint)).toEqual({
      url: 'https://collector.example/otlp/v1/traces',
      serviceName: 'tenure',
      attributes: {},
      sampler: 'parentbased_always_on',
      ratio: 1,
      scheduleMilliseconds: 5_000,
      queueSize: 2_048,
    })
    const ratio = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }
    expect(settingsIn({ ...endpoint, ...ratio })).toMatchObject({
      sampler: 'parentbased_traceidratio',
      ratio: 0.25,
    })
  })

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_BSP_SCHEDULE_DELAY', 'soon'],
  ])('stop the start where %s cannot be used', (name, value) => {
    expect(() => settingsIn({ ...endpoint, [name]: value })).toThrow(
      new RegExp(`^The setting ${name} cannot`),
    )
  })
})

test.each([
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 1],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02', 0],
  ['cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings', 1],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more', undefined],
  ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', undefined],
  ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', undefined],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01', undefined],
  ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01', undefined],
  ['nonsense', undefined],
])('traceparent %s', (header, flags) => {
  expect(parseTraceparent(header)?.traceFlags).toBe(flags)
})
