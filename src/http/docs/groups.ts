/** Methods by what they are about, so that a reader finds them. */

const groups: [title: string, about: RegExp][] = [
  ['Customers', /Customer/],
  ['Orders', /Order|Renewal/],
  ['Licences', /License|Entitlement/],
  ['Consumers', /Consumer|Access/],
  ['Catalogue', /Product|Edition/],
  ['Shops', /Source|Sku|Inbox/],
  ['Events and webhooks', /Event|Webhook|Deliver|redeliver/],
  ['Keys and partners', /ApiKey|Partner/],
  ['Sandbox', /Clock/],
]

/** The names under their titles, in the order of the titles; what fits nowhere comes last. */
export function grouped(names: readonly string[]): [title: string, names: string[]][] {
  const titleOf = (name: string): string => groups.find(([, about]) => about.test(name))?.[0] ?? 'More'
  return [...groups.map(([title]) => title), 'More']
    .map((title): [string, string[]] => [title, names.filter((name) => titleOf(name) === title)])
    .filter(([, members]) => members.length > 0)
}
