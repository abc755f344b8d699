/**
 * What went wrong between us and PostgreSQL, in the three words that matter to the ledger: whether the same work
 * may simply be done again, whether the database is away, or whether the statement itself was at fault.
 */

/**
 * - `transient`: nothing was done and doing it again may well succeed (deadlock, lock timeout, restart)
 * - `lost`: the connection is gone; what was under way is not done unless a COMMIT had been sent
 * - `defect`: the database refused the statement itself
 */
export type Failure = 'transient' | 'lost' | 'defect'

/** Deadlock, serialization failure, lock not available, cancelled by timeout, read-only standby; class 53 beside them. */
const transientCodes = new Set(['40P01', '40001', '55P03', '57014', '25006', '25P03'])

/** Shutdown, crash, starting up, too many connections, a database that takes none, and the connection class 08. */
const lostCodes = new Set(['57P01', '57P02', '57P03', '57P05', '53300', '25P02', '55000', '3D000'])

/** Errors of the language itself: our own defects, whatever the database was doing meanwhile. */
const ownDefects = [TypeError, RangeError, ReferenceError, SyntaxError]

/** SQLSTATE is five characters; what carries none, and is no defect of ours, came from the connection. */
export function failureOf(error: unknown): Failure {
  if (ownDefects.some((kind) => error instanceof kind)) return 'defect'
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown }
  // EPIPE has five capital letters like an SQLSTATE; what names a system call came from the socket.
  if (syscall !== undefined || typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return 'lost'
  if (lostCodes.has(code) || code.startsWith('08')) return 'lost'
  // Class 53 is a full disk or memory that is short: nobody's statement is at fault, and somebody will make room.
  if (transientCodes.has(code) || code.startsWith('53')) return 'transient'
  return 'defect'
}

/** The commit that PostgreSQL answered with ROLLBACK, because a statement before it had failed. */
export class CommitRefused extends Error {
  readonly code = '40000'
}

/** A commit that PostgreSQL answered as done without its standby having it. */
export class StandbyBehind extends Error {
  constructor() {
    super('PostgreSQL warned that a commit may not have reached its standby.')
  }
}
