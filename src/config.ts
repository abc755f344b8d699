/** The only reader of the environment: every setting with its meaning, its default and what makes it unusable. */
import { resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'

/** A setting that cannot be used; the message is one sentence that names it. */
export class SettingUnusable extends Error {}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export interface Config {
  readonly port: number
  readonly host: string
  /** Undefined: the embedded PostgreSQL in the data directory. */
  readonly databaseUrl: string | undefined
  /** Absolute path. */
  readonly dataDirectory: string
  readonly logLevel: (typeof logLevels)[number]
  /** The address under which people reach the service, without a slash at the end; undefined: where it listens. */
  readonly publicUrl: string | undefined
  /** Calls per minute and key; 0 is no limit. */
  readonly rateLimit: number
  /** Connections to PostgreSQL that one server process may hold. */
  readonly databaseConnections: number
  /** Whether PostgreSQL may be asked to keep plans by name; not where a pooler gives each transaction another session. */
  readonly namedStatements?: boolean
  /** Seconds for which a service that is to stop still takes calls, so that whoever sends them here can look away. */
  readonly drainSeconds?: number
  /** Networks that webhooks may reach besides the public ones, as `address/bits`. */
  readonly webhookAllow?: readonly string[]
  /** Days after which events are forgotten; undefined keeps them for ever. */
  readonly eventRetentionDays?: number | undefined
  /** Where the ERP shows a customer, with `{id}` for its number; undefined: the console links nowhere else. */
  readonly erpCustomerUrl?: string | undefined
  /** How traces are sent; undefined: none are made. */
  readonly traces?: TraceSettings | undefined
}

/** What OpenTelemetry's own variables say of traces. */
export interface TraceSettings {
  /** Where spans are sent: OTLP over HTTP, in JSON. */
  readonly url: string
  readonly serviceName: string
  readonly attributes: Readonly<Record<string, string>>
  readonly sampler: (typeof samplers)[number]
  /** The share of traces that a sampler by ratio keeps. */
  readonly ratio: number
  readonly scheduleMilliseconds: number
  readonly queueSize: number
}

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** Settings as the README lists them: name, default as it is shown, meaning. */
export const settings = {
  PORT: { shown: '8080', meaning: 'Port of the HTTP server; 0 takes a free one.' },
  HOST: { shown: '127.0.0.1', meaning: 'Address that the HTTP server listens on.' },
  DATABASE_URL: {
    shown: 'embedded',
    meaning: 'A PostgreSQL from 15 on. Unset, a real PostgreSQL runs in the data directory.',
  },
  TENURE_DATA_DIR: { shown: '.tenure', meaning: 'Data directory, created with mode 0700.' },
  TENURE_LOG: { shown: 'info', meaning: `Log level: ${logLevels.join(', ')}.` },
  TENURE_PUBLIC_URL: { shown: 'http://HOST:PORT', meaning: 'Address for links.' },
  TENURE_RATE_LIMIT: { shown: 'off', meaning: 'Calls per minute and key, or `off`.' },
  TENURE_DATABASE_CONNECTIONS: {
    shown: '10',
    meaning: 'Connections to PostgreSQL per server process, 2 to 200.',
  },
  TENURE_NAMED_STATEMENTS: {
    shown: 'on',
    meaning: '`off` behind a pooler that gives each transaction another session, such as PgBouncer.',
  },
  TENURE_DRAIN_SECONDS: {
    shown: '0',
    meaning: 'Seconds, up to 60, for which a stopping service says so on `/readyz` and still takes calls.',
  },
  TENURE_WEBHOOK_ALLOW: {
    shown: 'none',
    meaning: 'Networks that webhooks may reach besides the public ones, such as `10.1.0.0/16,fd00::/8`.',
  },
  TENURE_EVENT_RETENTION_DAYS: {
    shown: 'off',
    meaning: 'Days after which events are forgotten, 7 to 36500, or `off`: for ever.',
  },
  TENURE_ERP_CUSTOMER_URL: {
    shown: 'none',
    meaning: "Where your ERP shows a customer, with `{id}` for its number; the console's pages link there.",
  },
} as const

const shapes = {
  PORT: wholeNumber(0, 65_535).default(8080),
  HOST: z.string().min(1, 'must not be empty').default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, 'must be a URL that begins with postgres://')
    .refine((value) => URL.canParse(value), 'must be a URL that begins with postgres://')
    .optional(),
  TENURE_DATA_DIR: z.string().min(1, 'must not be empty').default('.tenure'),
  TENURE_LOG: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  TENURE_PUBLIC_URL: z
    .string()
    .refine((value) => URL.canParse(value) && /^https?:/.test(value), 'must be an http or https address')
    .optional(),
  TENURE_RATE_LIMIT: z
    .union(
      [z.literal('off').transform(() => 0), wholeNumber(1, 1_000_000)],
      'must be off or a whole number of at least 1',
    )
    .default(0),
  TENURE_DATABASE_CONNECTIONS: wholeNumber(2, 200).default(10),
  TENURE_DRAIN_SECONDS: wholeNumber(0, 60).default(0),
  TENURE_NAMED_STATEMENTS: z.enum(['on', 'off'], 'must be on or off').default('on'),
  TENURE_WEBHOOK_ALLOW: z
    .string()
    .default('')
    .transform((value) => value.split(/[\s,]+/).filter((network) => network !== ''))
    .refine(
      (networks) => networks.every((network) => ipaddr.isValidCIDR(network)),
      'must be networks such as 127.0.0.0/8, separated by commas',
    ),
  // Webhooks are tried again for some three days and must find their events all that time.
  TENURE_EVENT_RETENTION_DAYS: z
    .union(
      [z.literal('off').transform(() => undefined), wholeNumber(7, 36_500)],
      'must be off or a whole number from 7 to 36500',
    )
    .optional(),
  TENURE_ERP_CUSTOMER_URL: z
    .string()
    .refine(
      (value) =>
        value.includes('{id}') && URL.canParse(value.replaceAll('{id}', '1')) && /^https?:/.test(value),
      'must be an http or https address with {id} in it',
    )
    .optional(),
} satisfies Record<keyof typeof settings, z.ZodType>

function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d{1,10}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message)
}

/** Reads the settings; throws `SettingUnusable` with one sentence for the first that cannot be used. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  for (const name of Object.keys(environment))
    if (name.startsWith('TENURE_') && !Object.hasOwn(settings, name))
      throw new SettingUnusable(
        `${name} is not a setting of Tenure; it knows ${Object.keys(settings).join(', ')}.`,
      )
  const read = <Name extends keyof typeof shapes>(name: Name): z.output<(typeof shapes)[Name]> => {
    const given = environment[name]
    const parsed = shapes[name].safeParse(given === '' ? undefined : given)
    if (parsed.success) return parsed.data as z.output<(typeof shapes)[Name]>
    throw new SettingUnusable(`The setting ${name} cannot be used: it ${parsed.error.issues[0]?.message}.`)
  }
  const port = read('PORT')
  const host = read('HOST')
  return {
    port,
    host,
    databaseUrl: read('DATABASE_URL'),
    dataDirectory: resolve(read('TENURE_DATA_DIR')),
    logLevel: read('TENURE_LOG'),
    publicUrl: read('TENURE_PUBLIC_URL')?.replace(/\/+$/, ''),
    rateLimit: read('TENURE_RATE_LIMIT'),
    databaseConnections: read('TENURE_DATABASE_CONNECTIONS'),
    namedStatements: read('TENURE_NAMED_STATEMENTS') === 'on',
    drainSeconds: read('TENURE_DRAIN_SECONDS'),
    webhookAllow: read('TENURE_WEBHOOK_ALLOW'),
    eventRetentionDays: read('TENURE_EVENT_RETENTION_DAYS'),
    erpCustomerUrl: read('TENURE_ERP_CUSTOMER_URL'),
    traces: readTraceSettings(environment),
  }
}

/** Traces are wanted where an address for them is set and nothing switches them off. */
function readTraceSettings(environment: NodeJS.ProcessEnv): TraceSettings | undefined {
  const said = (name: string): string | undefined => environment[`OTEL_${name}`]?.trim() || undefined
  const refuse = (name: string, problem: string): never => {
    throw new SettingUnusable(`The setting OTEL_${name} cannot be used: it ${problem}.`)
  }
  const own = said('EXPORTER_OTLP_TRACES_ENDPOINT')
  const shared = said('EXPORTER_OTLP_ENDPOINT')
  const isOff = said('SDK_DISABLED')?.toLowerCase() === 'true' || said('TRACES_EXPORTER') === 'none'
  if (isOff || (own === undefined && shared === undefined)) return undefined
  const url = own ?? `${(shared as string).replace(/\/+$/, '')}/v1/traces`
  if (!URL.canParse(url) || !/^https?:/.test(url))
    refuse(
      own ? 'EXPORTER_OTLP_TRACES_ENDPOINT' : 'EXPORTER_OTLP_ENDPOINT',
      'must be an http or https address',
    )
  for (const name of ['EXPORTER_OTLP_TRACES_PROTOCOL', 'EXPORTER_OTLP_PROTOCOL'])
    if (said(name) === 'grpc') refuse(name, 'must not be grpc, since traces are sent over HTTP')
  const sampler = said('TRACES_SAMPLER') ?? 'parentbased_always_on'
  if (!(samplers as readonly string[]).includes(sampler))
    refuse('TRACES_SAMPLER', `must be one of ${samplers.join(', ')}`)
  const number = (name: string, unlessSaid: number, most: number): number => {
    const value = Number(said(name) ?? unlessSaid)
    return value >= 0 && value <= most ? value : refuse(name, `must be a number from 0 to ${most}`)
  }
  return {
    url,
    serviceName: said('SERVICE_NAME') ?? 'tenure',
    attributes: pairsIn(said('RESOURCE_ATTRIBUTES') ?? ''),
    sampler: sampler as TraceSettings['sampler'],
    ratio: number('TRACES_SAMPLER_ARG', 1, 1),
    scheduleMilliseconds: number('BSP_SCHEDULE_DELAY', 5_000, 600_000),
    queueSize: Math.max(1, Math.floor(number('BSP_MAX_QUEUE_SIZE', 2_048, 1_000_000))),
  }
}

/** `name=value,name=value`, percent-encoded; what is no such pair is passed over, as the standard has it. */
function pairsIn(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const [, name, value = ''] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
    return name === undefined ? [] : [[name, decoded(value)]]
  })
  return Object.fromEntries(pairs)
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // What is not encoded as it should be is taken as it stands.
    return value
  }
}
