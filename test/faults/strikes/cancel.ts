/** PostgreSQL breaks off what a connection of the service is doing, and leaves the connection open. */
import type { Fault } from '../fault.ts'
import { backendOf } from './backendOf.ts'

export const cancel: Fault = {
  name: 'cancel',
  does: 'pg_cancel_backend of one connection at work',
  scene: {},
  async strike(field) {
    const pid = await backendOf(field)
    await field.scene.postgres.query('select pg_cancel_backend($1)', [pid])
  },
}
