/** UUIDs of version 7: they sort by the time at which they were made, which keeps indexes compact. */

/** A UUID out of milliseconds since 1970 and ten random bytes. */
export function uuidV7(milliseconds: number, random: Uint8Array): string {
  const time = milliseconds.toString(16).padStart(12, '0')
  const tail = Buffer.from(random.buffer, random.byteOffset, 10)
  const first = (((tail[0] as number) & 0x0f) | 0x70).toString(16) + hex(tail[1] as number)
  const second = (((tail[2] as number) & 0x3f) | 0x80).toString(16) + hex(tail[3] as number)
  return `${time.slice(0, 8)}-${time.slice(8)}-${first}-${second}-${tail.toString('hex', 4, 10)}`
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
