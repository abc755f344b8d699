/** Prints what is derived: the table of settings in the README. `npm run print` writes it; a test fails when it is stale. */
import { readFile, writeFile } from 'node:fs/promises'
import { settings } from '../src/config.ts'

const file = new URL('../README.md', import.meta.url)
const rows = Object.entries(settings).map(
  ([name, { shown, meaning }]) => `| \`${name}\` | \`${shown}\` | ${meaning} |`,
)
const table = ['| name | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
const readme = await readFile(file, 'utf8')
await writeFile(file, readme.replace(/(<!-- settings -->\n)[\s\S]*?(\n<!-- \/settings -->)/, `$1${table}$2`))
