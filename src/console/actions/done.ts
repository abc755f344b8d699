/**
 * What a page says after something was done, by the method that did it. The address of the page says so with a mark
 * that only the session can make: a link from elsewhere cannot claim that something was done.
 */
import { createHmac } from 'node:crypto'
import type { Session } from '../session.ts'

const sentences: Readonly<Record<string, string>> = {
  suspendOrder: 'The order is suspended.',
  resumeOrder: 'The order is resumed.',
  cancelOrder: 'The order is cancelled.',
  uncancelOrder: 'The cancellation is withdrawn.',
  createRenewalOrder: 'The order is renewed.',
  changeOrder: 'The order is changed.',
  createFirstOrder: 'The order is created.',
  createCustomer: 'The customer is added.',
  updateCustomer: 'The customer is changed.',
  renameCustomer: 'The customer has its new id. The old one still leads here.',
  createLicense: 'The licence is created.',
  updateLicense: 'The licence is changed.',
  revokeLicenses: 'The licence is revoked.',
  createConsumer: 'The consumer is added.',
  updateConsumer: 'The consumer is changed.',
  grantAccess: 'The consumer has access.',
  revokeAccess: 'The consumer has no access any more.',
  createSource: 'The shop is connected.',
  updateSource: 'The shop is changed.',
  deleteSource: 'The shop is disconnected.',
  mapSku: 'The edition is known.',
  unmapSku: 'The edition is forgotten.',
  replayInbox: 'It is applied again now.',
  updateWebhookEndpoint: 'The webhook endpoint is changed.',
  deleteWebhookEndpoint: 'The webhook endpoint is deleted.',
  redeliver: 'It is sent again now.',
  revokeApiKey: 'The key is revoked.',
  createProduct: 'The product is created.',
  createEdition: 'The edition is created.',
  updateEdition: 'The edition is changed.',
  setClock: 'The clock is set.',
  advanceClock: 'The clock has gone forward.',
}

const already = 'It was so already; nothing had to be changed.'

/** The query that makes the next page say so. */
export function doneQuery(session: Pick<Session, 'csrfToken'>, method: string, changed: boolean): string {
  const said = changed ? method : `${method}-already`
  return `did=${said}.${markOf(session, said)}`
}

/** The sentence for a page whose address says that something was just done; undefined where it does not. */
export function doneSentence(
  session: Pick<Session, 'csrfToken'>,
  query: URLSearchParams,
): string | undefined {
  const [said = '', mark] = (query.get('did') ?? '').split('.')
  const [method = '', isAlready] = said.split('-')
  if (!Object.hasOwn(sentences, method) || mark !== markOf(session, said)) return undefined
  return isAlready ? already : sentences[method]
}

/** Whether the console has a sentence for what a method did. */
export function hasSentence(method: string): boolean {
  return Object.hasOwn(sentences, method)
}

function markOf({ csrfToken }: Pick<Session, 'csrfToken'>, said: string): string {
  return createHmac('sha256', csrfToken).update(`did ${said}`).digest('base64url').slice(0, 16)
}
