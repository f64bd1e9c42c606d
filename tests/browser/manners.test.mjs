// The panel on pages that forbid, replace or take away what it stands on.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { leave, pageOf, visitor } from './people.mjs'
import { payloads } from './payloads.mjs'
import { panel } from './shop.mjs'
import { place } from './shopfront.mjs'
import { snippet } from './site.mjs'
import { CLIPBOARD, numbered } from './stand.mjs'
import { until } from './until.mjs'
import { root } from './world.mjs'

const ELEMENT = '<goodword-widget></goodword-widget>'

const done = (page) => page.context().close()
const STRICT = `default-src 'none'; script-src 'nonce-n' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src data:; base-uri 'none'; ` +
  `require-trusted-types-for 'script'; trusted-types 'none'; connect-src `

test('where the policy forbids wasm there is the link, to copy and as a QR code, and it is the one wasm would have made', async () => {
  const policy = `script-src 'nonce-n' 'strict-dynamic'; connect-src ${place.world.edge}; img-src ${place.world.edge} data:`
  const context = await visitor(place.chromium, CLIPBOARD)
  const page = await place.show(ELEMENT, { context, headers: { 'Content-Security-Policy': policy }, attributes: 'nonce="n"' })
  const { copy, element, qr } = panel(page)
  await until('the link is there', async () => /\/r\/[\w-]+\/[0-9a-z]{11}$/.test(await panel(page).link.inputValue()))
  const mine = await panel(page).link.inputValue()
  await element.getByText('This page does not allow the whole panel.').waitFor()
  await element.getByText('By sharing you accept the terms (version 1)').waitFor()
  assert.ok(!page.asked.includes('POST /v1/widget/join'), 'looking is not joining')
  await copy.click()
  await element.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${mine}?gwc=copy`)
  await until('joined', () => page.asked.filter((call) => call === 'POST /v1/widget/join').length === 1)
  await qr.click()
  const picture = element.getByRole('img', { name: 'QR code of your link' })
  await until('the QR code is drawn by the edge', () => picture.evaluate((image) => image.complete && image.naturalWidth > 0))
  // The browser itself reports what it has blocked; nothing else is said.
  const said = page.trouble.filter((text) => !/Content Security Policy|unsafe-eval/.test(text))
  assert.deepEqual(said, [])
  const free = await place.show(ELEMENT, { context })
  await numbered(free)
  assert.equal(await panel(free).link.inputValue(), mine)
  await leave(context)
})

const NO_WASM = () => ({ headers: { 'Content-Security-Policy': `script-src 'nonce-n' 'strict-dynamic'; connect-src ${place.world.edge}; img-src ${place.world.edge} data:` }, attributes: 'nonce="n"' })

test('without wasm the offer and the terms are said word for word as with it', async () => {
  const said = async (page) => {
    await until('the link is there', async () => /\/r\//.test(await panel(page).link.inputValue()))
    await page.locator('goodword-widget').hover()
    await page.locator('.terms summary').click()
    await until('the terms are there', async () => await page.locator('.terms li').count() > 3)
    return [await page.locator('.title').textContent(), await page.locator('.sentence').textContent(), ...await page.locator('.terms li').allTextContents()]
  }
  const [free, plain] = [await place.show(ELEMENT), await place.show(ELEMENT, NO_WASM())]
  await numbered(free)
  const words = await said(plain)
  assert.deepEqual(words, await said(free))
  assert.match(words[0], /^Give €5, get 10/)
  await done(free)
  await done(plain)
})

test('without wasm there are all channels, the message with its disclosure, the numbers, and disputes', async () => {
  const context = await visitor(place.chromium, CLIPBOARD)
  const page = await place.show(ELEMENT, { context, ...NO_WASM() })
  const { element, link } = panel(page)
  await until('the link is there', async () => /\/r\//.test(await link.inputValue()))
  const mine = await link.inputValue()
  await element.getByRole('button', { name: 'More' }).click()
  await page.getByRole('link', { name: 'Reddit' }).waitFor()
  for (const [name, channel] of [['WhatsApp', 'whatsapp'], ['Telegram', 'telegram'], ['Facebook', 'facebook'], ['E-mail', 'email'], ['X', 'x'], ['LinkedIn', 'linkedin'], ['Reddit', 'reddit']]) {
    const address = decodeURIComponent(await page.getByRole('link', { name, exact: true }).getAttribute('href'))
    assert.ok(address.includes(`${mine}?gwc=${channel}`), address)
    if (!/facebook|linkedin|reddit/.test(channel)) assert.ok(address.includes('I like Corner Shop. With my link you get €5.\nI get a reward if you buy.'), address)
  }
  await page.getByLabel('Your message').fill('Try the soup!')
  const whatsapp = async () => decodeURIComponent(await page.getByRole('link', { name: 'WhatsApp' }).getAttribute('href'))
  assert.ok((await whatsapp()).includes('Try the soup!\nI get a reward if you buy.\n'))
  await page.getByRole('checkbox', { name: /I get a reward/ }).uncheck()
  assert.ok((await whatsapp()).includes('Try the soup!\nhttp'))
  const popup = page.waitForEvent('popup')
  await page.getByRole('link', { name: 'WhatsApp' }).click()
  await (await popup).close()
  await page.bringToFront()
  await page.getByText('Next: somebody follows your link').waitFor()
  assert.equal(page.asked.filter((call) => call === 'POST /v1/widget/join').length, 1)
  const code = mine.split('/').at(-1)
  await place.world.api('sales', { key: place.program.secret_key, body: { order_id: `plain-${code}`, customer_id: `plain-${code}`, amount: 5000, currency: 'EUR', code } })
  const later = await place.show(ELEMENT, { context, ...NO_WASM() })
  await until('the order counts', async () => await panel(later).number('Orders') === '1')
  await panel(later).activity.click()
  await panel(later).conversions.filter({ hasText: 'Order' }).getByText('Credited: they used your code').waitFor()
  await later.getByRole('button', { name: 'Is this wrong?' }).click()
  await later.getByLabel('What should have happened?').fill('It was two.')
  await later.getByRole('button', { name: 'Send to the shop' }).click()
  await later.locator('[part=dispute]').filter({ hasText: 'You asked the shop about this.' }).waitFor()
  await leave(context)
})

test('without wasm, a link of somebody who signs in says so, and nobody joins with it', async () => {
  const context = await visitor(place.chromium, CLIPBOARD)
  await context.route('**/v1/widget/me', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...await answer.json(), needs_identity: true } })
  })
  const page = await place.show(ELEMENT, { context, ...NO_WASM() })
  const { element, link, copy } = panel(page)
  await element.getByText('Your link works. Sign in to see its numbers.').waitFor()
  assert.match(await link.inputValue(), /\/r\//)
  await copy.click()
  await element.getByRole('button', { name: 'Copied' }).waitFor()
  await page.waitForTimeout(500)
  assert.ok(!page.asked.includes('POST /v1/widget/join'))
  await leave(context)
})

test('without wasm, a link is promised only where there is one, and whoever is signed in anew gets theirs', async () => {
  const context = await visitor(place.chromium, CLIPBOARD)
  await context.route('**/v1/widget/me', (route) => route.abort())
  const page = await place.show(ELEMENT, { context, ...NO_WASM() })
  const { element, link } = panel(page)
  await element.getByText('That could not be loaded.').waitFor()
  assert.equal(await link.inputValue(), '')
  await context.unroute('**/v1/widget/me')
  await page.evaluate(() => window.goodword('identify', { token: 'not.a.token' }))
  await until('the link of this browser', async () => /\/r\//.test(await link.inputValue()))
  await element.getByText('This page could not say who you are.').waitFor()
  await leave(context)
})

// ---- The page's load event

const ROUNDS = 9
const middle = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]
/** The inline script of the guide, about this edge. */
const afterLoad = async () => {
  const chapter = await readFile(`${root}www/guide/page/index.html`, 'utf8')
  const [, snippet] = chapter.match(/data-snippet="after-load"><code>([^]*?)<\/code>/)
  assert.ok(snippet.split('\n').length <= 5, 'the snippet is short')
  const script = snippet.replace(/&gt;/g, '>').replace('https://go.shop.example', place.world.edge).replace('pk_live_…', place.program.publishable_key)
  return `<script>${script}</script>`
}

/** When a page with this head has had its load event, in milliseconds; undefined where it has not after `patience`. */
const loaded = async (head, trouble, patience = 10_000) => {
  const context = await visitor(place.chromium, CLIPBOARD)
  await trouble?.(context)
  const path = `/load-${Math.random()}`
  place.shop.show(path, `<h1>The shop</h1>${ELEMENT}`, { head })
  const page = await pageOf(context)
  await page.goto(place.shop.origin + path, { waitUntil: 'commit' })
  const at = await page.waitForFunction(() => performance.getEntriesByType('navigation')[0]?.loadEventEnd || null, undefined, { timeout: patience })
    .then((handle) => handle.jsonValue(), () => undefined)
  if (at !== undefined && !trouble) await numbered(page) // it is our panel that was there
  await leave(context)
  return at
}

/** The medians of pages in trouble and of others, by default without us, turn by turn. */
const medians = async (head, trouble, other) => {
  const [ours, theirs] = [[], []]
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await loaded(head, trouble))
    theirs.push(await loaded(...other))
  }
  assert.ok(ours.every((at) => at !== undefined), 'every page has had its load event')
  return [middle(ours), middle(theirs)]
}

/** The same; measured once more where they differ, as they may when the machine is busy with something else. What stalls is late each time. */
const compared = async (head, trouble, other = ['', trouble]) => {
  const [ours, theirs] = await medians(head, trouble, other)
  return ours < theirs + ROUND_TRIP ? [ours, theirs] : medians(head, trouble, other)
}

/** Requests for this get no answer at all. */
const silent = (pattern) => (context) => context.route(pattern, () => {})
/** Requests for this pass through the same hands, and are answered. */
const answered = (pattern) => (context) => context.route(pattern, (route) => route.continue())
const tag = () => snippet(place.world.edge, place.program.publishable_key)
// Milliseconds for one round trip of the script, on a machine that does other things as well; nothing
// that stalls in these tests ever answers.
const ROUND_TRIP = 150

test('the edge’s calls stall, and everything but the script with them: the load event stays where it was', { timeout: 240_000 }, async () => {
  for (const pattern of ['**/v1/**', /\/(v1|w)\//]) {
    const [stalled, healthy] = await compared(tag(), silent(pattern), [tag(), answered(pattern)])
    assert.ok(stalled < healthy + ROUND_TRIP, `${pattern}: ${stalled} ms where it stalls, ${healthy} ms where it answers`)
  }
})

test('the script stalls: an async tag holds the load event, the guide’s snippet does not', { timeout: 240_000 }, async () => {
  assert.equal(await loaded(tag(), silent('**/goodword.js'), 3000), undefined, 'as the guide says')
  const variant = await afterLoad()
  const [ours, theirs] = await compared(variant, silent('**/goodword.js'))
  assert.ok(ours < theirs + ROUND_TRIP, `${ours} ms with us, ${theirs} ms without`)
  assert.ok(await loaded(variant), 'and where nothing stalls, the panel is there')
})

test('the network is gone: the load event comes, with the tag and with the snippet', { timeout: 240_000 }, async () => {
  for (const head of [tag(), await afterLoad()]) {
    const everything = `${place.world.edge}/**`
    const [gone, there] = await compared(head, (context) => context.route(everything, (route) => route.abort('internetdisconnected')), [head, answered(everything)])
    assert.ok(gone < there + ROUND_TRIP, `${gone} ms without network, ${there} ms with it`)
  }
})

test('a page that has replaced or added to what scripts rely on keeps running, and so does the panel', async () => {
  const hostile = {
    'things on every object': () => {
      Object.prototype.body = 'x'
      Object.prototype.headers = 'y'
      Array.prototype.extra = () => {}
    },
    'an old library’s methods': () => {
      Array.prototype.at = undefined
      String.prototype.at = () => 'no'
      Array.prototype.toJSON = () => 'prototype.js'
    },
    'methods that throw': () => {
      const no = () => { throw new Error('no') }
      Array.prototype.find = no
      Array.prototype.some = no
      Element.prototype.matches = no
    },
    'promises of its own': () => {
      Promise.race = () => Promise.reject(new Error('no'))
      Promise.prototype.finally = undefined
    },
  }
  for (const [what, init] of Object.entries(hostile)) {
    const page = await place.show(`<h1>The shop</h1>${ELEMENT}`, { init })
    await page.waitForFunction(() => window.goodword?.settings)
    await page.waitForLoadState('networkidle')
    await page.evaluate(() => document.querySelector('goodword-widget').remove())
    assert.deepEqual(page.trouble, [], what)
    await done(page)
  }
  const page = await place.show(ELEMENT, { init: hostile['things on every object'] })
  await numbered(page)
  await panel(page).copy.click()
  await page.getByText('Next: somebody follows your link').waitFor()
  await done(page)
})

test('an element that is taken away while a call is under way, at any moment, is not missed', async () => {
  const context = await visitor(place.chromium, CLIPBOARD)
  for (const call of ['words/en.js', 'widget_bg.wasm', 'widget/me', 'details.js']) {
    let arrived
    const reached = new Promise((done) => { arrived = done })
    await context.route(`**/${call}*`, async (route) => {
      arrived()
      await new Promise((done) => setTimeout(done, 300))
      await route.continue()
    })
    const page = await place.show(ELEMENT, { context })
    if (call === 'details.js') {
      await numbered(page)
      await panel(page).element.hover()
    }
    await reached
    await page.evaluate(() => document.querySelector('goodword-widget').remove())
    await page.waitForLoadState('networkidle')
    await page.waitForTimeout(400)
    assert.deepEqual(page.trouble, [], call)
    await context.unrouteAll({ behavior: 'ignoreErrors' })
    await page.close()
  }
  await context.close()
})

test('texts that do not come are English; and where no text comes at all, the link can still be copied', async () => {
  const context = await visitor(place.chromium, CLIPBOARD)
  const refuse = (name) => context.route(`**/words/${name}.js`, (route) => route.abort())
  await refuse('de')
  const german = await place.show(ELEMENT, { context, attributes: 'data-locale="de"' })
  await numbered(german)
  await german.getByRole('button', { name: 'Copy' }).waitFor()
  await refuse('en')
  const bare = await place.show(ELEMENT, { context })
  await numbered(bare)
  await bare.locator('.copy').click()
  assert.match(await bare.evaluate(() => navigator.clipboard.readText()), /\/r\/.+\?gwc=copy$/)
  await leave(context)
})

assert.ok(payloads.length >= 60)

for (const policy of ['no policy', 'a strict policy']) {
  test(`${payloads.length} hostile texts are shown as they are and never run, under ${policy}`, { timeout: 120_000 }, async () => {
    const headers = policy === 'no policy' ? {} : { 'Content-Security-Policy': STRICT + place.world.edge }
    const context = await visitor(place.chromium, CLIPBOARD)
    let payload
    const poison = (value) => {
      if (Array.isArray(value)) return value.map(poison)
      if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ['on', 'kind', 'status'].includes(key) ? item : poison(item)]))
      return typeof value === 'string' ? payload : value
    }
    await context.route('**/v1/widget/me', async (route) => {
      const answer = await route.fetch()
      const body = poison(await answer.json())
      body.referrer = {
        id: payload, code: payload, link: payload, name: payload, email: payload, clicks: payload, friends: 1, leads: payload, sales: payload,
        rewards: [{ state: 'paid', amount: payload, currency: payload }],
        recent: [{ id: payload, kind: 'lead', occurred_at: payload, attribution: { status: 'attributed', rule: payload }, rewards: [{ amount: payload, currency: payload, state: payload }],
          dispute: { id: payload, status: 'upheld', note: payload } }],
      }
      await route.fulfill({ response: answer, json: body })
    })
    await context.route('**/v1/widget/welcome?*', (route) => route.fulfill({
      headers: { 'Access-Control-Allow-Origin': '*' },
      json: { program: { name: payload, currency: payload, offer: { friend: [{ on: 'sale', pay: { flat: payload }, currency: payload }] } }, code: payload, from: payload },
    }))
    await context.route('**/v1/widget/disputes?*', (route) => route.fulfill({
      headers: { 'Access-Control-Allow-Origin': '*' },
      json: { has_more: false, data: [{ id: payload, about: payload, opened_by: 'referrer', message: payload, status: 'upheld', note: payload,
        created_at: payload, due_at: payload, messages: [{ by: 'merchant', message: payload, at: payload }] }] },
    }))
    payload = payloads[0]
    const page = await place.show(`${ELEMENT}<goodword-welcome inline></goodword-welcome>`, {
      context, headers, attributes: 'nonce="n"', query: '?via=ada', init: () => { window.alert = () => { window.ran = true } },
    })
    page.on('dialog', (dialog) => assert.fail(dialog.message()))
    await page.locator('goodword-widget .panel:not([data-waiting])').waitFor()
    for (payload of payloads) {
      await page.evaluate(() => {
        for (const name of ['widget', 'welcome']) {
          const old = document.querySelector(`goodword-${name}`)
          const element = document.createElement(`goodword-${name}`)
          element.setAttribute(name === 'welcome' ? 'inline' : 'mode', 'inline')
          old.replaceWith(element)
        }
      })
      await page.locator('goodword-widget .panel:not([data-waiting])').waitFor()
      await page.locator('goodword-welcome .from', { hasText: payload.trim().split(/\s/)[0] }).waitFor()
      await page.locator('goodword-widget').hover()
      await page.locator('.recent summary').click()
      await page.locator('.dispute', { hasText: payload.trim().split(/\s/)[0] }).waitFor()
      const state = await page.evaluate(() => {
        const roots = ['widget', 'welcome'].map((name) => document.querySelector(`goodword-${name}`).shadowRoot)
        const all = roots.flatMap((root) => [...root.querySelectorAll('*')])
        return {
          ran: window.ran,
          foreign: all.filter((element) => element.matches('img,script,iframe,object,embed,base,link,meta,math,form[action]')).length,
          handlers: all.flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith('on')),
          addresses: all.filter((element) => element.href).map(({ protocol }) => protocol).filter((protocol) => protocol && !/^(https|mailto|sms|fb-messenger):$/.test(protocol)),
        }
      })
      assert.deepEqual(state, { ran: undefined, foreign: 0, handlers: [], addresses: [] }, payload)
    }
    assert.deepEqual(page.trouble, [])
    await leave(context)
  })
}
