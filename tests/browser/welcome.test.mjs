// The friend's side: who sent them, what they get, the code to use.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { visitor } from './people.mjs'
import { LONG, LONG_RTL } from './programs.mjs'
import { place } from './shopfront.mjs'
import { CLIPBOARD, objections } from './stand.mjs'
import { until } from './until.mjs'

const ELEMENT = '<goodword-welcome></goodword-welcome>'
const codes = {}

before(async () => {
  // Referrers made by browsers: one lets friends see a first name, one does not, and of three it is too long to be one or not.
  const people = {
    named: { name: 'Ada Lovelace', show_name: true },
    shy: { name: 'Grace Hopper' },
    long: { name: LONG, show_name: true },
    right: { name: LONG_RTL, show_name: true },
    both: { name: `${'ن'.repeat(30)} ${LONG.slice(31)}`, show_name: true },
  }
  for (const [kind, fields] of Object.entries(people)) {
    const proof = 'gws_' + Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
    const { code } = await place.world.api('widget/join', { key: place.program.publishable_key, body: { proof, ...fields } })
    codes[kind] = code
  }
})

const bar = (page) => page.getByRole('region', { name: 'Welcome' })

test('a friend reads who sent them, what they get, and the code to use; nothing moves', async () => {
  const said = { named: 'Ada sent you', shy: 'A friend sent you', long: 'A friend sent you', right: 'A friend sent you', both: `${'ن'.repeat(30)} sent you` }
  for (const [kind, who] of Object.entries(said)) {
    const page = await place.show(`<h1>The shop</h1>${ELEMENT}<p>More.</p>`, { query: `?via=${codes[kind]}`, options: { viewport: { width: 320, height: 700 } } })
    await bar(page).getByText(who).waitFor()
    assert.ok(await bar(page).evaluate((bar) => bar.scrollWidth <= bar.clientWidth && document.documentElement.scrollWidth <= innerWidth), `${kind} is too wide`)
    assert.equal(await bar(page).getByText('Lovelace').count() + await bar(page).getByText('Grace').count(), 0)
    await bar(page).getByText('You get €5 when you buy.').waitFor()
    await bar(page).getByText(codes[kind]).waitFor()
    await bar(page).getByRole('button', { name: 'Copy' }).click()
    await bar(page).getByRole('button', { name: 'Copied' }).waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), codes[kind])
    assert.deepEqual(await page.shifted(), [])
    assert.deepEqual(await objections(page), [])
    assert.ok(!page.asked.some((call) => call.endsWith('.wasm')), 'without any wasm')
    assert.deepEqual(page.trouble, [])
    await page.context().close()
  }
})

test('whoever closes it does not see it again, until another friend sends them', async () => {
  const context = await visitor(place.chromium, CLIPBOARD)
  const first = await place.show(ELEMENT, { context, query: `?via=${codes.named}` })
  await bar(first).getByRole('button', { name: 'Close' }).click()
  await until('gone', async () => await bar(first).count() === 0)
  const again = await place.show(ELEMENT, { context })
  await again.waitForLoadState('networkidle')
  assert.equal(await bar(again).count(), 0)
  assert.ok(!again.asked.some((call) => call.includes('welcome?')))
  assert.deepEqual([...first.trouble, ...again.trouble], [])
  await context.close()
})

test('nobody sent, a code nobody has, an edge that is silent: the page is as it was', async () => {
  for (const query of ['', '?via=nobody-here']) {
    const page = await place.show(`<h1>The shop</h1>${ELEMENT}`, { query })
    await page.waitForLoadState('networkidle')
    assert.equal(await bar(page).count(), 0)
    // That the code is unknown the browser writes into the console itself.
    assert.deepEqual(page.trouble.filter((text) => !text.includes('404')), [])
    assert.deepEqual(await page.shifted(), [])
    await page.context().close()
  }
})

test('in the page it stands where the page puts it', async () => {
  const page = await place.show('<h1>The shop</h1><goodword-welcome inline></goodword-welcome><p>More.</p>', { query: `?via=${codes.named}` })
  await bar(page).waitFor()
  const { y } = await bar(page).boundingBox()
  assert.ok(y < 250, `${y}`)
  assert.equal(await bar(page).evaluate((element) => getComputedStyle(element).position), 'relative')
  await page.context().close()
})
