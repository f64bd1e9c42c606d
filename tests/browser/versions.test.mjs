// The address that names a version: always the same bytes, and a browser that was told their sum
// runs nothing else. What the guide prints is what is pasted here.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { browser, pageOf, visitor } from './people.mjs'
import { proxy } from './proxy.mjs'
import { panel } from './shop.mjs'
import { site } from './site.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

const FOR_EVER = 'public, max-age=31536000, immutable'

let world, shop, chromium, program, between
let version, snippet // as the guide prints them

before(async () => {
  world = await open()
  ;[shop, chromium, between] = await Promise.all([site(), browser(), proxy(world.edge)])
  program = await world.program(`${shop.origin}/`)
  const page = await pageOf(await visitor(chromium))
  await page.goto(`${world.edge}/guide/versions/`)
  snippet = await page.locator('pre', { hasText: 'integrity' }).textContent()
  version = snippet.match(/\/w\/([\d.]+)\/goodword\.js/)[1]
  await page.context().close()
})

after(async () => {
  await chromium?.close()
  await Promise.all([shop?.close(), between?.close()])
  await world?.close()
})

const sum = (bytes) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`

/** A page of the shop with the guide's snippet, its script coming from `origin`. */
async function visit(origin, { pasted = snippet, body = '<h1>The shop</h1>' } = {}) {
  const tag = pasted.replace('https://go.shop.example', origin).replace('pk_live_…', program.publishable_key)
  shop.show('/', body, { head: tag })
  const page = await pageOf(await visitor(chromium))
  page.faults = [] // what was thrown, as opposed to what the browser writes into the console
  page.on('pageerror', (error) => page.faults.push(String(error)))
  await page.goto(`${shop.origin}/?via=ada`, { waitUntil: 'load' })
  return page
}

const referral = (page) => page.evaluate(() => window.goodword('referral'))

const refused = (page, file) =>
  page.trouble.filter((text) => text.includes('integrity') && text.includes(`/w/${version}/${file}`))

const linked = async (page) => {
  await until('the link is there', async () => /\/r\/[\w-]+\/\w{11}$/.test(await panel(page).link.inputValue({ timeout: 1_000 })))
}

test('every published file is what the list says, kept for ever, and open to pages of other origins', async () => {
  const list = await (await fetch(`${world.edge}/w/${version}/integrity.json`)).json()
  const files = Object.entries(list)
  for (const known of ['goodword.js', 'widget.js', 'widget_bg.wasm', 'qr.js', 'qr_bg.wasm', 'words/en.js']) {
    assert.ok(list[known], `${known} is on the list`)
  }
  for (const [file, { integrity, bytes }] of files) {
    const answer = await fetch(`${world.edge}/w/${version}/${file}`, { headers: { Origin: shop.origin } })
    const body = Buffer.from(await answer.arrayBuffer())
    assert.equal(answer.status, 200, file)
    assert.equal(sum(body), integrity, file)
    assert.equal(body.length, bytes, file)
    assert.equal(answer.headers.get('cache-control'), FOR_EVER, file)
    assert.equal(answer.headers.get('access-control-allow-origin'), '*', file)
    assert.match(answer.headers.get('content-type'), file.endsWith('.wasm') ? /^application\/wasm$/ : /^text\/javascript/, file)
  }
})

test('the address without a version has the same loader, kept for minutes only', async () => {
  const newest = await fetch(`${world.edge}/goodword.js`)
  assert.equal(newest.headers.get('cache-control'), 'public, max-age=300')
  const versioned = await fetch(`${world.edge}/w/${version}/goodword.js`)
  assert.equal(await newest.text(), await versioned.text())
})

test('a version that was never published is not answered, and nobody keeps that for ever', async () => {
  const answer = await fetch(`${world.edge}/w/0.0.0/goodword.js`)
  assert.equal(answer.status, 404)
  assert.doesNotMatch(answer.headers.get('cache-control') ?? '', /immutable/)
})

test('the guide’s snippet with its sum works, down to the panel', async () => {
  const page = await visit(world.edge, { body: '<h1>The shop</h1><goodword-widget></goodword-widget>' })
  await page.waitForFunction(() => window.goodword?.settings)
  assert.equal((await referral(page)).code, 'ada')
  await linked(page)
  await until('the numbers are there', async () => await panel(page).number('Clicks') !== '–')
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

test('a loader with one byte changed does not run, and the page goes on without', async () => {
  // A space for the line's end: without the sum nobody would notice.
  between.change(`/w/${version}/goodword.js`, (body) => {
    assert.equal(body.at(-1), 0x0a)
    body[body.length - 1] = 0x20
  })
  const body = '<h1>The shop</h1><form data-goodword></form><goodword-widget></goodword-widget>'
  const page = await visit(between.origin, { body })
  await until('the browser says why', () => refused(page, 'goodword.js').length === 1)
  assert.equal(await page.evaluate(() => typeof window.goodword), 'undefined')
  assert.equal(await page.evaluate(() => location.search), '?via=ada', 'nothing has read the address')
  assert.equal(await page.locator('h1').textContent(), 'The shop')
  assert.deepEqual(page.faults, [])
  await page.context().close()

  const careless = await visit(between.origin, { body, pasted: snippet.replace(/integrity="[^"]*"/, '') })
  await careless.waitForFunction(() => window.goodword?.settings)
  assert.equal((await referral(careless)).code, 'ada', 'it was the sum that has refused it')
  await careless.context().close()
  between.leave()
})

test('wasm with one byte changed does not run: the link is there all the same', async () => {
  // Inside a text of the wasm: as a module it is as good as before.
  between.change(`/w/${version}/widget_bg.wasm`, (body) => {
    const at = body.indexOf('gws_')
    assert.ok(at > 0)
    body[at + 2] ^= 0x01
    assert.ok(WebAssembly.validate(body))
  })
  const page = await visit(between.origin, { body: '<h1>The shop</h1><goodword-widget></goodword-widget>' })
  await linked(page)
  await until('the browser says why', () => refused(page, 'widget_bg.wasm').length > 0)
  assert.deepEqual(page.faults, [])
  assert.equal(await page.locator('h1').textContent(), 'The shop')
  await page.context().close()
  between.leave()
})
