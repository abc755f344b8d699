/** What the tests of the import need: files as text or bytes, and the door they are sent through. */
import type { TestPartner } from '../house.ts'

export interface Summary {
  total: number
  imported: number
  updated: number
  skipped: number
  omitted: { line: number; errors: { reason: string; column: string | null; message: string }[] }[]
}

export type Option = 'dryRun' | 'overwriteExisting' | 'resumeOnError' | 'allowUnknownColumns'

export interface Sent {
  kind?: 'customers' | 'licenses'
  options?: readonly Option[]
  headers?: Record<string, string>
}

/** Sends a file, and answers what came back as it came. */
export function send(
  partner: TestPartner,
  file: string | Uint8Array | ReadableStream,
  how: Sent = {},
): Promise<Response> {
  const query = (how.options ?? []).map((option) => `${option}=true`).join('&')
  return fetch(`${partner.url}/import/${how.kind ?? 'customers'}?${query}`, {
    method: 'POST',
    headers: { 'x-api-key': partner.key, 'content-type': 'text/csv', ...how.headers },
    body: file as never,
    ...(file instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit)
}

/** Sends a file that is to be read; answers the summary. */
export async function summary(
  partner: TestPartner,
  file: string | Uint8Array | ReadableStream,
  how: Sent = {},
): Promise<Summary> {
  const response = await send(partner, file, how)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${response.status} ${text}`)
  return JSON.parse(text) as Summary
}

/** The counts of a summary in one line: total, imported, updated, skipped, and the lines omitted. */
export function counts({ total, imported, updated, skipped, omitted }: Summary): string {
  return `${total} = ${imported} + ${updated} + ${skipped}, omitted ${omitted.map(({ line }) => line).join(' ')}`.trim()
}

/** A header and rows of cells, quoted where they must be. */
export function csv(rows: readonly (readonly string[])[], delimiter = ',', lineEnd = '\n'): string {
  const quoted = (cell: string) =>
    /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell
  return rows.map((row) => row.map(quoted).join(delimiter) + lineEnd).join('')
}
