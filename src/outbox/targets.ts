/**
 * Where webhooks may go: https to public addresses on port 443 or 8443, and whatever lies in the networks that the
 * operator allows. A name is looked up when the connection is made, all its addresses are checked, and one of the
 * checked ones is dialled, so that a name that changes its mind in between gains nothing.
 */
import { type LookupAddress, lookup as lookupByName } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** How a name is looked up: all its addresses. */
export type LookUp = (name: string) => Promise<LookupAddress[]>

/** An address that may not be called; the message follows its name in a sentence. */
export class TargetRefused extends Error {}

const systemLookUp: LookUp = (name) =>
  new Promise((resolve, reject) => {
    lookupByName(name, { all: true }, (error, found) => (error ? reject(error) : resolve(found)))
  })

/** The part of IPv6 that is given out; all else is reserved, local, or another way to write IPv4. */
const givenOut = ipaddr.parseCIDR('2000::/3')

/** Public by their range, and yet none of a stranger's business: documentation, and a cloud's own metadata. */
const exceptions = ['3fff::/20', '168.63.129.16/32'].map((network) => ipaddr.parseCIDR(network))

export class Targets {
  readonly #allowed: readonly [Address, number][]
  readonly #lookUp: LookUp
  /** Names that are being looked up, which the system does for few at a time: whoever asks meanwhile shares the answer. */
  readonly #underWay = new Map<string, Promise<LookupAddress[]>>()

  constructor(allowed: readonly string[] = [], lookUp: LookUp = systemLookUp) {
    this.#allowed = allowed.map((network) => ipaddr.parseCIDR(network) as [Address, number])
    this.#lookUp = lookUp
  }

  /** Why an address may not be called as far as can be told without making a connection; undefined where it may. */
  async refusal(text: string): Promise<string | undefined> {
    try {
      const url = this.checkUrl(text)
      if (literal(url)) return undefined
      const found = await this.#find(url.hostname).catch(() => [])
      for (const { address } of found) this.#checkAddress(url, address)
      return undefined
    } catch (error) {
      if (error instanceof TargetRefused) return error.message
      throw error
    }
  }

  /** Everything that the text of an address tells, a literal address included. */
  checkUrl(text: string): URL {
    if (!URL.canParse(text)) throw new TargetRefused('must be an https address')
    const url = new URL(text)
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw new TargetRefused('must be an https address')
    if (url.username !== '' || url.password !== '')
      throw new TargetRefused('must not carry a user name or password')
    if (url.hash !== '') throw new TargetRefused('must not have a fragment')
    const address = literal(url)
    if (address) this.#checkAddress(url, address)
    else if (this.#allowed.length === 0) refuseUnusual(url)
    return url
  }

  /** For the connection: looks the name up, and hands over its addresses only when every one of them may be called. */
  lookupFor(url: URL): LookupFunction {
    return (name, options, callback) => {
      this.#find(name).then(
        (found) => {
          try {
            for (const { address } of found) this.#checkAddress(url, address)
          } catch (error) {
            callback(error as Error, '', 0)
            return
          }
          const [first] = found
          if (options.all) callback(null, found)
          else if (first) callback(null, first.address, first.family)
          else callback(new TargetRefused('has no address'), '', 0)
        },
        (error: Error) => callback(error as NodeJS.ErrnoException, '', 0),
      )
    }
  }

  #find(name: string): Promise<LookupAddress[]> {
    const known = this.#underWay.get(name)
    if (known) return known
    const looking = this.#lookUp(name).finally(() => this.#underWay.delete(name))
    this.#underWay.set(name, looking)
    return looking
  }

  #checkAddress(url: URL, text: string): void {
    const address = ipaddr.process(text)
    if (this.#allowed.some((network) => lies(address, network))) return
    if (!isPublic(address)) throw new TargetRefused('must lead to a public address')
    refuseUnusual(url)
  }
}

/** Outside the allowed networks only https will do, on its usual ports. */
function refuseUnusual(url: URL): void {
  if (url.protocol !== 'https:') throw new TargetRefused('must be an https address')
  if (url.port !== '' && url.port !== '8443') throw new TargetRefused('must use port 443 or 8443')
}

/**
 * The address that stands in the URL itself, if any: for those Node asks no lookup. The URL has brought every notation
 * (hexadecimal, octal, short, one number, full-width digits) into the usual one.
 */
function literal(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(host) ? host : undefined
}

function lies(address: Address, [network, bits]: [Address, number]): boolean {
  return address.kind() === network.kind() && address.match(network as never, bits)
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || exceptions.some((network) => lies(address, network as never)))
    return false
  return address.kind() === 'ipv4' || lies(address, givenOut as never)
}
