// Who joined and has yet to share: a merchant's list that people leave by copying or sharing their link, and by nothing else.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { before, test } from 'node:test'
import { part, signedIn } from './desk.mjs'
import { pageOf, visitor } from './people.mjs'
import { panel } from './shop.mjs'
import { place, world } from './shopfront.mjs'
import { CLIPBOARD, numbered } from './stand.mjs'
import { until } from './until.mjs'

const ELEMENT = '<goodword-widget></goodword-widget>'
const PLAIN = { 'Content-Security-Policy': "script-src * 'unsafe-inline'" }

let desk

before(async () => {
  desk = await signedIn(world, place.chromium, place.program.secret_key)
})

const base64url = (text) => Buffer.from(text).toString('base64url')

/** A token as the shop's server signs it. */
const token = (sub) => {
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: place.program.slug, aud: 'goodword', sub, iat, exp: iat + 600 }
  const signed = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(JSON.stringify(claims))}`
  return `${signed}.${createHmac('sha256', place.program.keys.identity_live).update(signed).digest('base64url')}`
}

/** A referrer whom the shop made, for a customer nobody else is. */
let people = 0
const made = () => world.api('referrers', {
  key: place.program.secret_key,
  body: { external_id: `sharing-${++people}`, name: `Customer ${people} of sharing` },
})

/** To be run in a page before its own scripts. */
const saying = (identity) => {
  window.goodword ??= Object.assign((...call) => window.goodword.q.push(call), { q: [] })
  window.goodword('identify', identity)
}

/** Whether the merchant finds them among those who have yet to share. */
const isFound = async ({ name }) => {
  await part(desk, world.edge, `referrers?state=unshared&q=${encodeURIComponent(name)}`)
  return await desk.locator('tbody th', { hasText: name }).count() === 1
}

/** Opens a page of the shop with the panel for somebody the shop names. */
async function visit(person, { before, ...how } = {}) {
  const page = await place.show(ELEMENT, { ...how, before: async (page) => {
    await before?.(page)
    page.seen = told(page, 'seen')
    page.seen.catch(() => {}) // only some ask for it
    await page.addInitScript(saying, { token: token(person.external_id) })
  } })
  await numbered(page)
  await until('their link', async () => await panel(page).link.inputValue() === person.link)
  return page
}

const told = (page, type) => page.waitForResponse((answer) =>
  answer.url().endsWith('/v1/widget/events') && answer.request().postDataJSON().events.some((event) => event.type === type))

for (const [what, how] of Object.entries({
  'as usual': {},
  'where wasm is forbidden': { headers: PLAIN },
  'without consent': { attributes: 'data-consent="required"' },
  'with Global Privacy Control': {
    options: { ...CLIPBOARD, extraHTTPHeaders: { 'Sec-GPC': '1' } },
    before: (page) => page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })),
  },
})) {
  test(`a customer whom the shop made a referrer has yet to share until they copy their link: ${what}`, async () => {
    const person = await made()
    assert.ok(await isFound(person))
    const page = await visit(person, how)
    await panel(page).qr.hover()
    await page.seen
    assert.ok(await isFound(person), 'looking is no sharing')
    page.asked.length = 0
    const copied = told(page, 'copied')
    await panel(page).copy.click()
    assert.equal((await copied).status(), 202)
    assert.equal(page.asked.filter((call) => call === 'POST /v1/widget/events').length, 1, 'told with the step that is told anyway')
    assert.deepEqual(page.asked.filter((call) => /widget\/join|shared/.test(call)), [])
    assert.ok(!await isFound(person))
    await part(desk, world.edge, `referrers/${person.id}`)
    assert.equal(await desk.getByText('Not that we know').count(), 0)
    await page.context().close()
  })
}

test('whoever joins by sharing is never among them, and a channel counts as a copy does', async () => {
  const listed = async () => (await world.api('referrers?shared=false&limit=100', { key: place.program.secret_key })).data.map(({ id }) => id)
  const before = await listed()
  const page = await place.show(ELEMENT)
  await numbered(page)
  const joined = page.waitForResponse((answer) => answer.url().endsWith('/v1/widget/join'))
  await panel(page).copy.click()
  const { id } = await (await joined).json()
  assert.deepEqual(await listed(), before)
  assert.ok((await world.api(`referrers/${id}`, { key: place.program.secret_key })).shared_at)
  await page.context().close()

  const person = await made()
  const other = await visit(person)
  const shared = told(other, 'shared')
  await panel(other).qr.click()
  await shared
  assert.ok(!await isFound(person))
  await other.context().close()
})

test('on their own pages a copy says so once, and what is looked at says nothing', async () => {
  const person = await made()
  const page = await pageOf(await visitor(place.chromium, CLIPBOARD))
  const sent = []
  page.on('request', (request) => { if (request.method() === 'POST') sent.push(new URL(request.url()).pathname) })
  const answer = await fetch(`${world.edge}/v1/widget/portal`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${place.program.publishable_key}`, 'Content-Type': 'application/json', 'Goodword-Identity': token(person.external_id) },
    body: '{}',
  })
  await page.goto((await answer.json()).url)
  await page.getByRole('button', { name: 'Open my page' }).click()
  const home = `${world.edge}/p/${place.program.slug}`
  await page.waitForURL(home)
  await page.getByText('Link to a page, or say where you share it').waitFor()
  assert.ok(await isFound(person))
  sent.length = 0
  const at = `/p/${place.program.slug}/shared`
  const copy = page.getByRole('button', { name: /^Cop(y|ied)$/ }).first()
  const said = page.waitForResponse((answer) => answer.url().endsWith(at))
  await copy.click()
  await said
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), person.link)
  await copy.click()
  assert.ok(!await isFound(person))
  await page.reload()
  await copy.click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  assert.deepEqual(sent, [at])
  assert.deepEqual(page.trouble, [])
  await page.context().close()

  // A QR code that is saved.
  const other = await made()
  const second = await pageOf(await visitor(place.chromium, CLIPBOARD))
  const way = await fetch(`${world.edge}/v1/widget/portal`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${place.program.publishable_key}`, 'Content-Type': 'application/json', 'Goodword-Identity': token(other.external_id) },
    body: '{}',
  })
  await second.goto((await way.json()).url)
  await second.getByRole('button', { name: 'Open my page' }).click()
  await second.waitForURL(home)
  await second.goto(`${home}?page=&channel=email`)
  assert.ok(await isFound(other), 'a link that was only built has not left')
  const saved = second.waitForResponse((answer) => answer.url().endsWith(at))
  await second.locator('a[data-shares]').click()
  await saved
  assert.ok(!await isFound(other))
  await second.context().close()
})
