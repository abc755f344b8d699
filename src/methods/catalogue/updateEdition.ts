/** `updateEdition`: a new version of an edition; what was issued before keeps the version it was issued with. */
import { z } from 'zod'
import { editionAnswer } from '../../answers/edition.ts'
import { stageEdition } from '../../ledger/catalogue.ts'
import { needs } from '../../ledger/needs.ts'
import { refuseOtherVersion } from '../../ledger/verbs.ts'
import { command } from '../../rpc/method.ts'
import { canonical, type Json } from '../../rules/canonical.ts'
import { merged } from '../../rules/patch.ts'
import {
  Edition,
  EditionCode,
  Features,
  GraceDays,
  Limitations,
  Name,
  Variables,
  Version,
  WindowDays,
} from '../../shapes.ts'

export const updateEdition = command({
  summary: 'Change an edition; every change makes a new version of it.',
  details: `A PATCH: members that are left out stay as they are, null clears; the groups are replaced as they are given.
    Licences keep the configuration they were issued with. Window, grace and renewability count at once for all
    chains of the edition.`,
  scopes: ['operator'],
  nulls: 'clear',
  params: z.strictObject({
    code: EditionCode,
    name: Name.optional(),
    features: Features.nullable().optional(),
    limitations: Limitations.nullable().optional(),
    variables: Variables.nullable().optional(),
    windowDays: WindowDays.nullable().optional(),
    graceDays: GraceDays.nullable().optional(),
    renewable: z.boolean().optional(),
    ifVersion: Version.optional(),
  }),
  result: Edition,
  faults: ['edition_unknown', 'version_conflict'],
  events: [],
  examples: [
    {
      summary: "One feature more, and the partner's own days of grace again",
      params: { code: 'cad-pro', features: ['draw', 'render'], graceDays: null },
      result: {
        code: 'cad-pro',
        product: 'cad',
        name: 'CAD Pro',
        provisioningMode: 'floating',
        clientType: 'users',
        features: ['draw', 'render'],
        limitations: { files: 10 },
        variables: { region: 'eu' },
        windowDays: null,
        graceDays: null,
        renewable: true,
        version: 2,
        createdAt: 1772366400,
      },
    },
  ],
  needs: ({ code }) => [needs.edition(code)],
  decide({ world, fault }, { code, ifVersion, ...patch }) {
    const before = world.edition(code)
    if (!before) throw fault('edition_unknown', { id: code })
    const changed = merged(before, {
      ...patch,
      ...(patch.features === null ? { features: [] } : {}),
      ...(patch.limitations === null ? { limitations: {} } : {}),
      ...(patch.variables === null ? { variables: {} } : {}),
    })
    if (canonical(changed as unknown as Json) === canonical(before as unknown as Json))
      return editionAnswer(before)
    refuseOtherVersion(before, ifVersion)
    return editionAnswer(stageEdition(world, { ...changed, version: before.version + 1 }, before))
  },
})
