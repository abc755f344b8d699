/**
 * The lock file names every package that `npm ci` asks for on any machine. A registry that lacks the packages of some
 * platforms makes `npm install` leave them out, and `npm ci` then refuses the whole file.
 */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

interface Locked {
  optionalDependencies?: Record<string, string>
  resolved?: string
}

const lock = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Locked>
}

test('optional packages of all platforms are locked', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !lock.packages[`${path}/node_modules/${name}`] && !lock.packages[`node_modules/${name}`],
    ),
  )
  expect(missing, 'add them to package-lock.json with their version, cpu, os and "optional": true').toEqual(
    [],
  )
})

test('no registry’s host is named', () => {
  const named = Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)
  expect(named.map(([path]) => path)).toEqual([])
})
