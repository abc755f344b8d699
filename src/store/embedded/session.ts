/**
 * The connection by which an open handle is seen to use the server. PostgreSQL itself keeps the list of users:
 * a process that is killed drops off it without anybody's doing.
 */
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { birthOf } from './processes.ts'

/** One open connection, and whether it has been lost since. */
export interface Session {
  client: pg.Client
  lost: boolean
}

/** Connects to the database `tenure`, which is created if it is not there yet. */
export async function openSession(port: number, password: string): Promise<Session> {
  try {
    return await connect(port, password, 'tenure')
  } catch (failure) {
    if (codeOf(failure) !== '3D000') throw failure
  }
  const session = await connect(port, password, 'postgres')
  try {
    await session.client.query('create database tenure')
  } finally {
    await endSession(session)
  }
  return await connect(port, password, 'tenure')
}

/** Ends the connection; never fails, since a lost one is ended already. */
export async function endSession(session: Session): Promise<void> {
  session.lost = true
  await session.client.end().catch(() => undefined)
}

/** The directory this server says it serves. */
export async function directoryServed(session: Session): Promise<string> {
  const answer = await session.client.query('show data_directory')
  return answer.rows[0].data_directory
}

/**
 * Whether anybody besides this session uses the server. The sessions of a process that has just been killed
 * take a moment to end, and are given it.
 */
export async function isShared(session: Session): Promise<boolean> {
  const patience = performance.now() + 1000
  while (true) {
    const names = await otherNames(session)
    if (names.length === 0) return false
    const births = await Promise.all(names.map((name) => birthOf(Number(name.split(' ')[1]))))
    if (births.some((birth) => birth !== undefined) || performance.now() > patience) return true
    await pause(20)
  }
}

/** The error code of PostgreSQL or of the system that a failure carries. */
export function codeOf(failure: unknown): string {
  return String((failure as { code?: unknown }).code ?? '')
}

async function connect(port: number, password: string, database: string): Promise<Session> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'tenure',
    password,
    database,
    application_name: `tenure ${process.pid}`,
    keepAlive: true,
    ssl: false,
    options: '',
    connectionTimeoutMillis: 5000,
    query_timeout: 30_000,
  })
  const session = { client, lost: false }
  const lose = () => {
    session.lost = true
  }
  client.on('error', lose)
  client.on('end', lose)
  try {
    await client.connect()
    return session
  } catch (failure) {
    await endSession(session)
    throw failure
  }
}

async function otherNames(session: Session): Promise<string[]> {
  const answer = await session.client.query(
    `select application_name from pg_stat_activity
      where application_name ~ '^tenure [0-9]+$' and pid <> pg_backend_pid()`,
  )
  return answer.rows.map((row) => row.application_name)
}
