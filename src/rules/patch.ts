/** What a PATCH does to an object: absent members stay, null clears, everything else replaces. */

/** A copy of `kept` with the patch laid over it; with `drop`, a cleared member is left out instead of null. */
export function merged<Kept extends object>(
  kept: Kept,
  patch: { [member in string]?: unknown },
  cleared: 'null' | 'drop' = 'null',
): Kept {
  const result = { ...kept } as Record<string, unknown>
  for (const [member, value] of Object.entries(patch)) {
    if (value === undefined) continue
    if (value === null && cleared === 'drop') delete result[member]
    else result[member] = value
  }
  return result as Kept
}
