/** Other names under which the columns of a file are known: those of ERPs, shops and spreadsheets. */

/** By the path of the column: names in any case, with or without blanks, `_`, `-` and `.` between their words. */
export type Synonyms = Readonly<Record<string, readonly string[]>>

const address: Synonyms = {
  'address.line1': ['address', 'street', 'address line 1', 'address 1', 'line 1'],
  'address.line2': ['address line 2', 'address 2', 'line 2'],
  'address.postalCode': ['postal code', 'postcode', 'zip', 'zip code'],
  'address.city': ['city', 'town'],
  'address.region': ['region', 'state', 'province'],
  'address.country': ['country', 'country code'],
}

const remoteId = ['remote id', 'external id', 'external key', 'external reference', 'natural id']

export const customerSynonyms: Synonyms = {
  ...address,
  id: ['customer number', 'customer no', 'customer', 'number', 'no', ...remoteId],
  customerId: ['uuid', 'customer uuid'],
  name: ['customer name', 'company', 'company name', 'organization', 'organization name'],
  kind: ['customer type', 'type'],
  email: ['e-mail address', 'email address', 'mail'],
  phone: ['telephone', 'phone number'],
  timeZone: ['time zone name', 'tz'],
  isActive: ['active'],
  tags: ['tag'],
  'admin.email': ['admin mail', 'contact email', 'contact mail'],
  'admin.phone': ['contact phone'],
  'admin.displayName': ['admin name', 'contact name', 'contact'],
}

const references: Synonyms = {
  'references.contract': ['contract', 'contract reference', 'contract number'],
  'references.order': ['order', 'order reference', 'order number'],
  'references.subscription': ['subscription', 'subscription reference'],
  'references.product': ['product reference'],
  'references.purchaseOrder': ['purchase order', 'purchase order number', 'po number'],
}

export const licenseSynonyms: Synonyms = {
  ...references,
  id: ['legacy license key', 'license key', 'key', 'license number', ...remoteId],
  licenseId: ['uuid', 'license uuid'],
  customer: ['customer number', 'customer no'],
  customerId: ['customer uuid'],
  edition: ['template name', 'template', 'edition code', 'edition name'],
  quantity: ['user limit', 'token limit', 'users', 'seats', 'licenses'],
  validFrom: ['start date', 'start', 'valid since'],
  validUntil: [
    'expiration date',
    'expiration',
    'expires',
    'expiry date',
    'end date',
    'valid to',
    'valid through',
  ],
  name: ['license name'],
  isActive: ['active'],
}

export const orderSynonyms: Synonyms = {
  id: ['order', 'order number', 'order no', 'order id', ...remoteId],
  parent: ['first order', 'parent order'],
  customer: ['customer number', 'customer no'],
  product: ['edition', 'edition code', 'template name'],
  licenses: ['quantity', 'seats', 'users'],
  duration: ['term'],
  termStart: ['start', 'start date'],
  termEnd: ['end', 'end date'],
}
