// The share panel as a guest on pages that are not ours.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, fullStorage, leave, pageOf, visitor } from './people.mjs'
import { scanned } from './scan.mjs'
import { panel } from './shop.mjs'
import { site, snippet } from './site.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

const ELEMENT = '<goodword-widget></goodword-widget>'
const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] }

let world, shop, chromium, program

before(async () => {
  world = await open()
  ;[shop, chromium] = await Promise.all([site(), browser()])
  program = await world.program(`${shop.origin}/`)
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

let pages = 0

/** A page of the shop with the snippet, opened by somebody. */
async function visit(body, { head = '', headers, context, init, key = program.publishable_key, attributes = '' } = {}) {
  const path = `/page-${++pages}`
  shop.show(path, body, { head: head + snippet(world.edge, key, attributes), headers })
  const page = await pageOf(context ?? await visitor(chromium, CLIPBOARD))
  page.asked = []
  page.on('request', (request) => {
    if (request.url().startsWith(world.edge)) page.asked.push(`${request.method()} ${new URL(request.url()).pathname}`)
  })
  if (init) await page.addInitScript(init)
  await page.goto(shop.origin + path)
  return page
}

const numbered = async (page) => {
  await until('the numbers are there', async () => await panel(page).number('Clicks') !== '–')
}

const joins = (page) => page.asked.filter((call) => call === 'POST /v1/widget/join').length

const done = (page) => page.context().close()

test('pages without a panel fetch the loader and nothing else', async () => {
  const page = await visit('<h1>The shop</h1>')
  await page.waitForFunction(() => window.goodword?.settings)
  await page.waitForLoadState('networkidle')
  assert.deepEqual(page.asked, ['GET /goodword.js'])
  await done(page)
})

test('a panel far down the page is fetched when somebody comes near it', async () => {
  const page = await visit(`<div style="height: 400vh"></div>${ELEMENT}`)
  await page.waitForFunction(() => window.goodword?.settings)
  await page.waitForLoadState('networkidle')
  assert.deepEqual(page.asked, ['GET /goodword.js'])
  await page.mouse.wheel(0, 5000)
  await numbered(page)
  assert.ok(page.asked.some((call) => call.endsWith('.wasm')))
  await done(page)
})

test('looking is not joining: the edge hears of a referrer once, when the link is first shared', async () => {
  const page = await visit(ELEMENT)
  await numbered(page)
  const { copy, element, link, qr } = panel(page)
  const code = (await link.inputValue()).split('/').at(-1)
  assert.equal(joins(page), 0)
  const known = async () => (await world.api('referrers', { key: program.secret_key })).data.some((known) => known.code === code)
  assert.equal(await known(), false)
  await copy.click()
  await until('joined', () => joins(page) === 1)
  await until('the edge knows', known)
  await copy.click()
  await qr.click()
  const popup = page.waitForEvent('popup')
  await element.getByRole('link', { name: 'WhatsApp' }).click()
  await (await popup).close()
  await page.reload()
  await numbered(page)
  await copy.click()
  await element.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(joins(page), 1)
  assert.equal((await link.inputValue()).split('/').at(-1), code, 'the same link after coming back')
  await done(page)
})

test('two panels and two tabs of one browser share one link and one joining', async () => {
  const first = await visit(ELEMENT + ELEMENT)
  await until('both have the numbers', async () =>
    (await first.locator('goodword-widget .clicks', { hasText: /\d/ }).count()) === 2)
  const links = first.getByLabel('Your personal link')
  assert.equal(await links.nth(0).inputValue(), await links.nth(1).inputValue())
  const second = await visit(ELEMENT, { context: first.context() })
  await numbered(second)
  assert.equal(await panel(second).link.inputValue(), await links.nth(0).inputValue())
  await first.getByRole('button', { name: 'Copy' }).first().click()
  await until('joined', () => joins(first) === 1)
  await until('the other tab can find that out', () => second.evaluate(() => Object.entries(localStorage).some(([, kept]) => /\+/.test(kept))))
  await first.getByRole('button', { name: 'Copy' }).last().click()
  await panel(second).copy.click()
  await second.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(joins(first) + joins(second), 1)
  await done(first)
})

test('a second snippet, an element that is taken, one that moves and one that goes: nobody minds', async () => {
  const head = snippet(world.edge, program.publishable_key)
  const twice = await visit(ELEMENT, { head })
  await numbered(twice)
  await twice.evaluate(() => {
    const element = document.querySelector('goodword-widget')
    document.body.prepend(document.createElement('main'))
    document.querySelector('main').append(element)
  })
  await numbered(twice)
  const again = await twice.evaluate((address) => import(address).then(() => 'ran', String),
    `${world.edge}/w/0.1.0/widget.js?second`)
  assert.equal(again, 'ran')
  await twice.evaluate(() => document.querySelector('goodword-widget').remove())
  assert.deepEqual(twice.trouble, [])
  await done(twice)

  const taken = await visit(ELEMENT, { head: '<script>customElements.define("goodword-widget", class extends HTMLElement {})</script>' })
  await taken.waitForLoadState('networkidle')
  assert.deepEqual(taken.trouble, [])
  await done(taken)
})

test('put in and taken out a thousand times, nothing of it stays', { timeout: 180_000 }, async () => {
  const page = await visit(`<h1>The shop</h1>${ELEMENT}`)
  await numbered(page)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  /** Mounts and unmounts, every tenth time until the panel is filled; then what is left of it. */
  const left = async (times) => {
    await page.evaluate(async (times) => {
      for (let time = 0; time < times; time += 1) {
        const element = document.createElement('goodword-widget')
        if (time % 3 === 2) element.setAttribute('mode', 'floating')
        document.body.append(element)
        if (time % 10 === 0) await new Promise((done) => setTimeout(done, 20))
        element.remove()
      }
      await new Promise((done) => setTimeout(done, 500))
    }, times)
    for (let round = 0; round < 3; round += 1) await devtools.send('HeapProfiler.collectGarbage')
    const { metrics } = await devtools.send('Performance.getMetrics')
    const of = (name) => metrics.find((metric) => metric.name === name).value
    return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') }
  }
  const before = await left(200) // whatever is made once is made by then
  await left(1000)
  // Calls and timers still under way hold what they were made for; a leak does not go away.
  await until('nothing is left of them', async () => {
    const after = await left(0)
    assert.ok(after.heap < before.heap * 1.05, `heap ${before.heap} → ${after.heap}`)
    assert.ok(after.nodes <= before.nodes + 50, `nodes ${before.nodes} → ${after.nodes}`)
    assert.ok(after.listeners <= before.listeners + 10, `listeners ${before.listeners} → ${after.listeners}`)
  })
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('with the keyboard alone a person reaches the link, copies it, opens the QR code and shares', async () => {
  const page = await visit(`<a href="#top">before</a>${ELEMENT}<a href="#end">after</a>`)
  await numbered(page)
  const focused = () => page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    const visible = element.matches(':focus-visible') && (outlineStyle !== 'none' && outlineWidth !== '0px' || element.matches('input'))
    return { name: element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent.trim(), visible }
  })
  const reached = []
  await page.getByText('before').focus()
  for (let step = 0; step < 20 && reached.at(-1) !== 'after'; step += 1) {
    await page.keyboard.press('Tab')
    const { name, visible } = await focused()
    reached.push(name)
    assert.ok(visible, `${name} shows that it has the focus`)
    if (name === 'Copy') {
      await page.keyboard.press('Enter')
      await page.getByRole('status').getByText('Link copied').waitFor()
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${await panel(page).link.inputValue()}?gwc=copy`)
      reached[reached.length - 1] = 'Copy, done'
    }
    if (/the terms/i.test(name)) reached[reached.length - 1] = 'Terms'
    if (name === 'QR code') {
      await page.keyboard.press('Space')
      assert.equal(await panel(page).qr.getAttribute('aria-expanded'), 'true')
      await page.getByRole('img', { name: 'QR code of your link' }).waitFor()
    }
    if (name === 'WhatsApp') {
      const popup = page.waitForEvent('popup')
      await page.keyboard.press('Enter')
      await (await popup).close()
      await page.bringToFront()
    }
  }
  const expected = ['Your personal link', 'Copy, done', 'WhatsApp', 'Telegram', 'Facebook', 'E-mail', 'QR code', 'More', 'Terms', 'Activity', 'About you', 'after']
  assert.deepEqual(reached.filter((name) => expected.includes(name)), expected)
  await done(page)
})

test('the share links carry the link, its channel and the line that discloses the reward', async () => {
  const page = await visit(ELEMENT)
  await numbered(page)
  const link = await panel(page).link.inputValue()
  for (const [name, channel] of [['WhatsApp', 'whatsapp'], ['Telegram', 'telegram'], ['Facebook', 'facebook'], ['E-mail', 'email']]) {
    const address = await panel(page).element.getByRole('link', { name }).getAttribute('href')
    assert.ok(decodeURIComponent(address).includes(`${link}?gwc=${channel}`), address)
    // Facebook takes nothing but an address.
    if (channel !== 'facebook') assert.match(decodeURIComponent(address), /\nI get a reward if you buy\./)
  }
  await done(page)
})

test('a camera reads the link, marked as scanned, from the QR code shown', async () => {
  const page = await visit(ELEMENT)
  await numbered(page)
  await panel(page).qr.click()
  const code = page.getByRole('img', { name: 'QR code of your link' })
  await code.waitFor()
  const picture = await code.screenshot({ animations: 'disabled' })
  const read = await scanned(page, picture, 'image/png')
  assert.equal(read, `${await panel(page).link.inputValue()}?gwc=qr`)
  await done(page)
})

test('from the loader on there is room for the panel: the page does not jump, however late it comes', async () => {
  for (const width of [320, 360, 768, 1280]) {
    const context = await visitor(chromium, { viewport: { width, height: 1400 } })
    let release
    const held = new Promise((done) => { release = done })
    await context.route(`${world.edge}/**`, async (route) => {
      if (!route.request().url().endsWith('/goodword.js')) await held
      await route.continue()
    })
    const page = await visit(`<h1>The shop</h1>${ELEMENT}<p>What comes after the panel.</p>`, { context })
    await page.calm()
    release()
    await numbered(page)
    assert.deepEqual(await page.shifted(), [], `at ${width} pixels`)
    assert.deepEqual(page.trouble, [])
    await leave(context)
  }
})

test('where nothing can be stored the link works as long as the page is open, and the panel says so', async () => {
  const denied = () => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })
  }
  for (const init of [denied, fullStorage]) {
    const page = await visit(ELEMENT, { init })
    await numbered(page)
    const { copy, element, link } = panel(page)
    assert.match(await link.inputValue(), /\/r\/[\w-]+\/[0-9a-z]{11}$/)
    await copy.click()
    await until('joined', () => joins(page) === 1)
    await element.getByText('keep this page open').waitFor()
    assert.deepEqual(page.trouble, [])
    await done(page)
  }
})

test('in a sandboxed frame, where the browser itself denies storage, the link is there too', async () => {
  const path = '/framed'
  shop.show(path, ELEMENT, { head: snippet(world.edge, program.publishable_key) })
  const page = await visit(`<iframe title="a frame" width="900" height="700" sandbox="allow-scripts" src="${path}"></iframe>`)
  const frame = page.frameLocator('iframe')
  await until('the link is there', async () =>
    /\/r\/[\w-]+\/[0-9a-z]{11}$/.test(await frame.getByLabel('Your personal link').inputValue()))
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('under a strict policy that allows wasm and no inline styles the panel does everything and violates nothing', async () => {
  const policy = `default-src 'none'; script-src 'nonce-n' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src ${world.edge}; ` +
    `style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`
  const page = await visit(ELEMENT, { headers: { 'Content-Security-Policy': policy }, attributes: 'nonce="n"' })
  await numbered(page)
  const { copy, element, qr } = panel(page)
  await copy.click()
  await element.getByRole('button', { name: 'Copied' }).waitFor()
  await qr.click()
  await page.getByRole('img', { name: 'QR code of your link' }).waitFor()
  await page.evaluate(() => window.goodword('open'))
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('texts a program or the network brings are shown and never run', async () => {
  const hostile = `"><img src=x onerror="window.ran=1"><script>window.ran=2</script></style><svg onload=window.ran=3>\${window.ran=4}{{ran}}javascript:window.ran=5`
  const named = await world.program(`${shop.origin}/`, { name: hostile.slice(0, 100) })
  const context = await visitor(chromium, CLIPBOARD)
  // Everything that is a text in the answer becomes hostile, but for what the panel needs to go on.
  await context.route('**/v1/widget/me', async (route) => {
    const answer = await route.fetch()
    const poison = (value, name = '') => {
      if (Array.isArray(value)) return value.map((item) => poison(item))
      if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, poison(item, key)]))
      return typeof value === 'string' && !['on', 'kind'].includes(name) ? hostile : value
    }
    const body = await answer.json()
    body.referrer = {
      id: 'rfr_x', code: 'x', link: 'x', clicks: 'x', friends: 1, leads: 1, sales: 1,
      rewards: [{ state: 'x', amount: 100, count: 1 }],
      recent: [{ id: 'x', kind: 'lead', occurred_at: 'x', attribution: { status: 'x', reason: 'x' }, rewards: [{ amount: 1, currency: 'x', state: 'x' }] }],
    }
    await route.fulfill({ response: answer, json: poison(body) })
  })
  const page = await visit(ELEMENT, { key: named.publishable_key, context })
  page.on('dialog', (dialog) => assert.fail(dialog.message()))
  const { element, copy } = panel(page)
  await until('the answer is shown', async () => (await element.getByRole('link', { name: 'WhatsApp' }).getAttribute('href')).includes('onerror'))
  await copy.click()
  const state = await page.evaluate(() => {
    const root = document.querySelector('goodword-widget').shadowRoot
    return {
      ran: window.ran,
      foreign: root.querySelectorAll('img, script, style, iframe, object, [onerror], [onload]').length,
      addresses: [...root.querySelectorAll('a')].map(({ protocol }) => protocol),
    }
  })
  assert.equal(state.ran, undefined)
  assert.equal(state.foreign, 0)
  assert.ok(state.addresses.every((protocol) => ['https:', 'mailto:', 'sms:', 'fb-messenger:'].includes(protocol)), `${state.addresses}`)
  assert.match(await panel(page).link.inputValue(), /^http:\/\/localhost:\d+\/r\//, 'a base that is no address is not used')
  assert.deepEqual(page.trouble, [])
  await leave(context)
})
