/** What processes cost: CPU time and memory as Linux tells them. On other systems they stay unknown. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Linux counts CPU time in hundredths of a second on every platform that Node runs on. */
const secondsPerTick = 0.01

interface Stat {
  name: string
  parent: number
  /** CPU time of the process, and of its children that have ended. Seconds. */
  own: number
  ended: number
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const close = text.lastIndexOf(')')
    const fields = text.slice(close + 2).split(' ')
    const ticks = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) * secondsPerTick
    const name = text.slice(text.indexOf('(') + 1, close)
    return { name, parent: Number(fields[1]), own: ticks(11), ended: ticks(13) }
  } catch {
    // The process has ended, or this is not Linux.
    return undefined
  }
}

/** Seconds of CPU time that a process has used so far. */
export function cpuOf(pid: number): number | undefined {
  return statOf(pid)?.own
}

/** The process that is the parent of a PostgreSQL session, if the server runs on this machine. */
export function postmasterOf(sessionPid: number): number | undefined {
  const stat = statOf(sessionPid)
  return stat && /^(postgres|postmaster)/.test(stat.name) ? stat.parent : undefined
}

/** Seconds of CPU time that a PostgreSQL server and all its sessions, ended ones too, have used so far. */
export function cpuOfServer(postmaster: number): number | undefined {
  const server = statOf(postmaster)
  if (!server) return undefined
  let sum = server.own + server.ended
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = statOf(Number(name))
    if (stat?.parent === postmaster) sum += stat.own
  }
  return sum
}

/** Resident memory of a process in megabytes: now, and the most it ever was where that can be known. */
export function memoryOf(pid: number): { now: number; most: number | undefined } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
    return { now: megabytes('VmRSS'), most: megabytes('VmHWM') }
  } catch {
    return memoryByPs(pid)
  }
}

/** Forgets the most memory that a process has had, so that the most from now on can be told; only Linux can. */
export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Elsewhere, or not allowed: the most since the start is told.
  }
}

function memoryByPs(pid: number): { now: number; most: undefined } | undefined {
  try {
    const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
    return { now: Number(kilobytes) / 1024, most: undefined }
  } catch {
    // Without /proc and ps the memory stays unknown.
    return undefined
  }
}
