/**
 * The service with a clock that stands still until the model moves it: everything is as in `src/main.ts` but for its
 * clock, which begins at MODEL_NOW and goes where a message says. PostgreSQL keeps the machine's time.
 */
import { machineClock, main } from '../../src/main.ts'

let now = Number(process.env.MODEL_NOW)
process.on('message', (message: { now: number }) => {
  now = message.now
  process.send?.(message)
})
Object.assign(machineClock, { now: () => now, milliseconds: () => now * 1000 })

process.exitCode = await main()
process.disconnect?.()
