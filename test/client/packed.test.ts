/** The packed package: what is in it, how big it is, and that it works where nothing else is installed. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../house.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const compiler = join(root, 'node_modules/typescript/bin/tsc')

let project: string
let packed: string
let house: House

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'tenure-packed-'))
  packed = join(project, 'node_modules/tenure')
  await mkdir(packed, { recursive: true })
  await run('npm', ['pack', '--silent', '--pack-destination', project], { cwd: root })
  const [tarball = ''] = (await readdir(project)).filter((name) => name.endsWith('.tgz'))
  // Unpacked and not installed: npm would fetch the dependencies of the service, which the client has no use for.
  await run('tar', ['-xzf', join(project, tarball), '-C', packed, '--strip-components=1'])
  await writeFile(join(project, 'package.json'), '{"type":"module","private":true}')
  house = await openHouse()
}, 120_000)
afterAll(async () => {
  await house.close()
  await rm(project, { recursive: true, force: true })
})

test('the client imports nothing and is small', async () => {
  const code = await readFile(join(packed, 'dist/client/index.js'), 'utf8')
  expect(code).not.toMatch(/\bimport\b[\s('"{*]|\bfrom\s*['"]|\brequire\(/)
  expect(gzipSync(code).length).toBeLessThan(10_000)
})

test('the package holds what runs and what helps, and nothing else', async () => {
  const names = await readdir(packed)
  expect(names.sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist',
    'docs',
    'package.json',
    'schema',
  ])
  const files = await readdir(join(packed, 'dist'), { recursive: true })
  expect(files.filter((name) => /(?<!\.d)\.ts$|\.test\./.test(name))).toEqual([])
  const { bin, exports } = JSON.parse(await readFile(join(packed, 'package.json'), 'utf8'))
  const promised = [
    bin.tenure,
    ...Object.values(exports['./client']),
    ...Object.values(exports['./webhooks']),
  ]
  for (const path of promised as string[]) await readFile(join(packed, path))
})

test('the types carry the documentation', async () => {
  const types = await readFile(join(packed, 'dist/client/wire.d.ts'), 'utf8')
  expect(types).toContain('   * Begin an order chain: the customer buys a product for its first term.')
  expect(types).toContain('  /** Your id of this order: the parent of all renewals.')
})

test.each([
  ['with nothing but the language', ['es2022']],
  ['in a browser', ['es2022', 'dom', 'dom.iterable']],
  ['in a worker', ['es2022', 'webworker']],
])('it compiles %s under the strictest settings', async (_where, lib) => {
  const usage = await readFile(join(root, 'test/client/usage.ts'), 'utf8')
  await writeFile(join(project, 'usage.ts'), usage.replace('../../src/client/index.ts', 'tenure/client'))
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    noImplicitReturns: true,
    noImplicitOverride: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    skipLibCheck: false,
    noEmit: true,
    module: 'nodenext',
    target: 'es2022',
    lib,
    types: [],
  }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['usage.ts'] }))
  const { stdout } = await run(process.execPath, [compiler, '-p', project]).catch((error) => error)
  expect(stdout).toBe('')
})

/** The Node of the machine itself, where it is older than the one that the service needs. */
async function olderNode(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder.includes('node_modules')) continue
    const node = join(folder, 'node')
    const version = await run(node, ['--version']).catch(() => undefined)
    if (version && /^v(?:18|20)\./.test(version.stdout)) return node
  }
  return undefined
}

test('it runs on an older Node, and tells an event as it happens', async ({ skip }) => {
  const node = await olderNode()
  if (node === undefined) return skip('There is no Node 18 or 20 on this machine.')
  const partner = await house.partner()
  await writeFile(
    join(project, 'run.js'),
    `import { connect, Refusal } from 'tenure/client'
    const tenure = connect({ url: process.argv[2], key: process.argv[3] })
    const { remoteId } = await tenure.createCustomer({ id: 'ABC', name: 'ABC Company' })
    const refused = await tenure.getCustomer({ id: 'nobody' }).catch((error) => error)
    const { keyId } = await tenure.createApiKey({ name: 'one more', scopes: ['read'] })
    for await (const { type } of tenure.events()) {
      process.stdout.write(JSON.stringify([remoteId, refused instanceof Refusal && refused.reason, typeof keyId, type]))
      break
    }`,
  )
  const { stdout } = await run(node, [join(project, 'run.js'), partner.url, partner.key])
  expect(JSON.parse(stdout)).toEqual(['ABC', 'customer_unknown', 'string', 'customer.created'])
})

test('the service runs from under node_modules', async () => {
  const modules = join(root, 'node_modules')
  for (const name of await readdir(modules))
    if (!name.startsWith('.') && name !== 'tenure')
      await symlink(join(modules, name), join(project, 'node_modules', name))
  const child = spawn(process.execPath, [join(packed, 'dist/cli/index.js'), 'serve'], {
    cwd: project,
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATABASE_URL: house.databaseUrl,
      TENURE_DATA_DIR: join(project, 'data'),
      TENURE_LOG: 'warn',
    },
  })
  const exited = once(child, 'exit')
  let told = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (told += text))
  try {
    await expect.poll(() => told, { timeout: 15_000 }).toMatch(/listens on (\S+)\/rpc/)
    const url = /listens on (\S+)\/rpc/.exec(told)?.[1]
    const answer = await fetch(`${url}/openrpc.json`)
    expect(((await answer.json()) as { openrpc: string }).openrpc).toBe('1.3.2')
  } finally {
    child.kill('SIGTERM')
  }
  expect(await exited).toEqual([0, null])
})
