/** UUIDs of version 7: they sort by the time at which they were made, which keeps indexes compact. */

const digits = '0123456789abcdef'
const scratch = Buffer.alloc(36, '-', 'latin1')

/** Writes the low `count` hexadecimal digits of a number so that they end before a place. */
function put(value: number, end: number, count: number): void {
  for (let at = end - 1, rest = value; at >= end - count; at--) {
    scratch[at] = digits.charCodeAt(rest & 15)
    rest >>>= 4
  }
}

/** A UUID out of milliseconds since 1970 and ten random bytes. */
export function uuidV7(milliseconds: number, random: Uint8Array): string {
  const byte = (index: number): number => random[index] as number
  put(Math.floor(milliseconds / 65_536), 8, 8)
  put(milliseconds % 65_536, 13, 4)
  put(0x7000 | ((byte(0) & 0x0f) << 8) | byte(1), 18, 4)
  put(0x8000 | ((byte(2) & 0x3f) << 8) | byte(3), 23, 4)
  for (let index = 4; index < 10; index++) put(byte(index), 26 + 2 * (index - 4), 2)
  return scratch.toString('latin1')
}
