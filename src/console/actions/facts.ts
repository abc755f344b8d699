/** What an answer tells, member by member, and what would be different from now. */
import { html } from 'hono/html'
import { type Content, count, facts, type Markup, state, table, time } from '../parts.ts'
import type { Answer, Fact } from './action.ts'

/** One value of an answer as it is read. Instants are known by the ends of their names. */
export function told(member: string, value: unknown): Content {
  if (value === null || value === undefined || value === '') return html`<span class="none">–</span>`
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number')
    return /(?:At|Start|End|From|Until)$|^now$/.test(member) ? time(value) : count(value)
  if (member === 'status' || member === 'state') return state(String(value))
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ')
  if (typeof value === 'object') {
    const members = Object.entries(value)
    return members.length === 0 ? 'none' : members.map(([name, member]) => `${name} = ${member}`).join(', ')
  }
  return String(value)
}

/** What an answer tells of something new; members that are not known before are left out. */
export function toldAnew(wanted: readonly Fact[], answer: Answer): Markup {
  const known = wanted.filter(([member]) => {
    const value = answer[member]
    return value !== null && value !== undefined && !isEmpty(value)
  })
  return facts(known.map(([member, label]) => [label, told(member, answer[member])]))
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** What would be different, each member with what it is now; undefined where nothing would be. */
export function difference(wanted: readonly Fact[], now: Answer, then: Answer): Markup | undefined {
  const rows = wanted.filter(
    ([member]) =>
      member in then && JSON.stringify(now[member] ?? null) !== JSON.stringify(then[member] ?? null),
  )
  if (rows.length === 0) return undefined
  return table<Fact>({
    caption: 'What would change',
    rows,
    none: '',
    columns: [
      { title: 'What', isName: true, cell: ([, label]) => label },
      { title: 'Now', cell: ([member]) => told(member, now[member]) },
      { title: 'Afterwards', cell: ([member]) => html`<strong>${told(member, then[member])}</strong>` },
    ],
  })
}
