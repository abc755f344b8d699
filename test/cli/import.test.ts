/** `tenure import` and `tenure reconcile`, as real processes on a real database. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../database.ts'
import { dropDatabase, freshDatabase, freshFolder, run } from './process.ts'

let database: string
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => dropDatabase(database))

const tenure = (...words: string[]) => run(words, { environment: { DATABASE_URL: database } })

async function fileOf(text: string, name = 'list.csv'): Promise<string> {
  const file = join(await freshFolder(), name)
  await writeFile(file, text)
  return file
}

test('a file is rehearsed, imported, mended and imported again', async () => {
  const file = await fileOf('Number;Name;E-Mail\nA;Anna;\nB;Bert;nobody\nC;Carl;\n')
  const dry = await tenure('import', 'customers', file, '--dry-run', '--resume')
  expect(dry).toMatchObject({
    code: 1,
    errors: 'Line 3, column "E-Mail" must be an e-mail address.\n',
    output: expect.stringContaining(
      'Dry run, nothing was changed: 3 rows, 2 imported, 0 updated, 0 skipped, 1 omitted.',
    ),
  })

  const stopped = await tenure('import', 'customers', file)
  expect(stopped.output).toContain('2 rows, 1 imported, 0 updated, 0 skipped, 1 omitted.')
  const resumed = await tenure('import', 'customers', file, '--resume', '--json')
  expect(resumed.code).toBe(1)
  expect(JSON.parse(resumed.output)).toMatchObject({
    total: 3,
    imported: 1,
    skipped: 1,
    omitted: [{ line: 3 }],
  })

  const rejected = await readFile(`${file}.rejected.csv`, 'utf8')
  expect(rejected).toBe(
    'Number;Name;E-Mail;problem\r\nB;Bert;nobody;"Line 3, column ""E-Mail"" must be an e-mail address."\r\n',
  )
  const mended = await fileOf(rejected.replace('nobody', 'b@example.com'))
  const last = await tenure('import', 'customers', mended)
  expect(last).toEqual({
    code: 0,
    signal: null,
    errors: '',
    output: '1 rows, 1 imported, 0 updated, 0 skipped, 0 omitted.\n',
  })
  expect(await readdir(join(mended, '..'))).toEqual(['list.csv'])
})

const misused: [string[], number, RegExp][] = [
  [['import', 'orders', 'x.csv'], 2, /Allowed choices are customers, licenses/],
  [['import', 'customers', '/nowhere/x.csv'], 1, /^The file \/nowhere\/x\.csv cannot be read/],
  [['reconcile', 'customers', '/nowhere/x.csv'], 2, /^The file \/nowhere\/x\.csv cannot be read/],
]
test.each(misused)('%j', async (words, code, message) => {
  const ended = await tenure(...words)
  expect([ended.code, ended.output]).toEqual([code, ''])
  expect(ended.errors).toMatch(message)
})

test('a header that cannot be used is one sentence', async () => {
  const ended = await tenure('import', 'customers', await fileOf('id,name,colour\n'))
  expect(ended).toMatchObject({ code: 1, output: '' })
  expect(ended.errors).toMatch(/^Line 1, column "colour" is not known here\./)
})

describe('reconcile', () => {
  beforeAll(async () => {
    await withClient(database, (client) =>
      client.query(`insert into customer (partner_id, customer_id, id, remote_id, kind, name, email, is_active, tags,
          metadata, version, created_at, updated_at)
        values (0, gen_random_uuid(), 101, 'R1', 'organization', 'Anna', 'a@example.com', true, '{}', '{}', 1, now(), now()),
          (0, gen_random_uuid(), 102, 'R2', 'organization', 'Bert', null, true, '{}', '{}', 1, now(), now());
        insert into customer_remote_id (partner_id, remote_id, customer_id)
          select partner_id, remote_id, customer_id from customer where id > 100`),
    )
  })

  test('no drift ends with 0', async () => {
    const ended = await tenure(
      'reconcile',
      'customers',
      await fileOf('Number;E-Mail\nR1;A@example.com\nR2;\n'),
    )
    expect(ended).toMatchObject({
      code: 0,
      errors: '',
      output: '2 rows: 2 match, 0 differences, 0 missing here, 0 missing there.\n',
    })
  })

  const lists = [
    ['CSV', 'list.csv', 'id,name\nR1,Anne\nX1,Xaver\n'],
    ['JSON lines', 'list.jsonl', '{"id":"R1","name":"Anne"}\n\n{"id":"X1","name":"Xaver"}'],
  ] as const
  test.each(lists)('drift ends with 1 and is told: %s', async (_, name, text) => {
    const file = await fileOf(text, name)
    const [human, json] = await Promise.all([
      tenure('reconcile', 'customers', file, '--complete'),
      tenure('reconcile', 'customers', file, '--complete', '--json'),
    ])
    expect([human.code, json.code]).toEqual([1, 1])
    expect(human.output).toMatch(/^id +what +theirs +ours\n/)
    expect(human.output).toMatch(/^X1 +missing here$/m)
    expect(human.output).toMatch(/^R1 +name +Anne +Anna$/m)
    expect(human.output).toMatch(/^R2 +missing there$/m)
    const lines = json.output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toContainEqual({ differing: { id: 'R1', field: 'name', theirs: 'Anne', ours: 'Anna' } })
    expect(lines).toContainEqual({ missingThere: 'R2' })
    expect(lines.at(-1)).toMatchObject({ rows: 2, matching: 0, differing: 1, missingHere: 1 })
  })

  test('a list that cannot be read ends with 2, so that it is not taken for drift', async () => {
    const ended = await tenure('reconcile', 'customers', await fileOf('{"id":"R1"}\n{"id":\n', 'list.jsonl'))
    expect(ended).toMatchObject({
      code: 2,
      output: '',
      errors: expect.stringMatching(/Line 2 is not a JSON object/),
    })
  })
})
