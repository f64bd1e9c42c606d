// Who is signed in: tokens of the merchant's server, at the edge as it is.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { leave } from './people.mjs'
import { panel } from './shop.mjs'
import { place } from './shopfront.mjs'
import { CLIPBOARD, numbered } from './stand.mjs'
import { until } from './until.mjs'

const ELEMENT = '<goodword-widget></goodword-widget>'

const base64url = (text) => Buffer.from(text).toString('base64url')
let people = 0

/** A customer of the shop nobody else is. */
const customer = (name) => {
  const id = `cus-${++people}-${name.toLowerCase()}`
  return { id, name, email: `${id}@example.com` }
}

/** A token as the shop's server signs it; `ago` seconds ago. */
const token = ({ id, name, email }, { ago = 0, key = place.program.keys.identity_live } = {}) => {
  const iat = Math.floor(Date.now() / 1000) - ago
  const claims = { iss: place.program.slug, aud: 'goodword', sub: id, name, email, iat, exp: iat + 600 }
  const signed = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(JSON.stringify(claims))}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}

/** To be run in a page before its own scripts: says who is there as soon as there is anybody to say it to. */
const saying = (identity) => {
  window.goodword ??= Object.assign((...call) => window.goodword.q.push(call), { q: [] })
  window.goodword('identify', identity)
}

/** Opens a page of the shop with the panel, for somebody the page names or does not. */
async function visit(identity, { context, body = ELEMENT } = {}) {
  const page = await place.show(body, { context, options: CLIPBOARD, before: async (page) => {
    page.calls = []
    page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      if (pathname.startsWith('/v1/')) page.calls.push({ call: `${request.method()} ${pathname}`, headers: request.headers(), body: request.postData() ?? '' })
    })
    if (identity) await page.addInitScript(saying, identity)
  } })
  await numbered(page)
  return page
}

const identify = (page, identity) => page.evaluate((identity) => window.goodword('identify', identity), identity)
const link = (page) => panel(page).link.inputValue()
const done = (page) => page.context().close()
const joins = (page) => page.calls.filter(({ call }) => call === 'POST /v1/widget/join')
const stored = (page) => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
const joined = (page) => page.getByText('Next: somebody follows your link').waitFor()
const inNote = (page, text) => page.locator('goodword-widget .note', { hasText: text }).waitFor()
const SIGN_IN = 'Sign in to see its numbers'

/** As another device of theirs does: joins with a token, and a secret if there is one. */
async function join(person, proof) {
  const answer = await fetch(`${place.world.edge}/v1/widget/join`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${place.program.publishable_key}`, 'Content-Type': 'application/json', 'Goodword-Identity': token(person) },
    body: JSON.stringify(proof ? { proof } : {}),
  })
  assert.ok(answer.ok, `${answer.status}`)
  return answer.json()
}

let orders = 0
/** Somebody buys with a code: the referrer gets a tenth of 50 euros. */
const sell = (code) => place.world.api('sales', {
  key: place.program.secret_key,
  body: { order_id: `o-${++orders}-${code}`, customer_id: `c-${orders}-${code}`, amount: 5000, currency: 'EUR', code },
})

test('a token from the start: the link of the account, name and e-mail in the form, and a share joins with nothing new', async () => {
  const ada = customer('Ada')
  const account = await join(ada)
  await sell(account.code)
  const page = await visit({ token: token(ada) })
  await until('the account’s link', async () => await link(page) === account.link)
  assert.equal(await panel(page).number('Orders'), '1')
  await panel(page).element.getByText('About you').click()
  await until('the name', async () => await page.getByLabel('First name', { exact: true }).inputValue() === 'Ada')
  assert.equal(await page.getByLabel('E-mail', { exact: true }).and(page.locator('input')).inputValue(), ada.email)
  await panel(page).copy.click()
  await panel(page).element.getByRole('button', { name: 'Copied' }).waitFor()
  await panel(page).element.getByText('The terms you accepted (version 1)').waitFor()
  assert.deepEqual(joins(page), [], 'a secret nobody saw is not joined')
  assert.ok(!page.calls.some(({ headers }) => headers['goodword-proof']), 'nor shown to the edge')
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('a link made and joined before signing in is joined to the account there is already, once, and its numbers show', async () => {
  const ada = customer('Ada')
  const account = await join(ada)
  await sell(account.code)
  const page = await visit()
  await panel(page).copy.click()
  await joined(page)
  const made = (await link(page)).split('/').at(-1)
  await sell(made)
  const context = page.context()
  const signed = await visit({ token: token(ada) }, { context })
  await until('the account’s link', async () => await link(signed) === account.link)
  await until('both orders', async () => await panel(signed).number('Orders') === '2')
  assert.equal(joins(signed).length, 1)
  await panel(signed).activity.click()
  await until('both listed', async () => await panel(signed).conversions.filter({ hasText: 'Credited: they used your code' }).count() === 2)
  signed.calls.length = 0
  await signed.reload()
  await numbered(signed)
  await until('again', async () => await panel(signed).number('Orders') === '2')
  assert.deepEqual(joins(signed), [])
  assert.deepEqual(signed.trouble, [])
  await leave(context)
})

test('where there was no account the link made before becomes that of the account', async () => {
  const eve = customer('Eve')
  const page = await visit()
  await panel(page).copy.click()
  await joined(page)
  const mine = await link(page)
  const answer = page.waitForResponse((answer) => answer.url().endsWith('/widget/join') && !!answer.request().headers()['goodword-identity'])
  await identify(page, { token: token(eve) })
  assert.equal((await (await answer).json()).link, mine)
  assert.equal((await join(eve)).link, mine)
  await until('shown', async () => await link(page) === mine)
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('a link the edge does not join, because there are twenty already, stays the browser’s own', async () => {
  const ada = customer('Ada')
  const account = await join(ada)
  const proof = () => 'gws_' + Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
  for (let link = 0; link < 20; link += 1) assert.equal((await join(ada, proof())).link_joined, true)
  const page = await visit()
  await panel(page).copy.click()
  await joined(page)
  const mine = await link(page)
  const answer = page.waitForResponse((answer) => answer.url().endsWith('/widget/join') && !!answer.request().headers()['goodword-identity'])
  await identify(page, { token: token(ada) })
  assert.equal((await (await answer).json()).link_joined, false)
  await until('the account’s link', async () => await link(page) === account.link)
  await identify(page, {})
  await until('nobody’s link is what it was', async () => await link(page) === mine)
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('a token that ends while the panel is open: the link stays, the page is asked for another, and a new one goes on', async () => {
  const ada = customer('Ada')
  const account = await join(ada)
  await sell(account.code)
  const page = await visit({ token: token(ada) })
  await until('the account’s link', async () => await link(page) === account.link)
  await page.evaluate(() => {
    window.needed = 0
    document.addEventListener('goodword:identity-needed', () => { window.needed += 1 })
  })
  // The very token the edge refuses once its time is over, and the panel's next look at the numbers.
  await page.evaluate((ended) => { window.goodword.settings.identity = { token: ended } }, token(ada, { ago: 3000 }))
  await panel(page).element.getByText('About you').click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await inNote(page, SIGN_IN)
  assert.equal(await page.evaluate(() => window.needed), 1)
  assert.equal(await link(page), account.link)
  const before = [page.calls.length, await stored(page)]
  await panel(page).copy.click()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${account.link}?gwc=copy`)
  assert.deepEqual([page.calls.filter(({ call }) => !call.endsWith('/events')).length, await stored(page)], before, 'nothing joins, nothing is drawn')
  await page.evaluate(() => {
    window.links = new Set()
    window.watch = setInterval(() => window.links.add(document.querySelector('goodword-widget').shadowRoot.querySelector('.link').value), 1)
  })
  await sell(account.code)
  await identify(page, { token: token(ada) })
  await until('the new numbers', async () => await panel(page).number('Orders') === '2')
  assert.deepEqual(await page.evaluate(() => [...window.links]), [account.link], 'not for a moment another link')
  await inNote(page, 'Rewards are approved')
  assert.equal(await page.evaluate(() => window.needed), 1)
  assert.deepEqual(page.trouble.filter((text) => !/401/.test(text)), [])
  await done(page)
})

test('a page that answers the event with a new token at once is not asked again', async () => {
  const ada = customer('Ada')
  const account = await join(ada)
  const page = await visit()
  await page.evaluate((next) => {
    window.needed = 0
    document.addEventListener('goodword:identity-needed', () => {
      window.needed += 1
      window.goodword('identify', { token: next })
    })
  }, token(ada))
  await identify(page, { token: token(ada, { ago: 3000 }) })
  await until('the account’s link', async () => await link(page) === account.link)
  assert.equal(await page.evaluate(() => window.needed), 1)
  await done(page)
})

test('a forged token shows the link of the browser as before, says so, and takes nothing over', async () => {
  const ada = customer('Ada')
  await join(ada)
  const page = await visit()
  await panel(page).copy.click()
  await joined(page)
  const mine = await link(page)
  const before = await stored(page)
  const context = page.context()
  const forged = await visit({ token: token(ada, { key: 'ik_live_guessed' }) }, { context })
  await inNote(forged, 'This page could not say who you are')
  assert.equal(await link(forged), mine)
  assert.equal(await stored(forged), before)
  // However often the page repeats it, it is asked for another token once.
  await forged.evaluate((wrong) => {
    window.needed = 0
    document.addEventListener('goodword:identity-needed', () => {
      window.needed += 1
      window.goodword('identify', { token: wrong })
    })
    window.goodword('identify', { token: wrong })
  }, token(ada, { key: 'ik_live_guessed' }))
  await inNote(forged, 'This page could not say who you are')
  assert.ok(await forged.evaluate(() => window.needed) <= 1)
  assert.deepEqual(forged.trouble.filter((text) => !/401/.test(text)), [])
  await leave(context)
})

test('two people at one computer: nothing of the first is shown, sent or stored under the second', async () => {
  const [ada, ben] = [customer('Ada'), customer('Ben')]
  const [hers, his] = [await join(ada), await join(ben)]
  await sell(hers.code)
  const page = await visit({ token: token(ada) })
  await until('hers', async () => await link(page) === hers.link)
  const { element, activity, number } = panel(page)
  await until('her order', async () => await number('Orders') === '1')
  await activity.click()
  await element.getByText('About you').click()
  await page.getByLabel('First name', { exact: true }).fill('Augusta')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved.', { exact: true }).waitFor()
  await element.getByRole('button', { name: 'More' }).click()
  await page.getByLabel('Your message').fill('Augusta likes this.')
  await panel(page).qr.click()
  await page.getByRole('img', { name: 'QR code of your link' }).waitFor()

  /** Everything that stands in the panel. */
  const shown = () => page.evaluate(() => {
    const { shadowRoot } = document.querySelector('goodword-widget')
    const fields = [...shadowRoot.querySelectorAll('input, textarea')].map(({ value, placeholder }) => value + placeholder)
    const addresses = [...shadowRoot.querySelectorAll('a')].map(({ href }) => decodeURIComponent(href))
    return [shadowRoot.querySelector('.frame').textContent, ...fields, ...addresses].join('\n')
  })
  const traces = /Augusta|Credited/
  const code = hers.link.split('/').at(-1)
  assert.match(await shown(), traces)
  assert.ok((await shown()).includes(code))

  // Her answer is still under way when she logs out and he logs in.
  let release
  const held = new Promise((go) => { release = go })
  await page.route('**/v1/widget/me', async (route) => {
    const answer = await route.fetch()
    if (route.request().headers()['goodword-identity'] && !page.his) await held
    await route.fulfill({ response: answer })
  })
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await identify(page, { token: token(ada) })
  await until('asked', () => page.calls.at(-1).call === 'GET /v1/widget/me')
  await identify(page, {})
  assert.ok(!traces.test(await shown()) && !(await shown()).includes(code), 'gone at once')
  await numbered(page)
  page.his = true
  const began = page.calls.length
  await identify(page, { token: token(ben) })
  release()
  await until('his', async () => await link(page) === his.link)
  await element.getByText('About you').click()
  await until('his name', async () => await page.getByLabel('First name', { exact: true }).inputValue() === 'Ben')
  await panel(page).copy.click()
  await element.getByRole('button', { name: 'Copied' }).waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved.', { exact: true }).waitFor()
  assert.equal(await number('Orders'), '0')
  const now = await shown()
  assert.ok(!traces.test(now) && !now.includes(code) && !now.includes(ada.id), now)
  const sent = page.calls.slice(began)
  assert.ok(sent.some(({ headers }) => headers['goodword-identity']))
  for (const { headers, body, call } of sent) {
    assert.doesNotMatch(`${JSON.stringify(headers)} ${body}`, new RegExp(`Augusta|${code}|${ada.id}`), call)
  }
  const kept = await page.evaluate((sub) => Object.entries({ ...localStorage, ...sessionStorage }).filter(([name]) => name.includes(sub)).join(), ben.id)
  assert.doesNotMatch(kept, /Augusta/)
  const secrets = (text) => text.match(/gws_[\w-]{43}/g) ?? []
  const herSecrets = secrets(await page.evaluate((sub) => Object.entries(localStorage).filter(([name]) => name.includes(sub)).join(), ada.id))
  assert.ok(secrets(kept).every((secret) => !herSecrets.includes(secret)))
  assert.deepEqual(page.trouble, [])
  await leave(page.context())
})

test('a link that was joined before by somebody who logged out since is not shown to the edge by the next', async () => {
  const [ada, ben] = [customer('Ada'), customer('Ben')]
  const page = await visit()
  await panel(page).copy.click()
  await joined(page)
  const secret = JSON.parse(await stored(page))[0]
  const proof = Object.values(secret).join().slice(0, 47)
  assert.match(proof, /^gws_/)
  await identify(page, { token: token(ada) })
  await until('hers now', () => joins(page).some(({ headers }) => headers['goodword-identity']))
  await until('kept for her', async () => (await stored(page)).includes(ada.id))
  await identify(page, {})
  await numbered(page)
  const began = page.calls.length
  await identify(page, { token: token(ben) })
  await numbered(page)
  await panel(page).copy.click()
  await until('he joined', () => joins(page).some(({ headers }, at) => at > 1 && headers['goodword-identity']))
  const sent = page.calls.slice(began)
  assert.ok(sent.length > 1 && sent.every(({ headers, body }) => !`${JSON.stringify(headers)}${body}`.includes(proof)))
  await leave(page.context())
})

test('a link of somebody who signs in, and nobody signed in: the panel says so, and neither joins nor draws another', async () => {
  const ada = customer('Ada')
  const page = await visit()
  await panel(page).copy.click()
  await joined(page)
  const before = await stored(page)
  const mine = await link(page)
  await join(ada, before.match(/gws_[\w-]{43}/)[0])
  page.calls.length = 0
  await page.reload()
  await inNote(page, SIGN_IN)
  assert.equal(await link(page), mine)
  await panel(page).copy.click()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${mine}?gwc=copy`)
  await page.waitForTimeout(300)
  assert.deepEqual(joins(page), [])
  assert.equal(await stored(page), before)
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('whatever else the page says of somebody, and however wrong, their link joins', async () => {
  const zoe = customer('Zoë')
  for (const [identity, note] of [
    [{ token: token(zoe), id: 1, email: '' }, /approved/],
    [{ name: '  Zoë  ', email: 5, plan: 'pro' }, /approved/],
    [{ email: 'zoe@home' }, /name or e-mail was not accepted/],
    [{ name: 'x'.repeat(301) }, /name or e-mail was not accepted/],
  ]) {
    const page = await visit(identity)
    await panel(page).copy.click()
    await joined(page)
    await inNote(page, note)
    const body = JSON.parse(joins(page).at(-1).body)
    assert.deepEqual(Object.keys(body).sort(), ['proof', 'terms_version', ...(identity.name?.length < 9 ? ['name'] : [])].sort())
    if (body.name) assert.equal(body.name, 'Zoë')
    await done(page)
  }
  const page = await visit()
  await panel(page).element.getByText('About you').click()
  const field = page.getByLabel('E-mail', { exact: true }).and(page.locator('input'))
  for (const [address, good] of [['zoe@gmail', false], ['zoe@.com', false], ['zoe@a.', false], ['zoe@example.com', true], ['z@a.b.example', true]]) {
    await field.fill(address)
    assert.equal(await field.evaluate((input) => input.checkValidity()), good, address)
  }
  await done(page)
})
