// The loader, the one script a site owner pastes: what it captures, keeps, hands on, and that it
// never disturbs the page it is a guest on.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, fullStorage, pageOf, visitor } from './people.mjs'
import { site, snippet } from './site.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

const CLICK = 'gwc_EQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const OTHER = 'gwc_EQBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB'

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

/** Opens a page of the shop with the snippet; `context` to come back as the same visitor. */
async function land(address, { attributes = '', body = '<h1>The shop</h1>', before = '', context, init } = {}) {
  const path = `/page-${++pages}`
  shop.show(path, body, { head: before + snippet(world.edge, program.publishable_key, attributes) })
  const page = await pageOf(context ?? await visitor(chromium))
  if (init) await page.addInitScript(init)
  await page.goto(shop.origin + path + address)
  await page.waitForFunction(() => typeof window.goodword === 'function' && !window.goodword.q)
  return page
}

const referral = (page) => page.evaluate(() => window.goodword('referral'))

const stored = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('gw_click')))

const cookie = async (page) => (await page.context().cookies()).find(({ name }) => name === 'gw_click')

const done = (page) => page.context().close()

test('a click id and a code in the address are kept in storage and in a cookie for the agreed time', async () => {
  const page = await land(`?via=ada&gw_click=${CLICK}`)
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  const { gw_click, via, until } = await stored(page)
  assert.deepEqual({ gw_click, via }, { gw_click: CLICK, via: 'ada' })
  const days = (until - Date.now()) / 864e5
  assert.ok(days > 89.9 && days <= 90, `${days} days`)
  const kept = await cookie(page)
  assert.equal(kept.value, CLICK)
  assert.equal(kept.path, '/')
  assert.equal(kept.sameSite, 'Lax')
  assert.ok(Math.abs(kept.expires - Date.now() / 1000 - 90 * 86400) < 60, 'ninety days')
  await done(page)
})

test('the days a referral is kept can be changed in the snippet', async () => {
  const page = await land(`?gw_click=${CLICK}`, { attributes: 'data-cookie-days="7"' })
  assert.ok(Math.abs((await cookie(page)).expires - Date.now() / 1000 - 7 * 86400) < 60)
  await done(page)
})

for (const alias of ['via', 'ref', 'fpr', 'fp_ref', 'grsf', 'refcode']) {
  test(`a code named ${alias} is captured`, async () => {
    const page = await land(`?${alias}=Ada-Lovelace`)
    assert.equal((await referral(page)).code, 'Ada-Lovelace')
    await done(page)
  })
}

test('other names for the code can be given in the snippet', async () => {
  const page = await land('?partner=ada&ref=somebody', { attributes: 'data-query-params="partner,friend"' })
  assert.equal((await referral(page)).code, 'ada')
  await done(page)
})

test('what is no code and no click id is not captured', async () => {
  const context = await visitor(chromium) // one for all: none leaves anything behind
  for (const address of [
    '?via=', '?via=ab', `?via=${'a'.repeat(33)}`, '?via=a%20b%20c', '?via=<script>', '?via=%00%00%00', '?via=аdа',
    '?gw_click=gwc_', '?gw_click=evil', `?gw_click=gwc_${'A'.repeat(117)}`, '?gw_click=gwc_%3Bpath', '?via=%', '#via=ada', '?%zz&&=&via',
  ]) {
    const page = await land(address, { context })
    assert.equal(await referral(page), null, address)
    assert.equal(await cookie(page), undefined, address)
    assert.deepEqual(page.trouble, [], address)
    await page.close()
  }
  await context.close()
})

test('our parameters leave the address, everybody else’s stay byte for byte', async () => {
  const page = await land(`?a=1&via=ada&b=%20+%C3%BC&gw_click=${CLICK}&c&a=2#part-2`)
  const { search, hash } = new URL(page.url())
  assert.equal(search + hash, '?a=1&b=%20+%C3%BC&c&a=2#part-2')
  assert.equal(await page.evaluate(() => history.length), 2, 'about:blank and this page')
  const bare = await land('?via=ada')
  assert.ok(!bare.url().includes('?'))
  await done(page)
  await done(bare)
})

test('state a page keeps in its history survives the cleaning', async () => {
  const page = await land('?via=ada', { before: '<script>history.replaceState({ step: 3 }, "")</script>' })
  assert.deepEqual(await page.evaluate(() => history.state), { step: 3 })
  await done(page)
})

test('forms that ask for it get hidden fields, also when they come later; others do not', async () => {
  const body = `
    <form id="early" data-goodword action="/thanks"><button>send</button></form>
    <form id="own" data-goodword><input type="hidden" name="gw_click" value="old"></form>
    <form id="other" action="/thanks"></form>`
  shop.show('/thanks', 'thanks')
  const page = await land(`?via=ada&gw_click=${CLICK}`, { body })
  const fields = (id) => page.evaluate((id) =>
    [...document.getElementById(id).elements].filter(({ name }) => name).map(({ name, type, value }) => [name, type, value]), id)
  const both = [['gw_click', 'hidden', CLICK], ['via', 'hidden', 'ada']]
  assert.deepEqual(await fields('early'), both)
  assert.deepEqual(await fields('own'), both)
  assert.deepEqual(await fields('other'), [])
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<div><form id="late" data-goodword></form></div>')
  })
  await until('the late form has them', async () => (await fields('late')).length === 2)
  assert.deepEqual(await fields('late'), both)
  await page.locator('#early button').click()
  await page.waitForURL('**/thanks?**')
  assert.equal(new URL(page.url()).searchParams.get('gw_click'), CLICK)
  await done(page)
})

test('calls made before the loader arrives are answered when it does', async () => {
  const stub = `<script>
    window.goodword = window.goodword || function () { (goodword.q = goodword.q || []).push(arguments) }
    window.heard = []
    goodword('ready', (referral) => heard.push(['ready', referral]))
    goodword('referral', (referral) => heard.push(['referral', referral]))
    document.addEventListener('goodword:ready', ({ detail }) => heard.push(['event', detail]))
  </script>`
  const page = await land(`?via=ada`, { before: stub })
  await until('all three are answered', () => page.evaluate(() => window.heard.length === 3))
  const heard = await page.evaluate(() => window.heard)
  for (const name of ['ready', 'referral', 'event']) {
    assert.equal(heard.find(([who]) => who === name)?.[1]?.code, 'ada', name)
  }
  await done(page)
})

test('the last click wins, or the first where the program says so; a bare code displaces neither', async () => {
  for (const [attributes, expected] of [['', OTHER], ['data-attribution="first"', CLICK]]) {
    const context = await visitor(chromium)
    await land(`?via=ada&gw_click=${CLICK}`, { attributes, context })
    const page = await land(`?via=bob&gw_click=${OTHER}`, { attributes, context })
    assert.equal((await referral(page)).click_id, expected)
    assert.equal((await cookie(page)).value, expected)
    const later = await land('?via=carl', { attributes, context })
    assert.equal((await referral(later)).click_id, expected)
    await context.close()
  }
})

test('a visitor who comes back still has the referral, on every page', async () => {
  const context = await visitor(chromium)
  await land(`?via=ada&gw_click=${CLICK}`, { context })
  const page = await land('', { context, body: '<form data-goodword></form>' })
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  assert.equal(await page.locator('form [name=gw_click]').inputValue(), CLICK)
  await context.close()
})

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
  'the prototypes are polluted': () => {
    Object.prototype.via = 'evil'
    Object.prototype.gw_click = 'evil'
    Array.prototype.find = () => 'evil'
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
  const twice = snippet(world.edge, program.publishable_key)
  const page = await land(`?via=ada&gw_click=${CLICK}`, { before: twice, body: '<form data-goodword></form>' })
  await page.waitForLoadState('load')
  assert.equal(await page.locator('form [name=gw_click]').count(), 1)
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  assert.deepEqual(page.trouble, [])
  await done(page)
})
