/**
 * The guides of onboarding and of shops do what they say. Blocks are taken in the order of the page: a call is sent, an
 * event of a shop is signed and sent, a file of CSV is written, a command is run; what is printed behind a call or a
 * command is its answer. Each way of onboarding has a fresh sandbox.
 */
import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventTypes } from '../../src/events.ts'
import { registry } from '../../src/methods/index.ts'
import { temporaryFolder } from '../folder.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { TestShop } from '../inbox/shop.ts'
import { type Block, blocksOf, type Call, isAsPrinted, isObject, type Json, read } from './blocks.ts'

const run = promisify(execFile)

let house: House
let folder: string
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  folder = await temporaryFolder('tenure-onboarding')
})
afterAll(async () => {
  await house.close()
  await rm(folder, { recursive: true, force: true })
})

type Kind = 'stripe' | 'fastspring'

/** Somebody who follows a page in a sandbox of their own, and what they have at hand. */
class Follower {
  readonly #partner: TestPartner
  readonly #shops = new Map<string, TestShop>()
  /** The methods that were called, and how many other things were done. */
  readonly called: string[] = []
  told = 0
  answers = 0

  constructor(partner: TestPartner) {
    this.#partner = partner
  }

  async follow(text: string): Promise<void> {
    let answer: Json | undefined
    for (const block of blocksOf(text)) {
      if (block.language === 'csv') await writeFile(join(folder, block.name), block.code)
      else if (block.language === 'sh') answer = await this.#command(block)
      else if (block.language === 'json') answer = await this.#take(this.#filled(block), answer)
    }
  }

  /** The block with the numbers of sources in it, as somebody would write it who has read them before. */
  #filled({ code }: Block): Json {
    return JSON.parse(code.replace(/<(\w+) source>/g, (_, kind) => this.#shop(kind).sourceId)) as Json
  }

  async #take(block: Json, answer: Json | undefined): Promise<Json | undefined> {
    const calls = callsIn(block)
    const kind = shopOf(block)
    const isAnswer = calls.length === 0 && kind === undefined
    // A refusal that the page does not print is one that nobody meant.
    const isRefused = isObject(answer) && isObject(answer.error)
    if (isRefused || isAnswer) if (!isAsPrinted(block, answer)) expect(answer).toEqual(block)
    if (kind) return this.#tell(kind, block)
    if (isAnswer) this.answers += 1
    else return this.#call(block, calls)
  }

  async #call(body: Json, calls: readonly Call[]): Promise<Json> {
    const answer = (await this.#partner.post(body)).json as Json
    for (const { method, params } of calls) {
      this.called.push(method)
      const given = { ...(answer as object), ...(params as object) } as Record<string, string>
      if (method === 'createSource' || method === 'updateSource') this.#open(given)
      // It is done in the background.
      if (method === 'replayInbox')
        for (const shop of this.#shops.values())
          if (shop.sourceId === given.sourceId) await shop.left('parked', 0)
    }
    return answer
  }

  /** The shop signs with the secret that the page has named last. */
  #open({ shop, sourceId, secret }: Record<string, string>): void {
    const source = new TestShop(this.#partner, sourceId as string, shop as Kind, secret as string, () =>
      house.clock.now(),
    )
    this.#shops.set(shop as string, source)
  }

  #shop(kind: string): TestShop {
    const shop = this.#shops.get(kind)
    if (!shop) throw new Error(`The page speaks of a source of ${kind} before it has made one.`)
    return shop
  }

  async #tell(kind: Kind, body: Json): Promise<undefined> {
    const shop = this.#shop(kind)
    this.told += 1
    expect(await shop.send(JSON.stringify(body))).toEqual({ status: 200, text: '' })
    await shop.settled()
  }

  async #command({ code }: Block): Promise<Json> {
    const { url, key } = this.#partner
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, URL: url, KEY: key }
    return JSON.parse((await run('bash', ['-euc', code], { env, cwd: folder })).stdout) as Json
  }
}

function callsIn(block: Json): Call[] {
  const calls = Array.isArray(block) ? block : [block]
  return calls.filter((call) => isObject(call) && typeof call.method === 'string') as Call[]
}

/** Which shop sends this; undefined for what none sends. */
function shopOf(block: Json): Kind | undefined {
  if (!isObject(block)) return undefined
  if ('livemode' in block) return 'stripe'
  const [event] = Array.isArray(block.events) ? block.events : []
  return isObject(event) && 'live' in event ? 'fastspring' : undefined
}

async function followed(text: string): Promise<Follower> {
  const follower = new Follower(await house.partner({ sandbox: true }))
  await follower.follow(text)
  return follower
}

/** The parts of a page that have a heading of their own. */
async function partsOf(page: string): Promise<Map<string, string>> {
  const [, ...parts] = (await read(page)).split(/^## /m)
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part]))
}

const ways = ['Managed', 'E-commerce-driven', 'Hybrid', 'Manual']

describe('onboarding.md', () => {
  test.each(ways)('%s: the examples do what the page says, to the entitlement and the story', async (way) => {
    const { called, answers } = await followed((await partsOf('onboarding.md')).get(way) as string)
    expect(called).toEqual(expect.arrayContaining(['checkEntitlement', 'listEvents']))
    expect(answers).toBeGreaterThan(3)
  })

  test.each(ways)(
    '%s: the drawing names only who takes part, what is called and what happens',
    async (way) => {
      const text = (await partsOf('onboarding.md')).get(way) as string
      const drawings = blocksOf(text).filter(({ language }) => language === 'mermaid')
      expect(drawings).toHaveLength(1)
      const [first, ...lines] = (drawings[0] as Block).code.trimEnd().split('\n')
      expect(first).toBe('sequenceDiagram')
      const known = new Set<string>()
      for (const line of lines) {
        const declared = /^ {4}(?:actor|participant) (\w+)(?: as [\w -]+)?$/.exec(line)
        const message = /^ {4}(\w+)(?:->>|-->>|-\))(\w+): [^;#]+$|^ {4}Note over (\w+): [^;#]+$/.exec(line)
        if (declared) known.add(declared[1] as string)
        else expect(message, line).not.toBeNull()
        for (const name of message?.slice(1) ?? []) if (name) expect(known, line).toContain(name)
      }
      const words = lines.join(' ').match(/\b[a-z]+[A-Z]\w+/g) ?? []
      expect(words.filter((word) => word !== 'termEnd' && !Object.hasOwn(registry, word))).toEqual([])
      const events = lines.join(' ').match(/\b(?:customer|order|license)\.[a-z_.]+/g) ?? []
      const others = events.filter((type) => !(eventTypes as string[]).includes(type))
      expect(others.filter((type) => !/^customer\.(created|subscription\.\w+)$/.test(type))).toEqual([])
    },
  )

  test('those who buy in both shops', async () => {
    const part = (await partsOf('onboarding.md')).get('Those who buy in both shops') as string
    expect((await followed(part)).told).toBe(2)
  })
})

describe('shops.md', () => {
  test('the examples do what the page says', async () => {
    const { called, told } = await followed(await read('shops.md'))
    expect(called).toEqual(
      expect.arrayContaining(['createSource', 'updateSource', 'mapSku', 'listInbox', 'replayInbox']),
    )
    expect(told).toBeGreaterThan(3)
  })

  test.each([
    ['What each event of Stripe does', 'stripe.ts'],
    ['What each event of FastSpring does', 'fastspring.ts'],
  ])('%s: the table has every event that is read, and no other', async (heading, file) => {
    const part = (await partsOf('shops.md')).get(heading) as string
    const rows = part.match(/^\| `[a-z]+\..*?\|/gm) ?? []
    const told = rows.flatMap((row) => [...row.matchAll(/`([\w.]+)`/g)].map(([, type]) => type))
    const source = await readFile(new URL(`../../src/inbox/${file}`, import.meta.url), 'utf8')
    const known = [...source.matchAll(/case '([a-z]+\.[\w.]+)'/g)].map(([, type]) => type)
    expect(told.toSorted()).toEqual(known.toSorted())
  })

  test('every reason that an event can be left with has its row', async () => {
    const inbox = new URL('../../src/inbox/', import.meta.url)
    const files = [...(await readdir(inbox)).map((name) => new URL(name, inbox))]
    const sources = await Promise.all(
      [...files, new URL('../../src/ledger/shops.ts', import.meta.url)].map((file) => readFile(file, 'utf8')),
    )
    const reasons = sources.flatMap((source) =>
      [...source.matchAll(/['`]([a-z_]+): (?=[A-Z$])/g)].map(([, reason]) => reason as string),
    )
    expect(new Set(reasons).size).toBeGreaterThan(15)
    const part = (await partsOf('shops.md')).get('Parked, and replayed') as string
    expect(reasons.filter((reason) => !part.includes(`\`${reason}\``))).toEqual([])
  })
})

test.each(['onboarding.md', 'shops.md'])(
  '%s: links lead somewhere, and methods are methods',
  async (page) => {
    const text = await read(page)
    for (const [, file = '', anchor] of text.matchAll(/\]\(([\w./-]*)(?:#([\w-]+))?\)/g)) {
      const target = file === '' ? text : await read(file)
      const anchors = [...target.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      )
      if (anchor) expect(anchors, `${file}#${anchor}`).toContain(anchor)
    }
    const verbs =
      'create|update|list|get|find|grant|revoke|rename|check|cancel|suspend|resume|map|unmap|replay|delete|advance'
    for (const [, name = ''] of text.matchAll(new RegExp(`\`((?:${verbs})[A-Z]\\w+)\``, 'g')))
      expect(Object.keys(registry)).toContain(name)
  },
)
