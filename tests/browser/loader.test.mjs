// The loader, the one script a site owner pastes: what it captures, keeps and hands on. How it behaves
// as a guest is in guest.test.mjs.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CLICK, OTHER, cookie, done, lander, referral } from './lander.mjs'
import { browser, visitor } from './people.mjs'
import { site } from './site.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

let world, shop, chromium, land

before(async () => {
  world = await open()
  ;[shop, chromium] = await Promise.all([site(), browser()])
  const program = await world.program(`${shop.origin}/`)
  land = lander({ world, shop, chromium, program })
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

const stored = async (page) => {
  const [click, code, until] = (await page.evaluate(() => localStorage.getItem('gw_click'))).split(',')
  return { click, code, until: +until }
}

test('a click id and a code in the address are kept in storage and in a cookie for the agreed time', async () => {
  const page = await land(`?via=ada&gw_click=${CLICK}`)
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  const { click, code, until } = await stored(page)
  assert.deepEqual({ click, code }, { click: CLICK, code: 'ada' })
  const days = (until - Date.now()) / 864e5
  assert.ok(days > 89.9 && days <= 90, `${days} days`)
  const kept = await cookie(page)
  assert.equal(kept.value, CLICK)
  assert.equal(kept.path, '/')
  assert.equal(kept.sameSite, 'Lax')
  assert.equal(kept.secure, true)
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

test('a router that tidies the address before the script arrives hides nothing from it', async () => {
  const before = '<script>history.replaceState({ router: 1 }, "", location.pathname + "?tab=2")</script>'
  const page = await land(`?via=ada&gw_click=${CLICK}`, { before })
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  assert.equal((await cookie(page)).value, CLICK)
  assert.equal(new URL(page.url()).search, '?tab=2')
  await done(page)
})

test('a router that wraps the history sees its own state, and one call', async () => {
  const before = `<script>
    history.replaceState({ key: 'first' }, '')
    const original = history.replaceState
    window.calls = []
    history.replaceState = function (state, ...rest) {
      if (!state?.key) throw new Error('that is not mine')
      calls.push(rest[1])
      return original.call(this, state, ...rest)
    }
  </script>`
  const page = await land(`?a=1&via=ada&gw_click=${CLICK}`, { before })
  assert.equal(new URL(page.url()).search, '?a=1')
  await page.evaluate(() => window.goodword('consent', true)) // there is nothing left to tidy
  assert.deepEqual(await page.evaluate(() => [history.state, window.calls.length]), [{ key: 'first' }, 1])
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('a later click on a page that never reloads is captured, going forward and back', async () => {
  const page = await land(`?via=ada&gw_click=${CLICK}`, { body: '<form data-goodword></form><main></main>' })
  const field = page.locator('form [name=gw_click]')
  assert.equal(await field.inputValue(), CLICK)
  await page.evaluate((other) => {
    history.pushState(null, '', `/elsewhere?q=1&via=bob&gw_click=${other}`)
    document.querySelector('main').append('another view')
  }, OTHER)
  await until('the form has the later one', async () => await field.inputValue() === OTHER)
  assert.equal((await cookie(page)).value, OTHER)
  assert.equal(new URL(page.url()).search, '?q=1')
  // Nothing was drawn, but somebody asks.
  const asked = await page.evaluate((click) => {
    history.pushState(null, '', `/third?via=carl&gw_click=${click}`)
    return window.goodword('referral')
  }, CLICK)
  assert.deepEqual(asked, { code: 'carl', click_id: CLICK })
  await page.goBack()
  await page.evaluate(() => document.querySelector('main').append('back'))
  assert.deepEqual(await referral(page), { code: 'carl', click_id: CLICK }, 'an address that was read is not read again')
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('the document hears that the script is ready, and of a referral when there is one, once', async () => {
  const before = `<script>
    window.heard = []
    for (const name of ['ready', 'referral']) document.addEventListener('goodword:' + name, ({ detail }) => {
      heard.push([name, detail])
      goodword('referral') // whoever hears of it may ask
    })
  </script>`
  const both = { code: 'ada', click_id: CLICK }
  const page = await land(`?via=ada&gw_click=${CLICK}`, { before })
  assert.deepEqual(await page.evaluate(() => window.heard), [['referral', both], ['ready', both]])
  await page.evaluate(() => document.body.append('a change'))
  await page.evaluate(() => window.goodword('referral'))
  assert.equal(await page.evaluate(() => window.heard.length), 2, 'nothing new')
  await page.evaluate((other) => {
    history.pushState(null, '', `?gw_click=${other}`)
    document.body.append('a view')
  }, OTHER)
  await until('the new one is told', () => page.evaluate(() => window.heard.length === 3))
  assert.equal((await page.evaluate(() => window.heard[2]))[1].click_id, OTHER)
  const again = await land('', { before, context: page.context() })
  assert.deepEqual(await again.evaluate(() => window.heard.map(([name]) => name)), ['referral', 'ready'], 'one that was held is told, too')
  const nobody = await land('', { before })
  assert.deepEqual(await nobody.evaluate(() => window.heard), [['ready', null]])
  await done(page)
  await done(nobody)
})

test('calls that waited are made in their order', async () => {
  const stub = `<script>
    window.goodword = window.goodword || function () { (goodword.q = goodword.q || []).push(arguments) }
    window.heard = []
    document.addEventListener('goodword:consent', ({ detail }) => heard.push(detail))
    document.addEventListener('goodword:identify', ({ detail }) => heard.push(detail.token))
    goodword('consent', false)
    goodword('identify', { token: 'one' })
    goodword('identify', { token: 'two' })
    goodword('consent', true)
  </script>`
  const page = await land(`?via=ada&gw_click=${CLICK}`, { before: stub, attributes: 'data-consent="required"' })
  assert.deepEqual(await page.evaluate(() => window.heard), [false, 'one', 'two', true])
  assert.deepEqual(await page.evaluate(() => window.goodword.settings.identity), { token: 'two' })
  assert.equal((await cookie(page)).value, CLICK, 'the last word was yes')
  await done(page)
})

test('a visitor who comes back still has the referral, on every page', async () => {
  const context = await visitor(chromium)
  await land(`?via=ada&gw_click=${CLICK}`, { context })
  const page = await land('', { context, body: '<form data-goodword></form>' })
  assert.deepEqual(await referral(page), { code: 'ada', click_id: CLICK })
  assert.equal(await page.locator('form [name=gw_click]').inputValue(), CLICK)
  await context.close()
})

test('a click that was kept long enough is forgotten', async () => {
  const context = await visitor(chromium)
  const page = await land(`?via=ada&gw_click=${CLICK}`, { context })
  await page.evaluate(() => {
    localStorage.gw_click = localStorage.gw_click.replace(/\d+$/, Date.now() - 1)
    document.cookie = 'gw_click=;path=/;max-age=0;secure'
  })
  assert.equal(await referral(await land('', { context })), null)
  await context.close()
})

test('a field the server has filled stays as it is where no referral is held', async () => {
  const page = await land('', { body: '<form data-goodword><input type="hidden" name="gw_click" value="from the session"></form>' })
  await page.evaluate(() => document.body.append('a change'))
  assert.equal(await page.locator('[name=gw_click]').inputValue(), 'from the session')
  assert.equal(await page.locator('form input').count(), 1)
  await done(page)
})
