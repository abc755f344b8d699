/** What is sold: products, and their editions with what each contains. */
import { html } from 'hono/html'
import type { Result, Route } from '../door.ts'
import { actionLink, table, time } from '../parts.ts'
import { id } from '../things.ts'
import { numbers } from './order.ts'

type Edition = Result<'listEditions'>['items'][number]
type Product = Result<'listProducts'>['items'][number]

/** A page of its own has the rest, product by product. */
const editionsMost = 150

export const catalogue: Route = {
  verb: 'GET',
  path: '/console/catalogue',
  async show(visit) {
    const { session, query } = visit
    const chosen = query.get('product')
    const [products, editions] = await Promise.all([
      visit.call('listProducts', {}),
      visit.call('listEditions', chosen ? { product: chosen } : {}),
    ])
    const shown = editions.items.slice(0, editionsMost)
    const body = html`<section><h2>Products</h2>${table<Product>({
      caption: 'Products',
      rows: products.items,
      none: 'No products.',
      columns: [
        {
          title: 'Code',
          isName: true,
          cell: ({ code }) =>
            html`<a href="/console/catalogue?product=${encodeURIComponent(code)}">${id(code)}</a>`,
        },
        { title: 'Name', cell: ({ name }) => name },
        { title: 'Since', cell: ({ createdAt }) => time(createdAt, 'day') },
      ],
    })}</section>
<section><h2>Editions${chosen ? html` of ${chosen}` : ''}</h2>${table<Edition>({
      caption: 'Editions',
      rows: shown,
      none: 'No editions.',
      columns: [
        { title: 'Code', isName: true, cell: ({ code }) => id(code) },
        { title: 'Name', cell: ({ name }) => name },
        { title: 'Product', cell: ({ product }) => product },
        { title: 'For', cell: ({ provisioningMode, clientType }) => `${provisioningMode}, ${clientType}` },
        { title: 'Renewal', cell: renewal },
        { title: 'Contains', cell: contents },
        { title: 'Version', isNumber: true, cell: ({ version }) => version },
        {
          title: 'Actions',
          isSilent: true,
          cell: ({ code }) => actionLink(session, 'updateEdition', { code }, 'Edit'),
        },
      ],
    })}${editions.items.length > shown.length ? html`<p class="hint">Choose a product to see all of its editions.</p>` : ''}</section>`
    return visit.page({
      title: 'Catalogue',
      here: 'catalogue',
      beside: html`${actionLink(session, 'createProduct', {}, 'New product')}
${actionLink(session, 'createEdition', { product: chosen }, 'New edition')}`,
      body,
    })
  },
}

function renewal({ renewable, windowDays, graceDays }: Edition): string {
  if (!renewable) return 'not renewable'
  const window = windowDays === null ? 'window as the partner’s' : `window ${windowDays} days`
  return graceDays === null ? window : `${window}, grace ${graceDays} days`
}

function contents({ features, limitations, variables }: Edition) {
  return html`${features.join(', ')}${numbers(limitations)}${numbers(variables)}`
}
