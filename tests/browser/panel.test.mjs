// What a referrer can do in the panel: in the page, in a dialog, behind a button.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { leave, visitor } from './people.mjs'
import { scanned } from './scan.mjs'
import { panel } from './shop.mjs'
import { place } from './shopfront.mjs'
import { focused, numbered } from './stand.mjs'
import { until } from './until.mjs'

const ELEMENT = '<goodword-widget></goodword-widget>'

const done = (page) => page.context().close()
const link = (page) => panel(page).link.inputValue()

/** Where a share link leads, decoded. */
const leadsTo = async (page, name) =>
  decodeURIComponent(await panel(page).element.getByRole('link', { name, exact: true }).getAttribute('href'))

test('behind a button: nothing but the button until it is pressed, then a dialog that keeps the focus and gives it back', async () => {
  const page = await place.show('<p>before</p><goodword-widget mode="floating"></goodword-widget><a href="#after">after</a>')
  const launcher = page.getByRole('button', { name: 'Refer a friend' })
  await launcher.waitFor()
  await page.waitForLoadState('networkidle')
  assert.ok(!page.asked.some((call) => call.endsWith('.wasm') || call.includes('/v1/')), `${page.asked}`)
  assert.deepEqual(await page.shifted(), [])
  await launcher.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Refer a friend' }).waitFor()
  await numbered(page)
  assert.equal(await focused(page), 'Copy')
  // Round the whole dialog: the page behind it is out of reach.
  const reached = []
  for (let step = 0; step < 16; step += 1) {
    await page.keyboard.press('Tab')
    reached.push(await focused(page))
  }
  assert.ok(reached.includes('Close') && reached.includes('Your personal link'), `${reached}`)
  assert.ok(!reached.includes('after'), `${reached}`)
  await page.keyboard.press('Escape')
  await until('the dialog is gone', async () => await page.getByRole('dialog').count() === 0)
  assert.equal(await focused(page), 'Refer a friend')
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('the button stands in the corner the page names', async () => {
  for (const [attributes, side] of [['', 'right'], ['corner="end"', 'right'], ['corner="start"', 'left']]) {
    const page = await place.show(`<goodword-widget mode="floating" ${attributes}></goodword-widget>`)
    const { x, width, y } = await page.getByRole('button', { name: 'Refer a friend' }).boundingBox()
    assert.equal(x + width / 2 > 640 ? 'right' : 'left', side, attributes)
    assert.ok(y > 700, `at the foot: ${y}`)
    await done(page)
  }
})

test('goodword("open") shows a dialog where the page has no panel, and "close" ends it', async () => {
  const page = await place.show('<h1>The shop</h1>')
  await page.evaluate(() => window.goodword('open'))
  await page.getByRole('dialog').waitFor()
  await numbered(page)
  await page.evaluate(() => window.goodword('close'))
  await until('closed', async () => await page.getByRole('dialog').count() === 0)
  await page.evaluate(() => window.goodword('open'))
  await page.getByRole('dialog').waitFor()
  await page.mouse.click(5, 5)
  await until('closed by a click beside it', async () => await page.getByRole('dialog').count() === 0)
  assert.equal(await page.locator('goodword-widget').count(), 1, 'the same one again')
  assert.deepEqual(await page.shifted(), [])
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('every channel carries the link marked with its name; those of telephones show where there is a touch screen', async () => {
  for (const touch of [false, true]) {
    const page = await place.show(ELEMENT, { options: { hasTouch: touch, isMobile: touch } })
    await numbered(page)
    await panel(page).element.getByRole('button', { name: 'More' }).click()
    await page.getByRole('link', { name: 'Reddit' }).waitFor()
    const mine = await link(page)
    for (const [name, channel] of [['X', 'x'], ['LinkedIn', 'linkedin'], ['Reddit', 'reddit']]) {
      assert.ok((await leadsTo(page, name)).includes(`${mine}?gwc=${channel}`))
    }
    for (const [name, start] of [['Messenger', 'fb-messenger://share/?link='], ['Text message', 'sms:?&body=']]) {
      const shown = page.getByRole('link', { name })
      assert.equal(await shown.count(), touch ? 1 : 0, name)
      if (touch) assert.ok((await shown.getAttribute('href')).startsWith(start))
    }
    assert.deepEqual(page.trouble, [])
    await done(page)
  }
})

test('the message is the referrer’s to change, the disclosure stays its last line until they take it off, and both last for the visit', async () => {
  const page = await place.show(ELEMENT)
  await numbered(page)
  await panel(page).element.getByRole('button', { name: 'More' }).click()
  const message = page.getByLabel('Your message')
  await message.focus()
  assert.equal(await message.inputValue(), 'I like Corner Shop. With my link you get €5.')
  await message.fill('Try the soup!\nIt is good.')
  assert.ok(await page.getByText('I get a reward if you buy.').isVisible())
  const mine = await link(page)
  assert.ok((await leadsTo(page, 'WhatsApp')).endsWith(`?text=Try the soup!\nIt is good.\nI get a reward if you buy.\n${mine}?gwc=whatsapp`))
  assert.ok((await leadsTo(page, 'E-mail')).includes('body=Try the soup!\nIt is good.\nI get a reward if you buy.\n\n'))
  await page.getByRole('checkbox', { name: /I get a reward/ }).uncheck()
  assert.ok((await leadsTo(page, 'WhatsApp')).endsWith(`It is good.\n${mine}?gwc=whatsapp`))
  await page.reload()
  await numbered(page)
  assert.ok((await leadsTo(page, 'WhatsApp')).includes('Try the soup!\nIt is good.\nhttp'))
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('the QR code is saved as SVG and as PNG, and another decoder reads both', async () => {
  const policy = `default-src 'none'; script-src 'nonce-n' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src ${place.world.edge}; style-src 'self'; img-src data:`
  const page = await place.show(ELEMENT, { headers: { 'Content-Security-Policy': policy }, attributes: 'nonce="n"' })
  await numbered(page)
  await panel(page).qr.click()
  await page.getByRole('img', { name: 'QR code of your link' }).waitFor()
  const reader = await place.show('<h1>A camera</h1>')
  for (const [button, ending, type] of [['Save as SVG', 'svg', 'image/svg+xml'], ['Save as PNG', 'png', 'image/png']]) {
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: button }).click()
    const file = await coming
    assert.equal(file.suggestedFilename(), `goodword-qr.${ending}`)
    assert.equal(await scanned(reader, await readFile(await file.path()), type), `${await link(page)}?gwc=qr`, ending)
  }
  assert.deepEqual(page.trouble, [])
  await done(page)
  await done(reader)
})

test('whoever saves the QR code before it is drawn gets it when it is', async () => {
  let drawn
  const held = new Promise((done) => { drawn = done })
  const page = await place.show(ELEMENT, { before: (page) => page.route('**/qr_bg.wasm', async (route) => { await held; await route.continue() }) })
  await numbered(page)
  await panel(page).qr.click()
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as PNG' }).click()
  drawn()
  assert.equal((await coming).suggestedFilename(), 'goodword-qr.png')
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('the terms stand in plain words under the line that accepts them, and are accepted by sharing', async () => {
  const page = await place.show(ELEMENT)
  await numbered(page)
  const { element, copy } = panel(page)
  await element.getByText('By sharing you accept the terms (version 1)').click()
  await element.getByText('Your own orders do not count.').waitFor()
  const { terms, promise } = await place.world.api('terms', { key: place.program.secret_key })
  assert.deepEqual(await element.locator('.terms li').allTextContents(),
    [...promise.friend, ...promise.referrer, ...promise.conditions, 'If an order is returned, its reward is taken back.', 'Your own orders do not count.'])
  assert.ok(promise.conditions.includes(`Days after a click in which it counts: ${terms.window_days}.`))
  assert.deepEqual(await element.getByRole('list', { name: 'Your progress' }).getByRole('listitem').allInnerTexts().then((all) => all.map((text) => text.replace(/\s+/g, ' '))),
    ['Link shared (not yet)', 'First click (not yet)', 'First friend (not yet)', 'First order (not yet)', 'First reward approved (not yet)'])
  const join = page.waitForRequest('**/v1/widget/join')
  await copy.click()
  assert.equal((await join).postDataJSON().terms_version, 1)
  await element.getByText('Next: somebody follows your link').waitFor()
  await element.getByText('The terms you accepted (version 1)').waitFor()
  assert.deepEqual(page.trouble, [])
  await done(page)
})

/** Rules that take more words than an amount and an occasion, on both sides. */
const UNUSUAL = {
  minimum_order: 2000,
  qualification: { criteria: 'A team of five or more.' },
  rewards: [
    { id: 'year', on: 'sale', to: 'referrer', pay: { share_bps: 2000 }, when: { first_months: 12 } },
    { id: 'steps', on: 'lead', to: 'referrer', pay: { tiers: { by: 'count', per: 'month', steps: [{ from: 1, flat: 100 }, { from: 10, flat: 250 }] } } },
    { id: 'good', on: 'qualified_lead', to: 'referrer', pay: { flat: 5000 } },
    { id: 'stays', on: 'sale', to: 'referrer', pay: { retention: { steps: [{ from: 0, share_bps: 100 }, { from: 12, share_bps: 300 }] } } },
    { id: 'dinner', on: 'sale', to: 'referrer', pay: { perk: 'Dinner with the cook' }, when: { at: 10 } },
    { id: 'code', on: 'lead', to: 'friend', pay: { coupon: 'welcome' } },
    { id: 'early', on: 'sale', to: 'friend', pay: { perk: 'Early access' }, when: { first_payments: 1 } },
  ],
}

test('whatever the rules are, the promise shown is the rule applied, in the reader’s language, for both sides', async () => {
  const program = await place.world.program(`${place.shop.origin}/`, { terms: UNUSUAL })
  const { code } = await place.world.api('referrers', { key: program.secret_key, body: { name: 'Ada' } })
  for (const locale of ['en', 'de', 'ja', 'ar']) {
    const { promise } = await place.world.api(`terms?locale=${locale}`, { key: program.secret_key })
    const all = [...promise.friend, ...promise.referrer]
    assert.equal(all.length, UNUSUAL.rewards.length)
    const page = await place.show(`${ELEMENT}<goodword-welcome inline></goodword-welcome>`,
      { key: program.publishable_key, attributes: `data-locale="${locale}"`, query: `?via=${code}` })
    await numbered(page)
    const text = (selector) => page.locator(selector).textContent()
    assert.equal(await text('goodword-widget .sentence'), all.join(' '))
    await page.locator('goodword-widget').hover()
    await page.locator('.accept').click()
    await until('the terms are there', async () => await page.locator('.terms li').count() > all.length)
    const lines = await page.locator('.terms li').allTextContents()
    assert.deepEqual(lines.slice(0, -2), [...all, ...promise.conditions])
    assert.ok(lines.some((line) => line.includes('A team of five or more.')), 'what makes a lead a good one')
    await page.locator('goodword-welcome .offer').waitFor()
    const told = await text('goodword-welcome .offer')
    if (locale === 'en') assert.equal(told, 'You get a coupon code when you sign up. You get “Early access” when you buy.')
    assert.ok(told.includes('Early access') && told.length > 40, told)
    assert.deepEqual(page.trouble, [])
    await done(page)
  }
})

test('the device’s own way of sharing gets message and marked link, shows only where there is one, and may be called off', async () => {
  const page = await place.show(ELEMENT, { init: () => {
    navigator.share = async (data) => {
      (window.shared ??= []).push(data)
      if (window.shared.length > 1) throw new DOMException('changed their mind', 'AbortError')
    }
  } })
  await numbered(page)
  const button = panel(page).element.getByRole('button', { name: 'Share…' })
  const events = page.waitForRequest((request) => request.url().endsWith('/v1/widget/events') && request.postData().includes('"shared"'))
  await button.click()
  await page.getByText('Next: somebody follows your link').waitFor()
  await button.click()
  const shared = await page.evaluate(() => window.shared)
  assert.deepEqual(shared, Array(2).fill({
    text: 'I like Corner Shop. With my link you get €5.\nI get a reward if you buy.',
    url: `${await link(page)}?gwc=native`,
  }))
  assert.ok((await events).postDataJSON().events.some(({ type, channel }) => type === 'shared' && channel === 'native'))
  assert.deepEqual(page.trouble, [])
  await done(page)
  const desk = await place.show(ELEMENT, { init: () => { delete Navigator.prototype.share } })
  await numbered(desk)
  assert.equal(await panel(desk).element.getByRole('button', { name: 'Share…' }).count(), 0)
  await done(desk)
})

test('a referrer doubts a decision, and sees that the shop was asked', async () => {
  const page = await place.show(ELEMENT)
  await numbered(page)
  const { copy, activity, conversions } = panel(page)
  await copy.click()
  await page.getByText('Next: somebody follows your link').waitFor()
  const code = (await link(page)).split('/').at(-1)
  const { api } = place.world
  const key = place.program.secret_key
  await api.call(place.world, 'sales', { key, body: { order_id: `o-${code}`, customer_id: `c-${code}`, amount: 5000, currency: 'EUR', code } })
  await page.reload()
  await numbered(page)
  await activity.click()
  const order = conversions.filter({ hasText: 'Order' })
  await order.getByText('Credited: they used your code').waitFor()
  await order.getByRole('button', { name: 'Is this wrong?' }).click()
  const words = page.getByLabel('What should have happened?')
  await words.fill('It was two orders.')
  await page.getByRole('button', { name: 'Send to the shop' }).click()
  await order.getByText('You asked the shop about this.').waitFor()
  assert.equal(await order.getByRole('button').count(), 0, 'once per conversion')
  const { data } = await api.call(place.world, 'disputes', { key })
  assert.ok(data.some(({ message }) => message === 'It was two orders.'))
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('a first name is optional, hidden from friends unless the box is ticked, and goes along with the first share', async () => {
  const page = await place.show(ELEMENT)
  await numbered(page)
  const { element, copy } = panel(page)
  await element.getByText('About you').click()
  const box = page.getByRole('checkbox', { name: 'Friends I invite see my first name' })
  assert.equal(await box.isChecked(), false)
  await page.getByLabel('First name', { exact: true }).fill('Ada')
  await page.getByLabel('E-mail', { exact: true }).and(page.locator('input')).fill('ada@example.com')
  await box.check()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved. It goes along when you share your link.').waitFor()
  assert.ok(!page.asked.includes('POST /v1/widget/join'))
  const join = page.waitForRequest('**/v1/widget/join')
  await copy.click()
  const { name, email, show_name } = (await join).postDataJSON()
  assert.deepEqual({ name, email, show_name }, { name: 'Ada', email: 'ada@example.com', show_name: true })
  await page.getByText('Next: somebody follows your link').waitFor()
  await page.getByLabel('First name', { exact: true }).fill('Augusta')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved.', { exact: true }).waitFor()
  assert.ok(page.asked.includes('PATCH /v1/widget/me'))
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('a hundred panels ask once', async () => {
  const page = await place.show(ELEMENT.repeat(100))
  await numbered(page, 100)
  assert.equal(page.asked.filter((call) => call === 'GET /v1/widget/me').length, 1)
  assert.equal(await page.evaluate(() => new Set([...document.querySelectorAll('goodword-widget')].map((one) => one.shadowRoot.querySelector('.link').value)).size), 1)
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('nobody is asked anything for a tab that nobody looks at', async () => {
  const context = await visitor(place.chromium)
  const page = await place.show(ELEMENT, { context, init: () => {
    Object.defineProperty(document, 'hidden', { get: () => window.away })
  } })
  await numbered(page)
  await panel(page).copy.click()
  await page.getByText('Next: somebody follows your link').waitFor()
  // Joining is followed by one more question, with the proof.
  await until('the numbers were asked for', () => page.asked.filter((call) => call.includes('/v1/widget/me')).length > 1)
  await numbered(page)
  await page.clock.install()
  await page.evaluate(() => { window.away = true })
  const asked = page.asked.length
  for (let minute = 0; minute < 20; minute += 1) await page.clock.runFor(60_000)
  const calls = page.asked.slice(asked).filter((call) => call.includes('/v1/widget/me'))
  assert.ok(calls.length === 0, `${calls}`)
  await page.evaluate(() => {
    window.away = false
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await page.clock.runFor(60_000)
  await leave(context)
})
