// The guide's snippets for platforms, taken from the guide's own page, each put through what its
// platform does with it and opened in Chromium against a running edge.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { Liquid } from 'liquidjs'
import { browser, pageOf, visitor } from './people.mjs'
import { panel } from './shop.mjs'
import { site } from './site.mjs'
import { until } from './until.mjs'
import { open, root } from './world.mjs'

let world, chromium, shop, program, referrer, guide

before(async () => {
  [world, chromium, shop, guide] = await Promise.all([
    open(), browser(), site(), readFile(join(root, 'www/guide/platforms/index.html'), 'utf8'),
  ])
  program = await world.program(`${shop.origin}/`)
  referrer = await world.api('referrers', { key: program.secret_key, body: { name: 'Ada' } })
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

/** A snippet of the guide, with the address and the key of this world. */
const snippet = (name) => {
  const [, code] = guide.match(new RegExp(`id="${name}"><code>(.*?)</code>`, 's'))
  const plain = code.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  assert.ok(plain.includes('goodword'), name)
  return plain.replaceAll('https://go.shop.example', world.edge).replaceAll('pk_live_…', program.publishable_key)
}

/** Follows Ada's link to a page, or goes there alone. */
async function visit(body, { head = '', init, alone = false } = {}) {
  shop.show('/', body, { head })
  const page = await pageOf(await visitor(chromium))
  page.updates = []
  await page.route('**/cart/update.js', (route) => {
    page.updates.push(route.request().postDataJSON())
    return route.fulfill({ json: {} })
  })
  await page.addInitScript(() => {
    window.identities = []
    document.addEventListener('goodword:identify', ({ detail }) => window.identities.push(detail))
  })
  if (init) await page.addInitScript(init)
  await page.goto(alone ? shop.origin : referrer.link)
  await page.waitForFunction(() => window.goodword?.settings)
  return page
}

const code = (page) => page.evaluate(() => window.goodword('referral').then((referral) => referral?.code ?? null))

const linked = (page) => until('there is a personal link', async () => (await panel(page).link.inputValue()).startsWith(world.edge))

/** A text within a script of a page. */
const quoted = (text) => JSON.stringify(text).replaceAll('<', '\\u003c')

test('through a tag manager, which comes late and rewrites tags, the script has its key and finds the referral', async () => {
  // What tag managers do: read the text as markup, and make each script anew, with the attributes they know.
  const manager = (text) => {
    const markup = new DOMParser().parseFromString(text, 'text/html')
    for (const old of markup.querySelectorAll('script')) {
      const script = document.createElement('script')
      for (const name of ['src', 'async', 'type', 'id']) if (old.hasAttribute(name)) script.setAttribute(name, old.getAttribute(name))
      script.text = old.text
      document.body.append(script)
    }
  }
  const late = `<script>
    history.replaceState(null, '', '/') // a router that tidies the address
    document.addEventListener('goodword:consent', ({ detail }) => { window.agreed = detail })
    const manager = ${manager}
    addEventListener('load', () => setTimeout(() => {
      manager(${quoted(snippet('tag-manager'))})
      manager(${quoted("<script>goodword('consent', true)</script>")})
    }, 200))
  </script>`
  const page = await visit(`<goodword-widget></goodword-widget>${late}`)
  assert.equal(await code(page), referrer.code)
  await linked(page)
  assert.equal(await page.locator('script[data-program]').count(), 1)
  assert.equal(await page.evaluate(() => window.agreed), true, 'a call in another tag waits for the script')
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

const php = spawnSync('php', ['--version']).status === 0

test('WordPress prints the tag with its key and nobody else’s, and the shortcode the panel', { skip: !php && 'php is not installed' }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'goodword-php-'))
  await writeFile(join(folder, 'functions.php'), `<?php\n${snippet('wordpress')}`)
  const printed = join(root, 'tests/browser/fixtures/wordpress/print.php')
  const { stdout } = await promisify(execFile)('php', [printed, join(folder, 'functions.php')])
  await rm(folder, { recursive: true })
  const src = `${world.edge}/goodword.js`
  const added = `async data-program="${program.publishable_key}"`
  const jquery = 'https://shop.example/jquery.js?ver=6.1.9'
  assert.deepEqual(stdout.trim().split('\n'), [
    `<script src="${jquery}" id="jquery-js"></script>`,
    `<script type='text/javascript' src='${jquery}' id='jquery-js'></script>`,
    `<script ${added} src="${src}" id="goodword-js"></script>`,
    `<script type='text/javascript' ${added} src='${src}' id='goodword-js'></script>`,
    '<goodword-widget></goodword-widget>',
  ])
  const [, , , tag, element] = stdout.trim().split('\n')
  const page = await visit(element, { head: tag })
  assert.equal(await code(page), referrer.code)
  await linked(page)
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

/** The theme's snippet as Shopify renders it for somebody with a cart. */
const theme = (facts) => new Liquid({ strictVariables: false })
  .parseAndRender(snippet('shopify'), { request: { locale: { iso_code: 'en' } }, cart: { attributes: {} }, ...facts })

test('in a Shopify theme the cart learns the click id once, and joining knows who is logged in', async () => {
  const hostile = `"></script><script>window.ran = 1</script>' onload='window.ran = 2`
  const customer = { first_name: hostile, email: 'ada@example.com' }
  const page = await visit('<goodword-widget></goodword-widget>', { head: await theme({ customer }) })
  await until('the cart was told', () => page.updates.length > 0)
  const { click_id } = await page.evaluate(() => window.goodword('referral'))
  assert.match(click_id, /^gwc_/)
  assert.deepEqual(page.updates, [{ attributes: { gw_click: click_id } }])
  assert.deepEqual(await page.evaluate(() => window.identities), [{ name: hostile, email: 'ada@example.com' }])
  assert.equal(await page.evaluate(() => window.ran), undefined)
  assert.equal(await page.evaluate(() => window.goodword.settings.locale), 'en')
  await linked(page)

  // The next page of the shop: the cart knows, nobody is logged in any more.
  shop.show('/', '', { head: await theme({ cart: { attributes: { gw_click: click_id } } }) })
  await page.goto(shop.origin)
  await page.waitForFunction(() => window.goodword?.settings)
  assert.equal((await page.evaluate(() => window.goodword('referral'))).click_id, click_id)
  assert.equal(page.updates.length, 1)
  assert.deepEqual(await page.evaluate(() => window.identities), [])
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

test('a visitor whom nobody sent leaves the cart alone', async () => {
  const page = await visit('', { head: await theme({}), alone: true })
  assert.equal(await code(page), null)
  assert.deepEqual(page.updates, [])
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

test('Shopify’s consent banner decides what is kept', async () => {
  const first = (await theme({})).replace('data-program=', 'data-consent="required" data-program=')
  for (const marketingAllowed of [true, false]) {
    const page = await visit('', { head: first + snippet('shopify-consent') })
    const kept = () => page.evaluate(() => Boolean(localStorage.gw_click))
    assert.equal(await kept(), false, 'nothing is kept before the answer')
    await page.evaluate((marketingAllowed) => {
      document.dispatchEvent(new CustomEvent('visitorConsentCollected', { detail: { marketingAllowed } }))
    }, marketingAllowed)
    assert.equal(await code(page), marketingAllowed ? referrer.code : null)
    assert.equal(await kept(), marketingAllowed)
    assert.deepEqual(page.trouble, [])
    await page.context().close()
  }
})
