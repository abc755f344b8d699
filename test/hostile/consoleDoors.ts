/** The console: pages with hostile queries, forms with hostile fields, and cookies and tokens that are nobody's. */
import { formOf } from './consoleForms.ts'
import { escaped, pathOf, typed } from './consolePaths.ts'
import type { DoorStage, Visitor } from './doorStage.ts'
import type { Door } from './doors.ts'
import { oddHeader } from './envelopes.ts'
import type { Known } from './grammar.ts'
import type { Chance } from './random.ts'

/** A value for the cookie that is none: cut, altered, of another shape, or far too much. */
function forged({ cookie }: Visitor, chance: Chance): string {
  const at = 'tenure='.length + chance.below(cookie.length - 'tenure='.length)
  const parts = cookie.split('.')
  return chance.one([
    cookie.slice(0, at),
    `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`,
    [parts[0], '999999999999', ...parts.slice(2)].join('.'),
    [...parts.slice(0, 3), 'A'.repeat(200)].join('.'),
    [...parts.slice(0, 3), 'A'.repeat(24)].join('.'),
    'tenure=',
    'tenure=;tenure=;__proto__=1',
    `tenure=${'x'.repeat(10_000)}`,
    `${'a=b; '.repeat(1_500)}`,
    `__Host-${cookie}`,
    `TENURE=1; ${cookie.slice(7)}`,
  ])
}

/** A right key, and a wish to be led elsewhere. */
function signIn(chance: Chance, known: Known, key: string): ReturnType<Door['make']> {
  const next = chance.one([
    () => typed(chance, known),
    () =>
      chance.one([
        '//evil.invalid',
        '/\\\\evil.invalid',
        'https://evil.invalid/console',
        '/console/..//evil.invalid',
      ]),
    () => pathOf(chance, known),
  ])()
  const body = `key=${key}&next=${escaped(next, chance)}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { verb: 'POST', path: '/console/sign-in', headers, body, expected: 'any' }
}

export function consoleDoors({ guest: { known, key }, visitor }: DoorStage): Door[] {
  const { cookie, token } = visitor
  const odd = (chance: Chance, often: number): Record<string, string> =>
    chance.percent(often) ? Object.fromEntries([oddHeader(chance)].filter(([name]) => name !== 'cookie')) : {}
  return [
    {
      name: 'console, nobody',
      share: 6,
      make: (chance) => {
        const isForm = chance.percent(40)
        const form = isForm ? formOf(chance, known, token) : undefined
        const headers = { ...odd(chance, 5), cookie: forged(visitor, chance) }
        if (chance.percent(10)) return signIn(chance, known, key)
        const path = pathOf(chance, known)
        const isOpen = /^\/console\/(?:sign-in|style|console\.js|icon)/.test(path)
        if (!form) return { verb: 'GET', path, headers, body: '', expected: isOpen ? 'any' : 'signIn' }
        return {
          verb: 'POST',
          path: form.path,
          headers: { ...headers, 'content-type': form.type },
          body: form.body,
          expected: 'signIn',
        }
      },
    },
    {
      name: 'console, pages',
      share: 12,
      make: (chance) => {
        const verb = chance.percent(3) ? chance.one(['HEAD', 'PUT', 'TRACE', 'OPTIONS', 'DELETE']) : 'GET'
        return {
          verb,
          path: pathOf(chance, known),
          headers: { ...odd(chance, 5), cookie },
          body: '',
          expected: 'any',
        }
      },
    },
    {
      name: 'console, forms without their token',
      share: 4,
      make: (chance) => {
        const wrong = chance.one(['', 'x', token.slice(1), `${token}A`, 'é'.repeat(43), 'x'.repeat(10_000)])
        const elsewhere = chance.percent(20) ? { 'sec-fetch-site': chance.one(['cross-site', '', 'x']) } : {}
        const { path, type, body } = formOf(chance, known, wrong)
        return {
          verb: 'POST',
          path,
          headers: { cookie, ...elsewhere, 'content-type': type },
          body,
          expected: 'refusal',
        }
      },
    },
    {
      name: 'console, forms',
      share: 12,
      make: (chance) => {
        const { path, type, body } = formOf(chance, known, token)
        return {
          verb: 'POST',
          path,
          headers: { cookie, ...odd(chance, 2), 'content-type': type },
          body,
          expected: 'any',
        }
      },
    },
  ]
}
