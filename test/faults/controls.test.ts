/** Every guard that a control takes out stands in the sources, so that none of them tests nothing. */
import { expect, test } from 'vitest'
import { controls } from './controls/index.ts'
import { readOptions, slug } from './options.ts'
import { withoutGuard } from './sources.ts'
import { faults } from './strikes/index.ts'

test.each(controls)('the guard of $name', async ({ patches }) => {
  for (const patch of patches) expect(await withoutGuard(patch)).toContain(patch.without)
})

test('a guard that is not there, or twice, is told', async () => {
  const patch = { file: 'package.json', guard: 'no such words', without: '' }
  await expect(withoutGuard(patch)).rejects.toThrow('The guard stands 0 times in package.json')
  await expect(withoutGuard({ ...patch, guard: '"version"' })).resolves.not.toContain('"version"')
  await expect(withoutGuard({ ...patch, guard: 'node' })).rejects.toThrow(/The guard stands \d+ times/)
})

test('names tell faults and controls apart', () => {
  const names = [...faults.map(({ name }) => name), ...controls.map(({ name }) => slug(name))]
  expect(new Set(names).size).toBe(names.length)
})

test('the command line takes what is there and refuses what is not', () => {
  const options = readOptions(['--only', 'kill,two', '--rounds', '3', '--seed', '7'])
  expect(options).toMatchObject({ rounds: 3, seed: 7, seconds: 4, controls: [] })
  expect(options?.faults.map(({ name }) => name)).toEqual(['kill', 'two'])
  expect(readOptions(['--controls'])).toMatchObject({ rounds: 3, faults: [], controls })
  expect(readOptions(['--help'])).toBeUndefined()
  expect(() => readOptions(['--only', 'nothing'])).toThrow('There is no nothing; there are kill, ')
  expect(() => readOptions(['--rounds', '0'])).toThrow('--rounds must be a whole number of at least 1.')
})
