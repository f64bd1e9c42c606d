// People with browsers. What the console or an uncaught error says is kept, because a page that is
// a guest elsewhere must not say anything.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

// Chromium without a window calls itself HeadlessChrome, and whoever does is taken for a robot.
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

const launch = (robot) => ({
  executablePath: process.env.GOODWORD_CHROMIUM || '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Nothing beyond this machine is reached, whatever a page asks for.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ...(robot ? [] : [`--user-agent=${AGENT}`]),
  ],
})

const manners = { locale: 'en-GB', viewport: { width: 1280, height: 900 } }

/** One Chromium; every context of it is a browser without a past. */
export const browser = ({ robot = false } = {}) => chromium.launch(launch(robot))

/** A browser of its own with a profile folder of its own, as on another machine. */
export async function profile(options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'goodword-profile-'))
  const context = await chromium.launchPersistentContext(folder, { ...launch(false), ...manners, ...options })
  context.on('close', () => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return context
}

/** A fresh context of a browser that runs. */
export const visitor = (browser, options = {}) => browser.newContext({ ...manners, ...options })

/** Closes a context whose requests a test has in its hands: what is under way no longer matters. */
export async function leave(context) {
  for (const routed of [...context.pages(), context]) await routed.unrouteAll({ behavior: 'ignoreErrors' })
  await context.close()
}

/**
 * A page that writes down what goes wrong on it: `page.trouble` are texts of the console (errors and
 * warnings) and uncaught errors, `page.shifted()` is the layout shift nobody asked for so far.
 */
export async function pageOf(context) {
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.trouble = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.trouble.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => page.trouble.push(String(error)))
  await page.addInitScript(() => {
    window.shifts = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const from = entry.sources.map(({ node }) => node?.nodeName ?? '?').join()
        if (!entry.hadRecentInput) window.shifts.push({ value: entry.value, from })
      }
    }).observe({ type: 'layout-shift', buffered: true })
    addEventListener('unhandledrejection', ({ reason }) => console.error('unhandled', String(reason)))
  })
  page.shifted = () => page.evaluate(async () => {
    // The observer hears of a shift with the frame after it.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    return window.shifts
  })
  /** Forgets the shifts so far: an async loader may come after the first paint; from then on there is room for the panel. */
  page.calm = async () => {
    await page.waitForFunction(() => window.goodword?.settings)
    await page.shifted()
    await page.evaluate(() => { window.shifts.length = 0 })
  }
  return page
}

/** To be run in a page before its own scripts: not one more character fits into its storage. */
export const fullStorage = () => {
  let place = 0
  for (let size = 2 ** 22; size >= 1; size /= 2) {
    try {
      for (;;) localStorage.setItem(`full-${place++}`, 'x'.repeat(size))
    } catch { /* half of it may fit */ }
  }
}
