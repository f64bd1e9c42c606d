// A language is chosen at the end of a page, with script and without: on the public page of a program by its address, on a
// referrer's pages for as long as the browser is open; and the one goes on into the other.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { bothWays } from './desk.mjs'
import { pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { ask, at, entered, joined } from './referrer.mjs'
import { place, world } from './shopfront.mjs'
import { CLIPBOARD, numbered } from './stand.mjs'

before(async () => {
  place.shop.show('/', '<h1>The shop</h1>')
})

const program = () => opened(world, { name: 'Fern & Field', destination: `${place.shop.origin}/` })
const spoken = (page) => page.locator('html').getAttribute('lang')
/** The languages of the chooser, and the one that is chosen. */
const languages = (page) => page.locator('.languages > *').evaluateAll((all) => all.map((one) => [one.lang, one.textContent, one.getAttribute('aria-current')]))
const choices = (here) => [['en', 'English'], ['de', 'Deutsch'], ['fr', 'Français'], ['es', 'Español']].map(([tag, name]) => [tag, name, tag === here ? 'true' : null])

bothWays('a reader of the public page chooses a language, and nothing is kept', { timeout: 90_000 }, async (how) => {
  const ferns = await program()
  const page = await pageOf(await visitor(place.chromium, how))
  await page.goto(`${world.edge}/join/${ferns.slug}`)
  const chooser = page.getByRole('navigation', { name: 'Language' })
  assert.deepEqual(await languages(page), choices('en'))
  assert.deepEqual(await chooser.getByRole('link').evaluateAll((links) => links.map((link) => link.hreflang)), ['en', 'de', 'fr', 'es'])
  for (const [tag, name, heading] of [['de', 'Deutsch', 'So geht es'], ['es', 'Español', 'Cómo funciona']]) {
    await page.locator('.languages').getByRole('link', { name }).click()
    await page.waitForURL(`${world.edge}/join/${ferns.slug}?lang=${tag}`)
    await page.getByRole('heading', { name: heading }).waitFor()
    assert.equal(await spoken(page), tag)
    assert.deepEqual(await languages(page), choices(tag))
  }
  assert.deepEqual((await page.context().cookies()).map(({ name }) => name), [])
  await page.context().close()
})

bothWays('a referrer chooses a language, is led back to where they were, and hears it on every page of this visit', { timeout: 90_000 }, async (how) => {
  const ferns = await program()
  const ada = await joined(world, ferns, 'L', { name: 'Ada' })
  const page = await entered(place, ferns, ada, how)
  await page.goto(at(world, ferns, 'conversions?show=credited'))
  assert.deepEqual(await languages(page), choices('en'))
  await page.getByRole('button', { name: 'Deutsch' }).click()
  await page.getByRole('heading', { name: 'Bestellungen von Freunden', level: 1 }).waitFor()
  assert.equal(page.url(), at(world, ferns, 'conversions?show=credited'))
  assert.deepEqual(await languages(page), choices('de'))
  for (const part of ['', 'rewards', 'terms', 'profile']) {
    await page.goto(at(world, ferns, part))
    assert.equal(await spoken(page), 'de', part)
  }
  const kept = (await page.context().cookies()).find(({ name }) => name === 'goodword_language_portal')
  assert.deepEqual([kept.value, kept.expires, kept.httpOnly], ['de', -1, true], 'until the browser is closed')
  await page.context().close()
})

bothWays('whoever chooses a language on a way in they were sent is not let in by that', { timeout: 90_000 }, async (how) => {
  const ferns = await program()
  const ada = await joined(world, ferns, 'W', { name: 'Ada' })
  const page = await pageOf(await visitor(place.chromium, how))
  const { url } = await ask(world, ferns, ada.proof, 'widget/portal', {})
  await page.goto(url)
  await page.getByRole('button', { name: 'Deutsch' }).click()
  await page.locator('html[lang="de"]').waitFor({ state: 'attached' })
  await page.waitForLoadState('load')
  assert.equal(page.url(), url)
  assert.equal(await page.locator('form[data-send]').count(), 0)
  const button = page.getByRole('button', { name: 'Meine Seite öffnen' })
  await button.waitFor()
  assert.deepEqual((await page.context().cookies()).map(({ name }) => name), ['goodword_language_portal'])
  await button.click()
  await page.waitForURL(at(world, ferns))
  assert.equal(await spoken(page), 'de')
  await page.context().close()
})

bothWays('a language chosen on a page whose address says another one is the one it is in', { timeout: 90_000 }, async (how) => {
  const ferns = await program()
  const ada = await joined(world, ferns, 'Q', { name: 'Ada' })
  const page = await entered(place, ferns, ada, how)
  await page.goto(at(world, ferns, 'conversions?lang=de&show=credited'))
  assert.deepEqual(await languages(page), choices('de'))
  await page.getByRole('button', { name: 'Español' }).click()
  await page.waitForURL(at(world, ferns, 'conversions?show=credited'))
  assert.deepEqual(await languages(page), choices('es'))
  await page.context().close()
})

test('what was chosen on the public page is spoken by the panel on it, and behind the way in', { timeout: 90_000 }, async () => {
  const ferns = await program()
  const page = await pageOf(await visitor(place.chromium, CLIPBOARD))
  await page.goto(`${world.edge}/join/${ferns.slug}?lang=de`)
  await numbered(page)
  assert.equal(await page.locator('goodword-widget .frame').getAttribute('lang'), 'de')
  await page.locator('goodword-widget .copy').click()
  await page.locator('goodword-widget .recent summary').click()
  const [own] = await Promise.all([page.context().waitForEvent('page'), page.locator('goodword-widget button.portal').click()])
  // An edge on the shop's own host presses the button by itself; on another host a person does.
  const pressed = own.locator('form[action$="/enter"]:not([data-send]) button').click().catch(() => {})
  await Promise.race([own.waitForURL(at(world, ferns)), pressed])
  await own.waitForURL(at(world, ferns))
  await own.getByRole('heading', { name: 'Ihr Link' }).first().waitFor()
  assert.equal(await spoken(own), 'de')
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})
