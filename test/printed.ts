/** Everything that is printed from the source, as it should be now. `npm run print` writes it; a test holds it against the files. */
import { readFile } from 'node:fs/promises'
import { settings } from '../src/config.ts'
import { registry } from '../src/methods/index.ts'
import { clientTypes, repeatMembers } from '../src/rpc/typescript.ts'

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
