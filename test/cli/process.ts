/** What the tests of the command line need: real processes with an environment of their own, and databases to use. */

import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inject, onTestFinished } from 'vitest'
import { databaseUrl, withClient } from '../database.ts'
import { temporaryFolder } from '../folder.ts'

/** The repository, or a copy of it. */
export const checkout = join(import.meta.dirname, '..', '..')

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  output: string
  errors: string
}

/** A process that was started, and what it has said so far. */
export class Running {
  readonly ended: Promise<Ended>
  readonly #process: ChildProcess
  output = ''
  errors = ''

  constructor(process: ChildProcess) {
    this.#process = process
    process.stdout?.on('data', (chunk) => {
      this.output += chunk
    })
    process.stderr?.on('data', (chunk) => {
      this.errors += chunk
    })
    this.ended = new Promise((resolve, reject) => {
      process.once('error', reject)
      process.once('close', (code, signal) =>
        resolve({ code, signal, output: this.output, errors: this.errors }),
      )
    })
  }

  get pid(): number {
    return this.#process.pid as number
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** Sends a signal as a terminal does: to every process of the group. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal)
  }
}

export interface Place {
  /** File to run, below the checkout. */
  script?: string
  checkout?: string
  environment?: Record<string, string>
}

/** Starts a script in a process group of its own, knowing nothing of this process's settings. */
export function start(words: string[], place: Place = {}): Running {
  const script = join(place.checkout ?? checkout, place.script ?? 'src/cli/index.ts')
  return launch(process.execPath, [script, ...words], tmpdir(), place)
}

/** Starts a script of package.json, as `npm run` does. */
export function startByNpm(script: string, place: Place = {}): Running {
  return launch('npm', ['run', script], place.checkout ?? checkout, place)
}

function launch(program: string, words: string[], folder: string, place: Place): Running {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(program, words, {
    cwd: folder,
    detached: true,
    env: { PATH, HOME, ...place.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const running = new Running(child)
  // A test that fails half-way leaves nothing running.
  onTestFinished(() => {
    running.kill('SIGKILL')
  })
  return running
}

/** Runs a script to its end. */
export function run(words: string[], place: Place = {}): Promise<Ended> {
  return start(words, place).ended
}

/** A database of its own on the server of this test run; migrated unless it is to be `empty`. */
export async function freshDatabase(how: 'migrated' | 'empty' = 'migrated'): Promise<string> {
  const serverUrl = inject('serverUrl')
  const name = `tenure_test_${randomUUID().replaceAll('-', '')}`
  const template = how === 'migrated' ? `template ${inject('template')}` : ''
  await withClient(serverUrl, (client) => client.query(`create database ${name} ${template}`))
  return databaseUrl(serverUrl, name)
}

/** Removes what `freshDatabase` made. */
export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await withClient(inject('serverUrl'), (client) =>
    client.query(`drop database if exists ${name} with (force)`),
  )
}

/** A folder that is removed when the test ends. */
export async function freshFolder(): Promise<string> {
  const folder = await temporaryFolder('tenure-cli')
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Waits for something to become true, and says what if it does not. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  seconds = 20,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + seconds * 1000
  while (true) {
    const answer = await ask()
    if (answer) return answer as NonNullable<T>
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} s in vain: ${what}.`)
    await pause(20)
  }
}
