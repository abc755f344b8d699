/** The registry: every method by its name on the wire. A method is one file; this page is the only list of them. */
import type { Registry } from '../rpc/method.ts'
import { listEditions } from './catalogue/listEditions.ts'
import { listProducts } from './catalogue/listProducts.ts'
import { advanceClock } from './clock/advanceClock.ts'
import { getClock } from './clock/getClock.ts'
import { setClock } from './clock/setClock.ts'
import { createCustomer } from './customers/createCustomer.ts'
import { findCustomers } from './customers/findCustomers.ts'
import { getCustomer } from './customers/getCustomer.ts'
import { listCustomers } from './customers/listCustomers.ts'
import { renameCustomer } from './customers/renameCustomer.ts'
import { updateCustomer } from './customers/updateCustomer.ts'
import { listEvents } from './feed/listEvents.ts'
import { createApiKey } from './keys/createApiKey.ts'
import { listApiKeys } from './keys/listApiKeys.ts'
import { revokeApiKey } from './keys/revokeApiKey.ts'
import { checkEntitlement } from './licenses/checkEntitlement.ts'
import { cancelOrder } from './orders/cancelOrder.ts'
import { changeOrder } from './orders/changeOrder.ts'
import { createFirstOrder } from './orders/createFirstOrder.ts'
import { createRenewalOrder } from './orders/createRenewalOrder.ts'
import { getOrder } from './orders/getOrder.ts'
import { listOrders } from './orders/listOrders.ts'
import { listRenewalsDue } from './orders/listRenewalsDue.ts'
import { resumeOrder } from './orders/resumeOrder.ts'
import { suspendOrder } from './orders/suspendOrder.ts'
import { uncancelOrder } from './orders/uncancelOrder.ts'
import { createPartner } from './partners/createPartner.ts'
import { listPartners } from './partners/listPartners.ts'
import { updatePartner } from './partners/updatePartner.ts'
import { previewOf } from './preview.ts'

const customers = {
  createCustomer,
  updateCustomer,
  renameCustomer,
  getCustomer,
  findCustomers,
  listCustomers,
}
const orders = {
  createFirstOrder,
  createRenewalOrder,
  cancelOrder,
  uncancelOrder,
  suspendOrder,
  resumeOrder,
  changeOrder,
  getOrder,
  listOrders,
  listRenewalsDue,
}
const licenses = { checkEntitlement }

export const methods = {
  ...customers,
  ...orders,
  ...licenses,
  preview: previewOf({ ...customers, ...orders, ...licenses } as unknown as Registry),
  listProducts,
  listEditions,
  listEvents,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  createPartner,
  updatePartner,
  listPartners,
  getClock,
  setClock,
  advanceClock,
} as const

export const registry = methods as unknown as Registry
