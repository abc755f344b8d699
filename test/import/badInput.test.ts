/** Files that are not as they should be: what is refused as a whole, what costs a row, and what is taken as it is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../house.ts'
import { openWire } from '../http/raw.ts'
import { counts, type Option, send, summary } from './files.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)))

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
const wide = (cells: number): string => Array.from({ length: cells }, (_, index) => `c${index}`).join(',')

describe('refused as a whole, with the line', () => {
  const refused: [string, string | Uint8Array, RegExp][] = [
    ['nothing', '', /Line 1: there is no header/],
    ['an empty first line', '\n\nid,name\n', /Line 1: there is no header/],
    [
      'a picture',
      bytes([0x89], 'PNG\r\n', [0x1a], '\n', [0, 0, 0, 13], 'IHDR'),
      /Line 1: the header is not UTF-8/,
    ],
    [
      'a compressed file',
      bytes([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0], 'xl/workbook'),
      /Line 1: the header is not text/,
    ],
    ['a header in Latin 1', bytes('id,name,stra', [0xdf], 'e\n'), /Line 1: the header is not UTF-8 text/],
    ['a million columns', `${wide(1_000_000)}\n`, /Line 1: the header has more than 262144 bytes/],
    ['too many columns', `${wide(501)}\n`, /Line 1: the header has more than 500 columns/],
    [
      'a header that is one open quote',
      '"id,name\nA,B\n',
      /Line 1: the header opens a quote that is not closed/,
    ],
    [
      'unknown columns',
      'id,name,colour\n',
      /Line 1, column "colour" is not known here\. Known are id, customerId, name/,
    ],
    [
      'the same column twice',
      'id,Customer Number,name\n',
      /Line 1, columns "id" and "Customer Number" are the same column, id/,
    ],
    ['no id at all', 'name,email\nA,a@example.com\n', /Line 1: there must be a column id or customerId/],
    [
      'a metadata column that cannot be kept',
      'id,name,metadata.__proto__\n',
      /"metadata\.__proto__" is not known/,
    ],
  ]
  test.each(refused)('%s', async (_, file, message) => {
    const partner = await house.partner()
    const response = await send(partner, file)
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as {
      error: { data: { reason: string; issues: { message: string }[] } }
    }
    expect(error.data.reason).toBe('params_invalid')
    expect(error.data.issues.map((issue) => issue.message).join(' ')).toMatch(message)
    expect((await partner.call('listCustomers', {})).items).toEqual([])
  })

  const requests: [string, number, string, RequestInit][] = [
    ['no key', 401, '/import/customers', { method: 'POST', headers: { 'x-api-key': '' } }],
    [
      'a form',
      415,
      '/import/customers',
      { method: 'POST', headers: { 'content-type': 'multipart/form-data' } },
    ],
    [
      'another charset',
      415,
      '/import/customers',
      { method: 'POST', headers: { 'content-type': 'text/csv; charset=iso-8859-1' } },
    ],
    [
      'a compressed body',
      415,
      '/import/customers',
      { method: 'POST', headers: { 'content-encoding': 'gzip' } },
    ],
    ['an unknown option', 400, '/import/customers?dryrun=true', { method: 'POST' }],
    ['an option that is neither', 400, '/import/customers?dryRun=maybe', { method: 'POST' }],
  ]
  test.each(requests)('%s', async (_, status, path, init) => {
    const { url, key } = house.operator
    const headers = { 'x-api-key': key, 'content-type': 'text/csv', ...(init.headers as object) }
    const response = await fetch(url + path, { ...init, headers, body: 'id,name\nA,B\n' })
    expect([response.status, response.headers.get('cache-control')]).toEqual([status, 'no-store'])
    expect(response.headers.get('x-request-id')).toBeTruthy()
  })
})

describe('a row that cannot be read costs itself alone', () => {
  const long = 'x'.repeat(300_000)
  const rows: [string, string | Uint8Array, string, RegExp][] = [
    [
      'too few cells',
      'id,name,email\nA,Anna\nB,Bert,\n',
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2 has 2 cells, and the header has 3 columns\.$/,
    ],
    [
      'too many cells',
      'id,name\nA,Anna,x\nB,Bert\n',
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2 has 3 cells, and the header has 2 columns\.$/,
    ],
    [
      'a quote that is never closed',
      'id,name\nA,Anna\nB,"Bert\nC,Carl\n',
      '2 = 1 + 0 + 0, omitted 3',
      /^Line 3 opens a quote that is not closed/,
    ],
    [
      'a quote behind other text',
      'id,name\nA,5" pipe\nB,Bert\n',
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2 has a quote inside a cell/,
    ],
    [
      'text behind a closing quote',
      'id,name\nA,"An"na\nB,Bert\n',
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2 has something between the closing quote/,
    ],
    [
      'bytes that are not UTF-8',
      bytes('id,name\nA,M', [0xfc], 'ller\nB,Bert\n'),
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2 has bytes that are not UTF-8/,
    ],
    [
      'half a pair in UTF-16',
      bytes(
        [0xff, 0xfe],
        [...Buffer.from('id,name\nA,An', 'utf16le')],
        [0x3d, 0xd8],
        [...Buffer.from('na\nB,Bert\n', 'utf16le')],
      ),
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2 has bytes that are not UTF-8/,
    ],
    [
      'a line beyond the limit',
      `id,name\nA,${long}\nB,Bert\n`,
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2 has more than 262144 bytes\.$/,
    ],
    [
      'a quoted cell beyond the limit',
      `id,name\nA,"${long}\n${long}"\nB,Bert\n`,
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2 has more than 262144 bytes\.$/,
    ],
    [
      'a cell beyond the limit',
      `id,name\nA,${'x'.repeat(10_001)}\nB,Bert\n`,
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2, column "name" has a cell of more than 10000 characters\.$/,
    ],
    [
      'a NUL',
      'id,name\nA,An\u0000na\nB,Bert\n',
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2, column "name" must not contain the character NUL\.$/,
    ],
    [
      'a line behind quoted line breaks',
      'id,name,tags\nA,Anna,"x\n\ny"\nB,Bert,\nC,,\n',
      '3 = 1 + 0 + 0, omitted 2 6',
      /^Line 2, column "tags" must not contain control characters\.$/,
    ],
    [
      'an e-mail that is none',
      'Number;E-Mail;Company\nA;nobody;Anna\nB;b@example.com;Bert\n',
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2, column "E-Mail" must be an e-mail address\.$/,
    ],
    [
      'no id in the row',
      'id,customerId,name\n,,Anna\nB,,Bert\n',
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2 must have id or customerId/,
    ],
    [
      'a name that is missing',
      'id,name\nA,\nB,Bert\n',
      '2 = 1 + 0 + 0, omitted 2',
      /^Line 2, column "name" is required\.$/,
    ],
  ]
  test.each(rows)('%s', async (_, file, counted, message) => {
    for (const options of [['resumeOnError', 'dryRun'], ['resumeOnError']] satisfies Option[][]) {
      const partner = await house.partner()
      const found = await summary(partner, file, { options })
      expect(counts(found)).toBe(counted)
      expect(found.omitted[0]?.errors[0]?.message).toMatch(message)
    }
  })

  test('without resumeOnError it is where the import stops; what came before is done', async () => {
    const partner = await house.partner()
    const found = await summary(partner, 'id,name\nA,Anna\nB,Bert,x\nC,Carl\nD,Dora\n')
    expect(counts(found)).toBe('2 = 1 + 0 + 0, omitted 3')
    const names = (await partner.call('listCustomers', {})).items.map(({ remoteId }) => remoteId)
    expect(names).toEqual(['A'])
  })

  test('a refusal of the method stops it in the same way', async () => {
    const partner = await house.partner()
    const found = await summary(partner, 'id,name,email\nA,Anna,\nB,Bert,nobody\nC,Carl,\n')
    expect(counts(found)).toBe('2 = 1 + 0 + 0, omitted 3')
    expect((await partner.events()).map(({ object }) => object.id)).toEqual(['A'])
  })
})

describe('taken as it is', () => {
  const files: [string, string | Uint8Array][] = [
    ['commas', 'id,name\nÄ,Anna\n'],
    ['semicolons', 'id;name\nÄ;Anna\n'],
    ['tabs', 'id\tname\nÄ\tAnna\n'],
    ['Windows line ends', 'id,name\r\nÄ,Anna\r\n'],
    ['the line ends of old Macs', 'id,name\rÄ,Anna\r'],
    ['no line end at the end', 'id,name\nÄ,Anna'],
    ['a byte order mark', bytes([0xef, 0xbb, 0xbf], 'id,name\nÄ,Anna\n')],
    ['UTF-16 LE', Buffer.from('\ufeffid,name\nÄ,Anna\n', 'utf16le')],
    ['UTF-16 BE', utf16be('\ufeffid,name\nÄ,Anna\n')],
    ['UTF-16 LE without a mark', Buffer.from('id,name\nÄ,Anna\n', 'utf16le')],
    ['UTF-16 BE without a mark', utf16be('id,name\nÄ,Anna\n')],
    ['quotes around everything', '"id","name"\n"Ä","Anna"\n'],
    ['other names for the columns', 'CUSTOMER_NUMBER,Customer Name\nÄ,Anna\n'],
    ['empty lines and empty rows', 'id,name\n\n,\nÄ,Anna\n,\n\n'],
  ]
  test.each(files)('%s', async (_, file) => {
    const partner = await house.partner()
    expect(counts(await summary(partner, file))).toBe('1 = 1 + 0 + 0, omitted')
    expect(await partner.call('getCustomer', { id: 'Ä' })).toMatchObject({ name: 'Anna' })
  })

  test('formulas, quotes, apostrophes and blanks stay text', async () => {
    const partner = await house.partner()
    const file = 'id,name,admin.displayName\nA,"=cmd|\'/c calc\'!A1","O\'Neil, ""Bob"""\nB, +49 ,@SUM(A1)\n'
    expect(counts(await summary(partner, file))).toBe('2 = 2 + 0 + 0, omitted')
    const [a, b] = (await partner.call('listCustomers', {})).items
    expect([a?.name, a?.admin?.displayName]).toEqual(["=cmd|'/c calc'!A1", 'O\'Neil, "Bob"'])
    expect([b?.name, b?.admin?.displayName]).toEqual([' +49 ', '@SUM(A1)'])
  })

  test('unknown columns, where they are allowed', async () => {
    const partner = await house.partner()
    const how = { options: ['allowUnknownColumns'] } as const
    expect(counts(await summary(partner, 'id,colour,name\nA,red,Anna\n', how))).toBe('1 = 1 + 0 + 0, omitted')
  })
})

test('whoever still sends a large file that has been refused reads why, and goes on with the connection', async () => {
  const rest = Buffer.alloc(70 * 1024 * 1024, 'x')
  const { key, url } = house.operator
  for (const [path, status] of [
    ['/import/customers', 400],
    ['/import/nothing', 404],
  ] as const) {
    const { socket, closed } = await openWire(url)
    const begin = 'id,id\n'
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\ncontent-type: text/csv\r\n` +
        `content-length: ${begin.length + rest.length}\r\n\r\n${begin}`,
    )
    socket.write(rest)
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    const answered = await closed
    expect(answered.match(/HTTP\/1.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200'])
  }
})
