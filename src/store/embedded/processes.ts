/**
 * Questions about processes: is this one still there, is it still the same one, and what does this program say.
 *
 * A process id alone proves nothing, because ids are reused; so a process is always remembered together with
 * the moment of its birth, as the operating system tells it.
 */
import { spawn } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'

/** A process that can be recognised again. `born` is empty where the system would not tell. */
export interface ProcessMark {
  pid: number
  born: string
}

/** The user and group a program runs as; absent = those of this process. */
export interface Account {
  uid: number
  gid: number
  /** For sentences only. */
  name: string
}

/** How a program ended and all it printed. */
export interface ProgramResult {
  code: number | null
  output: string
}

/**
 * When the process was born, in the system's own words; undefined if there is no such process. A zombie counts
 * as gone: it holds no memory and no files, and where process 1 does not reap it, it would stay for ever.
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  // Zero and negative numbers mean groups of processes to the system, and nobody to us.
  if (!(pid > 0)) return undefined
  if (process.platform !== 'linux') return birthByPs(pid)
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined)
  // Some systems hide the processes of other users below /proc; a signal that does nothing still reaches them.
  if (stat === undefined) return answersSignals(pid) ? '' : undefined
  // The second field is the program's name in parentheses and may itself contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return `${await bootOf()} ${fields[19]}`
}

/** True while that very process runs, not merely one of the same number. */
export async function stillRuns(mark: ProcessMark): Promise<boolean> {
  const born = await birthOf(mark.pid)
  if (born === undefined) return false
  return born === '' || mark.born === '' || born === mark.born
}

/**
 * Whether the process is a PostgreSQL server of this directory, which must be given by its real path. Not every
 * system lets everybody look closely, so the answer may be that it is unknown.
 */
export async function servesDirectory(pid: number, directory: string): Promise<'yes' | 'no' | 'unknown'> {
  const words = await commandOf(pid)
  if (words === undefined) return 'unknown'
  if (!/^(postgres|postmaster)$/.test(basename(words[0] ?? ''))) return 'no'
  // A server makes its directory its working directory. Only its own user and root may look.
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  if (workingDirectory !== undefined) return workingDirectory === directory ? 'yes' : 'no'
  return words.join(' ').includes(directory) ? 'unknown' : 'no'
}

/**
 * Runs a program to its end. It gets a session of its own, so that a Ctrl-C at the terminal does not break it
 * off half way, and hardly any environment, so that variables such as PGDATA cannot lead it astray.
 */
export function runProgram(program: string, words: string[], account?: Account): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd: '/',
      detached: true,
      env: plainEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(account && { uid: account.uid, gid: account.gid }),
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

/** What PostgreSQL's programs need to know of the world: where `sh` is, plain messages, and UTC. */
export const plainEnvironment = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' }

/** The words a process was started with; undefined where they cannot be read. */
async function commandOf(pid: number): Promise<string[] | undefined> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
    return line === undefined ? undefined : line.split('\0')
  }
  const answer = await runProgram('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => undefined)
  return answer?.code === 0 ? answer.output.trim().split(' ') : undefined
}

async function birthByPs(pid: number): Promise<string | undefined> {
  if (!answersSignals(pid)) return undefined
  const answer = await runProgram('ps', ['-o', 'state=,lstart=', '-p', String(pid)]).catch(() => undefined)
  const [state = '', ...born] = answer?.code === 0 ? answer.output.trim().split(/\s+/) : []
  return state.startsWith('Z') ? undefined : born.join(' ')
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'EPERM'
  }
}

let boot: Promise<string> | undefined

/** Births are counted from the start of the machine, so they only mean something together with it. */
function bootOf(): Promise<string> {
  boot ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => '',
  )
  return boot
}
