/** `npm run print`: writes what is derived from the source; `test/printed.test.ts` fails when any of it is stale. */
import { writeFile } from 'node:fs/promises'
import { at, printed } from './printed.ts'

for (const [path, text] of Object.entries(await printed())) await writeFile(at(path), text)
