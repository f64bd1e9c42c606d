// The npm package in applications that somebody built with Vite: React and Vue, in Chromium, against
// a running edge. What the package holds is tested in npm.test.mjs.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { host, Workshop } from './built.mjs'
import { browser, pageOf, visitor } from './people.mjs'
import { panel } from './shop.mjs'
import { site } from './site.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

let world, chromium, workshop, shop
const hosts = []

before(async () => {
  [world, chromium, workshop, shop] = await Promise.all([open(), browser(), Workshop.open(), site()])
})

after(async () => {
  await chromium?.close()
  await Promise.all([world, workshop, shop, ...hosts].map((started) => started?.close()))
})

/** Builds an application, serves it, and opens a program that leads to it. */
async function built(source, environment = {}) {
  const hosted = await host()
  hosts.push(hosted)
  const program = await world.program(`${hosted.origin}/`)
  const referrer = await world.api('referrers', { key: program.secret_key, body: { name: 'Ada' } })
  const application = await workshop.application(source)
  const settings = { VITE_GOODWORD: world.edge, VITE_PROGRAM: program.publishable_key }
  await application.run('vite', ['build', '--logLevel', 'warn'], { ...settings, ...environment })
  hosted.serve(join(application.folder, 'dist'))
  return { ...hosted, program, referrer }
}

/** Somebody, with what their browser asks the edge for. */
async function somebody() {
  const page = await pageOf(await visitor(chromium))
  page.asked = []
  page.on('request', (request) => {
    if (request.url().startsWith(world.edge)) page.asked.push(`${request.method()} ${new URL(request.url()).pathname}`)
  })
  return page
}

const loaders = (page) => page.evaluate(() => document.querySelectorAll('script[data-program]').length)

/** A friend follows a link into the application, goes to the place with the panel, away, and comes back. */
async function walk(page, { referrer, origin }) {
  await page.goto(referrer.link)
  await page.locator('main output').getByText(referrer.code).waitFor()
  assert.equal(page.url(), `${origin}/`, 'the address is clean again')
  const place = (name) => page.getByRole('button', { name, exact: true }).click()
  const link = async () => {
    await until('there is a personal link', async () => /\/r\/[\w-]+\/[0-9a-z]{11}$/.test(await panel(page).link.inputValue()))
    return panel(page).link.inputValue()
  }
  await place('Share')
  const first = await link()
  assert.ok(first.startsWith(world.edge))
  await place('Shop')
  assert.equal(await page.locator('goodword-widget').count(), 0)
  await page.locator('main output').getByText(referrer.code).waitFor()
  await place('Share')
  // The edge may have told the program's name in between, which then stands before the code.
  const code = (link) => link.split('/').at(-1)
  assert.equal(code(await link()), code(first), 'the same link after coming back')
  assert.equal(await loaders(page), 1)
  assert.equal(page.asked.filter((call) => call === 'GET /goodword.js').length, 1)
}

test('in React, mounted twice by StrictMode, there is one loader, the referral, and a panel that comes and goes', async () => {
  // React's development build is the one that mounts twice and complains about wrong attributes.
  const application = await built('tests/browser/fixtures/vite-react', { NODE_ENV: 'development' })
  const page = await somebody()
  await walk(page, application)
  await page.locator('button[data-status=ready]').waitFor()
  const { theme, locale, program } = await page.locator('script[data-program]').evaluate((tag) => ({ ...tag.dataset }))
  assert.deepEqual({ theme, locale, program }, { theme: 'dark', locale: 'en-GB', program: application.program.publishable_key })
  const attributes = await page.locator('goodword-widget').evaluate((element) => ['mode', 'class', 'id'].map((name) => element.getAttribute(name)))
  assert.deepEqual(attributes, ['inline', 'room', 'panel'])

  // Taking back consent reaches every component that asked.
  await page.getByRole('button', { name: 'Forget me' }).click()
  await page.getByRole('contentinfo').getByText('nobody').waitFor()
  await page.getByRole('button', { name: 'Shop', exact: true }).click()
  await page.getByRole('main').getByText('nobody').waitFor()
  assert.deepEqual(page.trouble, [])
  await page.context().close()

  const stranger = await somebody()
  await stranger.goto(`${application.origin}/`)
  await stranger.locator('button[data-status=ready]').waitFor()
  assert.equal(await stranger.locator('main output').textContent(), 'nobody')

  // Logging in and out reaches the loader, once each.
  await stranger.evaluate(() => {
    window.identities = []
    document.addEventListener('goodword:identify', ({ detail }) => window.identities.push(detail))
  })
  await stranger.getByRole('button', { name: 'Log in' }).click()
  await stranger.getByRole('button', { name: 'Log out' }).click()
  await until('both were told', async () => (await stranger.evaluate(() => window.identities)).length > 1)
  assert.deepEqual(await stranger.evaluate(() => window.identities), [{ token: 'a token' }, {}])
  assert.deepEqual(stranger.trouble, [])
  await stranger.context().close()
})

test('the example for Vue shows the referral and a panel that comes and goes', async () => {
  const application = await built('widget/npm/examples/vue')
  const page = await somebody()
  await walk(page, application)
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

// ---- The module alone, on pages of every kind

/** A page whose script has the package as `goodword`; `work` runs there and its answer is given back. */
async function alone(work, facts, { head = '', headers } = {}) {
  shop.show('/alone', '<h1>A page</h1>', { head: `${head}<script nonce="n">${await module()}</script>`, headers })
  const page = await somebody()
  await page.goto(`${shop.origin}/alone`)
  const answer = await page.evaluate(work, { edge: world.edge, program: world.publishable_key, ...facts })
  return { page, answer }
}

let script
/** The package as one script. */
const module = () => script ??= (async () => {
  const application = await workshop.application('tests/browser/fixtures/server', 'alone')
  await writeFile(join(application.folder, 'entry.js'), `export * from '@goodword/widget'`)
  return application.run('esbuild', ['entry.js', '--bundle', '--minify', '--format=iife', '--global-name=npm'])
})()

test('calls wait for the loader, however late, and a second load changes nothing', async () => {
  const { page, answer } = await alone(async ({ edge, program }) => {
    const early = window.npm.goodword('referral')
    const consent = window.npm.goodword('consent', true)
    await new Promise((done) => setTimeout(done, 300))
    const options = { origin: `${edge}/`, program }
    const loads = [window.npm.load(options), window.npm.load({ origin: 'https://elsewhere.example', program })]
    return [await early, await consent, ...await Promise.all(loads), await window.npm.load(options), await window.npm.goodword('referral')]
  })
  assert.deepEqual(answer, [null, true, true, true, true, null])
  assert.equal(await loaders(page), 1)
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

test('a tag that was pasted counts, whether it has run or not', async () => {
  const head = `<script async src="${world.edge}/goodword.js" data-program="${world.publishable_key}"></script>`
  for (const wait of [0, 500]) {
    const { page, answer } = await alone(async ({ edge, program, wait }) => {
      await new Promise((done) => setTimeout(done, wait))
      return window.npm.load({ origin: edge, program })
    }, { wait }, { head })
    assert.equal(answer, true)
    assert.equal(await loaders(page), 1)
    assert.deepEqual(page.trouble, [])
    await page.context().close()
  }
})

test('a loader that is not the one of the given digest never runs, and the right one may follow', async () => {
  const { version } = await (await fetch(`${world.edge}/healthz`)).json()
  const src = `${world.edge}/w/${version}/goodword.js`
  const file = Buffer.from(await (await fetch(src)).arrayBuffer())
  const digest = (bytes) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`
  const { page, answer } = await alone(async ({ program, src, wrong, right }) => {
    const first = await window.npm.load({ src, program, integrity: wrong })
    const left = document.querySelectorAll('script[data-program]').length
    return [first, left, await window.npm.load({ src, program, integrity: right })]
  }, { src, wrong: digest('another'), right: digest(file) })
  assert.deepEqual(answer, [false, 0, true])
  assert.equal(await loaders(page), 1)
  await page.context().close()
})

test('a nonce and a policy of the page for Trusted Types are used; without the latter loading answers false', async () => {
  const policy = `default-src 'none'; script-src 'nonce-n' 'wasm-unsafe-eval'; connect-src ${world.edge}; style-src 'self'; ` +
    `img-src data:; require-trusted-types-for 'script'; trusted-types shop`
  const { page, answer } = await alone(async ({ edge, program }) => {
    const refused = await window.npm.load({ origin: edge, program, nonce: 'n' })
    const { createScriptURL } = { createScriptURL: (address) => address }
    const shop = window.trustedTypes.createPolicy('shop', { createScriptURL })
    return [refused, await window.npm.load({ src: shop.createScriptURL(`${edge}/goodword.js`), program, nonce: 'n' })]
  }, {}, { headers: { 'Content-Security-Policy': policy } })
  assert.deepEqual(answer, [false, true])
  assert.equal(await loaders(page), 1)
  await page.context().close()
})

test('an edge that cannot be reached, options that make no sense, an element in the loader’s place: nothing is thrown', async () => {
  const { page, answer } = await alone(async ({ edge, program }) => {
    const unreachable = await window.npm.load({ origin: 'https://elsewhere.example', program })
    const senseless = await window.npm.load({ program })
    document.body.append(Object.assign(document.createElement('form'), { id: 'goodword' }))
    return [unreachable, senseless, await window.npm.load({ origin: edge, program }), await window.npm.goodword('referral')]
  })
  assert.deepEqual(answer, [false, false, true, null])
  await page.context().close()
})
