/** The lock of a data directory: one at a time, and the dead hold nothing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { withLock } from '../../../src/store/embedded/lock.ts'
import { birthOf, stillRuns } from '../../../src/store/embedded/processes.ts'
import { EmbeddedUnavailable } from '../../../src/store/embedded/unavailable.ts'
import { freshDirectory, until } from './stage.ts'

vi.setConfig({ testTimeout: 60_000 })

async function freshLock(): Promise<string> {
  const folder = await freshDirectory()
  await mkdir(folder)
  return join(folder, 'postgres.lock')
}

async function deadProcess(): Promise<number> {
  const child = spawn('true')
  await once(child, 'exit')
  return child.pid!
}

const leftBehind: [string, () => Promise<string>][] = [
  ['a dead process', async () => JSON.stringify({ pid: await deadProcess(), born: 'once', token: 'a1' })],
  // Process numbers come round again; the moment of birth does not.
  [
    'a dead process whose number lives',
    async () => JSON.stringify({ pid: process.pid, born: 'x', token: 'a1' }),
  ],
  ['a power cut', async () => ''],
]

test.each(leftBehind)('what %s left behind is taken over, by one at a time', async (_, content) => {
  const path = await freshLock()
  await writeFile(path, await content())
  let inside = 0
  let most = 0
  let done = 0
  const one = () =>
    withLock(path, async () => {
      most = Math.max(most, ++inside)
      await nextTurn()
      inside--
      done++
    })
  await Promise.all(Array.from({ length: 25 }, one))
  expect({ most, done }).toEqual({ most: 1, done: 25 })
  expect(await readdir(dirname(path))).toEqual([])
})

test('whoever waits too long is told who holds it', async () => {
  const path = await freshLock()
  await withLock(path, async () => {
    const waiting = withLock(path, async () => undefined, 100)
    await expect(waiting).rejects.toThrow(EmbeddedUnavailable)
    await expect(withLock(path, async () => undefined, 100)).rejects.toThrow(
      `Process ${process.pid} has been`,
    )
  })
  expect(await readdir(dirname(path))).toEqual([])
})

test('a failure inside gives the lock back', async () => {
  const path = await freshLock()
  await expect(withLock(path, () => Promise.reject(new Error('inside')))).rejects.toThrow('inside')
  await withLock(path, async () => undefined, 100)
})

test('a zombie does not count as running', async () => {
  // The shell turns into a sleep that never asks how its child has ended.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    const [line] = await once(parent.stdout, 'data')
    const mark = { pid: Number(line), born: (await birthOf(Number(line))) ?? '' }
    expect(await stillRuns(mark)).toBe(true)
    await until('it has become a zombie', async () => !(await stillRuns(mark)))
    expect(() => process.kill(mark.pid, 0)).not.toThrow()
  } finally {
    parent.kill('SIGKILL')
  }
})
