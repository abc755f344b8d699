/** The OpenRPC 1.3.2 document, made from the registry: what `rpc.discover` and `GET /openrpc.json` answer. */
import { type AnyReason, allFaults } from '../faults.ts'
import type { Method, Registry } from './method.ts'
import { schemaOf } from './schema.ts'
import { detailsOf } from './typescript.ts'

/** Refusals that any method may meet, besides its own. */
export const commonReasons: AnyReason[] = ['forbidden', 'params_invalid', 'internal', 'unavailable']

/** The document for a registry. `version` is the version of the service. */
export function openRpcDocument(registry: Registry, version: string) {
  return {
    openrpc: '1.3.2',
    info: {
      title: 'Tenure',
      version,
      description:
        'Runs the order lifecycle of a software vendor: customers, order chains, and the licences that follow.',
      license: { name: 'Apache-2.0' },
    },
    methods: [...Object.entries(registry).map(([name, method]) => describe(name, method)), discover],
    components: {
      errors: Object.fromEntries(Object.keys(allFaults).map((reason) => [reason, errorObject(reason)])),
    },
  }
}

const discover = {
  name: 'rpc.discover',
  summary: 'Get this document.',
  params: [],
  result: { name: 'OpenRPC document', schema: { type: 'object' } },
  errors: [],
}

function errorObject(reason: string) {
  const { code, message } = allFaults[reason as AnyReason]
  return { code, message, data: { reason } }
}

function describe(name: string, method: Method) {
  const schema = schemaOf(method.params, 'input')
  const { properties = {}, required = [] } = schema
  const descriptors = Object.entries(properties).map(([member, shape]) => ({
    name: member,
    ...(shape.description === undefined ? {} : { description: shape.description }),
    required: required.includes(member),
    schema: shape,
  }))
  // OpenRPC wants what is required first.
  const params = [...descriptors.filter((one) => one.required), ...descriptors.filter((one) => !one.required)]
  const reasons = [...method.faults, ...commonReasons]
  return {
    name,
    summary: method.summary,
    ...(method.details === undefined ? {} : { description: detailsOf(method) }),
    tags: [
      { name: method.kind === 'command' ? 'changes' : 'reads' },
      ...method.scopes.map((scope) => ({ name: `scope: ${scope}` })),
    ],
    paramStructure: 'by-name',
    params,
    result: { name: 'result', schema: schemaOf(method.result, 'output') },
    errors: reasons.map((reason) => ({ $ref: `#/components/errors/${reason}` })),
    ...(method.examples.length === 0
      ? {}
      : { examples: method.examples.map((example) => pairing(example, params)) }),
  }
}

function pairing(example: Method['examples'][number], params: { name: string }[]) {
  return {
    name: example.summary,
    params: params
      .filter(({ name }) => Object.hasOwn(example.params, name))
      .map(({ name }) => ({ name, value: example.params[name] })),
    result: { name: 'result', value: example.result },
  }
}
