// Messages and look, links and assets, first run and readiness in a real browser: what a merchant sets is what the panel
// shows, with and without script, on a phone and on a desk, light and dark, and with hostile texts in every field.

import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { payloads } from './payloads.mjs'
import { signedIn as enter } from './desk.mjs'
import { browser, pageOf, visitor } from './people.mjs'
import { site, snippet } from './site.mjs'
import { objections } from './stand.mjs'
import { until } from './until.mjs'
import { open, root } from './world.mjs'

const PICTURES = `${root}target/screenshots`
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let world, shop, chromium

before(async () => {
  ;[world, shop, chromium] = await Promise.all([open(), site(), browser(), mkdir(PICTURES, { recursive: true })])
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

const signedIn = (key, options) => enter(world, chromium, key, options)

const send = (method, path, key, body) => fetch(`${world.edge}/v1/${path}`, {
  method,
  headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

/** A page of a shop with the panel on it. */
async function panelOf(program, { attributes = '', head = '', ...options } = {}) {
  const path = `/look-${Math.random()}`
  shop.show(path, '<main><goodword-widget></goodword-widget></main>', { head: head + snippet(world.edge, program.publishable_key, attributes) })
  const page = await pageOf(await visitor(chromium, options))
  await page.goto(shop.origin + path)
  await page.locator('goodword-widget .panel:not([data-waiting])').waitFor()
  return page
}

const background = (page, selector) => page.locator(`goodword-widget ${selector}`).evaluate((element) => getComputedStyle(element).backgroundColor)
const shared = async (page, channel) => decodeURIComponent(await page.locator(`goodword-widget [data-act=${channel}]`).getAttribute('href'))

test('what a merchant sets by hand is what the panel shows, and the page’s own still wins', { timeout: 120_000 }, async () => {
  const program = await world.program(`${shop.origin}/`, { name: 'Fern & Field' })
  const page = await signedIn(program.secret_key)
  await page.goto(`${world.edge}/dashboard/live/look`)
  await page.getByLabel('Every channel').fill('Try {program}, get {gift}')
  await page.getByLabel('WhatsApp', { exact: true }).fill('{program} on WhatsApp $1 $&')
  await page.getByRole('button', { name: 'Save' }).first().click()
  await page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor()
  await page.getByText('Try Fern & Field, get 5.00').first().waitFor()

  // The panel beside the form changes with every choice, and says what cannot be read.
  const frame = page.frameLocator('.panel-frame')
  await page.locator('.panel-frame').scrollIntoViewIfNeeded() // a panel waits until somebody looks
  await frame.locator('goodword-widget .panel:not([data-waiting])').waitFor()
  await page.getByLabel('Buttons and marks', { exact: true }).fill('#ffee00')
  await page.getByLabel('Corners', { exact: true }).selectOption('Square')
  await frame.getByText('Buttons on this background have a contrast of 1.2 to 1').waitFor()
  await frame.locator('goodword-widget .panel:not([data-waiting])').waitFor()
  assert.equal(await frame.locator('goodword-widget .copy').evaluate((element) => getComputedStyle(element).backgroundColor), 'rgb(255, 238, 0)')
  await page.locator('#theme ~ .two button').first().click()
  await page.getByRole('status').filter({ hasText: 'Saved.' }).waitFor()
  assert.deepEqual(page.trouble, [], 'our own policy lets all of it work')
  assert.equal((await world.api('stats', { key: program.secret_key })).totals.seen, 0, 'a preview is no view')

  const panel = await panelOf(program)
  assert.equal(await background(panel, '.copy'), 'rgb(255, 238, 0)')
  assert.equal(await panel.locator('goodword-widget .copy').evaluate((element) => getComputedStyle(element).color), 'rgb(14, 26, 21)')
  assert.equal(await panel.locator('goodword-widget .panel').evaluate((element) => getComputedStyle(element).borderRadius), '0px')
  assert.match(await shared(panel, 'telegram'), /Try Fern & Field, get €5.*I get a reward if you buy\./s)
  assert.match(await shared(panel, 'whatsapp'), /Fern & Field on WhatsApp \$1 \$&\nI get a reward if you buy\./)
  const own = await panelOf(program, { head: '<style>:root{--goodword-accent:#0000ff;--goodword-round:3px}</style>' })
  assert.equal(await background(own, '.copy'), 'rgb(0, 0, 255)')
  assert.equal(await own.locator('goodword-widget .panel').evaluate((element) => getComputedStyle(element).borderRadius), '3px')
  assert.deepEqual([panel.trouble, own.trouble], [[], []])
})

test('an attribute of the snippet wins over what is set, and German words are for those who read German', { timeout: 60_000 }, async () => {
  const program = await world.program(`${shop.origin}/`, { name: 'Fern' })
  const look = {
    texts: [{ text: 'Have a look' }, { locale: 'de', text: 'Schau mal' }],
    theme: { scheme: 'dark', paper: '#102030', ink: '#ffffff' },
  }
  assert.equal((await send('PATCH', 'look', program.secret_key, look)).status, 200)
  const dark = await panelOf(program, { colorScheme: 'light' })
  assert.equal(await background(dark, '.panel'), 'rgb(16, 32, 48)')
  assert.match(await shared(dark, 'telegram'), /Have a look/)
  const light = await panelOf(program, { attributes: 'data-theme="light" data-locale="de"' })
  assert.equal(await background(light, '.panel'), 'rgb(255, 255, 255)')
  assert.match(await shared(light, 'telegram'), /Schau mal\nIch bekomme eine Prämie/)
})

test('all of it can be done without script', { timeout: 120_000 }, async () => {
  const program = await world.program('https://shop.example/')
  const page = await signedIn(program.secret_key, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
  const at = (part) => page.goto(`${world.edge}/dashboard/live/${part}`)
  await at('look')
  await page.getByLabel('Text', { exact: true }).fill('#cccccc')
  await page.getByRole('button', { name: 'Look at it' }).click()
  assert.match(await page.locator('iframe').getAttribute('src'), /ink=%23cccccc/)
  assert.equal(await page.getByLabel('Text', { exact: true }).inputValue(), '#cccccc')
  await at('links')
  await page.getByText('A link for somebody new').click()
  await page.getByLabel('Name').fill('Grace')
  await page.getByLabel('Code', { exact: true }).fill('grace')
  await page.locator('form[action$=referrers] button').click()
  await page.getByText('Link of Grace').waitFor()
  const picture = page.getByRole('img', { name: 'The link as a QR code' })
  await until('the QR code is there', () => picture.evaluate((image) => image.complete && image.naturalWidth > 0))
  await page.getByText('Add a picture').click()
  await page.getByLabel('Title').nth(1).fill('Banner')
  await page.getByLabel('Picture').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') })
  await page.getByLabel('In words').fill('A fern')
  await page.getByRole('button', { name: 'Add it' }).click()
  await page.getByRole('status').filter({ hasText: 'Added to the library.' }).waitFor()
  const shown = page.getByRole('img', { name: 'A fern' })
  await shown.scrollIntoViewIfNeeded()
  await until('the picture is there', () => shown.evaluate((image) => image.complete && image.naturalWidth === 1))
  await page.getByText('Retire').first().click()
  await page.getByRole('button', { name: 'Retire it now' }).click()
  await page.getByText('Nothing here yet.').waitFor()
  await page.goto(`${world.edge}/dashboard/live`)
  await page.getByText('React', { exact: true }).click()
  await page.getByText('GoodwordProvider').first().waitFor()
  await page.getByRole('button', { name: 'Make a test sale' }).click()
  await page.getByText('Credited to Trial referrer').waitFor()
  await at('readiness')
  await page.getByLabel('Note: Goals').fill('Fifty leads')
  await page.getByLabel('Done: Goals').check()
  await page.locator('#goals button').click()
  await page.getByText('1 of 7 are done.').waitFor()
})

test('axe objects to nothing, nothing overflows and nothing shifts', { timeout: 300_000 }, async () => {
  const program = await world.program('https://shop.example/', { name: 'Fern & Field' })
  const sk = program.secret_key
  await world.api('referrers', { key: sk, body: { code: 'ada', name: 'Ada Byron' } })
  await world.api('assets', { key: sk, body: { kind: 'picture', title: 'Banner '.repeat(14).trim(), alt: 'A fern', data: PNG } })
  await world.api('assets', { key: sk, body: { kind: 'text', title: 'Post', text: 'x'.repeat(900) } })
  await world.api('assets', { key: sk, body: { kind: 'file', title: 'Kit', url: `https://shop.example/${'k'.repeat(200)}.pdf` } })
  await send('PATCH', 'look', sk, { texts: [{ text: 'w'.repeat(400) }, { channel: 'x', text: 'نص قصير' }] })
  await send('PATCH', 'program', sk, { share: { title: 'T'.repeat(120), text: 's'.repeat(300), image: 'https://pictures.example/a.png' } })
  for (const [width, height] of [[360, 740], [1280, 900]]) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await signedIn(sk, { viewport: { width, height }, colorScheme, bypassCSP: true })
      for (const part of ['', 'look', 'look?locale=ar', 'links', 'links?who=ada&to=/ferns&channel=x', 'readiness', 'look/panel?accent=%23ffee00&ink=%23cccccc']) {
        const where = `${part} ${width} ${colorScheme}`
        const answer = await page.goto(`${world.edge}/dashboard/live/${part}`.replace(/\/$/, ''))
        assert.ok(gzipSync(await answer.body()).length <= 15_000, where)
        await page.screenshot({ path: `${PICTURES}/e-${part.replace(/\W+/g, '-') || 'first-run'}-${width}-${colorScheme}.png`, fullPage: true })
        assert.deepEqual((await objections(page)).filter((one) => !/goodword-widget/.test(one)), [], where)
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} overflows`)
        if (!part.startsWith('look')) assert.deepEqual(await page.shifted(), [], where)
      }
      await page.context().close()
    }
  }
})

test('no text in any field runs, with our policy and without it, in the dashboard or in the panel', { timeout: 300_000 }, async () => {
  assert.ok(payloads.length >= 60)
  const program = await world.program(`${shop.origin}/`, { name: payloads[0].slice(0, 100) })
  const sk = program.secret_key
  const clean = (text, most = 180) => text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, most).trim()
  const channels = ['whatsapp', 'telegram', 'email', 'x', 'reddit', 'sms', 'native', null]
  const locales = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl', 'ja', 'ar', null]
  const texts = locales.flatMap((locale, row) => channels.map((channel, column) => ({ locale, channel, text: clean(payloads[(row * 8 + column) % payloads.length], 100) })))
  const set = await send('PATCH', 'look', sk, { texts })
  assert.equal(set.status, 200, await set.text())
  for (const [at, payload] of payloads.entries()) {
    await world.api('assets', { key: sk, body: { kind: 'text', title: clean(payload, 100), text: clean(payload) } })
    await world.api('assets', { key: sk, body: { kind: 'picture', title: clean(payload, 100), alt: clean(payload), data: PNG } })
    await world.api('readiness', { key: sk, body: { point: ['goals', 'legal', 'review'][at % 3], done: true, note: clean(payload) } })
  }
  for (const bypassCSP of [false, true]) {
    const page = await signedIn(sk, { bypassCSP })
    const bad = []
    page.on('dialog', async (dialog) => { bad.push(`${page.url()} ${dialog.message()}`); await dialog.dismiss() })
    page.on('request', (request) => { if (!request.url().startsWith(world.edge)) bad.push(request.url()) })
    const hostile = payloads.slice(0, 20).map((payload) => encodeURIComponent(payload))
    const at = [
      '', 'links', 'readiness', ...locales.map((locale) => `look?locale=${locale ?? ''}`),
      ...hostile.map((text) => `links?who=${text}&to=${text}&channel=${text}`),
      ...hostile.map((text) => `look?draft=1&accent=${text}&corners=${text}&locale=${text}`),
      ...hostile.slice(0, 5).map((text) => `look/panel?accent=${text}&scheme=${text}`),
    ]
    for (const part of at) {
      await page.goto(`${world.edge}/dashboard/live/${part}`.replace(/\/$/, ''))
      const strange = page.locator('script:not([src^="/dashboard.js"]):not([src^="/goodword.js"]), iframe:not(.panel-frame), object, embed, base, img:not([src^="/a/"]):not([src^="/dashboard/"])')
      assert.equal(await strange.count(), 0, part)
    }
    for (const [at, payload] of payloads.entries()) {
      if (at % 6) continue
      await send('PATCH', 'program', sk, { share: { title: clean(payload, 120), text: clean(payload) } })
      await page.goto(`${world.edge}/dashboard/live/look`)
      assert.ok((await page.locator('.card').first().innerText()).length > 0)
    }
    assert.deepEqual(bad, [])
    if (!bypassCSP) assert.deepEqual(page.trouble, [])
    await page.context().close()
  }
  for (const locale of ['en', 'de', 'fr']) {
    const panel = await panelOf(program, { attributes: `data-locale="${locale}"` })
    const said = texts.find((one) => one.locale === locale && one.channel === 'whatsapp').text
    assert.ok((await shared(panel, 'whatsapp')).includes(said), 'a hostile text is a text')
    assert.deepEqual(panel.trouble, [])
  }
})
