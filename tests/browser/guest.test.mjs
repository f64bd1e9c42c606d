// The script as a guest: on pages that break things, forbid things, or paste it wrongly, nothing of
// the page is disturbed; and what is not needed is not fetched.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CLICK, cookie, done, lander, modules, referral } from './lander.mjs'
import { browser, fullStorage, leave, pageOf, visitor } from './people.mjs'
import { site, snippet } from './site.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

let world, shop, chromium, program, land

before(async () => {
  world = await open()
  ;[shop, chromium] = await Promise.all([site(), browser()])
  program = await world.program(`${shop.origin}/`)
  land = lander({ world, shop, chromium, program })
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

let pages = 0

// What pages do to browsers, and browsers to pages.
const HOSTILE = {
  'storage is denied': () => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })
    }
  },
  'storage is full': fullStorage,
  'cookies are denied': () => {
    Object.defineProperty(document, 'cookie', {
      get() { throw new DOMException('denied', 'SecurityError') },
      set() { throw new DOMException('denied', 'SecurityError') },
    })
  },
  'history is frozen': () => { history.replaceState = () => { throw new Error('no') } },
  'observers are missing': () => {
    delete window.MutationObserver
    delete window.IntersectionObserver
  },
  'style sheets cannot be made': () => { delete window.CSSStyleSheet },
  'the name is taken': () => { Object.defineProperty(window, 'goodword', { value: 'mine', writable: false }) },
  'what was stored is not ours': () => { localStorage.setItem('gw_click', '{"until":') },
  'an element has the name': () => {
    addEventListener('DOMContentLoaded', () => document.body.insertAdjacentHTML('beforeend', '<p id="goodword"></p>'))
  },
  'the prototypes are polluted': () => {
    for (const name of ['via', 'gw_click', 'code', 'click_id', 'consent', 'attribution', '0', 'q', 'open', 'detail']) {
      Object.prototype[name] = 'evil'
    }
    Array.prototype.find = () => 'evil'
    Array.prototype.map = () => ['evil']
    Promise.prototype.finally = () => { throw new Error('no') }
    String.prototype.split = () => 'evil'
  },
}

for (const [what, init] of Object.entries(HOSTILE)) {
  test(`the page goes on undisturbed where ${what}`, async () => {
    const path = `/hostile-${++pages}`
    shop.show(path, '<h1>The shop</h1><form data-goodword></form><script>window.went = "on"</script>', {
      head: snippet(world.edge, program.publishable_key),
    })
    const page = await pageOf(await visitor(chromium))
    await page.addInitScript(init)
    await page.goto(`${shop.origin}${path}?via=ada&gw_click=${CLICK}`, { waitUntil: 'load' })
    assert.equal(await page.evaluate(() => window.went), 'on')
    assert.deepEqual(page.trouble, [])
    await done(page)
  })
}

test('a browser that tells nothing of its navigation still has the address', async () => {
  const page = await land(`?via=ada&gw_click=${CLICK}`, { init: () => { performance.getEntriesByType = () => [] } })
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('what a page has put into the prototypes is not taken for a referral', async () => {
  const init = () => {
    for (const name of ['via', 'gw_click', 'code', 'click_id', 'until']) Object.prototype[name] = 'evil'
  }
  const page = await land('', { init, body: '<form data-goodword></form>' })
  await page.evaluate(() => document.body.append('a change'))
  assert.equal(await page.locator('form input').count(), 0)
  assert.equal(await cookie(page), undefined)
  await done(page)
})

test('a wrong snippet disturbs nobody either', async () => {
  const context = await visitor(chromium)
  const wrong = ['data-program=""', 'data-cookie-days="soon"', 'data-consent="perhaps"', 'data-api-host="::"', 'data-query-params=",,"']
  for (const attributes of wrong) {
    const path = `/wrong-${++pages}`
    shop.show(path, '<h1>The shop</h1><form data-goodword></form>', {
      head: `<script async src="${world.edge}/goodword.js" ${attributes}></script>`,
    })
    const page = await pageOf(context)
    await page.goto(`${shop.origin}${path}?via=ada&gw_click=${CLICK}`, { waitUntil: 'load' })
    assert.deepEqual(page.trouble, [], attributes)
    await page.close()
  }
  await context.close()
})

test('pasted twice, the snippet works once', async () => {
  const count = '<script>window.ready = 0; document.addEventListener("goodword:ready", () => { ready += 1 })</script>'
  const twice = count + snippet(world.edge, program.publishable_key)
  const page = await land(`?via=ada&gw_click=${CLICK}`, { before: twice, body: '<form data-goodword></form>' })
  await page.waitForLoadState('load')
  assert.equal(await page.evaluate(() => window.ready), 1)
  assert.equal(await page.locator('form [name=gw_click]').count(), 1)
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('where storage is denied the cookie remembers the click, where cookies are denied storage does', async () => {
  for (const [what, init] of [['storage', HOSTILE['storage is denied']], ['cookies', HOSTILE['cookies are denied']]]) {
    const context = await visitor(chromium)
    await context.addInitScript(init)
    await land(`?via=ada&gw_click=${CLICK}`, { context })
    const page = await land('', { context, body: '<form data-goodword></form>' })
    assert.equal((await referral(page)).click_id, CLICK, `${what} denied`)
    assert.equal(await page.locator('form [name=gw_click]').inputValue(), CLICK, `${what} denied`)
    assert.deepEqual(page.trouble, [])
    await context.close()
  }
})

test('where both are denied the page itself remembers, and a form carries it on', async () => {
  const init = `(${HOSTILE['storage is denied']})();(${HOSTILE['cookies are denied']})()`
  const page = await land(`?via=ada&gw_click=${CLICK}`, { init, body: '<form data-goodword></form>' })
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  assert.equal(await page.locator('form [name=gw_click]').inputValue(), CLICK)
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('whatever is called answers a promise and the callback, and nothing throws', async () => {
  const page = await land('?via=ada')
  const answers = await page.evaluate(async () => {
    const heard = []
    const callback = (name) => (value) => { heard.push([name, value]) }
    const odd = [[], [null], [{}], [Symbol('x')], ['constructor'], ['__proto__'], ['nothing like it'], ['close', 1, 2], ['consent']]
    const promises = odd.map((call) => window.goodword(...call))
    const all = promises.every((promise) => promise instanceof Promise)
    await Promise.all(promises)
    await window.goodword('referral', callback('referral'))
    await window.goodword('consent', true, callback('consent'))
    await window.goodword('nothing like it', callback('unknown'))
    return { all, heard }
  })
  assert.equal(answers.all, true)
  assert.deepEqual(answers.heard, [['referral', null], ['consent', true], ['unknown', undefined]])
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('the script adds one name to the page and no other', async () => {
  const count = () => { window.names = Object.getOwnPropertyNames(window).length }
  const page = await land('?via=ada', { before: `<script>(${count})()</script>` })
  const more = await page.evaluate(() => Object.getOwnPropertyNames(window).length - window.names)
  assert.equal(more, 2, 'goodword, and the number this test has written down')
  await done(page)
})

const FAR = '<div style="height: 400vh"></div>'

test('a floating panel is fetched wherever it stands, a modal one when it is opened, and neither takes room', async () => {
  const floating = await land('', { body: `<h1>The shop</h1>${FAR}<goodword-widget mode="floating"></goodword-widget>` })
  await until('it is fetched', async () => (await modules(floating)).includes('widget'))
  assert.deepEqual(floating.trouble, [])
  await done(floating)

  const modal = await land('', { body: '<h1 style="margin: 0">The shop</h1><goodword-widget mode="modal"></goodword-widget><p id="after" style="margin: 0">After</p>' })
  await modal.waitForLoadState('networkidle')
  assert.deepEqual(await modules(modal), [])
  const gap = () => modal.evaluate(() => document.querySelector('#after').getBoundingClientRect().top - document.querySelector('h1').getBoundingClientRect().bottom)
  assert.equal(await gap(), 0, 'no room is kept')
  await modal.evaluate(() => window.goodword('open'))
  assert.ok((await modules(modal)).includes('widget'))
  assert.deepEqual(modal.trouble, [])
  await done(modal)
})

test('friends are welcomed only if somebody sent them', async () => {
  const body = '<goodword-welcome></goodword-welcome>'
  const nobody = await land('', { body })
  await nobody.waitForLoadState('networkidle')
  assert.deepEqual(await modules(nobody), [])
  await done(nobody)
  const friend = await land(`?via=ada&gw_click=${CLICK}`, { body })
  await until('the welcome is fetched', async () => (await modules(friend)).includes('welcome'))
  await done(friend)
})

test('pages with strict policies: nonces with strict-dynamic, Trusted Types, and no style of ours', async () => {
  const policy = [
    "default-src 'none'", "script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'", `connect-src ${world.edge}`,
    "style-src 'none'", 'img-src data:', "require-trusted-types-for 'script'", "trusted-types 'none'",
  ].join('; ')
  const path = `/strict-${++pages}`
  shop.show(path, '<h1>The shop</h1><form data-goodword></form><goodword-widget></goodword-widget>', {
    head: snippet(world.edge, program.publishable_key, 'nonce="abc"'),
    headers: { 'Content-Security-Policy': policy },
  })
  const page = await pageOf(await visitor(chromium))
  await page.goto(`${shop.origin}${path}?via=ada&gw_click=${CLICK}`)
  await page.waitForFunction(() => customElements.get('goodword-widget'))
  assert.equal(await page.locator('form [name=gw_click]').inputValue(), CLICK)
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('the panel finds the room it needs at any width, so nothing moves when it comes', async () => {
  for (const width of [280, 340, 600, 760, 800, 1000, 1200]) {
    const context = await visitor(chromium)
    let come
    const held = new Promise((done) => { come = done })
    await context.route('**/widget.js', async (route) => {
      await held
      await route.continue()
    })
    const body = `<main style="width: ${width}px"><goodword-widget></goodword-widget><p>And more.</p></main>`
    const page = await land('', { context, body })
    await page.calm()
    come()
    await page.waitForFunction(() => customElements.get('goodword-widget'))
    await page.waitForLoadState('networkidle')
    assert.deepEqual(await page.shifted(), [], `${width} pixels`)
    await leave(context)
  }
})
