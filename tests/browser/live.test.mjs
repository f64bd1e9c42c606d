// Numbers that come by themselves: an open dashboard hears of a sale, over a socket or by asking, and puts it in its place
// without taking anything away from whoever works there.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium, world } from './house.mjs'
import { pageOf, visitor } from './people.mjs'
import { at as portal, entered, joined } from './referrer.mjs'
import { fillIn, pay, pick } from './shop.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

const program = async (there = world) => {
  const opened = await there.program('https://shop.example/', { terms: { rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } }] } })
  const sk = opened.secret_key
  await there.api('referrers', { key: sk, body: { code: 'ada', name: 'Ada Byron' } })
  const sell = (id, more) => there.api('sales', { key: sk, body: { order_id: id, customer_id: `of ${id}`, amount: 12_300, currency: 'EUR', code: 'ada', ...more } })
  return { ...opened, sk, sell }
}

async function signIn(page, there, key) {
  await page.goto(`${there.edge}/dashboard`)
  await page.getByLabel('Secret key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/dashboard\/(live|test)$/)
}

/** When the ledger says the first word to the page that is opened next. */
const greeted = (page) => new Promise((done) => page.on('websocket', (socket) => socket.once('framereceived', () => socket.url().includes('/live/live?') && done())))

/** A page of somebody who is signed in, once its socket is open; with `deaf`, none can be had. */
async function at(key, path, { deaf = false, there = world } = {}) {
  const context = await visitor(chromium)
  const page = await pageOf(context)
  if (deaf) await page.addInitScript(() => { window.WebSocket = class { constructor() { setTimeout(() => this.onclose({ code: 1006 })) } } })
  await signIn(page, there, key)
  page.greeted = greeted(page)
  await page.goto(`${there.edge}/dashboard/live${path}`)
  if (!deaf) await page.greeted
  page.same = () => page.evaluate(() => window.marked === true)
  await page.evaluate(() => { window.marked = true })
  return page
}

test('what somebody buys in the shop is in the open dashboard within two seconds', { timeout: 180_000 }, async () => {
  const code = `live-${Date.now().toString(36)}`
  await world.api('referrers', { body: { code, name: 'Livia Shares' } })
  await world.api('sales', { body: { order_id: `before ${code}`, customer_id: `before ${code}`, amount: 4500, currency: 'EUR', code } })
  const [overview, list] = [await at(world.secret_key, '?of=sales'), await at(world.secret_key, '/conversions')]
  const sold = overview.getByRole('link', { name: /^Sales/ }).locator('strong')
  const friend = await pageOf(await visitor(chromium))
  await friend.goto(`${world.edge}/r/demo/${code}`)
  await until('the friend is in the shop', () => friend.url() === `${world.shop}/`)
  /** Milliseconds from the thanks for an order until both pages have it. */
  const bought = async () => {
    const had = Number(await sold.textContent())
    await friend.waitForURL('**/checkout')
    const order = await pay(friend)
    const began = performance.now()
    await Promise.all([sold.filter({ hasText: new RegExp(`^${had + 1}$`) }).waitFor(), list.getByText(`Sale ${order}`).waitFor()])
    return Math.round(performance.now() - began)
  }
  await pick(friend, 'Monstera')
  await friend.getByRole('link', { name: 'Check out' }).click()
  await friend.waitForURL('**/signup**')
  await fillIn(friend, 'Fay Friend', `${code}@example.com`)
  let took = await bought()
  console.log(`an order was in the open dashboard ${took} ms after the shop said thanks`)
  // A machine that does much else may be late once.
  if (took >= 2000) {
    await friend.goto(`${world.shop}/`)
    await pick(friend, 'Pilea')
    await friend.getByRole('link', { name: 'Check out' }).click()
    took = await bought()
  }
  assert.ok(took < 2000, `${took} ms`)
  assert.ok(await overview.same() && await list.same(), 'nobody reloaded')
  for (const page of [overview, list, friend]) await page.context().close()
})

test('a sale appears in the open overview and in the list, without reload', { timeout: 120_000 }, async () => {
  const { sk, sell } = await program()
  await sell('first')
  const [overview, list] = [await at(sk, ''), await at(sk, '/conversions')]
  const tile = overview.getByRole('link', { name: /^Sales/ })
  await tile.filter({ hasText: '1' }).waitFor()
  const began = performance.now()
  await sell('second')
  await Promise.all([tile.locator('strong', { hasText: /^2$/ }).waitFor(), list.getByText('Sale second').waitFor()])
  console.log(`a sale was told, stored and shown in ${Math.round(performance.now() - began)} ms`)
  assert.ok(await overview.same() && await list.same(), 'nobody reloaded')
  await overview.locator('#said', { hasText: 'something new' }).waitFor({ state: 'attached' })
  // Many at once come together.
  let loads = 0
  list.on('request', (request) => { if (request.resourceType() === 'xhr') loads += 1 })
  await Promise.all(Array.from({ length: 20 }, (_, number) => sell(`many ${number}`)))
  await list.getByText('Sale many', { exact: false }).nth(19).waitFor()
  assert.ok(loads < 12, `${loads} loads for 20 sales`)
  assert.deepEqual([overview.trouble, list.trouble], [[], []])
})

test('where no socket can be had, the page asks', { timeout: 120_000 }, async () => {
  const { sk, sell } = await program()
  const page = await at(sk, '/conversions', { deaf: true })
  await sell('asked for')
  await page.getByText('Sale asked for').waitFor()
  assert.ok(await page.same())
})

test('what somebody types, stands on or has opened stays', { timeout: 120_000 }, async () => {
  const { sk, sell } = await program()
  for (const id of ['a', 'b', 'c']) await sell(id)
  const overview = await at(sk, '')
  await overview.getByText('As a table', { exact: false }).or(overview.locator('figure details > summary')).first().click()
  assert.equal(await overview.locator('figure details').evaluate((details) => details.open), true)
  const list = await at(sk, '/conversions')
  const link = list.getByRole('link', { name: 'Sale a' })
  await link.focus()
  const people = await at(sk, '/referrers')
  const search = people.getByRole('searchbox')
  await search.pressSequentially('by')
  await sell('d')
  await list.getByText('Sale d').waitFor()
  assert.ok(await link.evaluate((element) => element === document.activeElement), 'the focus is where it was')
  await people.getByRole('cell', { name: '4', exact: true }).waitFor()
  assert.equal(await search.inputValue(), 'by')
  await search.pressSequentially('ron')
  assert.equal(await search.inputValue(), 'byron')
  await overview.getByRole('link', { name: /^Sales/ }).locator('strong', { hasText: /^4$/ }).waitFor()
  assert.equal(await overview.locator('figure details').evaluate((details) => details.open), true)
  for (const page of [overview, list, people]) assert.ok(await page.same())
})

test('clicks come too', { timeout: 120_000 }, async () => {
  const { sk, slug } = await program()
  const page = await at(sk, '/referrers')
  const visit = await pageOf(await visitor(chromium))
  await visit.goto(`${world.edge}/r/${slug}/ada`).catch(() => {}) // Nobody lives at the shop’s address.
  await until('it is counted', async () => (await world.clicks({ secret_key: sk })).length > 0)
  page.setDefaultTimeout(40_000)
  await page.locator('td[data-label="Clicks"]', { hasText: '1' }).waitFor()
  assert.ok(await page.same())
})

/** A WebSocket without a browser: the status, and what the ledger says until it closes. */
function socket(path, headers) {
  const said = []
  const asked = request(`${world.edge}${path}`, {
    headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': Buffer.from('0123456789abcdef').toString('base64'), ...headers },
  })
  const closed = { code: undefined }
  const status = new Promise((done, fail) => {
    asked.on('upgrade', (_, stream, head) => {
      const read = (bytes) => {
        // Short frames of a server: no mask, two bytes of head.
        for (let at = 0; at + 1 < bytes.length; at += 2 + (bytes[at + 1] & 127)) {
          const body = bytes.subarray(at + 2, at + 2 + (bytes[at + 1] & 127))
          if ((bytes[at] & 15) === 8) closed.code = body.readUInt16BE(0)
          else said.push(String(body))
        }
      }
      read(head)
      stream.on('data', read)
      stream.on('error', () => {})
      closed.leave = () => stream.destroy()
      done(101)
    })
    asked.on('response', (answer) => { answer.resume(); done(answer.statusCode) })
    asked.on('error', fail)
  })
  asked.end()
  return { status, said, closed }
}

async function cookieOf(key) {
  const answer = await fetch(`${world.edge}/dashboard/sign-in`, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams({ key }), headers: { Origin: world.edge },
  })
  assert.equal(answer.status, 303)
  return answer.headers.get('set-cookie').split(';')[0]
}

test('a socket is taken in for a session, from a page of ours, for its own program, until it ends', { timeout: 120_000 }, async () => {
  const [mine, theirs] = [await program(), await program()]
  const [cookie, other] = [await cookieOf(mine.sk), await cookieOf(theirs.sk)]
  const path = '/dashboard/live/live'
  assert.equal(await socket(path, { Origin: world.edge }).status, 303, 'nobody')
  for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, {}, { Origin: world.edge, 'Sec-Fetch-Site': 'cross-site' }]) {
    assert.equal(await socket(path, { Cookie: cookie, ...headers }).status, 403, JSON.stringify(headers))
  }
  const [here, there, twin] = [
    socket(path, { Cookie: cookie, Origin: world.edge }),
    socket(path, { Cookie: other, Origin: world.edge }),
    socket('/dashboard/test/live', { Cookie: cookie, Origin: world.edge }),
  ]
  assert.deepEqual(await Promise.all([here.status, there.status, twin.status]), [101, 101, 101])
  await until('all are greeted', () => here.said.length + there.said.length + twin.said.length === 3)
  await mine.sell('one')
  await until('it is told', () => here.said.length === 2)
  assert.ok(Number(here.said[1]) > Number(here.said[0]) && /^\d+$/.test(here.said[1]), 'a number, and nothing else')
  await fetch(`${world.edge}/dashboard/sign-out`, { method: 'POST', redirect: 'manual', headers: { Origin: world.edge, Cookie: cookie } })
  await until('both are closed', () => here.closed.code === 4001 && twin.closed.code === 4001)
  assert.deepEqual([there.said.length, there.closed.code], [1, undefined], 'the other program heard nothing')
  await theirs.sell('two')
  await until('it is told', () => there.said.length === 2)
  for (const one of [here, there, twin]) one.closed.leave()
})

test('who listens is told although nothing was said for so long that the ledger sleeps', { timeout: 60_000 }, async () => {
  const { sk, sell } = await program()
  const here = socket('/dashboard/live/live', { Cookie: await cookieOf(sk), Origin: world.edge })
  assert.equal(await here.status, 101)
  await until('it is greeted', () => here.said.length === 1)
  // Ten seconds without a call, and the runtime puts the object away and keeps the socket.
  await pause(15_000)
  assert.deepEqual([here.said.length, here.closed.code], [1, undefined])
  await sell('wakes it')
  await until('it is told', () => here.said.length === 2, { within: 2000 })
  assert.ok(Number(here.said[1]) > Number(here.said[0]))
  here.closed.leave()
})

test('a page whose session is over says that its numbers stand still, and keeps what was typed', { timeout: 120_000 }, async () => {
  const { sk, sell } = await program()
  await sell('one')
  for (const deaf of [false, true]) {
    const page = await at(sk, '/referrers', { deaf })
    await page.getByRole('searchbox').fill('half a na')
    // In another tab.
    const tab = await page.context().newPage()
    await tab.goto(`${world.edge}/dashboard/live`)
    await tab.getByRole('button', { name: 'Sign out' }).click()
    await tab.waitForURL(/sign-in/)
    const gone = page.getByRole('alert').getByRole('link', { name: 'You have been signed out' })
    await gone.waitFor()
    assert.equal(await page.getByRole('searchbox').inputValue(), 'half a na')
    assert.ok(await page.same())
    await gone.click()
    await page.waitForURL(/sign-in/)
    await page.context().close()
  }
})

test('a referrer’s page renews itself, asks for nothing but itself, and says when nobody is in', { timeout: 120_000 }, async () => {
  const opened = await program()
  const ada = await joined(world, opened, 'L', { name: 'Lia' })
  const page = await entered({ world, chromium }, opened, ada)
  await opened.sell('first', { code: ada.code })
  await page.goto(`${portal(world, opened)}?of=sales`)
  await page.evaluate(() => { window.marked = true })
  const asked = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('websocket', (socket) => asked.push(socket.url()))
  const orders = (count) => page.getByRole('link', { name: new RegExp(`^Orders ${count}\\b`) })
  await orders(1).waitFor()
  await opened.sell('another’s')
  await opened.sell('second', { code: ada.code })
  await orders(2).waitFor({ timeout: 40_000 })
  await page.locator('#said', { hasText: 'something new' }).waitFor({ state: 'attached' })
  assert.ok(await page.evaluate(() => window.marked), 'nobody reloaded')
  assert.deepEqual([...new Set(asked)], [page.url()], 'how busy the shop is, is no referrer’s business')

  const tab = await page.context().newPage()
  await tab.goto(portal(world, opened))
  await tab.getByRole('button', { name: 'Close this page' }).click()
  await tab.waitForLoadState()
  await page.bringToFront()
  await page.evaluate(() => { document.dispatchEvent(new Event('visibilitychange')) })
  await page.getByRole('alert').getByText('You have been signed out').waitFor()
  assert.ok(await orders(2).isVisible())
  await page.context().close()
})

test('another program in another tab does not write into this page', { timeout: 120_000 }, async () => {
  const [one, other] = [await program(), await program()]
  await world.api('program', { key: other.sk, method: 'PATCH', body: { name: 'Other Shop' }, status: 200 })
  await one.sell('one')
  await other.sell('other')
  const page = await at(one.sk, '/conversions', { deaf: true })
  await page.getByText('Sale one').waitFor()
  // As the operator's list does, without a way past the door.
  const opened = await page.context().request.post(`${world.edge}/dashboard/sign-in`, { form: { key: other.sk }, headers: { 'Sec-Fetch-Site': 'same-origin', Origin: world.edge } })
  assert.match(await opened.text(), /Other Shop/)
  await page.getByRole('alert').getByText('You have been signed out').waitFor()
  assert.ok(await page.getByText('Sale one').isVisible() && !await page.getByText('Sale other').count())
  await page.context().close()
})

test('after a crash the page finds back', { timeout: 180_000 }, async () => {
  const there = await open({ apart: true })
  try {
    const { sk, sell } = await program(there)
    const page = await at(sk, '/conversions', { there })
    page.setDefaultTimeout(60_000)
    const again = greeted(page)
    await there.crash()
    await there.restart()
    await again
    await sell('after the crash')
    await page.getByText('Sale after the crash').waitFor()
    assert.ok(await page.same())
  } finally {
    await there.close()
  }
})
