/** How far a long command is: a bar with rate and time left on a terminal, a plain line now and then elsewhere. */
import { stripVTControlCharacters } from 'node:util'
import { Presets, SingleBar } from 'cli-progress'

export interface Meter {
  tell(progress: { rows: number; bytes: number }): void
  /** Says a line on standard error, where the bar is too. */
  say(line: string): void
  /** Takes the bar off the screen. Idempotent. */
  close(): void
}

const plainLineMilliseconds = 5_000

/** Opens a meter for a file of so many bytes. */
export function openMeter(size: number): Meter {
  const began = performance.now()
  const say = (line: string): void => {
    process.stderr.write(`${stripVTControlCharacters(line).replace(/\p{Cc}/gu, ' ')}\n`)
  }
  const rate = (rows: number): number =>
    Math.round(rows / Math.max(0.001, (performance.now() - began) / 1_000))
  if (!process.stderr.isTTY) {
    let next = began + plainLineMilliseconds
    return {
      tell({ rows, bytes }) {
        if (performance.now() < next) return
        next = performance.now() + plainLineMilliseconds
        say(`${rows} rows, ${Math.floor((bytes / Math.max(1, size)) * 100)} %, ${rate(rows)} rows/s`)
      },
      say,
      close() {},
    }
  }
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} % | {rows} rows | {rate} rows/s | {eta_formatted} left',
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  )
  bar.start(size, 0, { rows: 0, rate: 0 })
  let open = true
  return {
    tell: ({ rows, bytes }) => bar.update(Math.min(bytes, size), { rows, rate: rate(rows) }),
    say,
    close() {
      if (open) bar.stop()
      open = false
    },
  }
}
