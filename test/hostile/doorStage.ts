/** Who comes to the other doors: a partner with a shop of each kind and a session in the console, and the victim's shops. */
import type { Caller } from './envelopes.ts'
import { mappedSku } from './shopEvents.ts'
import type { Call, Stage } from './stage.ts'

export type Shop = 'stripe' | 'fastspring'

export interface Source {
  readonly shop: Shop
  readonly sourceId: string
  readonly secret: string
}

/** Somebody signed in, with the token that stands in the forms of the session. */
export interface Visitor {
  readonly cookie: string
  readonly token: string
}

export interface DoorStage {
  readonly guest: Caller
  readonly sources: readonly Source[]
  /** Sources of the partner who must not notice anything; nobody knows their secrets. */
  readonly victims: readonly Source[]
  readonly visitor: Visitor
  readonly victimKey: string
}

export async function setDoorStage(url: string, call: Call, { guest, secrets }: Stage): Promise<DoorStage> {
  const [, victimKey = ''] = secrets
  return {
    guest,
    sources: await sourcesOf(call, guest.key, 'a secret of the guest'),
    victims: await sourcesOf(call, victimKey, 'a secret of the victim'),
    visitor: await signedIn(url, guest.key),
    victimKey,
  }
}

async function sourcesOf(call: Call, key: string, secret: string): Promise<Source[]> {
  const open = async (shop: Shop): Promise<Source> => {
    const { sourceId } = await call(key, 'createSource', { name: 'A shop', shop, secret })
    await call(key, 'mapSku', { sourceId, sku: mappedSku, edition: 'oo-lite' })
    return { shop, sourceId: sourceId as string, secret }
  }
  return [await open('stripe'), await open('fastspring')]
}

async function signedIn(url: string, key: string): Promise<Visitor> {
  const body = new URLSearchParams({ key })
  const entered = await fetch(`${url}/console/sign-in`, { method: 'POST', body, redirect: 'manual' })
  const cookie = entered.headers.get('set-cookie')?.split(';')[0]
  if (cookie === undefined) throw new Error(`Signing in was answered ${entered.status}.`)
  const page = await (await fetch(`${url}/console/import`, { headers: { cookie } })).text()
  const [, token] = /name="csrf" value="([^"]+)"/.exec(page) ?? []
  if (token === undefined) throw new Error('The page has no form with a token.')
  return { cookie, token }
}
