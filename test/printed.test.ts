/** What is printed from the source is what the source says now. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { at, printed } from './printed.ts'

test.each(Object.entries(await printed()))(
  '%s is fresh; else `npm run print` writes it anew',
  async (path, text) => {
    expect(await readFile(at(path), 'utf8')).toBe(text)
  },
)
