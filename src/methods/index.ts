/** The registry: every method by its name on the wire. A method is one file; this page is the only list of them. */
import type { Registry } from '../rpc/method.ts'
import { createEdition } from './catalogue/createEdition.ts'
import { createProduct } from './catalogue/createProduct.ts'
import { listEditions } from './catalogue/listEditions.ts'
import { listProducts } from './catalogue/listProducts.ts'
import { updateEdition } from './catalogue/updateEdition.ts'
import { advanceClock } from './clock/advanceClock.ts'
import { getClock } from './clock/getClock.ts'
import { setClock } from './clock/setClock.ts'
import { createConsumer } from './consumers/createConsumer.ts'
import { getConsumer } from './consumers/getConsumer.ts'
import { grantAccess } from './consumers/grantAccess.ts'
import { listConsumers } from './consumers/listConsumers.ts'
import { revokeAccess } from './consumers/revokeAccess.ts'
import { updateConsumer } from './consumers/updateConsumer.ts'
import { createCustomer } from './customers/createCustomer.ts'
import { findCustomers } from './customers/findCustomers.ts'
import { getCustomer } from './customers/getCustomer.ts'
import { listCustomers } from './customers/listCustomers.ts'
import { renameCustomer } from './customers/renameCustomer.ts'
import { updateCustomer } from './customers/updateCustomer.ts'
import { createWebhookEndpoint } from './endpoints/createWebhookEndpoint.ts'
import { deleteWebhookEndpoint } from './endpoints/deleteWebhookEndpoint.ts'
import { listDeliveries } from './endpoints/listDeliveries.ts'
import { listWebhookEndpoints } from './endpoints/listWebhookEndpoints.ts'
import { redeliver } from './endpoints/redeliver.ts'
import { rotateWebhookSecret } from './endpoints/rotateWebhookSecret.ts'
import { updateWebhookEndpoint } from './endpoints/updateWebhookEndpoint.ts'
import { listEvents } from './feed/listEvents.ts'
import { createApiKey } from './keys/createApiKey.ts'
import { listApiKeys } from './keys/listApiKeys.ts'
import { revokeApiKey } from './keys/revokeApiKey.ts'
import { checkEntitlement } from './licenses/checkEntitlement.ts'
import { createLicense } from './licenses/createLicense.ts'
import { getLicense } from './licenses/getLicense.ts'
import { listLicenses } from './licenses/listLicenses.ts'
import { revokeLicenses } from './licenses/revokeLicenses.ts'
import { updateLicense } from './licenses/updateLicense.ts'
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
import { createSource } from './shops/createSource.ts'
import { deleteSource } from './shops/deleteSource.ts'
import { listInbox } from './shops/listInbox.ts'
import { listSkus } from './shops/listSkus.ts'
import { listSources } from './shops/listSources.ts'
import { mapSku } from './shops/mapSku.ts'
import { replayInbox } from './shops/replayInbox.ts'
import { unmapSku } from './shops/unmapSku.ts'
import { updateSource } from './shops/updateSource.ts'
import { reconcile } from './sync/reconcile.ts'

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
const licenses = { createLicense, updateLicense, revokeLicenses, getLicense, listLicenses, checkEntitlement }
const consumers = { createConsumer, updateConsumer, getConsumer, listConsumers, grantAccess, revokeAccess }

export const methods = {
  ...customers,
  ...orders,
  ...licenses,
  ...consumers,
  createSource,
  updateSource,
  listSources,
  deleteSource,
  mapSku,
  listSkus,
  unmapSku,
  listInbox,
  replayInbox,
  preview: previewOf({ ...customers, ...orders, ...licenses, ...consumers } as unknown as Registry),
  reconcile,
  createProduct,
  createEdition,
  updateEdition,
  listProducts,
  listEditions,
  listEvents,
  createWebhookEndpoint,
  updateWebhookEndpoint,
  listWebhookEndpoints,
  deleteWebhookEndpoint,
  rotateWebhookSecret,
  listDeliveries,
  redeliver,
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
