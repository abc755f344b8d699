/**
 * Every limit of the house in one place. A limit that is passed has a refusal of its own; nothing is cut off
 * silently. Lengths are in characters (code points), sizes in bytes, times in the unit that ends the name.
 */
export const limits = {
  bodyBytes: 1024 * 1024,
  bodySeconds: 10,
  jsonDepth: 32,
  arrayMembers: 1_000,
  /** How much the lists in an array may answer together before further ones are refused. */
  arrayAnswerBytes: 8 * 1024 * 1024,
  /** Members beyond which a list, or an object, is refused before anything looks into it; no method takes as many. */
  listMembers: 10_000,
  objectMembers: 1_000,
  /** Problems with its params that one refusal tells. */
  issues: 200,
  /** Calls that may wait for one partner before further ones are refused as `unavailable`. */
  waitingCalls: 20_000,
  partnerMost: 2_147_483_647,
  /** Calls decided in one transaction; more would make the first of them wait for the last. */
  groupCalls: 500,
  /** Rows of a file decided in one transaction, and how many bytes of it they may come to. */
  importGroupRows: 1_000,
  importGroupBytes: 1024 * 1024,
  importRowBytes: 256 * 1024,
  importColumns: 500,
  importCellCharacters: 10_000,
  /** Rejected rows that an import's summary lists; all of them come with `accept: text/csv`. */
  importOmitted: 10_000,
  /** How long an import waits for the next bytes of its file. */
  importIdleSeconds: 60,
  /** A file that a form of the console sends; larger ones go to the address for files, or the command line. */
  consoleFileBytes: 4 * 1024 * 1024,
  /** An address in the console to which a sign-in leads; from a longer one it leads to the overview. */
  nextCharacters: 2_000,
  reconcileRows: 10_000,
  /** Things that the caller does not know which one answer lists; the next call goes on from there. */
  reconcileMissing: 10_000,
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
  /** How long `listEvents` may wait for something to happen. */
  waitSeconds: 25,
  /** Chains, and licences, on which one group of the sweep tells what has fallen due. */
  dueAtOnce: 500,
  /** Events that one statement of the sweep removes once they are past their retention. */
  eventsForgottenAtOnce: 1_000,
  urlCharacters: 2_000,
  endpoints: 50,
  /** How long the secret before a rotation still signs. */
  secretOverlapHours: 24,
  /** Events that one webhook job carries; after a crash a job is done again as a whole. */
  deliveriesPerJob: 100,
  deliverySeconds: 15,
  /** How much of a receiver's answer is kept, and how much is read before the connection is cut. */
  answerBytesKept: 2_048,
  answerBytesRead: 65_536,
  /** An endpoint that has answered nothing well for so long is disabled. */
  failingDays: 5,
  /** How long it is remembered what became of a delivery. */
  deliveryDays: 30,
  sources: 50,
  secretCharacters: 255,
  /** How large a request of a shop may be, and how many events one may carry. */
  hookBytes: 1024 * 1024,
  hookEvents: 1_000,
  /** Things that one subscription or order of a shop may consist of; Stripe has no more than 20. */
  shopItems: 500,
  /** How far the time in a shop's signature may be from ours, both ways. */
  signatureSeconds: 300,
  inboxTypeCharacters: 100,
  inboxReasonCharacters: 500,
  /** Items that one job applies, and how large their bodies may be; after a crash a job is done again as a whole. */
  itemsPerJob: 20,
  bytesPerJob: 1024 * 1024,
  /** Times that an item which fails unexpectedly is tried before it is left as failed. */
  inboxTries: 3,
  windowDaysMost: 27,
  graceDaysMost: 27,
  withinDaysMost: 3_660,
  startYearsBack: 10,
  startYearsAhead: 2,
  /** Seconds after which a connection to PostgreSQL that says nothing counts as dead; longer than any statement may take. */
  databaseSilence: 25,
  /** How far one call may move a sandbox clock from the real time of the call. */
  clockYearsAhead: 50,
  idempotencyKeyCharacters: 255,
  idempotencyHours: 72,
} as const
