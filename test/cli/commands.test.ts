/** The commands one by one, as real processes: what they print, and how they end. */
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { program } from '../../src/cli/program.ts'
import { registry } from '../../src/methods/index.ts'
import { openRpcDocument } from '../../src/rpc/openrpc.ts'
import { migrationNames } from '../../src/store/migrate.ts'
import { version } from '../../src/tenure.ts'
import { checkout, dropDatabase, freshDatabase, freshFolder, run } from './process.ts'

const keyAlone = /^tk_(live|test)_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}\n$/

describe('on a database', () => {
  let database: string
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => dropDatabase(database))

  const tenure = (...words: string[]) => run(words, { environment: { DATABASE_URL: database } })

  test('a partner is made and listed', async () => {
    const options = ['--sandbox', '--window-days', '20', '--grace-days', '3', '--time-zone', 'Europe/Berlin']
    const made = await tenure('partner', 'create', '--name', 'Acme \u001b[31mERP', ...options)
    expect(made).toMatchObject({ code: 2, output: '' })
    expect(made.errors).toBe('--name must not contain control characters.\n')

    const created = await tenure('partner', 'create', '--name', 'Acme ERP', ...options)
    expect(created).toMatchObject({ code: 0, errors: '' })
    expect(created.output).toMatch(/^\{"partner":1,"apiKey":"tk_test_\w+"\}\n$/)

    const [table, json] = await Promise.all([tenure('partner', 'list'), tenure('partner', 'list', '--json')])
    expect(table).toMatchObject({ code: 0, errors: '' })
    expect(table.output.split('\n')).toHaveLength(4)
    expect(table.output).toMatch(/^1 +Acme ERP +yes +20 +3 +Europe\/Berlin +\d{4}-\d\d-\d\dT\S+Z$/m)
    expect(JSON.parse(json.output)).toMatchObject([
      { partner: 0, sandbox: false },
      { partner: 1, name: 'Acme ERP', sandbox: true, windowDays: 20, graceDays: 3 },
    ])
  })

  test('a key is printed alone, listed without its secret, and revoked once', async () => {
    const words = ['--partner', '1', '--scopes', 'read,orders', '--name', 'ERP', '--expires', '2099-12-31']
    const created = await tenure('key', 'create', ...words)
    expect(created).toMatchObject({ code: 0, errors: '' })
    expect(created.output).toMatch(keyAlone)
    const keyId = created.output.split('_')[2] as string

    const [all, listed] = await Promise.all([
      tenure('key', 'list'),
      tenure('key', 'list', '--partner', '1', '--json'),
    ])
    expect(all.output).toMatch(new RegExp(`^${keyId} +1 +ERP +read,orders .*2099-12-31T23:00:00Z +-$`, 'm'))
    expect(JSON.parse(listed.output)).toContainEqual(
      expect.objectContaining({ keyId, partner: 1, scopes: ['read', 'orders'], revokedAt: null }),
    )
    expect(all.output + listed.output).not.toContain(created.output.trim().slice(-49))

    const revoked = await tenure('key', 'revoke', keyId)
    expect(revoked).toMatchObject({ code: 0, output: `Revoked ${keyId} (ERP) of partner 1.\n`, errors: '' })
    const again = await tenure('key', 'revoke', created.output.trim(), '--partner', '1')
    expect(again).toMatchObject({ code: 0, errors: '' })
    expect(again.output).toContain(`${keyId} (ERP) of partner 1 has been revoked since 20`)
  })

  test('a refusal is its own sentence and exit code 1', async () => {
    const refusals: [string[], string][] = [
      [['key', 'create', '--partner', '99', '--scopes', 'read'], 'There is no partner with this number.'],
      [['key', 'list', '--partner', '99'], 'There is no partner with this number.'],
      [['key', 'revoke', 'nobody'], 'There is no API key with this id.'],
      [['key', 'revoke', 'nobody', '--partner', '0'], 'There is no API key with this id.'],
    ]
    await Promise.all(
      refusals.map(async ([words, sentence]) =>
        expect(await tenure(...words)).toMatchObject({ code: 1, output: '', errors: `${sentence}\n` }),
      ),
    )
  })

  test('what a method says of a value is told of its option, with exit code 2', async () => {
    const create = ['key', 'create', '--partner', '0', '--scopes']
    const misuses: [string[], RegExp][] = [
      [[...create, 'read', '--expires', '2020-01-01'], /^--expires must lie ahead\.\n$/],
      [[...create, 'read', '--expires', 'soon'], /^--expires [^\n]+\n$/],
      [[...create, 'read,read'], /^--scopes must not name a scope twice\.\n$/],
      [
        ['partner', 'create', '--name', 'x', '--window-days', '99', '--time-zone', 'Moon'],
        /^--window-days must be at most 27; --time-zone must be [^\n]+\n$/,
      ],
    ]
    await Promise.all(
      misuses.map(async ([words, sentence]) =>
        expect(await tenure(...words)).toMatchObject({
          code: 2,
          output: '',
          errors: expect.stringMatching(sentence),
        }),
      ),
    )
  })
})

test('wrong usage ends with 2 and a sentence that points at the help', async () => {
  const misuses: [string[], RegExp][] = [
    [['nonsense'], /unknown command 'nonsense'/],
    [['key', 'create', '--scopes', 'read'], /required option '--partner <number>' not specified/],
    [['key', 'create', '--partner', 'one', '--scopes', 'read'], /must be a whole number/],
    [
      ['key', 'create', '--partner', '0', '--scopes', 'all'],
      /made of orders, licenses, read, admin, operator/,
    ],
    [['partner', 'list', '--yaml'], /unknown option '--yaml'/],
  ]
  await Promise.all(
    misuses.map(async ([words, sentence]) => {
      const { code, output, errors } = await run(words)
      expect([code, output]).toEqual([2, ''])
      expect(errors).toMatch(sentence)
      expect(errors).toContain('--help')
    }),
  )
})

describe('settings', () => {
  test('that cannot be used are told in one sentence', async () => {
    const wrong: [Record<string, string>, RegExp][] = [
      [{ TENURE_COLOUR: 'red' }, /^TENURE_COLOUR is not a setting of Tenure[^\n]+\n$/],
      [{ DATABASE_URL: 'mysql://x' }, /^The setting DATABASE_URL cannot be used: [^\n]+\n$/],
      [{ DATABASE_URL: 'postgres://127.0.0.1:1/x' }, /^The command failed: [^\n]*ECONNREFUSED[^\n]*\n$/],
    ]
    await Promise.all(
      wrong.map(async ([environment, sentence]) => {
        const { code, output, errors } = await run(['migrate'], { environment })
        expect([code, output]).toEqual([1, ''])
        expect(errors).toMatch(sentence)
      }),
    )
  })
})

test('migrate tells what it has done, and a key of partner 0 can be had at once', async () => {
  const database = await freshDatabase('empty')
  try {
    const environment = { DATABASE_URL: database, TENURE_LOG: 'debug' }
    const names = await migrationNames()
    const first = await run(['migrate'], { environment })
    expect(first).toMatchObject({ code: 0, errors: '' })
    expect(first.output).toBe(names.map((name) => `Carried out ${name}.\n`).join(''))
    const again = await run(['migrate'], { environment })
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('nothing to do') })
    const key = await run(['key', 'create', '--partner', '0', '--scopes', 'admin'], { environment })
    expect(key).toMatchObject({ code: 0, errors: '', output: expect.stringMatching(keyAlone) })
  } finally {
    await dropDatabase(database)
  }
})

test('openrpc prints the document and tells whether a printed one is stale, without any database', async () => {
  const environment = { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' }
  const folder = await freshFolder()
  const [fresh, stale] = [join(folder, 'fresh.json'), join(folder, 'stale.json')]
  const printed = await run(['openrpc'], { environment })
  expect(printed).toMatchObject({ code: 0, errors: '' })
  expect(printed.output).toBe(`${JSON.stringify(openRpcDocument(registry, version), null, 2)}\n`)
  await writeFile(fresh, printed.output)
  await writeFile(stale, printed.output.replace('Tenure', 'Lease'))
  const check = (file: string) => run(['openrpc', '--check', file], { environment })
  const [same, other, none] = await Promise.all([fresh, stale, join(folder, 'none')].map(check))
  expect(same).toMatchObject({ code: 0, output: '', errors: '' })
  expect(other).toMatchObject({
    code: 1,
    output: '',
    errors: expect.stringMatching(/^\S+stale.json is not [^\n]+\n$/),
  })
  expect(none).toMatchObject({
    code: 1,
    output: '',
    errors: expect.stringMatching(/^\S+ cannot be read: [^\n]+\n$/),
  })
})

test('bench hands its words on, and says where the benchmark is when it is not here', async () => {
  const copy = await freshFolder()
  for (const path of ['src', 'schema', 'package.json'])
    await cp(join(checkout, path), join(copy, path), { recursive: true })
  await symlink(join(checkout, 'node_modules'), join(copy, 'node_modules'))
  const absent = await run(['bench'], { checkout: copy })
  expect(absent).toMatchObject({
    code: 1,
    output: '',
    errors: expect.stringMatching(/^The benchmark is not here[^\n]+\n$/),
  })
  await mkdir(join(copy, 'test', 'bench'), { recursive: true })
  await writeFile(
    join(copy, 'test', 'bench', 'index.ts'),
    'process.stdout.write(JSON.stringify(process.argv.slice(2)))\nprocess.exitCode = 3\n',
  )
  const present = await run(['bench', '--seconds', '2', 'single', '--json'], { checkout: copy })
  expect(present).toMatchObject({ code: 3, output: '["--seconds","2","single","--json"]', errors: '' })
})

describe('help', () => {
  test('of every command shows examples, each of which names a command that there is', () => {
    const tenure = program()
    for (const command of withCommandsBelow(tenure)) {
      const examples = [...helpOf(command).matchAll(/^ {2}npm run -s tenure -- (.+)$/gm)].map(
        ([, words]) => words,
      )
      expect(examples, command.name()).not.toHaveLength(0)
      for (const words of examples as string[]) expect(words, command.name()).toMatch(knownCommand(tenure))
    }
  })

  test('asked for is no failure; a command left out is', async () => {
    const [asked, left] = await Promise.all([run(['key', 'create', '--help']), run(['key'])])
    expect(asked).toMatchObject({ code: 0, errors: '', output: expect.stringContaining('--scopes <list>') })
    expect(left).toMatchObject({ code: 2, output: '', errors: expect.stringContaining('Usage: tenure key') })
  })
})

function withCommandsBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withCommandsBelow)]
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut(part) {
      text += part
    },
  })
  command.outputHelp()
  return text
}

/** The names of all commands that do something, as a beginning. */
function knownCommand(tenure: Command): RegExp {
  const paths = tenure.commands.flatMap((command) =>
    command.commands.length === 0
      ? [command.name()]
      : command.commands.map((below) => `${command.name()} ${below.name()}`),
  )
  return new RegExp(`^(${paths.join('|')})( |$)`)
}
