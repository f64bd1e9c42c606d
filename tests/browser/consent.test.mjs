// What is kept in a visitor's browser, and when: nothing before consent where the program asks for
// it, nothing after it was withdrawn, nothing with Global Privacy Control.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, pageOf, visitor } from './people.mjs'
import { panel } from './shop.mjs'
import { site, snippet } from './site.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

let world, shop, chromium, program, link

before(async () => {
  world = await open()
  ;[shop, chromium] = await Promise.all([site(), browser()])
  program = await world.program(`${shop.origin}/`, { consent: 'required' })
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
