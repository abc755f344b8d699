/** A call as one would write it: for a shell, and with the typed client. */

/** Where the service listens unless told otherwise; the page puts its own address there. */
export const address = 'http://127.0.0.1:8080'

/** A line to paste into a shell that has the key in `KEY`. */
export function curlText(method: string, params: unknown): string {
  const body = JSON.stringify({ method, params }).replaceAll("'", "'\\''")
  return [
    `curl ${address}/rpc \\`,
    '  --header "x-api-key: $KEY" --header \'content-type: application/json\' \\',
    `  --data '${body}'`,
  ].join('\n')
}

export function typescriptText(method: string, params: object): string {
  const given = Object.keys(params).length === 0 ? '' : literal(params, '')
  return `const answer = await tenure.${method}(${given})`
}

/** A value as a TypeScript literal, on one line where it is short. */
export function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`
  if (typeof value !== 'object' || value === null) return String(value)
  const inner = `${indent}  `
  const isArray = Array.isArray(value)
  const members = isArray
    ? value.map((member) => literal(member, inner))
    : Object.entries(value).map(([name, member]) => `${memberName(name)}: ${literal(member, inner)}`)
  if (members.length === 0) return isArray ? '[]' : '{}'
  const short = isArray ? `[${members.join(', ')}]` : `{ ${members.join(', ')} }`
  if (short.length < 72 && !short.includes('\n')) return short
  const [open, close] = isArray ? ['[', ']'] : ['{', '}']
  return `${open}\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}${close}`
}

function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}
