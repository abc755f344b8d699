/** Every action of the console by its method, and the addresses at which they stand. */
import type { Action } from './action.ts'
import { catalogueActions, clockActions } from './ofCatalogue.ts'
import { consumerActions, customerActions } from './ofCustomers.ts'
import { keyActions, webhookActions } from './ofKeys.ts'
import { licenseActions } from './ofLicenses.ts'
import { orderActions } from './ofOrders.ts'
import { shopActions } from './ofShops.ts'

export const actions: ReadonlyMap<string, Action> = new Map(
  [
    ...orderActions,
    ...customerActions,
    ...consumerActions,
    ...licenseActions,
    ...shopActions,
    ...webhookActions,
    ...keyActions,
    ...catalogueActions,
    ...clockActions,
  ].map((action) => [action.method, action]),
)
