/** Connections break at the moments that matter: around a request, and around a COMMIT. */
import { pick, within } from '../chance.ts'
import type { Fault } from '../fault.ts'

export const requestBefore: Fault = {
  name: 'request-before',
  does: 'the connection of a caller breaks before its request has reached the service',
  scene: {},
  strike: ({ scene, chance }) => within('a request', pick(scene.services, chance).door.cutAt('before')),
}

export const requestAfter: Fault = {
  name: 'request-after',
  does: 'the connection of a caller breaks after its request has reached the service',
  scene: {},
  strike: ({ scene, chance }) => within('a request', pick(scene.services, chance).door.cutAt('after')),
}

export const commitBefore: Fault = {
  name: 'commit-before',
  does: 'the connection to PostgreSQL breaks before a COMMIT has reached it',
  scene: {},
  strike: ({ scene }) => within('a COMMIT', scene.databaseProxy.cutAt('before')),
}

export const commitAfter: Fault = {
  name: 'commit-after',
  does: 'the connection to PostgreSQL breaks after a COMMIT has reached it, before its answer',
  scene: {},
  strike: ({ scene }) => within('a COMMIT', scene.databaseProxy.cutAt('after')),
}
