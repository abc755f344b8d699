/** Everything that is printed from the source, as it should be now. `npm run print` writes it; a test holds it against the files. */
import { readFile } from 'node:fs/promises'
import { settings } from '../src/config.ts'
import { type AnyReason, allFaults, faults } from '../src/faults.ts'
import { advice } from '../src/http/docs/advice.ts'
import { registry } from '../src/methods/index.ts'
import { schemaOf } from '../src/rpc/schema.ts'
import { clientTypes, repeatMembers, typeText } from '../src/rpc/typescript.ts'

/** What each file should hold, by its path from the root of the repository. */
export async function printed(): Promise<Record<string, string>> {
  return {
    'README.md': await between('README.md', '<!-- settings -->', '<!-- /settings -->', settingsTable()),
    'src/client/index.ts': await between(
      'src/client/index.ts',
      '// <methods>',
      '// </methods>',
      methodTable(),
    ),
    'schema/client.d.ts': clientTypes(registry),
    'docs/errors.md': refusals(),
  }
}

export function at(path: string): URL {
  return new URL(`../${path}`, import.meta.url)
}

/** A file with what stands between two marks replaced. */
async function between(path: string, begin: string, end: string, text: string): Promise<string> {
  const whole = await readFile(at(path), 'utf8')
  const from = whole.indexOf(begin) + begin.length
  return `${whole.slice(0, from)}\n${text}\n${whole.slice(whole.indexOf(end, from))}`
}

function settingsTable(): string {
  const rows = Object.entries(settings).map(
    ([name, { shown, meaning }]) => `| \`${name}\` | \`${shown}\` | ${meaning} |`,
  )
  return ['| name | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function methodTable(): string {
  const rows = Object.entries(registry).map(([name, method]) => {
    const members = repeatMembers(method)
    return `  ${name}: ${members === null ? 'null' : `[${members.map((member) => `'${member}'`).join(', ')}]`},`
  })
  return ['const methods: Record<MethodName, readonly string[] | null> = {', ...rows, '}'].join('\n')
}

function refusals(): string {
  const introduction = `# Refusals

<!-- Printed from src/faults.ts and src/http/docs/advice.ts by \`npm run print\`. Do not edit. -->

A refusal is an error object: \`{"code", "message", "data"}\`. \`data.reason\` is one of the names below and never changes its
meaning; \`data.retryable\` says whether the same call can succeed later. Sentences may be reworded, so do not compare them.
In JSON-RPC 2.0 a refusal comes with HTTP 200 as long as the id of the call is known; the bare wire uses the status below.

`
  const reasons = Object.keys(allFaults) as AnyReason[]
  const ofMethods = reasons.filter((reason) => Object.hasOwn(faults, reason))
  const ofProtocol = reasons.filter((reason) => !Object.hasOwn(faults, reason))
  return [
    introduction.trim(),
    '## Of the methods',
    ...ofMethods.map(refusal),
    '## Of the protocol',
    ...ofProtocol.map(refusal),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n')
}

function refusal(reason: AnyReason): string {
  const { code, status, message, data, retryable } = allFaults[reason]
  const { why, todo } = advice[reason] ?? { why: '', todo: '' }
  const members = Object.entries(schemaOf(data, 'output').properties ?? {}).map(
    ([name, schema]) => `\`${name}\` (${typeText(schema).replace(/\s+/g, ' ').replaceAll('|', 'or')})`,
  )
  const users = Object.entries(registry)
    .filter(([, method]) => (method.faults as readonly string[]).includes(reason))
    .map(([name]) => name)
  return [
    `### ${reason}`,
    `Code ${code} · bare HTTP status ${status} · \`retryable: ${retryable}\``,
    `**${message}** ${why}`,
    `What to do: ${todo}`,
    ...(members.length === 0 ? [] : [`Facts in \`data\`: ${members.join(', ')}.`]),
    ...(users.length === 0 ? [] : [`From ${users.map((name) => `\`${name}\``).join(', ')}.`]),
  ].join('\n\n')
}
