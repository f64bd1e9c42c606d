// A page with the snippet, opened as a visitor opens it, and what the loader knows and keeps there.

import { pageOf, visitor } from './people.mjs'
import { snippet } from './site.mjs'

/** Click ids as the loader believes them; the edge would not. */
export const CLICK = 'gwc_EQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
export const OTHER = 'gwc_EQBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB'

let pages = 0

/** Puts a page with the snippet on the site and answers its path; see `land`. */
const put = ({ world, shop, program }, { attributes = '', body = '<h1>The shop</h1>', before = '', headers } = {}) => {
  const path = `/page-${++pages}`
  shop.show(path, body, { head: before + snippet(world.edge, program.publishable_key, attributes), headers })
  return path
}

/** Opens pages of that place; `context` to come back as the same visitor, `init` runs before the page's own scripts. */
export const lander = (place) => async (address, { context, init, ...page } = {}) => {
  const path = put(place, page)
  const opened = await pageOf(context ?? await visitor(place.chromium))
  if (init) await opened.addInitScript(init)
  await opened.goto(place.shop.origin + path + address)
  await opened.waitForFunction(() => typeof window.goodword === 'function' && !window.goodword.q)
  return opened
}

export const referral = (page) => page.evaluate(() => window.goodword('referral'))

export const cookie = async (page) => (await page.context().cookies()).find(({ name }) => name === 'gw_click')

/** Which modules a page has asked for, by name. */
export const modules = (page) => page.evaluate(() => performance.getEntriesByType('resource')
  .map(({ name }) => name.match(/\/w\/[^/]+\/(\w+)\.js$/)?.[1]).filter(Boolean))

export const done = (page) => page.context().close()
