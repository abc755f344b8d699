/** Makes what only chance can make, out of the machine's randomness. */
import { randomFillSync } from 'node:crypto'
import { uuidV7 } from '../rules/uuid.ts'
import type { Mint } from './world.ts'

const uuidBytes = 10

/** A mint whose UUIDs carry the given time. Randomness is drawn in larger portions, because each draw costs a call. */
export function openMint(milliseconds: () => number): Mint {
  const drawn = new Uint8Array(uuidBytes * 400)
  let used = drawn.length
  return {
    uuid() {
      if (used === drawn.length) {
        randomFillSync(drawn)
        used = 0
      }
      used += uuidBytes
      return uuidV7(milliseconds(), drawn.subarray(used - uuidBytes, used))
    },
    secret: (bytes) => randomFillSync(new Uint8Array(bytes)),
  }
}
