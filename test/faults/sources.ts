/**
 * Copies of the service's sources. A run plays one and the same version, whatever happens to the files meanwhile; and a
 * control plays one with a guard taken out, by replacing text that must be there exactly once.
 */
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const original = fileURLToPath(new URL('../../', import.meta.url))

/** One guard's text, and what stands there without the guard. */
export interface Patch {
  readonly file: string
  readonly guard: string
  readonly without: string
}

/** Copies what the service consists of into a new folder; answers the folder. */
export async function copySources(
  folder: string,
  patches: readonly Patch[] = [],
  from = original,
): Promise<string> {
  await mkdir(folder)
  for (const part of ['src', 'schema', 'package.json', 'tsconfig.json'])
    await cp(join(from, part), join(folder, part), { recursive: true })
  await symlink(join(original, 'node_modules'), join(folder, 'node_modules'))
  // A fault may bring a main of its own.
  await mkdir(join(folder, 'test', 'faults'), { recursive: true })
  await cp(join(original, 'test/faults/clockMain.ts'), join(folder, 'test/faults/clockMain.ts'))
  for (const patch of patches) {
    const path = join(folder, patch.file)
    await writeFile(path, patched(await readFile(path, 'utf8'), patch))
  }
  return folder
}

/** The text without the guard; throws when the guard is not there exactly once, so that no control tests nothing. */
export function patched(text: string, { file, guard, without }: Patch): string {
  const count = text.split(guard).length - 1
  if (count !== 1) throw new Error(`The guard stands ${count} times in ${file}, and not once: ${guard}`)
  return text.replace(guard, () => without)
}

/** Takes a guard out of the sources as they are, without writing them anywhere. */
export async function withoutGuard(patch: Patch): Promise<string> {
  return patched(await readFile(join(original, patch.file), 'utf8'), patch)
}
