/** Every address of the console: the files it serves, the sign-in, and the pages for those who are signed in. */
import { actionRoutes } from './actions/flow.ts'
import { assets } from './assets.ts'
import { type ConsoleHouse, guarded, type PageDoor, type Route, refuse, seeOther } from './door.ts'
import { links } from './links.ts'
import { catalogue } from './pages/catalogue.ts'
import { consumerRoutes } from './pages/consumers.ts'
import { customerRoutes } from './pages/customer.ts'
import { customers } from './pages/customers.ts'
import { events } from './pages/events.ts'
import { find } from './pages/find.ts'
import { importPages } from './pages/import.ts'
import { inbox } from './pages/inbox.ts'
import { keys } from './pages/keys.ts'
import { licenseRoutes } from './pages/licenses.ts'
import { order } from './pages/order.ts'
import { orders } from './pages/orders.ts'
import { overview } from './pages/overview.ts'
import { signInDoors } from './pages/signIn.ts'
import { webhookRoutes } from './pages/webhooks.ts'
import { sayNo } from './refusals.ts'
import { Sessions } from './session.ts'

const pages: readonly Route[] = [
  overview,
  find,
  customers,
  ...customerRoutes,
  ...consumerRoutes,
  orders,
  order,
  ...licenseRoutes,
  events,
  ...webhookRoutes,
  inbox,
  ...importPages,
  catalogue,
  keys,
]

/** What is nowhere else; it stands last. */
const nowhere: Route = {
  verb: 'GET',
  path: '/console/*',
  show: ({ session, request }) =>
    request.url.pathname === '/console/'
      ? seeOther(links.overview)
      : sayNo({ title: 'Not found', status: 404, body: 'There is no such page in the console.', session }),
}

export function consoleRoutes(house: ConsoleHouse): PageDoor[] {
  const sessions = new Sessions(house)
  const files = assets.map(
    ({ path, type, text }): PageDoor => ({
      verb: 'GET',
      path,
      refuse,
      answer: async () => ({
        status: 200,
        headers: {
          'content-type': type,
          'cache-control': 'public, max-age=86400',
          'x-content-type-options': 'nosniff',
        },
        body: text,
      }),
    }),
  )
  return [
    ...files,
    ...signInDoors(house, sessions),
    ...[...pages, ...actionRoutes, nowhere].map((route) => guarded(route, house, sessions)),
  ]
}
