/** The API keys of the partner; never the keys themselves. */
import type { Result, Route } from '../door.ts'
import { links } from '../links.ts'
import { actionLink, pager, state, table, time } from '../parts.ts'
import { id } from '../things.ts'

type Key = Result<'listApiKeys'>['items'][number]

const perPage = 100

export const keys: Route = {
  verb: 'GET',
  path: '/console/keys',
  async show(visit) {
    const { session, query, house } = visit
    const cursor = query.get('cursor')
    const { items, next } = await visit.call('listApiKeys', { limit: perPage, ...(cursor ? { cursor } : {}) })
    // Keys follow the real clock, also those of a sandbox.
    const present = house.now()
    const stateOf = ({ revokedAt, expiresAt }: Key): string => {
      if (revokedAt !== null) return 'revoked'
      return expiresAt !== null && expiresAt <= present ? 'expired' : 'active'
    }
    const body = [
      table<Key>({
        caption: 'API keys',
        rows: items,
        none: 'No keys.',
        columns: [
          { title: 'Key', isName: true, cell: ({ keyId }) => id(keyId ?? '') },
          { title: 'Name', cell: ({ name }) => name },
          { title: 'Scopes', cell: ({ scopes }) => scopes.join(', ') },
          { title: 'State', cell: (key) => state(stateOf(key)) },
          { title: 'Made', cell: ({ createdAt }) => time(createdAt, 'day') },
          { title: 'Expires', cell: ({ expiresAt }) => (expiresAt === null ? 'never' : time(expiresAt)) },
          {
            title: 'Actions',
            isSilent: true,
            cell: (key) =>
              stateOf(key) === 'active'
                ? actionLink(session, 'revokeApiKey', { keyId: key.keyId }, 'Revoke')
                : null,
          },
        ],
      }),
      pager({ next: next && `${links.keys}?cursor=${next}`, first: cursor && links.keys }),
    ]
    return visit.page({
      title: 'API keys',
      here: 'keys',
      beside: actionLink(session, 'createApiKey', {}, 'New key'),
      body,
    })
  },
}
