/**
 * A server stands still for longer than every timeout, perhaps in the middle of a transaction, and then goes on as if
 * nothing had been. What callers had sent it meanwhile it does late, when they have long sent it again.
 */
import { pause, pick } from '../chance.ts'
import type { Fault, Field } from '../fault.ts'

/** PostgreSQL ends a transaction in which nothing comes for ten seconds, and callers wait for twenty. */
const stillFor = 30_000

async function standStill({ scene, chance }: Field): Promise<void> {
  const service = pick(scene.services, chance)
  service.signal('SIGSTOP')
  await pause(stillFor + chance() * 1_000)
  service.signal('SIGCONT')
}

export const pauseOne: Fault = {
  name: 'pause',
  does: 'SIGSTOP of the only server for 30 s, longer than every timeout',
  scene: {},
  strikes: 1,
  strike: standStill,
}

export const pauseOneOfTwo: Fault = {
  name: 'pause-of-two',
  does: 'SIGSTOP of one of two servers for 30 s; the other must go on',
  scene: { servers: 2 },
  strikes: 1,
  async strike(field) {
    const before = field.answers.done
    await standStill(field)
    const meanwhile = field.answers.done - before
    if (meanwhile === 0) throw new Error('The other server did nothing while one stood still.')
  },
}
