// A referrer's own pages in a real browser: from the panel through the way in, each page with and without script, on a phone
// and on a desk, light and dark, and with texts in it that would run if anything took them for more than text.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { speaking } from './desk.mjs'
import { payloads } from './payloads.mjs'
import { LONG, LONG_RTL } from './programs.mjs'
import { ask as asked, entered as enteredBy, secret } from './referrer.mjs'
import { panel } from './shop.mjs'
import { place, world } from './shopfront.mjs'
import { DESK, PHONE, first, look } from './sight.mjs'
import { focused, numbered } from './stand.mjs'

const PARTS = ['', 'conversions', 'why', 'rewards', 'assets', 'statement', 'disputes', 'terms', 'profile', 'leave']
const ELEMENT = '<goodword-widget></goodword-widget>'

const program = (changes) => world.program(`${place.shop.origin}/`, changes)
const ask = (opened, proof, path, body = {}) => asked(world, opened, proof, path, body)
const entered = (opened, proof, options) => enteredBy(place, opened, { proof }, options)

/** A referrer with something of everything, and what may be told of them. */
async function busy(opened, letter, { name = 'Ada Byron', orders = 3, event = 'sign_up' } = {}) {
  const proof = secret(letter)
  const { code } = await ask(opened, proof, 'widget/join', { proof, name })
  const tell = (path, body, status) => world.api(path, { key: opened.secret_key, body, status })
  await tell('leads', { customer_id: `${letter} lead`, code, event })
  const ids = []
  for (let at = 0; at < orders; at += 1) {
    const { id } = await tell('sales', { order_id: `${letter} ${at}`, customer_id: `${letter} c${at}`, amount: 1999 + at * 37, currency: 'EUR', code })
    ids.push(id)
  }
  if (ids.length) {
    const { id } = await ask(opened, proof, 'disputes', { about: ids[0], message: `${name}: it was more` })
    await tell(`disputes/${id}/messages`, { message: 'How much?' })
  }
  return { proof, code, ids }
}

test('from the panel through the way in to the numbers, and the way back is closed', { timeout: 120_000 }, async () => {
  const page = await place.show(ELEMENT)
  const { element } = panel(page)
  await numbered(page)
  await element.getByText('Activity').click()
  assert.equal(await element.getByRole('button', { name: 'All your numbers' }).count(), 0, 'nobody has joined yet')
  await element.getByRole('button', { name: 'Copy' }).click()
  const [portal] = await Promise.all([
    page.context().waitForEvent('page'),
    element.getByRole('button', { name: 'All your numbers' }).click(),
  ])
  await portal.waitForURL(/\/p\/[^/]+$/)
  await portal.getByRole('heading', { name: 'Your link, and what came of it' }).waitFor()
  assert.equal(await portal.evaluate(() => window.opener), null)
  const link = await panel(page).link.inputValue()
  const shown = await portal.locator('.copy code').first().textContent()
  assert.equal(shown.split('/').at(-1), link.split('/').at(-1), 'the link of the panel')
  assert.deepEqual(page.trouble, [])
  const used = await portal.evaluate(() => performance.getEntriesByType('navigation')[0].name)
  assert.ok(!used.includes('key='), used)
  await portal.getByRole('button', { name: 'Close this page' }).click()
  await portal.getByText('Your page is closed').first().waitFor()
  await portal.goBack()
  await portal.reload()
  await portal.getByRole('link', { name: 'To the shop' }).waitFor()
  await page.context().close()
})

test('the panel says so when there is no way in, and leaves no empty window', { timeout: 60_000 }, async () => {
  const page = await place.show(ELEMENT)
  const { element } = panel(page)
  await numbered(page)
  await element.getByRole('button', { name: 'Copy' }).click()
  await element.getByText('Activity').click()
  const button = element.getByRole('button', { name: 'All your numbers' })
  await button.waitFor()
  for (const body of ['{"url":"javascript:alert(1)"}', 'no JSON']) {
    await page.route('**/v1/widget/portal', (route) => route.fulfill({ status: 201, contentType: 'application/json', headers: { 'access-control-allow-origin': '*' }, body }))
    await button.click()
    await element.getByText('That could not be loaded.').waitFor()
    assert.equal(page.context().pages().length, 1)
    await page.unroute('**/v1/widget/portal')
  }
  await page.context().close()
})

test('a day at the page: a link to a product, a question, the account, and leaving, by keyboard', { timeout: 120_000 }, async () => {
  const opened = await program()
  const { proof } = await busy(opened, 'B')
  const page = await entered(opened, proof)
  await page.keyboard.press('Tab')
  assert.equal(await focused(page), 'Skip to content')
  await page.getByText('Link to a page, or say where you share it').focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('Page of the shop').fill(`${place.shop.origin}/pots/red`)
  await page.getByLabel('Where you share it').selectOption('WhatsApp')
  await page.getByRole('button', { name: 'Make the link' }).press('Enter')
  await page.locator('.made code', { hasText: '/pots/red?gwc=whatsapp' }).waitFor()
  await page.getByRole('img', { name: 'QR code of your link' }).waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save the QR code as SVG' }).click()
  assert.match((await download).suggestedFilename(), /\.svg$/)

  await page.getByRole('link', { name: 'Questions' }).click()
  await page.getByText('waits for you').waitFor()
  await page.locator('tbody th a').first().click()
  await page.getByText('How much?').waitFor()
  await page.getByLabel('Your message').fill('Two pots.')
  await page.getByRole('button', { name: 'Send to the shop' }).click()
  await page.getByText('Two pots.').waitFor()

  await page.getByRole('link', { name: 'About you' }).click()
  await page.getByLabel('Whose account it is').fill('Ada Byron')
  await page.getByLabel('Account number (IBAN)').fill('DE89 3704 0044 0532 0130 00')
  await page.getByRole('button', { name: 'Send payouts there' }).click()
  await page.getByText('DE … 3000').waitFor()
  await page.getByRole('link', { name: 'Leave the program' }).click()
  await page.getByLabel(/Type the word/).fill('leave')
  await page.getByRole('button', { name: 'Take me out' }).press('Enter')
  await page.getByRole('heading', { name: 'Goodbye, and thank you' }).waitFor()
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

test('everything can be done without script, on a phone', { timeout: 60_000 }, async () => {
  const opened = await program()
  const { proof } = await busy(opened, 'C')
  const page = await entered(opened, proof, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
  const menu = page.getByRole('navigation', { name: 'Your page' })
  assert.equal(await menu.isVisible(), false, 'the menu is folded')
  await page.getByRole('button', { name: 'Menu' }).click()
  await menu.getByRole('link', { name: 'Terms' }).click()
  await page.getByRole('button', { name: 'Accept version 1' }).click()
  await page.getByText('You accepted version 1.').waitFor()
  await page.context().close()
})

test('axe objects to nothing on any page, nothing overflows and nothing shifts', { timeout: 600_000 }, async () => {
  const opened = await program({ name: 'Fern & Field' })
  const full = await program({ name: 'نباتات '.repeat(14).trim() })
  const { proof } = await busy(opened, 'E')
  for (const [letter, name] of [['F', LONG], ['I', LONG_RTL]]) await busy(full, letter, { name, event: 'y'.repeat(40) })
  await ask(opened, secret('G'), 'widget/join', { proof: secret('G') })
  const kept = process.env.GOODWORD_PICTURES
  const people = [['busy', opened, proof], ['over-full', full, secret('F')], ['over-full rtl', full, secret('I')], ['empty', opened, secret('G')]]
  for (const language of ['en', 'de']) {
    for (const [who, of, with_] of people) {
      const page = await entered(of, with_, { viewport: PHONE, colorScheme: 'light', bypassCSP: true })
      await speaking(page, world.edge, language)
      const looked = async (what) => {
        const where = `${who} ${what} ${language}`
        assert.equal(await page.locator('html').getAttribute('lang'), language, where)
        await look(page, where, { all: who === 'busy' && language === 'en' })
        if (kept) await page.screenshot({ path: `${kept}/${where.replaceAll(/[^a-z0-9]+/g, '-')}.png`, fullPage: true })
      }
      const home = `${world.edge}/p/${of.slug}`
      const goes = (part) => page.goto(`${home}/${part}`.replace(/\/$/, ''))
      for (const part of PARTS) {
        await goes(part)
        await looked(part)
      }
      await page.goto(`${home}?page=%2Fpots&channel=email`)
      await looked('a link')
      if (who !== 'empty') {
        for (const part of ['conversions', 'disputes']) {
          await goes(part)
          assert.ok(await first(page, 'tbody th a'), part)
          await looked(`one of ${part}`)
        }
        await goes('why')
        await page.locator('#value').fill('E 1')
        await page.locator('form:has(#value) button').click()
        await page.locator('#answer').waitFor()
        await looked('an answer')
      }
      // Where a desk is the first screen, nothing shifts either.
      await page.setViewportSize(DESK)
      for (const part of PARTS) {
        await goes(part)
        assert.deepEqual(await page.shifted(), [], `${who} ${part} ${language} on a desk`)
      }
      await page.setViewportSize(PHONE)
      await goes('goodbye')
      await looked('goodbye')
      await page.context().clearCookies()
      await speaking(page, world.edge, language)
      await goes('')
      await looked('closed')
      await page.context().close()
    }
  }
})

test('no text of anybody’s runs, with our policy and without it', { timeout: 600_000 }, async () => {
  assert.ok(payloads.length >= 60)
  const opened = await program({ name: payloads[0].slice(0, 100) })
  const clean = (text) => text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 190)
  const proof = secret('H')
  const { code } = await ask(opened, proof, 'widget/join', { proof, name: clean(payloads[0]) })
  const ids = []
  for (const [at, payload] of payloads.entries()) {
    const text = clean(payload)
    const lead = { customer_id: `${text} ${at}`, code, event: text.replaceAll(' ', '_').slice(0, 60), metadata: { [`k${at} ${text}`.slice(0, 40)]: text } }
    const told = await fetch(`${world.edge}/v1/leads`, { method: 'POST', headers: { Authorization: `Bearer ${opened.secret_key}`, 'Content-Type': 'application/json' }, body: JSON.stringify(lead) }).then((answer) => answer.json())
    if (told.id) ids.push(`conversions/${told.id}`)
    const { id } = await ask(opened, proof, 'disputes', { about: `${text} ${at}`, message: text })
    assert.match(id, /^dsp_/, payload)
    ids.push(`disputes/${id}`)
    if (at % 2) await world.api(`disputes/${id}/decision`, { key: opened.secret_key, body: { decision: 'rejected', note: text } })
  }
  for (const bypassCSP of [false, true]) {
    const page = await entered(opened, proof, { bypassCSP })
    const bad = []
    page.on('dialog', async (dialog) => { bad.push(`${page.url()} ${dialog.message()}`); await dialog.dismiss() })
    page.on('request', (request) => { if (!request.url().startsWith(world.edge)) bad.push(request.url()) })
    const home = `${world.edge}/p/${opened.slug}`
    const looked = async (what) => {
      assert.equal(await page.locator('main h1').count(), 1, what)
      assert.equal(await page.locator('script:not([src^="/dashboard.js"]), iframe, object, embed, base, main img').count(), 0, what)
    }
    for (const part of [...PARTS, ...ids.filter((_, at) => bypassCSP || at % 6 < 2)]) {
      await page.goto(`${home}/${part}`.replace(/\/$/, ''))
      await looked(part)
    }
    // Without our policy every one of them; with it a few, to see that nothing is even tried.
    for (const payload of payloads.filter((_, at) => bypassCSP || at % 6 === 0)) {
      await page.goto(`${home}?page=${encodeURIComponent(payload)}`)
      await looked(payload)
      await page.goto(`${home}/profile`)
      await page.getByLabel('Name', { exact: true }).fill(clean(payload))
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.waitForLoadState()
      await looked(payload)
    }
    assert.deepEqual(bad, [])
    if (!bypassCSP) assert.deepEqual(page.trouble.filter((text) => !/status of 422/.test(text)), [])
    await page.context().close()
  }
})

test('a page with fifty rows is at most 15 KB', { timeout: 120_000 }, async () => {
  const opened = await program()
  const { proof } = await busy(opened, 'K', { orders: 55 })
  const page = await entered(opened, proof)
  for (const part of [...PARTS, '?page=%2Fpots%2Fred&channel=email&days=90']) {
    const answer = await page.goto(`${world.edge}/p/${opened.slug}/${part}`.replace(/\/(\?|$)/, '$1'))
    const size = gzipSync(await answer.body()).length
    assert.ok(size <= 15_000, `${part}: ${size}`)
    console.log(`${part || 'first page'}: ${size} bytes`)
  }
  await page.goto(`${world.edge}/p/${opened.slug}/conversions`)
  assert.equal(await page.locator('tbody tr').count(), 50)
  await page.context().close()
})
