/** The pages in a real Chromium: signing in, deep links, by keyboard alone, on a narrow screen, and for every reader. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import { openBrowser, openWindow, type Trouble, unfit, watch } from './browser.ts'
import { furnish, hostile } from './stage.ts'

let house: House
let partner: TestPartner
let browser: Browser
let window: BrowserContext
let page: Page
let trouble: Trouble
beforeAll(async () => {
  house = await openHouse()
  partner = await furnish(house, Date.parse('2026-03-02T09:00:00Z') / 1000)
  browser = await openBrowser()
  window = await openWindow(browser)
  page = await window.newPage()
  trouble = watch(page, partner.url)
})
afterAll(async () => {
  await browser?.close()
  await house.close()
})

const path = (): string => page.url().slice(partner.url.length)

describe('signing in', () => {
  test('after a deep link lands on the customer that the ERP meant', async () => {
    await page.goto(`${partner.url}/customeranalytics?customernumber=K001`)
    expect(path()).toMatch(/^\/console\/sign-in/)
    expect(await page.evaluate(`document.activeElement.type`)).toBe('password')
    await page.getByLabel('API key').fill(partner.key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Kunde GmbH' }).waitFor()
    expect(path()).toBe('/customeranalytics?customernumber=K001')
  })

  test('leaves nothing that a script of the page could read', async () => {
    expect(await page.evaluate(`document.cookie`)).toBe('')
  })

  test('with a wrong key says so to everybody', async () => {
    const other = await browser.newPage()
    await other.goto(`${partner.url}/console/sign-in`)
    await other.getByLabel('API key').fill('wrong')
    await other.keyboard.press('Enter')
    await other.getByRole('alert').getByText('That is no API key that counts here.').waitFor()
    await other.close()
  })

  test('is not asked for again by a link from the page of somebody else', async () => {
    await page.goto('about:blank')
    await page.setContent(`<a href="${partner.url}/licenses?customernumber=K002">to the licences</a>`)
    await page.getByText('to the licences').click()
    await page.getByRole('heading', { level: 1, name: 'Licences of Baxter & Sons Ltd' }).waitFor()
  })
})

describe('instants', () => {
  test('stand in the viewer’s zone, with UTC on hover, and the page says which zone', async () => {
    await page.goto(`${partner.url}/console/order?id=A-100`)
    const ends = page.locator('time[datetime="2026-06-02T09:00:00.000Z"]').first()
    expect(await ends.textContent()).toBe('2026-06-02 18:00')
    expect(await ends.getAttribute('title')).toBe('2026-06-02 09:00:00 UTC')
    expect(await page.locator('footer').textContent()).toContain('Times are in Asia/Tokyo; hover for UTC.')
  })

  test('stand in UTC and say so where no script runs', async () => {
    const still = await openWindow(browser, { javaScriptEnabled: false })
    const plain = await still.newPage()
    await plain.goto(`${partner.url}/console/order?id=A-100`)
    await plain.getByLabel('API key').fill(partner.key)
    await plain.getByRole('button', { name: 'Sign in' }).click()
    await plain.getByRole('heading', { level: 1, name: 'Order A-100' }).waitFor()
    expect(await plain.locator('main').textContent()).toContain('2026-06-02 09:00 UTC')
    await still.close()
  })
})

describe('by keyboard alone', () => {
  const focused = (): Promise<string> =>
    page.evaluate(`document.activeElement.textContent.trim() || document.activeElement.id`)

  test('the first step leads past the navigation', async () => {
    await page.goto(`${partner.url}/console/customers`)
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('To the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(`document.activeElement.id`)).toBe('main')
  })

  test('one finds a customer, opens its order and comes to its form', async () => {
    await page.goto(`${partner.url}/console`)
    await page.getByLabel('Find a customer, order or licence').focus()
    await page.keyboard.type('kunde')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Customers' }).waitFor()
    const tabTo = async (name: string): Promise<void> => {
      for (let steps = 0; (await focused()) !== name; steps++) {
        expect(steps).toBeLessThan(60)
        await page.keyboard.press('Tab')
      }
      await page.keyboard.press('Enter')
    }
    await tabTo('K001')
    await page.getByRole('heading', { level: 1, name: 'Kunde GmbH' }).waitFor()
    await tabTo('A-100')
    await page.getByRole('heading', { level: 1, name: 'Order A-100' }).waitFor()
    await tabTo('Resume')
    await page.waitForURL(/\/console\/do\/resumeOrder/)
  })

  test('one always sees where one is', async () => {
    await page.goto(`${partner.url}/console`)
    for (let steps = 0; steps < 20; steps++) {
      await page.keyboard.press('Tab')
      const outline = await page.evaluate<object>(
        `(({ outlineStyle, outlineWidth }) => ({ outlineStyle, outlineWidth }))(getComputedStyle(document.activeElement))`,
      )
      expect({ on: await focused(), ...outline }).toMatchObject({
        outlineStyle: 'solid',
        outlineWidth: '2px',
      })
    }
  })
})

/** Every page, with what it should be called. */
const pages: readonly (readonly [path: string, title: string])[] = [
  ['/console', 'Overview'],
  ['/console/customers', 'Customers'],
  ['/console/customers?search=kunde', 'Customers'],
  ['/customeranalytics?customernumber=K001&why=oo-std', 'Kunde GmbH'],
  ['/customeranalytics?customernumber=K003', hostile],
  ['/licenses?customernumber=K001', 'Licences of Kunde GmbH'],
  ['/console/find?q=ERP-7', 'Licence ERP-7'],
  ['/console/orders', 'Orders'],
  ['/console/order?id=A-102', 'Order A-100'],
  ['/console/consumers', 'Consumers'],
  ['/console/find?q=U-1', 'Ann Lee'],
  ['/console/events', 'Events'],
  ['/console/webhooks', 'Webhooks'],
  ['/console/inbox', 'Shop inbox'],
  ['/console/import', 'Import'],
  ['/console/catalogue', 'Catalogue'],
  ['/console/keys', 'API keys'],
  ['/console/nothing', 'Not found'],
]

describe.each(pages)('%s', (address, title) => {
  test('opens, is fit for everybody in light and dark, and needs no sideways scrolling at 400 pixels', async () => {
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto(partner.url + address)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title)
    expect(await unfit(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await unfit(page, ['color-contrast'])).toEqual([])
    await page.setViewportSize({ width: 400, height: 800 })
    const [needed, there] = await page.evaluate<[number, number]>(
      `[document.documentElement.scrollWidth, document.documentElement.clientWidth]`,
    )
    expect(needed).toBeLessThanOrEqual(there)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.emulateMedia({ colorScheme: null })
  })
})

test('the page to sign in is fit for everybody', async () => {
  const other = await openWindow(browser, { viewport: { width: 400, height: 700 } })
  const fresh = await other.newPage()
  await fresh.goto(`${partner.url}/console`)
  expect(await unfit(fresh)).toEqual([])
  await fresh.emulateMedia({ colorScheme: 'dark' })
  expect(await unfit(fresh)).toEqual([])
  await other.close()
})

test('a file is tried before it is imported, and the page carries it along', async () => {
  await page.goto(`${partner.url}/console/import`)
  await page.getByLabel('CSV file').setInputFiles({
    name: 'customers.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('number,name,email\nCSV-1,Erste AG,a@erste.example\nCSV-2,,broken\n'),
  })
  await page.getByLabel('Go on behind a row that cannot be taken').check()
  await page.getByRole('button', { name: 'Try, change nothing' }).click()
  await page.getByRole('heading', { level: 1, name: 'What the import would do' }).waitFor()
  expect(await unfit(page)).toEqual([])
  expect((await partner.refusal('getCustomer', { id: 'CSV-1' })).data.reason).toBe('customer_unknown')
  await page.getByRole('button', { name: 'Import 1 row' }).click()
  await page.getByRole('heading', { level: 1, name: 'Imported' }).waitFor()
  expect(await page.getByRole('table').textContent()).toContain('Line 3')
  expect((await partner.call('getCustomer', { id: 'CSV-1' })).name).toBe('Erste AG')
})

test('signing out ends it, also for the page one goes back to', async () => {
  await page.goto(`${partner.url}/customeranalytics?customernumber=K001`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('API key').waitFor()
  await page.goBack()
  await page.getByLabel('API key').waitFor()
})

test('no page did what it should not: no script error, nothing asked of others', () => {
  expect(trouble.foreign).toEqual([])
  // Chromium itself tells of pages that are answered 404.
  expect(trouble.errors.filter((error) => !error.includes('404 (Not Found)'))).toEqual([])
})

test('what a page should not do would be seen', async () => {
  const other = await openWindow(browser)
  const odd = await other.newPage()
  const seen = watch(odd, partner.url)
  await odd.goto(`${partner.url}/console/sign-in`)
  await odd.evaluate(
    `document.body.append(Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:9/foreign.png' }))`,
  )
  await expect.poll(() => seen.errors.join()).toContain('Content Security Policy')
  await odd.setContent('<html><body><img src="/x.png"><input></body></html>')
  expect((await unfit(odd)).join()).toContain('image-alt')
  await other.close()
})
