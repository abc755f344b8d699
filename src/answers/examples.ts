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
