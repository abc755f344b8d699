/** Makes calls and answers readable on a terminal: JSON that fills its lines, and instants as dates. */

/** JSON behind `lead`; what does not fit one line is broken between members, and indented by how deep it lies. */
export function wrapped(value: unknown, lead: string, width: number): string {
  const flat = JSON.stringify(value)
  if (lead.length + flat.length <= width || value === null || typeof value !== 'object') return lead + flat
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const margin = `${' '.repeat(lead.search(/\S|$/))}  `
  return `${lead}${open}\n${membersOf(value, margin, width)}\n${margin.slice(2)}${close}`
}

/** The members one after the other, as many to a line as fit; a long one has lines of its own. */
function membersOf(value: object, margin: string, width: number): string {
  const entries = Object.entries(value)
  const lines: string[] = []
  let line = margin
  entries.forEach(([name, member], index) => {
    const comma = index < entries.length - 1 ? ',' : ''
    const label = Array.isArray(value) ? '' : `${JSON.stringify(name)}: `
    const text = `${label}${JSON.stringify(member)}${comma}`
    if (line !== margin && line.length + text.length > width) {
      lines.push(line.trimEnd())
      line = margin
    }
    if (margin.length + text.length <= width) line += `${text} `
    else {
      lines.push(wrapped(member, margin + label, width) + comma)
      line = margin
    }
  })
  if (line !== margin) lines.push(line.trimEnd())
  return lines.join('\n')
}

/** Words behind a margin, broken between them. */
export function wrappedText(text: string, margin: string, width: number): string {
  const lines = [margin]
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string
    if (line !== margin && line.length + word.length > width) lines.push(`${margin}${word} `)
    else lines[lines.length - 1] = `${line}${word} `
  }
  return lines.map((line) => line.trimEnd()).join('\n')
}

/** The instants among the members of an answer, as dates: on the wire they are Unix seconds. */
export function instantsIn(answer: Record<string, unknown> | null): string {
  return Object.entries((answer?.error as { data?: object } | undefined)?.data ?? answer ?? {})
    .filter(([name, value]) => typeof value === 'number' && /^now$|(At|Start|End|From|Until)$/.test(name))
    .map(([name, value]) => `${name} ${dateOf(value as number)}`)
    .join(', ')
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000', '')
}
