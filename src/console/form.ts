/** Reads what a form sent: its fields, and the file of a form that has one. */
import { Fault } from '../faults.ts'
import type { PageRequest } from './request.ts'

export interface FormFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface SentForm {
  readonly fields: URLSearchParams
  readonly file: FormFile | undefined
}

/** The fields of a form; throws refusals with the statuses 413 and 415. */
export async function readForm({ headers, read }: PageRequest, most: number): Promise<SentForm> {
  const type = headers['content-type'] ?? ''
  if (/^application\/x-www-form-urlencoded\b/i.test(type))
    return { fields: new URLSearchParams((await read(most)).toString('utf8')), file: undefined }
  if (/^multipart\/form-data\b/i.test(type)) return readParts(await read(most), type)
  throw new Fault('invalid_request', {}, { status: 415, message: 'A form is sent by its own page.' })
}

async function readParts(bytes: Buffer, type: string): Promise<SentForm> {
  const fields = new URLSearchParams()
  let file: FormFile | undefined
  const sent = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch(() => {
      throw new Fault('invalid_request', {}, { message: 'The form could not be read.' })
    })
  for (const [name, value] of sent)
    if (typeof value === 'string') fields.append(name, value)
    else if (value.size > 0) file = { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) }
  return { fields, file }
}
