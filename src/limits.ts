/**
 * Every limit of the house in one place. A limit that is passed has a refusal of its own; nothing is cut off
 * silently. Lengths are in characters (code points), sizes in bytes, times in the unit that ends the name.
 */
export const limits = {
  bodyBytes: 1024 * 1024,
  bodySeconds: 10,
  jsonDepth: 32,
  arrayMembers: 1_000,
  /** Calls that may wait for one partner before further ones are refused as `unavailable`. */
  waitingCalls: 20_000,
  /** Calls decided in one transaction; more would make the first of them wait for the last. */
  groupCalls: 500,
  remoteIdCharacters: 255,
  nameCharacters: 255,
  emailCharacters: 254,
  phoneCharacters: 64,
  reasonCharacters: 1_000,
  searchCharacters: 255,
  tags: 50,
  tagCharacters: 100,
  metadataMembers: 50,
  metadataNameCharacters: 100,
  metadataTextCharacters: 1_000,
  licenses: 10_000_000,
  features: 500,
  featureCharacters: 100,
  limitations: 200,
  limitationMost: 2_147_483_647,
  variables: 200,
  variableCharacters: 1_000,
  descriptionCharacters: 2_000,
  /** Licences that one call may name by their ids. */
  licenseIds: 1_000,
  pageItems: 500,
  pageItemsUnlessSaid: 100,
  /** Events that one `listEvents` looks at when a filter passes over most of them. */
  eventsScanned: 10_000,
  windowDaysMost: 27,
  graceDaysMost: 27,
  withinDaysMost: 3_660,
  startYearsBack: 10,
  startYearsAhead: 2,
  /** How far one call may move a sandbox clock from the real time of the call. */
  clockYearsAhead: 50,
  idempotencyKeyCharacters: 255,
  idempotencyHours: 72,
} as const
