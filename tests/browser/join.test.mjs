// The page of a program that everybody may read: what it offers, how it works, what success looks like, and joining there;
// whole without script, too.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { part, signedIn, speaking } from './desk.mjs'
import { pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { at } from './referrer.mjs'
import { panel } from './shop.mjs'
import { place, world } from './shopfront.mjs'
import { PHONE, look } from './sight.mjs'
import { CLIPBOARD, numbered } from './stand.mjs'
import { until } from './until.mjs'

before(async () => {
  place.shop.show('/', '<h1>The shop</h1>')
})

const program = (changes) => opened(world, { name: 'Fern & Field', destination: `${place.shop.origin}/`, ...changes })

/** Opens the page as somebody who was never here. */
async function read(program, options) {
  const page = await pageOf(await visitor(place.chromium, options))
  await page.goto(`${world.edge}/join/${program.slug}`)
  return page
}

const offer = (page) => page.getByRole('region', { name: 'What you get' })

test('a visitor reads what there is, takes the link on the page, shares it, and sees what came of it', { timeout: 90_000 }, async () => {
  const ferns = await program()
  const page = await read(ferns, CLIPBOARD)
  await page.getByRole('heading', { name: 'Put in a good word, get the credit' }).waitFor()
  await offer(page).getByText('What holds for all of it').click()
  const { promise } = await world.api('terms', { key: ferns.key })
  const sentences = await offer(page).getByRole('listitem').allTextContents()
  assert.deepEqual(sentences, [...promise.referrer, ...promise.friend, ...promise.conditions], 'in the words the shop is held to')
  const how = page.getByRole('region', { name: 'How it works' })
  assert.equal(await how.getByRole('listitem').count(), 3)
  await how.getByText('What success looks like:').waitFor()
  await how.getByText(`Friends who follow it land on ${new URL(place.shop.origin).host}.`).waitFor()

  await numbered(page)
  await panel(page).copy.click()
  await page.getByText('Next: somebody follows your link').waitFor()
  const link = await panel(page).link.inputValue()
  const [ada] = await until('the merchant has one more', () => ferns.list('referrers').then((all) => all.length && all))
  assert.equal(ada.link, link)

  const friend = await pageOf(await visitor(place.chromium))
  await friend.goto(await page.evaluate(() => navigator.clipboard.readText()))
  await friend.getByRole('heading', { name: 'The shop' }).waitFor()
  const click_id = new URL(friend.url()).searchParams.get('gw_click')
  await ferns.tell('sales', { order_id: 'o-1', customer_id: 'c-1', amount: 9900, currency: 'EUR', click_id })
  await page.reload()
  await until('her order is there', async () => await panel(page).number('Orders') === '1')
  await panel(page).activity.click()
  const [own] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('button', { name: 'All your numbers' }).click()])
  await own.waitForURL(at(world, ferns))
  await own.getByRole('link', { name: /^Orders 1/ }).waitFor()
  assert.deepEqual(page.trouble, [])
  for (const one of [page, friend]) await one.context().close()
})

test('without script everything can be read, and the way to a link is said instead of an empty place', { timeout: 60_000 }, async () => {
  const page = await read(await program(), { javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
  await offer(page).getByText('You get 10% of what was paid').waitFor()
  await offer(page).getByText('What holds for all of it').click()
  await offer(page).getByText('Your own orders do not count.').or(offer(page).getByRole('listitem').last()).first().waitFor()
  // The driver's own search by text leaves such elements out.
  const instead = page.getByRole('region', { name: 'Your link' }).locator('noscript')
  assert.equal(await instead.innerText(), `Take your link on ${new URL(place.shop.origin).host}`)
  await instead.locator('a').click()
  await page.getByRole('heading', { name: 'The shop' }).waitFor()
  await page.context().close()
})

test('what the merchant changes is what the next visitor reads', { timeout: 60_000 }, async () => {
  const ferns = await program()
  const page = await read(ferns)
  const desk = await signedIn(world, place.chromium, ferns.key)
  await part(desk, world.edge, 'terms')
  await desk.getByRole('textbox', { name: 'Referrer, a sale' }).fill('12.5')
  await desk.getByRole('button', { name: 'Look at the draft' }).click()
  await desk.getByRole('button', { name: 'Save as the new terms' }).click()
  await desk.getByText('The new terms hold from now on.').waitFor()
  await page.reload()
  await offer(page).getByText('You get 12.5% of what was paid').waitFor()
  for (const one of [page, desk]) await one.context().close()
})

test('businesses are spoken to as businesses, and every reader in their language', { timeout: 60_000 }, async () => {
  const partners = await program({ kind: 'partner' })
  for (const [locale, heading, sentence] of [
    ['en-GB', 'Bring us business, get the credit', 'You get 10%'], ['de-AT', 'Bringen Sie uns Kunden', '10'], ['fr-FR', 'Apportez-nous des clients et recevez une récompense', '10'], ['es-MX', 'Tráenos clientes y llévate tu recompensa', '10'],
  ]) {
    const page = await read(partners, { locale })
    assert.equal(await page.locator('html').getAttribute('lang'), locale.slice(0, 2))
    await page.getByRole('heading', { level: 1 }).filter({ hasText: heading }).waitFor()
    await page.locator('.promise').first().getByText(sentence).first().waitFor()
    await page.context().close()
  }
})

test('a program nobody has, and one whose key for pages has ended', { timeout: 60_000 }, async () => {
  const ferns = await program()
  const { data } = await world.api('keys?limit=100', { key: ferns.key })
  for (const { id } of data.filter(({ kind }) => kind === 'publishable')) {
    await world.api(`keys/${id}`, { key: ferns.key, method: 'DELETE' })
  }
  const page = await read(ferns)
  await offer(page).waitFor()
  await page.getByRole('region', { name: 'Your link' }).getByText('Take your link on').waitFor()
  assert.equal(await page.locator('goodword-widget').count(), 0)
  const answer = await page.goto(`${world.edge}/join/nobody-at-all`)
  assert.equal(answer.status(), 404)
  await page.getByRole('heading', { name: 'Not here' }).waitFor()
  await page.context().close()
})

test('axe objects to nothing on any screen, nothing overflows and nothing shifts', { timeout: 180_000 }, async () => {
  const programs = [['usual', await program()], ['over-full', await program({ name: 'Gartenbau '.repeat(9).trim(), kind: 'partner' })], ['rtl', await program({ name: 'نباتات '.repeat(14).trim() })]]
  for (const language of ['en', 'de']) {
    for (const [what, of] of programs) {
      const page = await pageOf(await visitor(place.chromium, { viewport: PHONE, colorScheme: 'light', bypassCSP: true }))
      await speaking(page, world.edge, language)
      await page.goto(`${world.edge}/join/${of.slug}`)
      await page.calm()
      await page.locator('goodword-widget .panel:not([data-waiting])').first().waitFor()
      assert.equal(await page.locator('html').getAttribute('lang'), language)
      await look(page, `/join ${what} ${language}`, { all: what === 'usual' && language === 'en' })
      await page.context().close()
    }
  }
})
