/**
 * Everything that one round is played on: a PostgreSQL of its own, perhaps with a standby, one or several services as
 * processes, what stands between them and can break, and partners who call.
 */
import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CuttingProxy, DatabaseProxy, targetOf } from '../proxy.ts'
import { type Installation, Postgres } from './postgres.ts'
import { ServiceProcess } from './process.ts'
import { EventReceiver } from './receiver.ts'

const run = promisify(execFile)

export interface SceneOptions {
  readonly servers?: number
  /** Settings of PostgreSQL; with a standby, those of the first server. */
  readonly settings?: Record<string, string>
  readonly standby?: boolean
  /** Megabytes of the disk that the database has to itself. */
  readonly diskMegabytes?: number
  readonly movableClock?: boolean
  readonly webhooks?: boolean
  /** SQL that is carried out before the services start. */
  readonly sql?: readonly string[]
}

export interface Caller {
  readonly partner: number
  readonly key: string
}

export interface SceneDefinition extends SceneOptions {
  readonly installation: Installation
  /** Where the sources of the service are. */
  readonly root: string
}

let scenes = 0
const open = new Set<Scene>()

/** Ends every process that a round has started; for a run that is broken off. */
export async function closeScenes(): Promise<void> {
  for (const scene of open) await scene.close()
}

export class Scene {
  readonly folder: string
  readonly services: ServiceProcess[] = []
  readonly callers: Caller[] = []
  /** What happened that should not, whatever the faults. */
  readonly troubles: string[] = []
  /** The server that takes writes. */
  postgres!: Postgres
  standby: Postgres | undefined
  /** Between the two. */
  replicationLine: CuttingProxy | undefined
  databaseProxy!: DatabaseProxy
  receiver: EventReceiver | undefined
  readonly #definition: SceneDefinition
  #isMounted = false

  private constructor(definition: SceneDefinition) {
    this.#definition = definition
    this.folder = join(definition.installation.folder, `scene-${++scenes}`)
  }

  static async open(definition: SceneDefinition): Promise<Scene> {
    const scene = new Scene(definition)
    open.add(scene)
    try {
      await mkdir(scene.folder)
      await scene.#openDatabase()
      await scene.#openServices()
      await scene.#invitePartners(2)
      return scene
    } catch (error) {
      await scene.close()
      throw error
    }
  }

  async close(): Promise<void> {
    for (const service of this.services) await service.close()
    await this.receiver?.close()
    await this.databaseProxy?.close()
    await this.replicationLine?.close()
    for (const server of [this.postgres, this.standby]) await server?.destroy()
    if (this.#isMounted) await run('umount', [join(this.folder, 'disk')])
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 })
    open.delete(this)
  }

  /** Lets the services find another server behind the address that they know. */
  async failOver(to: Postgres): Promise<void> {
    this.databaseProxy.target = targetOf(to.url)
    this.databaseProxy.cutAll()
    this.postgres = to
  }

  async #openDatabase(): Promise<void> {
    const { installation, settings = {}, diskMegabytes, standby, sql = [] } = this.#definition
    const disk = join(this.folder, 'disk')
    await mkdir(disk)
    if (diskMegabytes !== undefined) await this.#mount(disk, diskMegabytes)
    this.postgres = await Postgres.copy(installation, join(disk, 'postgres'), settings)
    if (standby) await this.#openStandby()
    else await this.postgres.start()
    for (const statement of sql) await this.postgres.query(statement)
    const { proxy } = await DatabaseProxy.open(this.postgres.url)
    this.databaseProxy = proxy
  }

  async #openStandby(): Promise<void> {
    this.replicationLine = new CuttingProxy('', targetOf(this.postgres.url))
    await this.replicationLine.listen()
    this.standby = await this.postgres.withStandby(join(this.folder, 'standby'), this.replicationLine.port)
  }

  async #mount(disk: string, megabytes: number): Promise<void> {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', disk]).catch(
      (error) => {
        throw new NotPossibleHere(`a small file system cannot be mounted (${String(error.message).trim()})`)
      },
    )
    this.#isMounted = true
  }

  async #openServices(): Promise<void> {
    const { root, servers = 1, movableClock } = this.#definition
    const near = new URL(this.postgres.url)
    near.port = String(this.databaseProxy.port)
    for (let server = 0; server < servers; server++) {
      const service = await ServiceProcess.open({
        root,
        databaseUrl: near.href,
        dataDirectory: join(this.folder, `data-${server}`),
        main: movableClock ? 'test/faults/clockMain.ts' : undefined,
        onTrouble: (trouble) => void this.troubles.push(trouble),
      })
      this.services.push(service)
      await service.start()
    }
  }

  async #invitePartners(count: number): Promise<void> {
    const [first] = this.services as [ServiceProcess]
    const operator = await first.initialKey()
    for (let number = 0; number < count; number++) {
      const made = await this.#call(operator, 'createPartner', { name: `under fire ${number}` })
      this.callers.push({ partner: made.partner as number, key: made.apiKey as string })
    }
    if (!this.#definition.webhooks) return
    this.receiver = await EventReceiver.open()
    for (const { key } of this.callers)
      await this.#call(key, 'createWebhookEndpoint', { url: this.receiver.url })
  }

  async #call(key: string, method: string, params: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.services[0]?.door.url}/rpc`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ method, params }),
    })
    const json = (await response.json()) as Record<string, unknown>
    if (response.status !== 200) throw new Error(`${method} was refused: ${JSON.stringify(json)}`)
    return json
  }
}

/** A fault that this machine does not permit. */
export class NotPossibleHere extends Error {}
