/** Somebody with a browser, without the browser: keeps the cookie, sends forms with their token, follows nothing. */
import type { TestPartner } from '../house.ts'

export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Where a redirect leads. */
  readonly location: string | null
}

export class Visitor {
  readonly url: string
  /** As a browser would send it. */
  cookie = ''

  constructor(url: string) {
    this.url = url
  }

  /** A visitor who has signed in with the key of a partner. */
  static async signedIn({ url, key }: Pick<TestPartner, 'url' | 'key'>): Promise<Visitor> {
    const visitor = new Visitor(url)
    const { status, text } = await visitor.signIn(key)
    if (status !== 303) throw new Error(`Signing in was answered ${status}: ${text}`)
    return visitor
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Seen> {
    return this.#send(path, { headers })
  }

  /** Sends a form as it stands, without adding a token. */
  async post(
    path: string,
    fields: Record<string, string> | FormData,
    headers: Record<string, string> = {},
  ): Promise<Seen> {
    const body = fields instanceof FormData ? fields : new URLSearchParams(fields)
    return this.#send(path, { method: 'POST', body, headers })
  }

  /** Sends a form with the token that the pages carry. */
  async send(path: string, fields: Record<string, string> = {}): Promise<Seen> {
    return this.post(path, { csrf: await this.token(), ...fields })
  }

  async signIn(key: string, next = ''): Promise<Seen> {
    return this.post('/console/sign-in', { key, next })
  }

  /** The token that stands in the forms of this session. */
  async token(): Promise<string> {
    const { text } = await this.get('/console/import')
    const token = /name="csrf" value="([^"]+)"/.exec(text)?.[1]
    if (token === undefined) throw new Error('The page has no form with a token.')
    return token
  }

  async #send(path: string, init: RequestInit): Promise<Seen> {
    const headers = {
      ...(init.headers as Record<string, string>),
      ...(this.cookie ? { cookie: this.cookie } : {}),
    }
    const answer = await fetch(this.url + path, { ...init, headers, redirect: 'manual' })
    const set = answer.headers.get('set-cookie')
    if (set !== null)
      this.cookie =
        set.split(';')[0]?.replace(/=$/, '') === set.split('=')[0] ? '' : (set.split(';')[0] as string)
    const { status, headers: told } = answer
    return { status, headers: told, text: await answer.text(), location: told.get('location') }
  }
}

/** The text of a page as it is read, without its markup. */
export function words(page: string): string {
  return page
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.;](?: |$))/g, '')
    .trim()
}
