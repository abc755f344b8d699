/** The disk of the database is full for a while; where PostgreSQL ended over it, it is started again. */
import { open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { pause } from '../chance.ts'
import type { Fault } from '../fault.ts'

export const disk: Fault = {
  name: 'disk',
  does: 'the disk of the database (a file system of its own in memory) is full for two to four seconds',
  scene: { diskMegabytes: 220 },
  strikes: 2,
  async strike({ scene, chance }) {
    const folder = join(scene.folder, 'disk')
    const filler = join(folder, 'filler')
    await fill(folder, filler)
    await pause(2_000 + chance() * 2_000)
    await rm(filler)
    // Without room for its log PostgreSQL ends, and may not come up again by itself.
    await pause(500)
    if (!scene.postgres.runs) await scene.postgres.start()
  },
}

async function fill(folder: string, filler: string): Promise<void> {
  const file = await open(filler, 'w')
  const chunk = Buffer.alloc(256 * 1024)
  try {
    for (;;) await file.write(chunk)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    await file.close()
  }
  const { bavail } = await statfs(folder)
  if (bavail > 64) throw new Error('The disk could not be filled.')
}
