/** What `docs/scaling.md` prints is what is run: settings, commands and files. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import packageFile from '../../package.json' with { type: 'json' }
import { sessionSettings } from '../../src/store/open.ts'
import { settingsFor } from '../scaling/haproxy.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/scaling.md')
const script = read('.ci/pgbouncer')

test('haproxy is set as printed, with the servers at hand', async () => {
  const settings = await settingsFor(1234, [11, 12, 13])
  expect(settings.match(/^ {2}server .*$/gm)).toEqual([
    '  server tenure1 127.0.0.1:11',
    '  server tenure2 127.0.0.1:12',
    '  server tenure3 127.0.0.1:13',
  ])
  expect(settings).toContain('bind 127.0.0.1:1234')
  expect(settings).toContain('option httpchk GET /readyz')
})

/** Milliseconds where it is a time in seconds, and otherwise what it says. */
const plain = (value = ''): string =>
  value.replace(/^(\d+)s$/, (_, seconds) => String(Number(seconds) * 1_000))

test.each([
  ['the page', page],
  ['the script that runs the suite through PgBouncer', script],
])('%s gives the role what the service asks of its sessions', (_, text) => {
  const given = [...text.matchAll(/^ *alter role \S+ set (\w+) = '?([^';]+)'?;$/gm)].map(
    ([, name, value]) => [name, plain(value)],
  )
  const asked = Object.entries(sessionSettings).map(([name, value]) => [name, String(value)])
  expect(Object.fromEntries(given)).toEqual(Object.fromEntries(asked))
})

test('PgBouncer passes over on the page what it passes over in the script', () => {
  const line = /^ *ignore_startup_parameters = .*$/m
  expect(line.exec(page)?.[0].trim()).toBe(line.exec(script)?.[0].trim())
})

test('every command is one of the package, and every file is there', () => {
  const commands = [...page.matchAll(/npm run ([\w-]+)/g)].map(([, name]) => name as string)
  expect(commands.filter((name) => !Object.hasOwn(packageFile.scripts, name))).toEqual([])
  const files = [...page.matchAll(/(?:test|\.ci|schema)\/[\w./-]+/g)].map(([name]) => name.replace(/\.$/, ''))
  expect(files.length).toBeGreaterThan(8)
  expect(files.filter((name) => !existsSync(new URL(`../../${name}`, import.meta.url)))).toEqual([])
})

test('as many statements are excepted as it says', () => {
  const count = read('test/store/partnerFirst.test.ts').match(/^ {4}statement:/gm)?.length
  const words: Record<number, string> = { 12: 'twelve', 13: 'thirteen', 14: 'fourteen', 15: 'fifteen' }
  expect(page).toContain(`but for ${words[count as number]} that are listed`)
})
