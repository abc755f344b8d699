/**
 * The service with a clock that can be moved from outside: everything is as in `src/main.ts` but for its clock, which
 * runs like the machine's and is put ahead or back by a message. PostgreSQL keeps the machine's time.
 */
import { machineClock, main } from '../../src/main.ts'

let ahead = 0
process.on('message', (message: { ahead: number }) => {
  ahead = message.ahead
})
const milliseconds = (): number => Date.now() + ahead * 1000
Object.assign(machineClock, { now: () => Math.floor(milliseconds() / 1000), milliseconds })

process.exitCode = await main()
