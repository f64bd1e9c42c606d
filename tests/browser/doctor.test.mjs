// The doctor: what it finds on pages that work and on pages where something is in the way, and that
// looking changes nothing.

import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { CLICK, cookie, done, lander } from './lander.mjs'
import { browser, pageOf, visitor } from './people.mjs'
import { site, snippet } from './site.mjs'
import { open, root } from './world.mjs'

const PICTURES = `${root}target/screenshots`

let world, shop, chromium, program, land

before(async () => {
  world = await open()
  ;[shop, chromium] = await Promise.all([site(), browser()])
  program = await world.program(`${shop.origin}/`)
  land = lander({ world, shop, chromium, program })
  await mkdir(PICTURES, { recursive: true })
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

/** What the doctor answers on a page, by name: `state: what it says`. */
const examine = async (page) => {
  const findings = await page.evaluate(() => window.goodword('doctor'))
  for (const { state, todo } of findings) {
    assert.ok(['ok', 'attention', 'broken'].includes(state))
    assert.equal(!todo, state === 'ok', 'what is not fine comes with what to do')
  }
  return Object.fromEntries(findings.map(({ name, state, says }) => [name, `${state}: ${says}`]))
}

const dialog = (page) => page.getByRole('dialog', { name: 'Goodword, examined' })

const shown = (page) => dialog(page).getByText(/^\d+ (broken|to look at|fine)/).waitFor()

test('where everything works the doctor says so, in the page’s data and on the page', async () => {
  const page = await land(`?via=ada&gw_click=${CLICK}`, { body: '<h1>The shop</h1><form data-goodword></form><goodword-widget></goodword-widget>' })
  const findings = await examine(page)
  for (const [name, expected] of Object.entries({
    Snippet: /once/,
    Key: /live mode/,
    Attributes: /in order/,
    Edge: /answers; it runs \d/,
    'Key accepted': /“Corner Shop”, referral, in EUR/,
    Versions: /both/,
    Origin: /of its own/,
    Policy: /stopped nothing/,
    WebAssembly: /may run/,
    Styles: /can be made/,
    Cookies: /gw_click is set/,
    Storage: /can be read/,
    Consent: /does not ask/,
    'Privacy control': /does not send/,
    Referral: /with the code ada/,
    Forms: /1 form of 1/,
    Elements: /<goodword-widget>/,
  })) {
    assert.match(findings[name] ?? 'missing', /^ok: /, name)
    assert.match(findings[name], expected)
  }
  await shown(page)
  assert.equal(await dialog(page).getByRole('listitem').count(), Object.keys(findings).length)
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('each thing in the way is named', async () => {
  const deny = (what, name) => `Object.defineProperty(${what}, '${name}', { get() { throw new DOMException('denied', 'SecurityError') } })`
  const cases = [
    ['Snippet', 'attention', { before: snippet(world.edge, program.publishable_key) }],
    ['Snippet', 'broken', { before: snippet(world.edge, 'pk_live_another') }],
    ['Attributes', 'attention', { attributes: 'data-cookie-days="soon"' }],
    ['Attributes', 'attention', { attributes: 'data-consent="perhaps"' }],
    ['Attributes', 'attention', { attributes: 'data-cookiedays="30"' }],
    ['Attributes', 'attention', { attributes: 'data-locale="not a language"' }],
    ['Edge', 'broken', { attributes: 'data-api-host="http://localhost:9"' }],
    ['Window', 'attention', { attributes: 'data-cookie-days="30"' }],
    ['Cookies', 'attention', { init: deny('document', 'cookie') }],
    ['Storage', 'attention', { init: deny('window', 'localStorage') }],
    ['Consent', 'attention', { attributes: 'data-consent="required"' }],
    ['Privacy control', 'attention', { init: 'Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true })' }],
    ['WebAssembly', 'attention', { init: 'delete window.WebAssembly' }],
    ['Styles', 'attention', { init: 'delete window.CSSStyleSheet' }],
    ['Referral', 'attention', { address: '?via=ada' }],
    ['Forms', 'attention', { body: '<form></form>' }],
    ['Elements', 'broken', { body: '<goodword-widget></goodword-widget>', init: 'customElements.define = () => { throw new Error("no") }' }],
  ]
  await Promise.all(cases.map(async ([name, state, { address = '', ...page }]) => {
    const opened = await land(address, page)
    const findings = await examine(opened)
    assert.match(findings[name] ?? 'missing', new RegExp(`^${state}: `), `${name}: ${JSON.stringify(page)}`)
    await done(opened)
  }))
})

test('keys that are missing, mistyped, for trying, refused, or not for pages', async () => {
  const cases = [
    ['', 'Key', 'broken'],
    ['pk_live_short', 'Key', 'broken'],
    [program.publishable_key.replace('pk_', 'sk_'), 'Key', 'broken'],
    [program.keys.publishable_test, 'Key', 'attention'],
    [program.publishable_key.slice(0, -1) + (program.publishable_key.endsWith('0') ? '1' : '0'), 'Key accepted', 'broken'],
  ]
  for (const [key, name, state] of cases) {
    const other = lander({ world, shop, chromium, program: { publishable_key: key } })
    const page = await other('')
    const findings = await examine(page)
    assert.match(findings[name] ?? 'missing', new RegExp(`^${state}: `), key)
    await done(page)
  }
})

test('what a content security policy forbids is named, and with everything else forbidden the doctor is still seen', async () => {
  const strict = (connect, wasm) => ({
    'Content-Security-Policy': `default-src 'none'; script-src ${world.edge} ${wasm}; connect-src ${connect}; img-src data:; ` +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  })
  const deaf = await land('', { headers: strict("'none'", "'wasm-unsafe-eval'") })
    .catch((error) => assert.fail(error))
  const findings = await examine(deaf)
  assert.match(findings.Edge, /^broken: .*policy forbids/)
  assert.match(findings.Policy, /^broken: .*connect-src/)
  assert.match(findings.WebAssembly, /^ok/)
  assert.match(findings.Styles, /^ok/)
  await shown(deaf)
  await done(deaf)

  const still = await land('', { headers: strict(world.edge, '') })
  const found = await examine(still)
  assert.match(found.WebAssembly, /^attention: .*policy forbids WebAssembly/)
  assert.match(found.Edge, /^ok/)
  assert.match(found.Policy, /^ok/)
  assert.equal(await dialog(still).evaluate((box) => getComputedStyle(box).borderTopLeftRadius !== '0px'), true, 'with its looks')
  await done(still)
})

test('looking changes nothing: two questions to the edge, nothing kept, nothing sent', async () => {
  const asked = []
  const context = await visitor(chromium)
  context.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`))
  const page = await land('', { context, attributes: 'data-consent="required"' })
  const state = async () => ({
    cookies: await context.cookies(),
    kept: await page.evaluate(async () => [{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), await caches.keys()]),
  })
  const before = await state()
  asked.length = 0
  await examine(page)
  const calls = asked.filter((call) => !call.includes('/w/'))
  assert.deepEqual(calls.filter((call) => !call.startsWith('OPTIONS')).sort(), ['GET /healthz', 'GET /v1/widget/me'])
  assert.deepEqual(await state(), before)
  await context.close()
})

test('the address opens the doctor; the keyboard closes it and the page has its focus again', async () => {
  const page = await land(`?goodword_debug=1&via=ada&gw_click=${CLICK}`, { body: '<button>Buy</button>' })
  await shown(page)
  assert.equal(new URL(page.url()).search, '?goodword_debug=1', 'what is not ours to tidy stays')
  assert.ok((await cookie(page)).value, 'and the referral is kept as ever')
  assert.equal(await dialog(page).evaluate((box) => box.getRootNode().activeElement === box), true, 'the focus is in it')
  await page.keyboard.press('Escape')
  assert.equal(await dialog(page).count(), 0)

  await page.getByRole('button', { name: 'Buy' }).focus()
  await page.evaluate(() => window.goodword('doctor'))
  await page.keyboard.press('Tab')
  assert.equal(await dialog(page).getByRole('button', { name: 'Close' }).evaluate((button) => button.matches(':focus-visible')), true)
  await page.keyboard.press('Enter')
  assert.equal(await dialog(page).count(), 0)
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Buy')

  await page.evaluate(() => Promise.all([window.goodword('doctor'), window.goodword('doctor')]))
  assert.equal(await dialog(page).count(), 1, 'one, however often it is called')
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('a program’s name and an address are texts, whatever they say', async () => {
  const evil = await world.program(`${shop.origin}/evil`, { name: '<img src=x onerror=alert(1)>' })
  const other = lander({ world, shop, chromium, program: evil })
  const page = await other('#<img src=x onerror=alert(2)>', { attributes: `data-locale="<img src=x onerror=alert(3)>"` })
  page.on('dialog', (box) => assert.fail(box.message()))
  const findings = await examine(page)
  assert.match(findings['Key accepted'], /<img src=x onerror=alert\(1\)>/)
  assert.match(findings.Attributes, /<img src=x onerror=alert\(3\)>/)
  await shown(page)
  assert.equal(await dialog(page).locator('img').count(), 0)
  await done(page)
})

test('on a phone and on a desk, by day and by night, the doctor is readable by everybody', async () => {
  const axe = await readFile(`${root}node_modules/axe-core/axe.min.js`, 'utf8')
  const page = await pageOf(await visitor(chromium, { reducedMotion: 'reduce' }))
  shop.show('/sick', '<main><h1>The shop</h1><p>A page that hides everything it does not know.</p><form aria-label="Sign up"></form></main>', {
    head: `<meta name="viewport" content="width=device-width"><style>div, section { display: none !important }</style>` +
      snippet(world.edge, program.publishable_key, 'data-consent="required" data-cookie-days="soon"'),
  })
  for (const [width, height] of [[360, 780], [1280, 900]]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height })
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.goto(`${shop.origin}/sick?goodword_debug=1`)
      await shown(page)
      assert.ok(await dialog(page).isVisible())
      await page.screenshot({ path: `${PICTURES}/doctor-${width}-${colorScheme}.png`, animations: 'disabled' })
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width)
      await page.evaluate(axe)
      const { violations } = await page.evaluate(() => window.axe.run())
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`)]), [])
    }
  }
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('what frameworks and consent tools write into a script tag is no concern of ours; a slip of the pen is', async () => {
  const theirs = await land('', { attributes: 'data-nscript="afterInteractive" data-cfasync="false" data-cookieconsent="ignore"' })
  assert.match((await examine(theirs)).Attributes, /^ok: /)
  await done(theirs)
  const ours = await land('', { attributes: 'data-programm="x"' })
  assert.match((await examine(ours)).Attributes, /data-programm is not known; did you mean data-program\?/)
  await done(ours)
})

test('a host written with a slash at its end is the same host to the panel and to the doctor', async () => {
  const page = await land('', { attributes: `data-api-host="${world.edge}/"`, body: '<goodword-widget></goodword-widget>' })
  const asked = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.reload()
  await page.locator('goodword-widget .clicks', { hasText: /\d/ }).waitFor()
  assert.match((await examine(page)).Edge, /^ok: /)
  assert.ok(asked.includes('/v1/widget/me') && !asked.some((path) => path.startsWith('//')), `${asked}`)
  await done(page)
})
