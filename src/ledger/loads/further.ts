/**
 * What has to be loaded because of what was loaded: the editions that rows name, and a past that is asked for. Editions
 * are few and seldom change, so they are kept in memory for as long as the catalogue says that it has not changed.
 */
import type { Edition, EditionVersion, OrderChange, OrderSuspension } from '../../objects.ts'
import { licenseSuspensionTable, orderChangeTable, orderSuspensionTable } from '../../store/tables.ts'
import type { World } from '../world.ts'
import { editionColumns } from './catalogue.ts'
import { columns, type Load } from './load.ts'

/** How many editions, and how many of their versions, are kept before all are forgotten. */
const mostKept = 2_000

/** Editions as they were when the catalogue had a certain version. */
export class KeptCatalogue {
  #version = -1
  readonly editions = new Map<string, Edition>()
  readonly versions = new Map<string, EditionVersion>()

  /** Forgets everything if the catalogue has another version by now. */
  follow(version: number): void {
    if (version === this.#version && this.editions.size <= mostKept && this.versions.size <= mostKept) return
    this.editions.clear()
    this.versions.clear()
    this.#version = version
  }
}

/** The queries that are still missing after what was loaded so far; none when everything is there. */
export function furtherLoads(world: World, kept: KeptCatalogue): Load[] {
  if (!world.partner) return []
  kept.follow(world.catalogueVersion)
  const codes = missingEditions(world, kept)
  // An edition that is only now being loaded may turn out to have the very version that is named.
  const versions = missingVersions(world, kept).filter(
    ([code, version]) => !codes.includes(code) && world.isFirstLookAt(`version ${code} ${version}`),
  )
  return [
    ...(codes.length > 0 ? [editionLoad(world, kept, codes)] : []),
    ...(versions.length > 0 ? [versionLoad(world, kept, versions)] : []),
    ...(world.pastAsked ? pastLoads(world) : []),
  ]
}

function missingEditions(world: World, kept: KeptCatalogue): string[] {
  const missing: string[] = []
  for (const code of world.editionsNamed()) {
    if (world.editions.has(code)) continue
    const edition = kept.editions.get(code)
    if (edition) world.editions.set(code, edition)
    else if (world.isFirstLookAt(`edition ${code}`)) missing.push(code)
  }
  return missing
}

/** Editions as they are sold now. */
function editionLoad(world: World, kept: KeptCatalogue, codes: string[]): Load {
  return {
    text: `select ${editionColumns} from edition e join edition_version v using (code, version)
      where e.code = any ($1::text[])`,
    values: [codes],
    take: (rows: Edition[]) => {
      for (const row of rows) {
        kept.editions.set(row.code, row)
        world.editions.set(row.code, row)
      }
    },
  }
}

function missingVersions(world: World, kept: KeptCatalogue): [code: string, version: number][] {
  const missing = new Map<string, [string, number]>()
  for (const [code, version] of world.versionsNamed()) {
    const key = `${code} ${version}`
    if (world.editions.get(code)?.version === version || world.editionVersions.has(key)) continue
    const contents = kept.versions.get(key)
    if (contents) world.editionVersions.set(key, contents)
    else missing.set(key, [code, version])
  }
  return [...missing.values()]
}

/** What editions contained in certain versions, which never changes. */
function versionLoad(world: World, kept: KeptCatalogue, versions: [code: string, version: number][]): Load {
  return {
    text: `select v.code, v.version, v.features, v.limitations, v.variables, e.product
      from unnest($1::text[], $2::integer[]) as asked (code, version)
      join edition_version v using (code, version) join edition e using (code)`,
    values: [versions.map(([code]) => code), versions.map(([, version]) => version)],
    take: (rows: EditionVersion[]) => {
      for (const row of rows) {
        kept.versions.set(`${row.code} ${row.version}`, row)
        world.editionVersions.set(`${row.code} ${row.version}`, row)
      }
    },
  }
}

/** Changes and suspensions of chains and licences whose versions tell that there may be any. */
function pastLoads(world: World): Load[] {
  const chainIds = world.chainsWithPast().filter((chainId) => world.isFirstLookAt(`past ${chainId}`))
  const licenseIds: string[] = []
  for (const { licenseId, chainId, version } of world.licenses.all())
    if (chainId === null && version > 1 && world.isFirstLookAt(`past ${licenseId}`))
      licenseIds.push(licenseId)
  const of = (table: unknown, name: string, key: string, type: string): string =>
    `select ${columns(table, 'o')} from ${name} o
     where o.partner_id = $1 and o.${key} = any ($2::${type}[]) order by o.${key}, o.number`
  const found: Load[] = []
  if (chainIds.length > 0) {
    const values = [world.partnerId, chainIds]
    found.push({
      text: of(orderChangeTable, 'order_change', 'chain_id', 'bigint'),
      values,
      take: (changes: OrderChange[]) => world.chainParts.load({ changes }),
    })
    found.push({
      text: of(orderSuspensionTable, 'order_suspension', 'chain_id', 'bigint'),
      values,
      take: (suspensions: OrderSuspension[]) => world.chainParts.load({ suspensions }),
    })
  }
  if (licenseIds.length > 0)
    found.push({
      text: of(licenseSuspensionTable, 'license_suspension', 'license_id', 'uuid'),
      values: [world.partnerId, licenseIds],
      take: (rows) => {
        for (const row of rows) world.licenseSuspensions.load(row)
      },
    })
  return found
}
