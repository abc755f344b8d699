/** Temporary folders for tests and benchmarks. */
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A new folder that everybody may enter. Where root runs the tests, PostgreSQL runs as a user of its own, and would
 * otherwise have to keep its files elsewhere, where nobody tidies up after the test.
 */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`))
  await chmod(folder, 0o755)
  return folder
}
