/** The README says what is so: its table of settings is the reader's, its calls answer, its packages are installed. */
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import packageFile from '../package.json' with { type: 'json' }
import { settings } from '../src/config.ts'
import { openHouse } from './house.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

test('the table of settings is the one that the settings are read by', () => {
  const rows = Object.entries(settings).map(
    ([name, { shown, meaning }]) => `| \`${name}\` | \`${shown}\` | ${meaning} |`,
  )
  const table =
    /<!-- settings -->\n\| name \| default \| meaning \|\n\| --- \| --- \| --- \|\n([\s\S]*?)\n<!-- \/settings -->/.exec(
      readme,
    )?.[1]
  expect(table).toBe(rows.join('\n'))
})

test('every dependency is named with its reason', () => {
  const { dependencies, optionalDependencies, devDependencies } = packageFile
  const named = [
    ...Object.keys(dependencies),
    ...Object.keys(optionalDependencies),
    ...Object.keys(devDependencies),
  ]
  const missing = named.filter((name) => !name.startsWith('@types/') && !readme.includes(`\`${name}\``))
  expect(missing).toEqual([])
})

test('the five calls answer as the README says', async () => {
  await using house = await openHouse()
  const bodies = [...readme.matchAll(/--data '(\{[\s\S]*?\n\})'/g)].map(([, body]) => body as string)
  const answers: [number, string | undefined][] = []
  for (const body of bodies) {
    const { status, text } = await get(house.operator.url, house.operator.key, body)
    answers.push([status, (JSON.parse(text) as { error?: { data: { reason: string } } }).error?.data.reason])
  }
  expect(answers).toEqual([
    [200, undefined],
    [200, undefined],
    [409, 'renewal_too_early'],
    [200, undefined],
    [200, undefined],
  ])
})

/** A GET with a body, as curl sends it; fetch cannot. */
function get(url: string, key: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'x-api-key': key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const sent = request(`${url}/rpc`, { method: 'GET', headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
