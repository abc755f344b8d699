/** How a peer's process begins and ends: it connects to the database it is given, tells its port, and ends when left. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'

/** As many connections as Tenure takes unless told otherwise, which is also what pg takes. */
const connections = 10

export function peerPool(): pg.Pool {
  const connectionString = process.env.PEER_DATABASE_URL
  if (!connectionString)
    throw new Error('A peer is started by the benchmark, which says where its database is.')
  return new pg.Pool({ connectionString, max: connections, options: '-c TimeZone=UTC -c jit=off' })
}

/** Tells the port to the benchmark; ends when the benchmark lets go. */
export function serving(server: Server, pool: pg.Pool): void {
  process.send?.({ port: (server.address() as AddressInfo).port })
  process.once('disconnect', () => {
    server.close()
    server.closeAllConnections()
    void pool.end()
  })
}
