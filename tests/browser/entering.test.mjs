// The ways into a referrer's pages from the shop: by the secret of a browser, by the token of whoever signs in; several
// programs in one browser; and out again.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { signedIn } from './desk.mjs'
import { opened } from './programs.mjs'
import { at, entered, joined } from './referrer.mjs'
import { panel } from './shop.mjs'
import { place, world } from './shopfront.mjs'
import { CLIPBOARD, numbered } from './stand.mjs'

const ELEMENT = '<goodword-widget></goodword-widget>'

const base64url = (text) => Buffer.from(text).toString('base64url')

/** A token as the shop's server signs it. */
function token(program, claims) {
  const iat = Math.floor(Date.now() / 1000)
  const signed = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(JSON.stringify({ iss: program.slug, aud: 'goodword', iat, exp: iat + 600, ...claims }))}`
  return `${signed}.${createHmac('sha256', program.keys.identity_live).update(signed).digest('base64url')}`
}

/** A page of a shop with the panel of this program. */
async function atTheShop(program, { context, identity } = {}) {
  const page = await place.show(ELEMENT, {
    context,
    options: CLIPBOARD,
    key: program.publishable_key,
    before: async (page) => {
      if (identity) await page.addInitScript((identity) => {
        window.goodword ??= Object.assign((...call) => window.goodword.q.push(call), { q: [] })
        window.goodword('identify', identity)
      }, identity)
    },
  })
  await numbered(page)
  return page
}

/** From the panel to their pages, as people go: shares, unfolds, presses. */
async function go(page, program) {
  const { element, copy } = panel(page)
  await copy.click()
  await element.getByText('Activity').click()
  const button = element.getByRole('button', { name: 'All your numbers' })
  const [own] = await Promise.all([page.context().waitForEvent('page'), button.click()])
  await own.waitForURL(at(world, program))
  return own
}

test('whoever signs in at the shop gets in by that, finds what the shop says of them, and both browsers are listed', { timeout: 90_000 }, async () => {
  const program = await opened(world, { destination: `${place.shop.origin}/` })
  const identity = { token: token(program, { sub: 'cus-7', name: 'Ada Byron', email: 'ada@mail.example' }) }
  const shop = await atTheShop(program, { identity })
  const page = await go(shop, program)
  await page.getByRole('banner').getByText('Ada Byron').waitFor()
  assert.equal((await page.locator('.copy pre').first().textContent()), await panel(shop).link.inputValue())
  await page.getByRole('link', { name: 'About you' }).click()
  await page.getByText('ada@mail.example').waitFor()
  await page.getByText('The shop knows you by this address. Ask the shop to change it.').waitFor()
  const [{ id, external_id }] = await program.list('referrers')
  assert.equal(external_id, 'cus-7')

  // On another device the same account is the same page.
  const other = await go(await atTheShop(program, { identity }), program)
  await other.getByRole('link', { name: 'About you' }).click()
  const sessions = other.getByRole('region', { name: 'Where you are in' })
  assert.equal(await sessions.getByRole('listitem').count(), 2)
  await sessions.getByRole('button').click()
  await other.getByRole('status').filter({ hasText: 'That browser is out.' }).waitFor()
  assert.equal(await sessions.getByRole('listitem').count(), 1)
  await page.reload()
  await page.getByText('Your page is closed').first().waitFor()
  // The merchant reads who came in and who was put out.
  const { data } = await world.api('audit?limit=50', { key: program.key })
  const mine = data.filter(({ action }) => action.startsWith('portal.'))
  assert.deepEqual(mine.map(({ action }) => action), ['portal.session_ended', 'portal.entered', 'portal.link_made', 'portal.entered', 'portal.link_made'])
  assert.ok(mine.filter(({ action }) => action !== 'portal.session_ended').every(({ subject }) => subject === id))
  for (const one of [shop, other]) await one.context().close()
})

test('somebody in two programs of one edge is in at both, and out of each by itself', { timeout: 90_000 }, async () => {
  const [ferns, mosses] = [
    await opened(world, { name: 'Ferns', destination: `${place.shop.origin}/` }), await opened(world, { name: 'Mosses', destination: `${place.shop.origin}/` }),
  ]
  const shop = await atTheShop(ferns)
  const context = shop.context()
  const atFerns = await go(shop, ferns)
  const atMosses = await go(await atTheShop(mosses, { context }), mosses)
  await atMosses.getByRole('banner').getByText('Mosses').waitFor()
  await atFerns.getByRole('link', { name: 'Rewards', exact: true }).click()
  await atFerns.getByRole('heading', { name: 'Rewards', exact: true }).waitFor()
  await atFerns.getByRole('banner').getByText('Ferns').waitFor()
  await atMosses.getByRole('link', { name: 'Terms', exact: true }).click()
  await atMosses.getByRole('heading', { name: 'Terms' }).waitFor()
  await atFerns.getByRole('button', { name: 'Close this page' }).click()
  await atFerns.getByText('Your page is closed. Nobody can read it in this browser.').waitFor()
  await atMosses.reload()
  await atMosses.getByRole('heading', { name: 'Terms' }).waitFor()
  await context.close()
})

test('closing ends the session where it is kept, and the page says how to come back', { timeout: 60_000 }, async () => {
  const program = await opened(world, { destination: `${place.shop.origin}/` })
  place.shop.show('/', '<h1>The shop</h1>')
  for (const javaScriptEnabled of [true, false]) {
    const page = await entered(place, program, await joined(world, program, javaScriptEnabled ? 'A' : 'B'), { javaScriptEnabled })
    const kept = await page.context().cookies()
    await page.getByRole('button', { name: 'Close this page' }).click()
    await page.getByRole('status').filter({ hasText: 'Your page is closed. Nobody can read it in this browser.' }).waitFor()
    assert.deepEqual(await page.context().cookies(), [])
    await page.context().addCookies(kept)
    await page.goto(at(world, program, 'profile'))
    await page.getByText('Open the panel with your link.').waitFor()
    await page.getByRole('link', { name: 'To the shop' }).click()
    await page.getByRole('heading', { name: 'The shop' }).waitFor()
    await page.context().close()
  }
})

test('what the merchant erases is out of its page at once', { timeout: 60_000 }, async () => {
  const program = await opened(world, { destination: `${place.shop.origin}/` })
  const ada = await joined(world, program, 'C', { name: 'Ada Byron' })
  const page = await entered(place, program, ada)
  const desk = await signedIn(world, place.chromium, program.key)
  await desk.goto(`${world.edge}/dashboard/live/referrers/${ada.id}`)
  await desk.getByRole('link', { name: 'Hand out or erase what is known of this person' }).click()
  await desk.getByLabel('The same once more').fill(ada.id)
  await desk.getByRole('button', { name: 'Erase for good' }).click()
  await desk.getByRole('heading', { name: 'Erased' }).waitFor()
  await page.goto(at(world, program, 'rewards'))
  await page.getByText('Your page is closed').first().waitFor()
  for (const one of [page, desk]) await one.context().close()
})
