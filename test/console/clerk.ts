/** Somebody who fills in forms without a script: opens them, sends what stands in them, and confirms. */
import type { TestPartner } from '../house.ts'
import { Visitor, words } from './visitor.ts'

export interface Sheet {
  readonly status: number
  readonly location: string | null
  readonly headers: Headers
  readonly html: string
  /** What can be read in the main part of the page. */
  readonly text: string
}

/** A form as it stands on a page: where it goes, and what it would send. */
export interface Form {
  readonly action: string
  readonly fields: readonly (readonly [string, string])[]
}

/** What is filled in, by the names of fields; null takes a field out of the form. */
export type Filled = Readonly<Record<string, string | readonly string[] | null>>

export class Clerk {
  readonly #visitor: Visitor

  private constructor(visitor: Visitor) {
    this.#visitor = visitor
  }

  /** A clerk who has signed in with the key of a partner. */
  static async signedIn(partner: Pick<TestPartner, 'url' | 'key'>): Promise<Clerk> {
    return new Clerk(await Visitor.signedIn(partner))
  }

  async get(path: string): Promise<Sheet> {
    return sheetOf(await this.#visitor.get(path))
  }

  async post(path: string, fields: Form['fields'], headers: Record<string, string> = {}): Promise<Sheet> {
    const { url, cookie } = this.#visitor
    const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]))
    const init = { method: 'POST', body, headers: { cookie, ...headers }, redirect: 'manual' } as const
    const answer = await fetch(url + path, init)
    const { status, headers: told } = answer
    return sheetOf({ status, headers: told, text: await answer.text(), location: told.get('location') })
  }

  /** Sends the form of a page by one of its buttons, filled in. */
  submit(sheet: Sheet, step: 'preview' | 'change' | 'confirm', filled: Filled = {}): Promise<Sheet> {
    const form = formOf(sheet)
    const kept = form.fields.filter(([name]) => !(name in filled))
    const given = Object.entries(filled).flatMap(([name, value]): [string, string][] =>
      (value === null ? [] : [value].flat()).map((one) => [name, one]),
    )
    return this.post(form.action, [...kept, ...given, ['step', step]])
  }

  /** Opens a form and looks at what would happen; a form without fields shows that at once. */
  async preview(path: string, filled: Filled = {}): Promise<Sheet> {
    const opened = await this.get(path)
    if (opened.status !== 200) throw new Error(`No form (${opened.status}): ${opened.text}`)
    return isPreview(opened) ? opened : this.submit(opened, 'preview', filled)
  }

  /** The whole way. */
  async act(path: string, filled: Filled = {}): Promise<{ previewed: Sheet; done: Sheet }> {
    const previewed = await this.preview(path, filled)
    if (!isPreview(previewed)) throw new Error(`No preview (${previewed.status}): ${previewed.text}`)
    return { previewed, done: await this.submit(previewed, 'confirm') }
  }
}

/** Whether a page shows what would happen, with the button that does it. */
export function isPreview({ html }: Sheet): boolean {
  return html.includes('name="params"')
}

function sheetOf(seen: { status: number; headers: Headers; text: string; location: string | null }): Sheet {
  const { text: html, ...rest } = seen
  const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'))
  return { ...rest, html, text: words(main) }
}

/** The form of an action on a page. */
export function formOf({ html, text, status }: Sheet): Form {
  const found = /<form method="post" action="(\/console\/do\/[^"]*)">(.*?)<\/form>/s.exec(html)
  if (!found) throw new Error(`No form on the page (${status}): ${text}`)
  const [, action = '', inside = ''] = found
  const fields: [string, string][] = []
  for (const [tag, , within = ''] of inside.matchAll(
    /<input\b[^>]*>|<(textarea|select)\b[^>]*>(.*?)<\/\1>/gs,
  )) {
    const name = attribute(tag, 'name')
    if (tag.startsWith('<textarea')) fields.push([name, unescaped(within.replace(/^\n/, ''))])
    else if (tag.startsWith('<select')) fields.push([name, chosen(within)])
    else if (!tag.includes('type="checkbox"') || tag.includes(' checked'))
      fields.push([name, attribute(tag, 'value')])
  }
  return { action: unescaped(action), fields }
}

function chosen(options: string): string {
  const all = [...options.matchAll(/<option value="([^"]*)"( selected)?/g)]
  const [, value = ''] = all.find(([, , selected]) => selected) ?? all[0] ?? []
  return unescaped(value)
}

function attribute(tag: string, name: string): string {
  return unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] as string)
}
