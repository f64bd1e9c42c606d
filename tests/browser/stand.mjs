// A page with the panel on it, for the tests of the panel.

import { readFile } from 'node:fs/promises'
import { browser, pageOf, visitor } from './people.mjs'
import { site, snippet } from './site.mjs'
import { until } from './until.mjs'
import { open, root } from './world.mjs'

export const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] }

/** The edge, a shop, a program between them, and a browser. `show` opens a page of the shop. */
export async function stand() {
  const world = await open()
  const [shop, chromium] = await Promise.all([site(), browser()])
  const program = await world.program(`${shop.origin}/`)
  let pages = 0
  return {
    world,
    shop,
    chromium,
    program,
    /** A page of the shop with the snippet, opened by somebody; `before` it is opened, there may be more to do. */
    async show(body, { context, options = {}, headers, init, head = '', attributes = '', key = program.publishable_key, query = '', before } = {}) {
      const path = `/page-${++pages}`
      shop.show(path, `<main>${body}</main>`, { head: head + snippet(world.edge, key, attributes), headers })
      const page = await pageOf(context ?? await visitor(chromium, { ...CLIPBOARD, ...options }))
      page.asked = []
      page.on('request', (request) => {
        if (request.url().startsWith(world.edge)) page.asked.push(`${request.method()} ${new URL(request.url()).pathname}`)
      })
      if (init) await page.addInitScript(init)
      await before?.(page)
      await page.goto(shop.origin + path + query)
      return page
    },
    async close() {
      await chromium.close()
      await shop.close()
      await world.close()
    },
  }
}

/** Waits for the numbers of every panel on the page. */
export const numbered = (page, panels = 1) => until('the numbers are there', async () =>
  await page.locator('goodword-widget .clicks', { hasText: /\p{Nd}/u }).count() === panels)

/** What axe has to object to on the page as it is. */
export async function objections(page) {
  await page.evaluate(await readFile(`${root}node_modules/axe-core/axe.min.js`, 'utf8'))
  const { violations, passes, incomplete } = await page.evaluate(() => window.axe.run())
  if (![...passes, ...incomplete].some(({ id }) => id === 'color-contrast')) throw new Error('nobody looked at the colours')
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target.flat().join(' ')} ${failureSummary}`))
}

/** The element with the focus, through shadow roots. */
export const focused = (page) => page.evaluate(() => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent.trim() ?? element.textContent.trim()
})
