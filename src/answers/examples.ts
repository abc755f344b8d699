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
