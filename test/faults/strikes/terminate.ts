/** PostgreSQL ends one connection of the service, as an administrator would. */
import type { Fault } from '../fault.ts'
import { backendOf } from './backendOf.ts'

export const terminate: Fault = {
  name: 'terminate',
  does: 'pg_terminate_backend of one connection at work',
  scene: {},
  async strike(field) {
    const pid = await backendOf(field)
    await field.scene.postgres.query('select pg_terminate_backend($1)', [pid])
  },
}
