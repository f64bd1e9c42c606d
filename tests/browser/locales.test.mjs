// The panel in every language, theme, mode and width: every text is there, nothing is wider than its
// place, nothing moves, and an accessibility checker has nothing to say.

import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { before, test } from 'node:test'
import { visitor } from './people.mjs'
import { place } from './shopfront.mjs'
import { numbered, objections } from './stand.mjs'
import { root } from './world.mjs'

const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl', 'ja', 'ar']
const PICTURES = `${root}target/screenshots`

let code

before(async () => {
  ;({ code } = await place.world.api('referrers', { key: place.program.secret_key, body: { name: 'Ada' } }))
  await mkdir(PICTURES, { recursive: true })
})

/** Unfolds everything. */
async function unfold(page) {
  await page.locator('.qr-toggle').click()
  await page.locator('.code path[d]').waitFor({ state: 'attached' })
  await page.locator('.more').click()
  for (const fold of ['.terms', '.recent', '.you']) await page.locator(`${fold} summary`).click()
  await page.locator('.list li').first().waitFor()
}

/** Whatever sticks out of the panel. */
const outside = (page) => page.evaluate(() => {
  const shadow = document.querySelector('goodword-widget').shadowRoot
  const { left, right } = shadow.querySelector('.panel').getBoundingClientRect()
  return [...shadow.querySelectorAll('.panel *')]
    .filter((element) => element.getClientRects().length && !element.closest('.aloud,.steps,svg'))
    .filter((element) => element.getBoundingClientRect().left < left - 1 || element.getBoundingClientRect().right > right + 1)
    .map((element) => `${element.className || element.localName}: ${element.textContent.slice(0, 40)}`)
})

for (const language of LANGUAGES) {
  test(`${language}: every text, in light and dark, in a narrow column and a wide page`, { timeout: 120_000 }, async () => {
    const texts = await readFile(`${root}widget/words/${language}.txt`, 'utf8')
    const word = (name) => texts.match(new RegExp(`^${name}=(.*)$`, 'm'))[1]
    for (const [width, colorScheme] of [[280, 'dark'], [360, 'light'], [1280, 'light']]) {
      const context = await visitor(place.chromium, { viewport: { width, height: 1100 }, colorScheme, reducedMotion: 'reduce' })
      const head = '<meta name="color-scheme" content="light dark"><style>body { margin: 0 } main { font-family: sans-serif }</style>'
      const page = await place.show('<h1>The shop</h1><goodword-widget></goodword-widget>', { context, head, attributes: `data-locale="${language}"` })
      await page.calm()
      await numbered(page)
      const where = `${language} ${width} ${colorScheme}`
      assert.deepEqual(await page.shifted(), [], where)
      assert.equal(await page.locator('.copy').textContent(), word('copy'))
      assert.equal(await page.locator('.frame').evaluate((frame) => getComputedStyle(frame).direction), language === 'ar' ? 'rtl' : 'ltr')
      assert.ok(page.asked.includes(`GET /w/0.1.0/words/${language}.js`))
      assert.equal(page.asked.filter((call) => call.includes('/words/')).length, 1, 'one file of texts')
      await unfold(page)
      const empty = await page.locator('goodword-widget').evaluate((element) => [...element.shadowRoot.querySelectorAll('button,summary,dt,h2,h3,label > span,.next,.note,.accept,li > span:first-child,.terms li,.none')]
        .filter((one) => !one.textContent.trim() || one.textContent.includes('$')).map((one) => one.className || one.localName))
      assert.deepEqual(empty, [], where)
      assert.deepEqual(await outside(page), [], where)
      assert.deepEqual(await objections(page), [], where)
      assert.deepEqual(page.trouble, [], where)
      await page.screenshot({ path: `${PICTURES}/panel-${language}-${width}-${colorScheme}.png`, fullPage: true })
      await context.close()
    }
  })
}

for (const language of LANGUAGES) {
  test(`${language}: in a dialog, behind a button, and in the friend’s welcome an accessibility checker has nothing to say either, by day and by night`, { timeout: 120_000 }, async () => {
    for (const [mode, colorScheme] of [['modal', 'light'], ['modal', 'dark'], ['floating', 'light'], ['floating', 'dark']]) {
      const where = `${language} ${mode} ${colorScheme}`
      const context = await visitor(place.chromium, { viewport: { width: 412, height: 900 }, colorScheme, reducedMotion: 'reduce' })
      const page = await place.show(`<h1>The shop</h1><goodword-welcome inline></goodword-welcome><goodword-widget mode="${mode}"></goodword-widget>`, {
        context, query: `?via=${code}`, head: '<meta name="color-scheme" content="light dark">', attributes: `data-locale="${language}"`,
      })
      await page.locator('goodword-welcome .offer', { hasText: /\p{L}/u }).waitFor()
      if (mode === 'floating') await page.locator('.launcher').waitFor()
      assert.deepEqual(await objections(page), [], `${where}, closed`)
      await page.screenshot({ path: `${PICTURES}/panel-${mode}-${language}-${colorScheme}-closed.png` })
      await page.evaluate(() => window.goodword('open'))
      await numbered(page)
      await unfold(page)
      assert.deepEqual(await objections(page), [], where)
      assert.deepEqual(page.trouble, [], where)
      await page.screenshot({ path: `${PICTURES}/panel-${mode}-${language}-${colorScheme}.png` })
      await context.close()
    }
  })
}

test('at 200 % zoom, and in colours of the system’s own, everything can be read and reached', async () => {
  // Twice as large is half as wide.
  const context = await visitor(place.chromium, { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2, forcedColors: 'active' })
  const page = await place.show('<goodword-widget></goodword-widget>', { context })
  await numbered(page)
  await unfold(page)
  assert.deepEqual(await outside(page), [])
  // What colour says elsewhere is said by a line here.
  const borders = await page.locator('.steps li').evaluateAll((steps) => steps.map((step) => getComputedStyle(step).borderTopWidth))
  assert.ok(borders.every((width) => parseFloat(width) >= 1), `${borders}`)
  await page.screenshot({ path: `${PICTURES}/panel-forced-colors.png`, fullPage: true })
  await context.close()
})

test('who wants no motion sees none', async () => {
  const context = await visitor(place.chromium, { reducedMotion: 'reduce' })
  const page = await place.show('<goodword-widget mode="floating"></goodword-widget>', { context })
  await page.locator('.launcher').click()
  const moving = await page.evaluate(() => document.getAnimations().length + document.querySelector('goodword-widget').shadowRoot.getAnimations().length)
  assert.equal(moving, 0)
  await context.close()
})
