/**
 * The guides do what they say. On each page, blocks of `sh` and `ts` are run in order against a fresh sandbox, and a JSON
 * block is what the last of them has answered; whole programs in other languages are run where their language is there.
 */

import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registry } from '../../src/methods/index.ts'
import { temporaryFolder } from '../folder.ts'
import { type House, openHouse } from '../house.ts'
import { startCommand } from '../startCommand.ts'

const run = promisify(execFile)
const pages = [
  'quick-start.md',
  'orders-and-renewals.md',
  'retries-and-idempotency.md',
  'batches.md',
  'sandbox-and-clock.md',
]

let house: House
let folder: string
beforeAll(async () => {
  house = await openHouse()
  folder = await temporaryFolder('tenure-pages')
})
afterAll(async () => {
  await house.close()
  await rm(folder, { recursive: true, force: true })
})

const read = (page: string) => readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8')

function blocks(text: string): { language: string; code: string }[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    code,
  }))
}

/** The settings that the pages speak of, for a partner of its own. */
async function environment(): Promise<NodeJS.ProcessEnv> {
  const { url, key } = await house.partner({ sandbox: true })
  return { PATH: process.env.PATH, HOME: process.env.HOME, URL: url, KEY: key }
}

/** What is printed, without the marks that stand for what is left out. */
function told(printed: unknown): unknown {
  if (Array.isArray(printed)) return printed.map(told)
  if (typeof printed !== 'object' || printed === null) return printed
  const members = Object.entries(printed).filter(([name]) => name !== '…')
  return Object.fromEntries(members.map(([name, value]) => [name, told(value)]))
}

/** The last of several JSON texts that were printed without a break between them. */
function lastJson(text: string): unknown {
  for (let from = 0; ; from++) {
    from = text.slice(from).search(/[[{]/) + from
    try {
      return JSON.parse(text.slice(from))
    } catch {
      if (from >= text.length - 1) throw new Error(`no JSON: ${text}`)
    }
  }
}

test.each(pages)('%s', async (page) => {
  const env = await environment()
  const client = fileURLToPath(new URL('../../src/client/index.ts', import.meta.url))
  let printed = ''
  let answers = 0
  for (const { language, code } of blocks(await read(page)))
    if (language === 'sh') {
      printed = (await run('bash', ['-euc', code], { env })).stdout
      if (code.includes('"method"')) expect(printed).toMatch(/^[[{]/)
    } else if (language === 'json') {
      expect(lastJson(printed)).toMatchObject(told(JSON.parse(code)) as object)
      answers++
    } else if (language === 'ts') {
      const file = join(folder, `${page}.ts`)
      await writeFile(file, code.replace("'tenure/client'", JSON.stringify(client)))
      printed = (await run(process.execPath, [file], { env })).stdout
      expect(printed).toMatch(/\n$/)
    }
  expect(answers).toBeGreaterThan(0)
})

test.for<[string, string, string, string[]]>([
  ['python', 'python3', 'program.py', []],
  ['php', 'php', 'program.php', []],
  ['go', 'go', 'program.go', ['run']],
])('other-languages.md: %s', async ([language, command, name, words], { skip }) => {
  const [block] = blocks(await read('other-languages.md')).filter((one) => one.language === language)
  const file = join(folder, name)
  await writeFile(file, block?.code ?? '')
  const env = await environment()
  const ran = await run(command, [...words, file], { env }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  if (!ran) {
    process.stderr.write(
      `NOT RUN: ${command} is not installed, so its program in docs/other-languages.md was not tried.\n`,
    )
    return skip(`${command} is not installed`)
  }
  expect(ran.stdout).toBe('ABC\ncustomer_unknown\n')
})

test('links between the pages lead somewhere, and methods they name are methods', async () => {
  for (const page of [...pages, 'running-it.md', 'observability.md', 'security.md', 'other-languages.md']) {
    const text = await read(page)
    for (const [, link = ''] of text.matchAll(/\]\(([\w./-]+\.md)(?:#[\w-]+)?\)/g)) await read(link)
    for (const [, name = ''] of text.matchAll(
      /`((?:create|update|list|get|find|grant|revoke|rename|check|cancel|suspend|resume|change|set|advance)[A-Z]\w+)\b/g,
    ))
      expect(Object.keys(registry), `${page} names ${name}`).toContain(name)
  }
})

test('running-it.md tells a service unit and a container what `npm start` tells Node', async () => {
  const text = await read('running-it.md')
  const words = startCommand.words.filter((word) => word.startsWith('--'))
  expect(words).not.toEqual([])
  for (const word of words) expect(text).toContain(`- \`${word}\`: `)
  expect(text).toContain(`/node ${words.join(' ')} /opt/tenure/src/main.ts`)
  expect(text).toContain(`CMD ${JSON.stringify(['node', ...words, 'src/main.ts']).replaceAll(',', ', ')}`)
})
