/** The reference at `/docs`: everything is in it, it is well formed, and it asks nobody else for anything. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { eventTypes } from '../../src/events.ts'
import { allFaults } from '../../src/faults.ts'
import { literal } from '../../src/http/docs/examples.ts'
import { referencePage } from '../../src/http/docs.ts'
import { registry } from '../../src/methods/index.ts'
import { openHouse } from '../house.ts'

const { body, headers } = referencePage(registry, '1.2.3')

test('it is served without a key', async () => {
  await using house = await openHouse()
  const answer = await fetch(`${house.operator.url}/docs`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('content-security-policy')).toBe(headers['content-security-policy'])
  expect(answer.headers.get('x-request-id')).toEqual(expect.any(String))
  expect(await answer.text()).toContain('<h3><a href="#createFirstOrder">createFirstOrder</a></h3>')
})

test('every method, refusal and event has its place, and every link leads to one', () => {
  const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(expect.arrayContaining(Object.keys(registry)))
  expect(ids).toEqual(expect.arrayContaining(Object.keys(allFaults).map((reason) => `refusal-${reason}`)))
  expect(ids).toEqual(expect.arrayContaining(eventTypes.map((type) => `event-${type}`)))
  const links = [...body.matchAll(/ href="([^"]+)"/g)].map(([, link = '']) => link)
  expect(links.filter((link) => !ids.includes(link.slice(1)))).toEqual(['/openrpc.json'])
})

test('refusals stand in their order of precedence', () => {
  const entry = body.slice(body.indexOf('<article id="createRenewalOrder"'))
  const told = [...entry.slice(0, entry.indexOf('</article>')).matchAll(/href="#refusal-(\w+)"/g)].map(
    ([, r]) => r,
  )
  const { faults } = registry.createRenewalOrder as { faults: readonly string[] }
  expect(told.slice(0, faults.length)).toEqual(faults)
})

test('examples are shown as curl and as TypeScript', () => {
  expect(body).toContain('--data &#39;{&quot;method&quot;:&quot;createFirstOrder&quot;,')
  expect(body).toContain('const answer = await tenure.createFirstOrder({')
})

test('a value as a TypeScript literal means the value', () => {
  const value = {
    plain: 1,
    'with space': ["it's", '\\', null, true],
    nested: { long: 'x'.repeat(80), empty: {} },
  }
  expect(new Function(`return ${literal(value, '')}`)()).toEqual(value)
})

test('the security policy allows what stands in the page and nothing else', () => {
  const policy = headers['content-security-policy'] as string
  for (const element of ['style', 'script']) {
    const [, text = ''] = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(body) ?? []
    const hash = createHash('sha256').update(text).digest('base64')
    expect(policy).toContain(`${element}-src 'sha256-${hash}'`)
  }
  expect(policy).toMatch(/^default-src 'none'/)
  expect(policy).not.toContain('unsafe')
  expect(body).not.toMatch(/ style="| on\w+="|<(?:img|link|iframe|base)\b|url\(|@import/)
  expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
})

test('its elements are nested as they should be', () => {
  const markup = body.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '')
  const open: string[] = []
  for (const [, slash, name = ''] of markup.matchAll(/<(\/?)([a-z]\w*)\b[^>]*>/g)) {
    if (['meta', 'input'].includes(name)) continue
    if (slash === '') open.push(name)
    else expect(name).toBe(open.pop())
  }
  expect(open).toEqual([])
  expect(/>\s*(?:undefined|null)\s*<|\[object/.exec(markup)).toBeNull()
})
