/**
 * `npm run build`: what is published, in `dist`. Node strips no types under node_modules, so the service is made plain
 * JavaScript; partners get the client with types that carry the documentation. Nothing else in the repository needs it.
 */
import { spawnSync } from 'node:child_process'
import { cp, glob, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** The declarations that partners need; the inside of the service is nobody else's business. */
const published = /^(?:client\/.*|events)\.d\.ts$/

const built = await mkdtemp(join(root, '.build-'))
try {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const run = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', built], {
    cwd: root,
    stdio: 'inherit',
  })
  if (run.status !== 0) process.exit(1)
  await cp(join(root, 'schema/client.d.ts'), join(built, 'src/client/wire.d.ts'))
  for await (const path of glob('**/*.d.ts', { cwd: join(built, 'src') })) {
    const file = join(built, 'src', path)
    if (!published.test(path)) await rm(file)
    // The compiler leaves the endings of declarations as they are in the source.
    else
      await writeFile(
        file,
        (await readFile(file, 'utf8')).replace(/(['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2'),
      )
  }
  // Types only: there is nothing in them to run.
  for (const name of ['types', 'wire']) await rm(join(built, `src/client/${name}.js`))
  await rm(dist, { recursive: true, force: true })
  await rename(join(built, 'src'), dist)
} finally {
  await rm(built, { recursive: true, force: true })
}
