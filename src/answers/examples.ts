/** Things as the examples of several methods show them. */

export const exampleCustomer = {
  id: 1,
  customerId: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f',
  partner: 0,
  remoteId: 'ABC',
  kind: 'organization',
  name: 'ABC Company',
  isActive: true,
  admin: { email: 'test3@example.com', phone: '111111111', displayName: 'Isa Aswath' },
  email: null,
  phone: null,
  address: null,
  tags: [],
  metadata: {},
  timeZone: null,
  version: 1,
  createdAt: 1684313717,
  updatedAt: 1684313717,
}

export const exampleEndpoint = {
  endpointId: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e60',
  url: 'https://erp.example.com/tenure',
  types: ['order.created', 'order.renewed', 'order.cancelled'],
  isActive: true,
  disabledAt: null,
  disabledReason: null,
  version: 1,
  createdAt: 1684313717,
  updatedAt: 1684313717,
}

export const exampleDelivery = {
  deliveryId: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e61',
  endpointId: exampleEndpoint.endpointId,
  seq: 1200,
  eventId: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e62',
  type: 'order.created',
  state: 'pending',
  attempts: 2,
  attemptedAt: 1684313722,
  nextAttemptAt: 1684314031,
  status: 503,
  answer: 'Down for maintenance',
  problem: 'The receiver answered 503.',
}

export const exampleSource = {
  sourceId: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e63',
  name: 'Web shop',
  shop: 'stripe',
  hookPath: '/hooks/stripe/01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e63',
  version: 1,
  createdAt: 1684313717,
  updatedAt: 1684313717,
}

export const exampleSku = { sourceId: exampleSource.sourceId, sku: 'price_1N8ZQXmonthly', edition: 'oo-lite' }

export const exampleInboxItem = {
  inboxId: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e64',
  sourceId: exampleSource.sourceId,
  eventId: 'evt_1N8ZQXupdated',
  type: 'customer.subscription.created',
  state: 'parked',
  reason: 'sku_unmapped: None of price_1N8ZQXyearly, prod_Nq7Z is mapped to an edition.',
  receivedAt: 1684313722,
}

export const exampleLicense = {
  licenseId: '6b69b539-dfe4-41a0-9b41-1192afebb1ae',
  remoteId: 'CAD-0001',
  customer: 'K001',
  customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55',
  product: 'cad',
  edition: 'cad-pro',
  editionVersion: 3,
  order: null,
  quantity: 10,
  validFrom: 1772366400,
  validUntil: 1803859200,
  state: 'active',
  isActive: true,
  features: ['draw', 'render'],
  limitations: { files: 500 },
  variables: { region: 'eu' },
  name: null,
  description: null,
  references: { contract: 'CON-77' },
  version: 1,
  createdAt: 1772366400,
}
