/** Several servers on one database, of which now one is killed and now one loses a connection; the others go on. */
import { pick } from '../chance.ts'
import type { Fault } from '../fault.ts'
import { commitAfter } from './cuts.ts'
import { kill } from './kill.ts'
import { terminate } from './terminate.ts'

const blows = [kill, terminate, commitAfter]

function servers(name: string, count: number): Fault {
  return {
    name,
    does: `${name} servers on one database, of which one is killed or loses a connection`,
    scene: { servers: count },
    strike: (field) => pick(blows, field.chance).strike(field),
  }
}

export const two = servers('two', 2)
export const four = servers('four', 4)
