/** The real Chromium of the machine. It is not downloaded: where there is none, tests fail and say what to install. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { TestPartner } from '../house.ts'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Opens a browser without a window. */
export function openBrowser(): Promise<Browser> {
  const executablePath = places.find((place) => existsSync(place))
  if (executablePath === undefined)
    throw new Error(
      'The console is tested in Chromium, and there is none here: install it, on Debian with `apt-get install chromium`.',
    )
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
  return chromium.launch({ executablePath, args, headless: true })
}

/** What went wrong in a browser, and what it asked of others. */
export interface Trouble {
  readonly errors: string[]
  readonly foreign: string[]
}

/** Listens to everything that a page should never do. */
export function watch(page: Page, home: string): Trouble {
  const trouble: Trouble = { errors: [], foreign: [] }
  page.on('pageerror', (error) => trouble.errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.errors.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${home}/`)) trouble.foreign.push(request.url())
  })
  return trouble
}

/** Signs in as a person does: the field, the key, the button. */
export async function signIn(
  page: Page,
  { url, key }: Pick<TestPartner, 'url' | 'key'>,
  path = '/console',
): Promise<void> {
  await page.goto(url + path)
  await page.getByLabel('API key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

/** A window of a person elsewhere, so that it shows which zone is told. */
export function openWindow(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  return browser.newContext({ timezoneId: 'Asia/Tokyo', locale: 'en-GB', ...options })
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Finding {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/**
 * What axe-core finds on a page, each with where; by all of its rules, or by some. It comes in by the debugger, as the
 * policy of the pages lets in no script.
 */
export async function unfit(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(axe)
  const options = { resultTypes: ['violations'], preload: false, ...(rules ? { runOnly: rules } : {}) }
  const found = await page.evaluate<Finding[]>(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )
  return found.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html} ${failureSummary ?? ''}`),
  )
}
