/** Actions as a person does them in a real browser: by mouse, by keyboard alone, on a small screen, without a script. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { openBrowser, openWindow, signIn, type Trouble, unfit, watch } from './browser.ts'

let house: House & AsyncDisposable
let browser: Browser
let partner: TestPartner
let window: BrowserContext
let page: Page
let trouble: Trouble
let counter = 0
let id = ''

beforeAll(async () => {
  house = await openHouse()
  browser = await openBrowser()
  partner = await house.partner({ name: 'a vendor' })
})
afterAll(async () => {
  await browser?.close()
  await house?.close()
})

beforeEach(async () => {
  id = `A-${++counter}`
  await partner.call('createCustomer', { id, name: `Customer ${id}` })
  const startsAt = '2026-02-10T12:00:00Z'
  await partner.call('createFirstOrder', {
    customer: id,
    id,
    product: 'oo-lite',
    licenses: 20,
    duration: 'monthly',
    startsAt,
  })
})

/** Opens a page as somebody who is signed in. */
async function open(path: string, options: Parameters<typeof openWindow>[1] = {}): Promise<void> {
  window = await openWindow(browser, options)
  page = await window.newPage()
  trouble = watch(page, partner.url)
  await signIn(page, partner, path)
}

afterEach(async () => {
  await window.close()
  expect(trouble.errors).toEqual([])
  expect(trouble.foreign).toEqual([])
})

const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()
const follow = (name: string): Promise<void> =>
  page.getByRole('main').getByRole('link', { name, exact: true }).first().click()
const said = (text: string): Promise<void> => page.getByRole('status').getByText(text).waitFor()

describe('in a browser', () => {
  test('an order is suspended and resumed', async () => {
    await open(`/console/order?id=${id}`)
    await follow('Suspend')
    expect(await unfit(page)).toEqual([])
    await page.getByLabel('Reason').fill('invoice 4711 is overdue')
    await press('Preview')
    await page.getByRole('heading', { name: 'What would happen' }).waitFor()
    expect(await unfit(page)).toEqual([])
    expect((await partner.call('getOrder', { id })).status).toBe('active')
    await press('Suspend')
    await said('The order is suspended.')
    expect((await partner.call('getOrder', { id })).status).toBe('suspended')
    await page.getByText('Suspended since').first().waitFor()
    await follow('Resume')
    await press('Resume')
    await said('The order is resumed.')
    expect((await partner.call('getOrder', { id })).status).toBe('active')
  })

  test('an order is renewed, by the keyboard alone', async () => {
    await open(`/console/do/createRenewalOrder?parent=${id}`)
    const focused = page.locator(':focus')
    await page.keyboard.press('Tab')
    expect(await focused.textContent()).toBe('To the content')
    await page.keyboard.press('Enter')
    const reach = async (name: string): Promise<void> => {
      for (let steps = 0; steps < 30; steps++) {
        await page.keyboard.press('Tab')
        if ([await focused.getAttribute('name'), await focused.textContent()].includes(name)) return
      }
      throw new Error(`The keyboard does not reach ${name}.`)
    }
    await reach('id')
    await page.keyboard.type(`${id}-2`)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'What would happen' }).waitFor()
    await reach('Renew')
    await page.keyboard.press('Enter')
    await said('The order is renewed.')
    expect((await partner.call('getOrder', { id })).orders.map(({ remoteId }) => remoteId)).toEqual([
      id,
      `${id}-2`,
    ])
  })

  test('a licence is created, changed and revoked', async () => {
    await open(`/customeranalytics?customernumber=${id}`)
    await follow('New licence')
    await page.getByLabel('Edition').selectOption('erp-std')
    await page.getByLabel('Quantity').fill('7')
    await page.getByLabel('Limitations').fill('files = 500\nseats = 3')
    expect(await unfit(page)).toEqual([])
    await press('Preview')
    await press('Create the licence')
    await said('The licence is created.')
    await follow('Edit')
    await page.getByLabel('Quantity').fill('9')
    await press('Preview')
    await press('Save')
    await said('The licence is changed.')
    const find = async () => (await partner.call('listLicenses', { customer: id, edition: 'erp-std' })).items
    expect(await find()).toMatchObject([
      { quantity: 9, limitations: { files: 500, seats: 3 }, state: 'active' },
    ])
    await follow('Revoke')
    await press('Preview')
    await press('Revoke')
    await said('The licence is revoked.')
    expect(await find()).toMatchObject([{ state: 'revoked' }])
  })

  test('what is wrong is told, and can be reached and mended', async () => {
    await open('/console/do/createCustomer')
    await page.getByLabel('Name', { exact: true }).fill('Customer <script>alert(1)</script>')
    await page.getByLabel('Country').fill('Germany')
    await press('Preview')
    await page.getByRole('alert').getByRole('link', { name: 'Country' }).click()
    expect(await page.locator(':focus').getAttribute('id')).toBe('field-address-country')
    // Chromium itself notes that the answer to the form was no success.
    expect(trouble.errors.splice(0)).toEqual([expect.stringContaining('400 (Bad Request)')])
    expect(await unfit(page)).toEqual([])
    await page.getByLabel('Country').fill('DE')
    await press('Preview')
    await press('Add the customer')
    await said('The customer is added.')
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
      'Customer <script>alert(1)</script>',
    )
  })

  test('a double click is one deed', async () => {
    await open(`/console/do/createApiKey`)
    await page.getByLabel('Name').fill(`key of ${id}`)
    await page.getByLabel('read', { exact: true }).check()
    await press('Preview')
    await page.getByRole('button', { name: 'Create the key' }).dblclick()
    await page.getByText('it is not shown again').waitFor()
    expect(await unfit(page)).toEqual([])
    const keys = (await partner.call('listApiKeys', { limit: 500 })).items
    expect(keys.filter(({ name }) => name === `key of ${id}`).length).toBe(1)
  })
})

describe('elsewhere', () => {
  test('on a small dark screen nothing runs out of the page, and the drawing can be read', async () => {
    await open(`/console/order?id=${id}`, { viewport: { width: 400, height: 800 }, colorScheme: 'dark' })
    const overflow = (): Promise<unknown> =>
      page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(await overflow()).toBe(0)
    expect(await unfit(page)).toEqual([])
    const drawing = page.getByRole('img', { name: `Terms of the chain of order ${id}` })
    const box = await drawing.boundingBox()
    expect(box?.width).toBeGreaterThan(300)
    for (const text of await drawing.locator('text').all()) {
      const place = await text.boundingBox()
      expect((place?.x ?? -1) + 0.5).toBeGreaterThanOrEqual(box?.x ?? 0)
      expect((place?.x ?? 0) + (place?.width ?? 0)).toBeLessThanOrEqual(
        (box?.x ?? 0) + (box?.width ?? 0) + 0.5,
      )
    }
    await follow('Cancel')
    expect(await overflow()).toBe(0)
    await press('Preview')
    expect(await overflow()).toBe(0)
    expect(await unfit(page)).toEqual([])
  })

  test('without a script everything is the same', async () => {
    await open(`/console/do/changeOrder?id=${id}`, { javaScriptEnabled: false })
    await page.getByLabel('Licences').fill('30')
    await press('Preview')
    await press('Change')
    await said('The order is changed.')
    expect((await partner.call('getOrder', { id })).licenses).toBe(30)
  })
})
