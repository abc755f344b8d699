/** haproxy before several services, set up as docs/scaling.md says. */
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../src/store/embedded/attach.ts'
import { runBeside } from './processes.ts'

const program = '/usr/sbin/haproxy'

/** The settings that the page prints, with the servers at hand in place of those that it names. */
export async function settingsFor(port: number, servers: readonly number[]): Promise<string> {
  const page = await readFile(new URL('../../docs/scaling.md', import.meta.url), 'utf8')
  const printed = /^```haproxy\n(.*?)^```$/ms.exec(page)?.[1]
  if (printed === undefined) throw new Error('docs/scaling.md prints no settings for haproxy.')
  const [common, ...named] = printed.split(/^ {2}server .*\n/m)
  const lines = servers.map((at, index) => `  server tenure${index + 1} 127.0.0.1:${at}\n`)
  return `${common}${lines.join('')}${named.join('')}`.replace(/bind \S+/, `bind 127.0.0.1:${port}`)
}

export interface Haproxy {
  readonly url: string
  readonly version: string
  stop(): Promise<void>
}

/** Starts haproxy as an ordinary process in a folder. */
export async function startHaproxy(folder: string, servers: readonly number[]): Promise<Haproxy> {
  const version = /version (\S+)/.exec(execFileSync(program, ['-v'], { encoding: 'utf8' }))?.[1] ?? 'unknown'
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  await writeFile(file, await settingsFor(port, servers))
  const running = await runBeside(program, ['-db', '-q', '-f', file])
  return { url: `http://127.0.0.1:${port}`, version, stop: () => running.stop() }
}
