/** The service is killed as by a power cut, and started again. */
import { pause, pick } from '../chance.ts'
import type { Fault } from '../fault.ts'

export const kill: Fault = {
  name: 'kill',
  does: 'kill -9 of the service, which is started again; webhooks are counted, too',
  scene: { webhooks: true },
  async strike({ scene, chance }) {
    const service = pick(scene.services, chance)
    await service.kill()
    await pause(chance() * 300)
    await service.start()
  },
}
