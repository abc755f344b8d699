/** Signs webhooks as Standard Webhooks 1.0.0 says, with every secret that counts at the moment. */
import { Webhook } from 'standardwebhooks'
import type { WebhookEndpoint } from '../objects.ts'
import type { Instant } from '../rules/time.ts'

/** The secrets of an endpoint that sign at an instant: the present one, and for a while the one before. */
export function secretsAt(
  {
    secret,
    previousSecret,
    previousSecretUntil,
  }: Pick<WebhookEndpoint, 'secret' | 'previousSecret' | 'previousSecretUntil'>,
  now: Instant,
): string[] {
  const previous = previousSecretUntil !== null && now < previousSecretUntil ? previousSecret : null
  return [secret, previous].filter((one) => one !== null)
}

/** The headers that prove where a body comes from. */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  now: Instant,
  body: string,
): Record<string, string> {
  const at = new Date(now * 1_000)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(now),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  }
}
