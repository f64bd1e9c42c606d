// The edge is gone, refuses, or talks nonsense: the link stays, the page stays clean, and when the
// edge is back the panel goes on where it was.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { browser, leave, pageOf, visitor } from './people.mjs'
import { panel } from './shop.mjs'
import { site, snippet } from './site.mjs'
import { until } from './until.mjs'
import { open, root } from './world.mjs'

const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] }

let world, shop, chromium, program

before(async () => {
  world = await open({ apart: true })
  ;[shop, chromium] = await Promise.all([site(), browser()])
  program = await world.program(`${shop.origin}/`)
  const head = snippet(world.edge, program.publishable_key)
  shop.show('/', '<h1>The shop</h1><goodword-widget></goodword-widget><p>And more.</p>', { head })
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

/** Texts of uncaught errors; that a request failed the browser itself writes into the console. */
const uncaught = (page) => page.trouble.filter((text) => !text.startsWith('Failed to load resource: net::'))

const referrers = async () => (await world.api('referrers', { key: program.secret_key })).data.map(({ code }) => code)

test('nonsense instead of answers leaves the link, three more attempts, and a clean page', { timeout: 90_000 }, async () => {
  const nonsense = {
    'a fault': (route) => route.fulfill({ status: 500, body: 'oh no' }),
    'a page instead of data': (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Welcome to the hotel network</h1>' }),
    'half of it': (route) => route.fulfill({ status: 200, contentType: 'application/json', body: '{"program":{"name":' }),
    'something else': (route) => route.fulfill({ status: 200, json: [null, 1, 'x'] }),
    'a refusal': (route) => route.fulfill({ status: 401, json: { code: 'key_unknown' } }),
    'too many': (route) => route.fulfill({ status: 429, headers: { 'Retry-After': '1' }, body: '' }),
    'a connection cut short': (route) => route.abort('connectionreset'),
  }
  // All at once, each in a browser without a past.
  await Promise.all(Object.entries(nonsense).map(async ([what, answer]) => {
    const context = await visitor(chromium, CLIPBOARD)
    let asked = 0
    await context.route('**/v1/widget/{me,join}', (route) => {
      asked += 1
      return answer(route)
    })
    const page = await pageOf(context)
    await page.clock.install()
    await page.goto(`${shop.origin}/`)
    await page.calm()
    const { copy, element, link } = panel(page)
    await until('the link is there', async () => /\/r\/\w{16}\/\w{11}$/.test(await link.inputValue()))
    await element.getByText('Your link works. The numbers will be back soon.').waitFor()
    const attempts = what === 'a refusal' ? 1 : 4
    await until('every attempt is made', async () => {
      await page.clock.runFor(1000)
      return asked === attempts
    })
    for (let minute = 0; minute < 10; minute += 1) await page.clock.runFor(60_000)
    assert.equal(asked, attempts, `${what}: then it waits for a person`)
    await copy.click()
    await element.getByRole('button', { name: 'Copied' }).waitFor()
    await until('the person’s wish is tried', () => asked > attempts)
    assert.deepEqual(await page.shifted(), [], what)
    const said = uncaught(page).filter((text) => !text.startsWith('Failed to load resource: the server responded'))
    assert.deepEqual(said, [], what)
    await leave(context)
  }))
})

test('the edge is killed under an open page: the link stays, and joining is made up for later', async () => {
  const page = await pageOf(await visitor(chromium, CLIPBOARD))
  await page.goto(`${shop.origin}/`)
  await page.calm()
  const { copy, element, link } = panel(page)
  await until('the short link is there', async () => (await link.inputValue()).includes(`/r/${program.slug}/`))
  const mine = await link.inputValue()
  await world.crash()
  await copy.click()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${mine}?gwc=copy`)
  await element.getByText('Your link works. The numbers will be back soon.').waitFor()
  assert.equal(await link.inputValue(), mine)
  assert.deepEqual(uncaught(page), [])
  assert.deepEqual(await page.shifted(), [])

  await world.restart()
  await copy.click()
  await until('the referrer is known after all', async () => (await referrers()).includes(mine.split('/').at(-1)))
  await until('the numbers are back', async () => await panel(page).number('Clicks') === '0')
  await page.context().close()
})

test('the edge is down from the start: the panel, served from elsewhere, still has a link that works later', async () => {
  await world.crash()
  // The files of the panel come from a host of their own, as from a content network.
  const files = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const type = pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript'
    const body = await readFile(`${root}/www${pathname}`).catch(() => null)
    response.writeHead(body ? 200 : 404, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' }).end(body)
  }).listen(0, '127.0.0.1')
  await until('the files are served', () => files.listening)
  const host = `http://localhost:${files.address().port}`
  const head = snippet(host, program.publishable_key, `data-api-host="${world.edge}"`)
  shop.show('/down', '<h1>The shop</h1><goodword-widget></goodword-widget><p>And more.</p>', { head })
  const page = await pageOf(await visitor(chromium, CLIPBOARD))
  await page.goto(`${shop.origin}/down`)
  await page.calm()
  const { copy, element, link } = panel(page)
  await until('the link is there', async () => /\/r\/\w{16}\/\w{11}$/.test(await link.inputValue()))
  await element.getByText('Your link works. The numbers will be back soon.').waitFor()
  await copy.click()
  const shared = await page.evaluate(() => navigator.clipboard.readText())
  assert.equal(shared, `${await link.inputValue()}?gwc=copy`)
  assert.deepEqual(uncaught(page), [])
  assert.deepEqual(await page.shifted(), [])

  await world.restart()
  await page.reload()
  await until('the referrer is known after all', async () => (await referrers()).includes(new URL(shared).pathname.split('/').at(-1)))
  const friend = await pageOf(await visitor(chromium))
  await friend.goto(shared)
  assert.equal(new URL(friend.url()).origin, shop.origin, 'the link made without the network leads to the shop')
  await until('and counts', async () => (await world.clicks(program)).some(({ code }) => code === new URL(shared).pathname.split('/').at(-1)))
  await page.context().close()
  await friend.context().close()
  files.close()
  files.closeAllConnections()
})
