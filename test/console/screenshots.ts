/** Makes the pictures of the documentation: furnishes a partner, opens a browser, and looks at the main pages. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openService } from '../../src/service.ts'
import { temporaryFolder } from '../folder.ts'
import { MovableClock, TestPartner } from '../house.ts'
import { openBrowser, openWindow, signIn } from './browser.ts'
import { furnish } from './stage.ts'

const start = Date.parse('2026-03-02T09:00:00Z') / 1000
const folder = process.argv[2] ?? new URL('../../docs/images/', import.meta.url).pathname

const pictures: readonly { name: string; path: string; dark?: boolean; width?: number; height?: number }[] = [
  { name: 'overview', path: '/console', height: 1020 },
  { name: 'customer', path: '/customeranalytics?customernumber=K001', height: 1000 },
  { name: 'customer-dark', path: '/customeranalytics?customernumber=K001', dark: true, height: 860 },
  { name: 'order', path: '/console/order?id=A-102', height: 900 },
  { name: 'narrow', path: '/console/order?id=A-102', width: 400, height: 1000 },
  ...(process.argv[3] ? process.argv.slice(3).map((path, place) => ({ name: `extra-${place}`, path })) : []),
]

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const dataDirectory = await temporaryFolder('tenure-pictures')
const clock = new MovableClock(start)
const service = await openService({
  clock,
  log: silent,
  config: {
    port: 0,
    host: '127.0.0.1',
    databaseUrl: process.env.TEST_DATABASE_URL,
    dataDirectory,
    logLevel: 'silent',
    publicUrl: undefined,
    rateLimit: 0,
    databaseConnections: 5,
    erpCustomerUrl: 'https://erp.example.com/accounts/{id}',
  },
})
const browser = await openBrowser()
try {
  const operator = new TestPartner(service.url, service.initialKey as string, 0)
  const partner = await furnish(
    {
      clock,
      async partner(given = {}) {
        const made = await operator.call('createPartner', { name: 'a partner', ...given })
        return new TestPartner(service.url, made.apiKey, made.partner as number)
      },
    },
    start,
  )
  await mkdir(folder, { recursive: true })
  for (const { name, path, dark = false, width = 1200, height = 900 } of pictures) {
    const window = await openWindow(browser, {
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      timezoneId: 'Europe/Berlin',
    })
    const page: Page = await window.newPage()
    await signIn(page, partner, path)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    await window.close()
  }
} finally {
  await browser.close()
  await service.close()
  await rm(dataDirectory, { recursive: true, force: true })
}
