/** What `docs/security.md` says is done, is done: every test it names is there, and every command and limit is right. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import packageFile from '../../package.json' with { type: 'json' }
import { limits } from '../../src/limits.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/security.md')

/** The rows of the table of risks: the risk, and the files with the names of the tests that stand behind it. */
const rows = [...page.matchAll(/^\| (API\d+) [^|]*\|[^|]*\|([^|]*)\|$/gm)].map(
  ([, risk = '', named = '']) => [risk, named] as const,
)

test('all ten risks have a row', () => {
  expect(rows.map(([risk]) => risk)).toEqual(Array.from({ length: 10 }, (_, index) => `API${index + 1}`))
})

describe.each(rows)('%s', (_risk, named) => {
  const files = [...named.matchAll(/`(test\/[^`]+)`(?:: ((?:"[^"]+"(?:, )?)+))?/g)]

  test('names tests that are there', () => {
    expect(files.length).toBeGreaterThan(0)
    for (const [, path = '', names = ''] of files) {
      const text = read(path)
      for (const [, name] of names.matchAll(/"([^"]+)"/g))
        expect(text.includes(`'${name}'`), `${path}: "${name}"`).toBe(true)
    }
  })
})

test.each(['docs/security.md', 'SECURITY.md'])('%s leads to files that are there', (path) => {
  const links = [...read(path).matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link as string)
  const folder = path.replace(/[^/]*$/, '')
  const named = [...read(path).matchAll(/`(test\/[\w./]+)`/g)].map(([, file]) => file as string)
  const lost = [...links.map((link) => `${folder}${link}`), ...named].filter(
    (file) => !existsSync(new URL(`../../${file}`, import.meta.url)),
  )
  expect(lost).toEqual([])
})

test('every command is one of the package', () => {
  const commands = [...page.matchAll(/npm run ([\w-]+)/g)].map(([, name]) => name as string)
  expect(commands).toEqual(expect.arrayContaining(['hostile', 'neighbours', 'key-timing']))
  expect(commands.filter((name) => !Object.hasOwn(packageFile.scripts, name))).toEqual([])
})

test.each([
  ['a body', '1 MiB', limits.bodyBytes, 1024 ** 2],
  ['arrays and objects in one another', '32 deep', limits.jsonDepth, 32],
  ['members of an array', '1,000', limits.arrayMembers, 1_000],
  ['what the lists in one array answer together', '8 MiB', limits.arrayAnswerBytes, 8 * 1024 ** 2],
  ['time to send a request', '10 seconds', limits.bodySeconds, 10],
  ['calls of a partner that wait to be carried out', '20,000', limits.waitingCalls, 20_000],
])('the limit of %s is %s', (what, told, limit, meant) => {
  expect(limit).toBe(meant)
  expect(page).toContain(`| ${what} | ${told}`)
})

test('the policy for reports names no address and no host', () => {
  expect(read('SECURITY.md')).not.toMatch(/https?:|@|\.(?:com|org|io|dev)\b/)
})
