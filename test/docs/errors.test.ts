/** Every refusal is explained: what happened, why, and what to do. `docs/errors.md` itself is held fresh by `printed.test.ts`. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type AnyReason, allFaults } from '../../src/faults.ts'
import { advice } from '../../src/http/docs/advice.ts'

const reasons = Object.keys(allFaults) as AnyReason[]

test.each(reasons)('%s is explained', async (reason) => {
  expect(advice[reason]?.why).toMatch(/\.$/)
  expect(advice[reason]?.todo).toMatch(/\.$/)
  expect(await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')).toContain(
    `### ${reason}\n`,
  )
})

test('what is said of the facts names facts that are there', () => {
  for (const reason of reasons) {
    const { why = '', todo = '' } = advice[reason] ?? {}
    const told = [
      ...`${why} ${todo}`.matchAll(
        /`(id|differs|customer|parent|since|endsAt|termEnd|windowDays|renewableFrom|retryAt|edition|from|order|version|limit|members|method|issues|requestId|scope|retryAfterSeconds|outcome)`/g,
      ),
    ]
    const { shape } = allFaults[reason].data as unknown as { shape: object }
    for (const [, name] of told) expect(Object.keys(shape), `${reason} says ${name}`).toContain(name)
  }
})
