/** The entries of the reference: methods, shapes, refusals and events, each with a place that links can lead to. */
import { html, raw } from 'hono/html'
import { events } from '../../events.ts'
import { type AnyReason, allFaults } from '../../faults.ts'
import { isRepeatable, type Method } from '../../rpc/method.ts'
import { commonReasons } from '../../rpc/openrpc.ts'
import { type JsonSchema, schemaOf } from '../../rpc/schema.ts'
import { detailsOf, limitsOf, repeatMembers, typeText } from '../../rpc/typescript.ts'
import { advice } from './advice.ts'
import { curlText, typescriptText } from './examples.ts'

export type Markup = ReturnType<typeof html>

/** Text of the method files, with what stands between backticks as code. */
export function words(text: string): Markup {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return raw(escaped.replace(/`([^`]+)`/g, '<code>$1</code>')) as Markup
}

function code(text: string): Markup {
  return html`<div class="code"><pre>${text}</pre></div>`
}

/** A type whose named shapes lead to where they are described. */
function linked(schema: JsonSchema, names: ReadonlySet<string>): Markup {
  const parts = typeText(schema, names).split(/\b([A-Z]\w+)\b/)
  return html`${parts.map((part) => (names.has(part) ? html`<a href="#shape-${part}">${part}</a>` : part))}`
}

export function methodEntry(name: string, method: Method, names: ReadonlySet<string>): Markup {
  const params = schemaOf(method.params, 'input')
  const result = schemaOf(method.result, 'output')
  const details = detailsOf(method)
  const reasons = method.faults.join(' ')
  return html`
<article id="${name}" data-words="${name} ${method.summary} ${details} ${reasons}">
<h3><a href="#${name}">${name}</a></h3>
<p>${words(method.summary)}${details === '' ? '' : html` ${words(details)}`}</p>
<p class="facts">Scope: <code>${method.scopes.join(' or ')}</code> · ${repeatFacts(method)}</p>
${paramsTable(params, names)}
<h4>Result</h4>
<div class="code"><pre>${linked(result, names)}</pre></div>
<h4>Refusals, the first that applies</h4>
<p>${reasonLinks([...method.faults])}${method.faults.length > 0 ? ' · ' : ''}and as everywhere ${reasonLinks(commonReasons)}</p>
${eventsOf(method)}
${method.examples.map(({ summary, params: sent, result: answer }) => [
  html`<h4>Example: ${summary}</h4>`,
  code(curlText(name, sent)),
  code(typescriptText(name, sent)),
  code(JSON.stringify(answer, null, 2)),
])}
</article>`
}

function repeatFacts(method: Method): string {
  const members = repeatMembers(method)
  if (members === null)
    return isRepeatable(method, {}) ? 'safe to send again, by GET or POST' : 'safe to send again'
  const header = 'with the header idempotency-key'
  return members.length === 0
    ? `POST only; safe to send again ${header}`
    : `safe to send again with ${members.join(' or ')}, else ${header}`
}

function paramsTable({ properties = {}, required = [] }: JsonSchema, names: ReadonlySet<string>): Markup {
  const rows = Object.entries(properties)
  if (rows.length === 0) return html`<p class="facts">Takes no params.</p>`
  const isNeeded = (name: string): boolean => required.includes(name)
  const inOrder = [...rows.filter(([name]) => isNeeded(name)), ...rows.filter(([name]) => !isNeeded(name))]
  return html`<h4>Params</h4><div class="wide"><table><tr><th>name</th><th>type</th><th>what it is</th></tr>
${inOrder.map(
  ([
    name,
    schema,
  ]) => html`<tr><td><code>${name}</code>${isNeeded(name) ? html` <span class="needed">required</span>` : ''}</td>
<td><code>${linked(schema, names)}</code></td><td>${words([schema.description ?? '', limitsOf(schema)].join(' ').trim())}</td></tr>`,
)}</table></div>`
}

function reasonLinks(reasons: readonly string[]): Markup {
  return html`${reasons.map((reason, place) => html`${place === 0 ? '' : ', '}<a href="#refusal-${reason}"><code>${reason}</code></a>`)}`
}

function eventsOf(method: Method): Markup | string {
  if (method.kind !== 'command' || method.events.length === 0) return ''
  return html`<h4>Announces</h4><p>${method.events.map(
    (type, place) => html`${place === 0 ? '' : ', '}<a href="#event-${type}"><code>${type}</code></a>`,
  )}</p>`
}

export function shapeEntry(name: string, schema: JsonSchema, names: ReadonlySet<string>): Markup {
  const others = new Set([...names].filter((other) => other !== name))
  return html`<article id="shape-${name}" data-words="${name}"><h3>${name}</h3>
<div class="code"><pre>${linked(schema, others)}</pre></div></article>`
}

export function refusalEntry(reason: AnyReason): Markup {
  const { code: number, status, message, data, retryable } = allFaults[reason]
  const { why, todo } = advice[reason] ?? { why: '', todo: '' }
  return html`<article id="refusal-${reason}" data-words="${reason} ${number} ${message}"><h3>${reason}</h3>
<p class="facts">code ${number} · bare HTTP status ${status} · <code>retryable: ${String(retryable)}</code></p>
<p>${message} ${words(why)}</p><p><strong>What to do:</strong> ${words(todo)}</p>
${factsOf(schemaOf(data, 'output'))}</article>`
}

function factsOf(schema: JsonSchema): Markup | string {
  if (Object.keys(schema.properties ?? {}).length === 0) return ''
  return html`<h4>Also in <code>error.data</code></h4>${code(typeText(schema))}`
}

export function eventRow(type: string): Markup {
  return html`<tr id="event-${type}"><td><code>${type}</code></td><td>${events[type as keyof typeof events]}</td></tr>`
}
