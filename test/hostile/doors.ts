/** Every door beside `/rpc` under hostile requests, one after the other, and a caller who wants to be served after each. */
import { Agent } from 'node:http'
import { type Expected, judgeDoor } from './doorVerdict.ts'
import { Chance } from './random.ts'
import { type HostileAnswer, type HostileRequest, send } from './send.ts'

/** A door, and what a hostile request to it may look like. */
export interface Door {
  readonly name: string
  /** How many of a hundred requests come here. */
  readonly share: number
  /** Milliseconds that a request may take here, where it may take longer than elsewhere. */
  readonly most?: number
  make(chance: Chance): HostileRequest & { readonly expected: Expected }
}

export interface DoorsAttack {
  readonly url: string
  readonly doors: readonly Door[]
  readonly secrets: readonly string[]
  readonly requests: number
  readonly seed: number
  readonly atOnce: number
  /** Makes one plain call; rejects when it is not answered as it should be. */
  readonly next: () => Promise<unknown>
  /** Milliseconds that no request may take. */
  readonly most: number
}

/** What became of the requests to one door. */
export interface DoorTally {
  requests: number
  readonly statuses: Map<number, number>
  /** Milliseconds, as the caller saw them. */
  slowest: number
}

export interface DoorsReport {
  readonly table: ReadonlyMap<string, DoorTally>
  readonly problems: readonly string[]
}

const problemsTold = 20

export async function attackDoors(options: DoorsAttack): Promise<DoorsReport> {
  const { url, doors, requests, seed, atOnce, most } = options
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const table = new Map<string, DoorTally>()
  const problems: string[] = []
  const slow: { request: HostileRequest; door: string; took: number }[] = []
  for (const [place, door] of doors.entries()) {
    const tally: DoorTally = { requests: 0, statuses: new Map(), slowest: 0 }
    table.set(door.name, tally)
    const wanted = Math.ceil((requests * door.share) / 100)
    const one = async (): Promise<void> => {
      while (tally.requests < wanted && problems.length < problemsTold) {
        const number = tally.requests++
        const request = door.make(new Chance(seed + place * 7_919 + number * 0x9e37_79b9))
        const began = performance.now()
        const answer = await send(url, request, agent)
        const took = performance.now() - began
        tally.slowest = Math.max(tally.slowest, took)
        tally.statuses.set(answer.status, (tally.statuses.get(answer.status) ?? 0) + 1)
        if (took > (door.most ?? most)) slow.push({ request, door: door.name, took })
        const wrong = judgeDoor(request, answer, options.secrets)
        if (wrong.length > 0)
          problems.push(
            `${door.name}, request ${number} of seed ${seed}: ${wrong.join('; ')}\n${shown(request, answer)}`,
          )
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
    await options
      .next()
      .catch((error: Error) => problems.push(`after ${door.name} the next caller met ${error.message}`))
  }
  for (const { request, door, took } of slow.sort((one, other) => other.took - one.took).slice(0, 5)) {
    const began = performance.now()
    const answer = await send(url, request, agent)
    const alone = Math.round(performance.now() - began)
    problems.push(
      `${door}: a request took ${Math.round(took)} ms; sent again alone ${alone} ms\n${shown(request, answer)}`,
    )
  }
  agent.destroy()
  return { table, problems }
}

function shown({ verb, path, headers, body }: HostileRequest, { status, text }: HostileAnswer): string {
  const { 'x-api-key': _key, cookie: _cookie, ...told } = headers
  const sent = typeof body === 'string' ? body : body.toString('latin1')
  return `  ${verb} ${path.slice(0, 500)} ${JSON.stringify(told).slice(0, 500)}\n  ${short(sent)}\n  → ${status} ${short(text)}`
}

/** What is repeated over and over is told once. */
function short(text: string): string {
  return text.replace(/(.{1,20}?)\1{20,}/gs, '$1…').slice(0, 1_000)
}
