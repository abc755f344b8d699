/**
 * What the operating system says of a broken connection is told apart from what PostgreSQL says of a statement. EPIPE
 * has five capital letters, as an SQLSTATE has, and once made a lost connection look like a defect.
 */
import { expect, test } from 'vitest'
import { failureOf } from '../../src/store/failures.ts'

test.each(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'ENOTCONN'])(
  '%s is a lost connection',
  (code) => {
    const error = Object.assign(new Error(`write ${code}`), { code, syscall: 'write' })
    expect(failureOf(error)).toBe('lost')
  },
)

test.each([
  ['40P01', 'transient'],
  ['57P01', 'lost'],
  ['08006', 'lost'],
  ['23505', 'defect'],
] as const)('SQLSTATE %s is %s', (code, failure) => {
  expect(failureOf(Object.assign(new Error('said by PostgreSQL'), { code }))).toBe(failure)
})
