/** The doors for shops, under requests that no shop has signed, and under those of a shop that sends anything at all. */
import { createHmac, randomUUID } from 'node:crypto'
import type { DoorStage, Source } from './doorStage.ts'
import type { Door } from './doors.ts'
import { oddHeader } from './envelopes.ts'
import type { Chance } from './random.ts'
import { shopBody } from './shopEvents.ts'
import { fragments } from './values.ts'

const nowSeconds = (): number => Math.floor(Date.now() / 1_000)

/** The headers by which a shop shows that a body is its own. */
function signed({ shop, secret }: Source, body: string | Buffer, at = nowSeconds()): Record<string, string> {
  const hash = (text: string | Buffer) => createHmac('sha256', secret).update(text)
  if (shop === 'fastspring') return { 'x-fs-signature': hash(body).digest('base64') }
  // The library of Stripe signs text only, and what is sent here need not be any.
  return { 'stripe-signature': `t=${at},v1=${hash(`${at}.`).update(body).digest('hex')}` }
}

/** Something that looks like a signature, and is none of this body. */
function wronglySigned(source: Source, body: string | Buffer, chance: Chance): Record<string, string> {
  const name = source.shop === 'stripe' ? 'stripe-signature' : 'x-fs-signature'
  const right = Object.values(signed(source, body))[0] as string
  return chance.one<() => Record<string, string>>([
    () => ({}),
    () => ({ [name]: '' }),
    () => ({ [name]: chance.one(fragments).replace(/[^\x20-\x7e]/g, '') }),
    () => ({ [name]: 'x'.repeat(8_000) }),
    () => ({ [name]: right.slice(0, -1) }),
    () => ({ [name]: right.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')).replace(/=.$/, '=A') }),
    () => ({ [name]: `t=${'9'.repeat(12)},v1=${'0'.repeat(64)}` }),
    () => ({ [name]: `t=1,t=2,${'v1=00,'.repeat(1_000)}` }),
    () => ({ [name]: `t=-1,v0=${'a'.repeat(64)}` }),
    () => signed({ ...source, secret: '' }, `${body}`),
    () => signed({ ...source, secret: 'another secret' }, `${body}`),
    () => signed(source, `${body} `),
    () => (source.shop === 'stripe' ? signed(source, `${body}`, nowSeconds() - 301) : {}),
    () => ({ [name === 'x-fs-signature' ? 'stripe-signature' : 'x-fs-signature']: right }),
  ])()
}

/** Ids of sources that are none, or of the other shop. */
function oddSource(chance: Chance): string {
  return chance.one([
    '',
    'x',
    '0',
    '%00',
    '%ff',
    '..%2f..%2frpc',
    randomUUID(),
    'x'.repeat(5_000),
    encodeURIComponent(chance.one(fragments)),
  ])
}

export function hookDoors({ sources, victims }: DoorStage): Door[] {
  return sources.flatMap((source, place): Door[] => {
    const { shop, sourceId } = source
    const path = (id: string): string => `/hooks/${shop}/${id}`
    const json = { 'content-type': 'application/json' }
    return [
      {
        name: `${shop}, not signed by it`,
        share: 8,
        make(chance) {
          const target = chance.percent(30) ? (victims[place] as Source) : source
          const body = shopBody(shop, chance, nowSeconds())
          const isOdd = chance.percent(15)
          const [name, value] = oddHeader(chance)
          return {
            verb: chance.percent(5) ? chance.one(['GET', 'PUT', 'DELETE', 'TRACE', 'OPTIONS']) : 'POST',
            path: path(isOdd ? oddSource(chance) : target.sourceId),
            headers: {
              ...json,
              ...(isOdd ? signed(source, body) : wronglySigned(target, body, chance)),
              ...(chance.percent(10) ? { [name]: value } : {}),
            },
            body,
            expected: 'refusal',
          }
        },
      },
      {
        name: `${shop}, signed`,
        share: 17,
        make(chance) {
          const body = shopBody(shop, chance, nowSeconds())
          const [name, value] = oddHeader(chance)
          const odd: Record<string, string> = chance.percent(5) ? { [name]: value } : {}
          return {
            verb: 'POST',
            path: path(chance.percent(5) ? sourceId.toUpperCase() : sourceId),
            headers: { ...json, ...odd, ...signed(source, body) },
            body,
            expected: 'taken',
          }
        },
      },
    ]
  })
}
