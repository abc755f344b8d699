/** `tenure doctor` as a real process: what it finds where all is well, and where it is not. */
import { expect, test } from 'vitest'
import { withClient } from '../database.ts'
import { dropDatabase, freshDatabase, freshFolder, run } from './process.ts'

interface Finding {
  about: string
  state: string
  found: string
}

const doctor = (environment: Record<string, string>, ...words: string[]) =>
  run(['doctor', ...words], { environment })

test('all is well on a database with a key', async () => {
  const database = await freshDatabase()
  const environment = { DATABASE_URL: database, TENURE_DATA_DIR: await freshFolder() }
  try {
    await run(['key', 'create', '--partner', '0', '--scopes', 'admin,operator'], { environment })
    const [told, json] = await Promise.all([doctor(environment), doctor(environment, '--json')])
    expect(told).toMatchObject({ code: 0, errors: '' })
    expect(told.output).toMatch(/^migrations +well +all \d+ carried out$/m)
    const findings = JSON.parse(json.output) as Finding[]
    const states = findings.map(({ about, state }) => [about, state])
    // How full the disk of the machine is, is not for a test to say.
    expect(states.filter(([about]) => about !== 'disk')).toEqual([
      ['database', 'well'],
      ['migrations', 'well'],
      ['sessions', 'well'],
      ['clock', 'well'],
      ['keys', 'well'],
      ['endpoints', 'well'],
    ])
  } finally {
    await dropDatabase(database)
  }
})

test('it tells what deserves a look, and what is wrong', async () => {
  const database = await freshDatabase()
  try {
    await withClient(database, (client) =>
      client.query(
        `delete from migration where name like '0001%'; insert into migration (name) values ('9999_later.sql')`,
      ),
    )
    const { code, output } = await doctor({ DATABASE_URL: database }, '--json')
    expect(code).toBe(1)
    const findings = JSON.parse(output) as Finding[]
    expect(findings.find(({ about }) => about === 'migrations')).toMatchObject({
      state: 'wrong',
      found: '9999_later.sql came from a newer Tenure; run that one',
    })
    expect(findings.find(({ about }) => about === 'keys')).toMatchObject({ state: 'look' })
  } finally {
    await dropDatabase(database)
  }
})

test('sessions that are not as the service asks are named, as a pooler may leave them', async () => {
  const database = await freshDatabase()
  try {
    const url = `${database}?options=-c%20jit%3Doff%20-c%20enable_seqscan%3Doff%20-c%20TimeZone%3DEurope/Berlin`
    const { output } = await doctor({ DATABASE_URL: url })
    expect(output).toMatch(/^sessions +look +TimeZone is Europe\/Berlin, not UTC: let the role have it/m)
  } finally {
    await dropDatabase(database)
  }
})

test('an empty database has no migrations, and one that is not there is wrong', async () => {
  const database = await freshDatabase('empty')
  const empty = await doctor({ DATABASE_URL: database })
  expect(empty).toMatchObject({ code: 1 })
  expect(empty.output).toMatch(/^migrations +wrong +It cannot be read: relation "migration" does not exist$/m)
  await dropDatabase(database)
  const gone = await doctor({ DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' })
  expect(gone).toMatchObject({ code: 1 })
  expect(gone.output).toMatch(/^database +wrong +It cannot be reached: .*ECONNREFUSED/m)
})

test('without a data directory it makes none', async () => {
  const folder = `${await freshFolder()}/none`
  const { code, output } = await doctor({ TENURE_DATA_DIR: folder })
  expect(code).toBe(1)
  expect(output).toMatch(
    /^database +wrong +It cannot be reached: there is no data directory .* yet; the first start makes it$/m,
  )
})
