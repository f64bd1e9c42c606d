// What is kept in a visitor's browser, and when: nothing before consent where the program asks for
// it, nothing after it was withdrawn, nothing with Global Privacy Control.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CLICK, OTHER, cookie, done, lander, referral } from './lander.mjs'
import { browser, pageOf, visitor } from './people.mjs'
import { panel } from './shop.mjs'
import { site, snippet } from './site.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

let world, shop, chromium, program, link, land

before(async () => {
  world = await open()
  ;[shop, chromium] = await Promise.all([site(), browser()])
  program = await world.program(`${shop.origin}/`, { consent: 'required' })
  land = lander({ world, shop, chromium, program })
  link = (await world.api('referrers', { key: program.secret_key, body: { code: 'ada' } })).link
  const head = snippet(world.edge, program.publishable_key, 'data-consent="required"')
  shop.show('/', '<form data-goodword></form><goodword-widget></goodword-widget>', { head })
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

/** Everything a browser has kept, of the shop and of the edge. */
async function kept(page) {
  const cookies = (await page.context().cookies()).map(({ name }) => name)
  const storage = await page.evaluate(async () => [
    ...Object.keys(localStorage), ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(({ name }) => name), ...(await caches.keys()),
  ])
  return [...cookies, ...storage].sort()
}

const shown = async (page) => {
  await until('the panel has its numbers', async () => await panel(page).number('Clicks') !== '–')
}

test('where consent is asked for, a friend who follows a link leaves no trace until they agree', async () => {
  const page = await pageOf(await visitor(chromium))
  await page.goto(link)
  await shown(page)
  assert.deepEqual(await kept(page), [])
  const { searchParams } = new URL(page.url())
  assert.equal(searchParams.get('via'), 'ada', 'nothing is kept, so the address still says it')
  const click = searchParams.get('gw_click')
  assert.equal(await page.locator('form [name=gw_click]').inputValue(), click, 'a form may carry it on')

  await page.evaluate(() => window.goodword('consent', true))
  assert.ok((await kept(page)).includes('gw_click'))
  assert.equal((await page.context().cookies())[0].value, click)
  assert.equal(page.url(), `${shop.origin}/`, 'kept, so the address is clean')

  await page.evaluate(() => window.goodword('consent', false))
  assert.deepEqual(await kept(page), [], 'withdrawn')
  assert.equal(await page.evaluate(() => window.goodword('referral')), null)
  await page.reload()
  await shown(page)
  assert.deepEqual(await kept(page), [])
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

test('without consent a referrer’s link works as long as the page is open, and is kept once they agree', async () => {
  const page = await pageOf(await visitor(chromium, { permissions: ['clipboard-read', 'clipboard-write'] }))
  await page.goto(`${shop.origin}/`)
  await shown(page)
  const { link, copy } = panel(page)
  const mine = await link.inputValue()
  const joined = page.waitForResponse((answer) => answer.url().endsWith('/v1/widget/join'))
  await copy.click()
  assert.equal((await joined).status(), 201)
  assert.deepEqual(await kept(page), [])
  await page.evaluate(() => window.goodword('consent', true))
  await until('the secret is kept', async () => (await kept(page)).length > 0)
  assert.equal((await kept(page)).join(), `goodword:${program.publishable_key.slice(3, 24)}`, 'and nothing else')
  await page.reload()
  await until('the same link is back', async () => await link.inputValue() === mine)
  await shown(page)
  await page.evaluate(() => window.goodword('consent', false))
  assert.deepEqual(await kept(page), [], 'withdrawn')
  await page.context().close()
})

test('with Global Privacy Control nothing is kept, even where consent was given', async () => {
  const context = await visitor(chromium, { extraHTTPHeaders: { 'Sec-GPC': '1' } })
  const page = await pageOf(context)
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })
  })
  const implied = await world.program(`${shop.origin}/private`)
  const { link } = await world.api('referrers', { key: implied.secret_key, body: { code: 'ada' } })
  shop.show('/private', '<form data-goodword></form>', { head: snippet(world.edge, implied.publishable_key) })
  await page.goto(link)
  await page.waitForFunction(() => typeof window.goodword === 'function')
  assert.deepEqual(await kept(page), [])
  await page.evaluate(() => window.goodword('consent', true))
  assert.deepEqual(await kept(page), [])
  assert.equal((await page.evaluate(() => window.goodword('referral'))).code, 'ada', 'this page still knows')
  assert.deepEqual(page.trouble, [])
  await context.close()
})

const say = (page, yes) => page.evaluate((yes) => window.goodword('consent', yes), yes)

const FORM = { body: '<form data-goodword></form>' }

test('a consent tool that says no first and yes when asked loses nothing', async () => {
  const page = await land(`?via=ada&gw_click=${CLICK}`, FORM)
  assert.equal((await cookie(page)).value, CLICK, 'this page does not ask')
  await say(page, false)
  assert.deepEqual(await kept(page), [])
  assert.equal(await page.locator('form [name=gw_click]').inputValue(), '', 'not even a form carries it')
  await say(page, true)
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  assert.equal((await cookie(page)).value, CLICK)
  assert.equal(await page.locator('form [name=gw_click]').inputValue(), CLICK)
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('a yes on every page makes nothing last longer', async () => {
  const asks = { attributes: 'data-consent="required"' }
  const page = await land(`?via=ada&gw_click=${CLICK}`, asks)
  await say(page, true)
  const { expires } = await cookie(page)
  const stored = await page.evaluate(() => localStorage.gw_click)
  await new Promise((passed) => setTimeout(passed, 1100)) // cookies count in seconds
  const next = await land('', { ...asks, context: page.context() })
  await say(next, true)
  assert.equal((await cookie(next)).expires, expires)
  assert.equal(await next.evaluate(() => localStorage.gw_click), stored)
  await done(page)
})

test('after a no, a later click is known to the page and kept nowhere', async () => {
  const page = await land(`?via=ada&gw_click=${CLICK}`, FORM)
  await say(page, false)
  await page.evaluate((other) => {
    history.pushState(null, '', `?via=bob&gw_click=${other}`)
    document.body.append('a view')
  }, OTHER)
  await until('the form carries it', async () => await page.locator('form [name=gw_click]').inputValue() === OTHER)
  assert.deepEqual(await kept(page), [])
  assert.ok(page.url().includes('via=bob'), 'nothing is kept, so the address still says it')
  await say(page, true)
  assert.equal((await cookie(page)).value, OTHER)
  await done(page)
})

test('the page hears what was decided', async () => {
  const page = await land('', FORM)
  await page.evaluate(() => {
    window.heard = []
    document.addEventListener('goodword:consent', ({ detail }) => window.heard.push(detail))
  })
  await say(page, true)
  await say(page, false)
  assert.deepEqual(await page.evaluate(() => window.heard), [true, false])
  await done(page)
})

test('a no on a page without any element still removes what the panel and the welcome kept', async () => {
  const page = await land('', FORM)
  await page.evaluate(() => {
    localStorage['goodword:live_0123456789abcdef'] = 'gws_secret'
    localStorage['goodword:live_0123456789abcdef.welcome'] = 'ada'
    localStorage['goodword:live_0123456789abcdef:someone'] = 'gws_secret'
    sessionStorage['goodword:message'] = '{}'
    localStorage['shop:cart'] = 'monstera'
  })
  await say(page, false)
  assert.deepEqual(await kept(page), ['shop:cart'], 'what is the shop’s stays')
  await done(page)
})

test('with Global Privacy Control the panel keeps nothing either', async () => {
  const context = await visitor(chromium)
  const page = await land('', { context, body: '<goodword-widget></goodword-widget>', init: () => {
    Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })
  } })
  await shown(page)
  assert.deepEqual(await kept(page), [])
  assert.equal(await page.evaluate(() => window.goodword.settings.allowed()), false)
  await context.close()
})

test('a number of days that is none is ninety', async () => {
  for (const days of ['0', 'soon', '-5']) {
    const page = await land(`?via=ada&gw_click=${CLICK}`, { attributes: `data-cookie-days="${days}"` })
    const left = ((await cookie(page)).expires - Date.now() / 1000) / 86_400
    assert.ok(left > 89 && left <= 90, `${days}: ${left}`)
    await done(page)
  }
})
