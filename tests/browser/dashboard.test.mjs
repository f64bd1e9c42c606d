// The merchant's dashboard in a real browser: signing in, the tasks of a day, with and without script, on a phone and on a
// desk, light and dark, and with texts in it that would run if anything took them for more than text.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { payloads } from './payloads.mjs'
import { browser, pageOf, visitor } from './people.mjs'
import { objections } from './stand.mjs'
import { open } from './world.mjs'

const PARTS = ['', 'conversions', 'referrers', 'review', 'disputes', 'rewards', 'payouts', 'terms', 'settings', 'settings/audit']

let world, chromium

before(async () => {
  ;[world, chromium] = await Promise.all([open(), browser()])
})

after(async () => {
  await chromium?.close()
  await world?.close()
})

/** Opens a page of a browser that is signed in with this key. */
async function signedIn(key, options = {}) {
  const page = await pageOf(await visitor(chromium, options))
  await page.goto(`${world.edge}/dashboard`)
  await page.getByLabel('Secret key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/dashboard\/(live|test)$/)
  return page
}

const program = (changes) => world.program('https://shop.example/', changes)
const tell = (sk, path, body) => world.api(path, { key: sk, body })

/** A program with something of everything: a flag, rewards to let pass, a payout. */
async function busy(name = 'Fern & Field', people = ['Ada Byron', 'نور الحسن', 'x'.repeat(200)]) {
  const terms = {
    hold_days: 0,
    approval: { automatic_up_to: 1500 },
    rewards: [
      { id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } },
      { id: 'gift', on: 'sale', to: 'friend', pay: { flat: 500 } },
      { id: 'lead', on: 'lead', to: 'referrer', pay: { flat: 100 } },
    ],
  }
  const opened = await program({ name, terms })
  const sk = opened.secret_key
  for (const [at, person] of people.entries()) {
    await tell(sk, 'referrers', { code: `code-${at}`, name: person, email: `r${at}@mail.example`, external_id: `ext-${at}` })
  }
  const order = async (id, customer, amount, more) => tell(sk, 'sales', { order_id: id, customer_id: customer, amount, currency: 'EUR', ...more })
  await tell(sk, 'leads', { customer_id: 'c0', code: 'code-0', email: 'R0+friend@mail.example' })
  await order('FF-1', 'c1', 9900, { code: 'code-0', metadata: { note: people[0] } })
  await order('FF-2', 'c2', 49_900, { code: 'code-1' })
  await order('FF-3', 'c3', 5000)
  await tell(sk, 'payouts', {})
  await order('FF-4', 'c4', 9900, { code: 'code-0' })
  return { ...opened, sk }
}

test('a merchant signs in, sees what waits, reviews a flag, lets a reward pass and pays', { timeout: 120_000 }, async () => {
  const { sk } = await busy()
  const page = await signedIn(sk)
  const tasks = page.getByRole('region', { name: 'What needs you today' })
  await tasks.getByRole('link', { name: 'One flag to review' }).click()
  await page.getByLabel('Note').fill('They live together')
  await page.getByRole('button', { name: 'Release' }).click()
  await page.getByRole('status').filter({ hasText: 'Released.' }).waitFor()
  await page.getByRole('link', { name: 'Decided' }).click()
  await page.getByText('They live together').waitFor()

  await page.getByRole('link', { name: 'Rewards', exact: false }).first().click()
  await page.getByRole('link', { name: 'To let pass' }).click()
  await page.getByText('Decide').first().click()
  await page.getByRole('button', { name: 'Let it pass' }).click()
  await page.getByRole('status').filter({ hasText: 'The reward may pass.' }).waitFor()

  await page.getByRole('link', { name: 'Payouts' }).first().click()
  await page.getByRole('button', { name: 'Make a payout' }).click()
  await page.getByRole('status').filter({ hasText: 'The payout is made.' }).waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Wise' }).click()
  assert.match((await download).suggestedFilename(), /^pay_\w+-wise\.csv$/)
  await page.getByRole('button', { name: 'All of it was paid' }).click()
  await page.getByRole('status').filter({ hasText: 'Noted.' }).waitFor()

  await page.getByRole('link', { name: 'Conversions' }).first().click()
  await page.getByRole('link', { name: 'Sale FF-1' }).click()
  await page.getByText('Credited to Ada Byron').waitFor()
  await page.getByText('The referrer’s code came with it.').first().waitFor()
  assert.deepEqual(page.trouble, [])
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('You are signed out.').waitFor()
  await page.goBack()
  await page.reload()
  await page.waitForURL(/sign-in/)
})

test('everything can be done without script', { timeout: 120_000 }, async () => {
  const { sk } = await busy()
  const page = await signedIn(sk, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
  const menu = page.getByRole('navigation', { name: 'Dashboard' })
  assert.equal(await menu.isVisible(), false, 'the menu is folded')
  await page.getByRole('button', { name: 'Menu' }).click()
  await menu.getByRole('link', { name: 'Terms' }).click()
  await page.getByRole('textbox', { name: 'Referrer, a sale' }).fill('12.5')
  await page.getByRole('button', { name: 'Look at the draft' }).click()
  await page.getByText('12.5% of what was paid').waitFor()
  await page.getByRole('button', { name: 'Save as the new terms' }).click()
  await page.getByText('The new terms hold from now on.').waitFor()
  assert.equal((await world.api('program', { key: sk })).terms.version, 2)
})

test('an empty program leads by the hand, and its snippet is the one to paste', { timeout: 60_000 }, async () => {
  const opened = await program()
  const page = await signedIn(opened.secret_key, { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.getByRole('heading', { name: 'Go live in five steps' }).waitFor()
  await page.getByText('first referrals usually come after 4 to 6 weeks').waitFor()
  await page.getByRole('button', { name: 'Copy' }).click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  assert.ok(copied.includes(`src="${world.edge}/goodword.js"`) && copied.includes(`data-program="${opened.publishable_key}"`), copied)
  for (const part of ['conversions', 'referrers', 'review', 'disputes', 'rewards', 'payouts']) {
    await page.goto(`${world.edge}/dashboard/live/${part}`)
    assert.deepEqual(await objections(page), [], part)
  }
})

test('test and live cannot be mistaken for each other', { timeout: 60_000 }, async () => {
  const { sk } = await busy()
  const page = await signedIn(sk)
  const banner = page.getByText('Test mode.')
  assert.equal(await banner.count(), 0)
  const colour = () => page.evaluate(() => getComputedStyle(document.querySelector('.side')).boxShadow)
  const live = await colour()
  await page.getByRole('link', { name: 'Test', exact: true }).click()
  await banner.waitFor()
  assert.notEqual(await colour(), live)
  assert.match(await page.title(), /\(Test\)/)
  await page.getByRole('link', { name: 'Conversions' }).first().click()
  await page.getByText('No conversions yet').waitFor()
  await page.getByRole('link', { name: 'Live', exact: true }).click()
  await page.getByText('Sale FF-1').waitFor()
})

test('axe objects to nothing on any page, nothing overflows and nothing shifts', { timeout: 300_000 }, async () => {
  const { sk } = await busy()
  for (const [width, height] of [[360, 740], [1280, 900]]) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await signedIn(sk, { viewport: { width, height }, colorScheme, bypassCSP: true })
      const looked = async (what) => {
        const where = `${what} ${width} ${colorScheme}`
        assert.deepEqual(await objections(page), [], where)
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} overflows`)
        assert.deepEqual(await page.shifted(), [], where)
      }
      for (const part of PARTS) {
        await page.goto(`${world.edge}/dashboard/live/${part}`.replace(/\/$/, ''))
        await looked(part)
      }
      for (const part of ['conversions', 'referrers', 'payouts']) {
        await page.goto(`${world.edge}/dashboard/live/${part}`)
        await page.locator('tbody th a').first().click()
        await page.locator('.back').waitFor()
        await looked(`one of ${part}`)
      }
      await page.goto(`${world.edge}/dashboard/live/terms`)
      await page.getByRole('button', { name: 'Look at the draft' }).click()
      await page.locator('.preview').waitFor()
      await looked('preview')
      await page.goto(`${world.edge}/dashboard/test`)
      await looked('test')
      await page.context().close()
    }
  }
})

test('no text of anybody’s runs, with our policy and without it', { timeout: 300_000 }, async () => {
  assert.ok(payloads.length >= 60)
  const opened = await program({ name: payloads[0].slice(0, 100) })
  const sk = opened.secret_key
  const clean = (text) => text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 190)
  for (const [at, payload] of payloads.entries()) {
    const text = clean(payload)
    await tell(sk, 'referrers', { code: `p-${at}`, name: text, external_id: `${text} ${at}` })
    await tell(sk, 'sales', {
      order_id: `${text} ${at}`, customer_id: `${text} c${at}`, amount: 900 + at, currency: 'EUR', code: `p-${at}`,
      metadata: { [`k${at} ${text}`.slice(0, 40)]: text },
    })
  }
  const proof = `gws_${'D'.repeat(42)}A`
  const ask = (path, body) => fetch(`${world.edge}/v1/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${opened.publishable_key}`, 'Content-Type': 'application/json', 'Goodword-Proof': proof },
    body: JSON.stringify(body),
  }).then((answer) => answer.json())
  await ask('widget/join', { proof })
  for (const [at, payload] of payloads.entries()) {
    const { id } = await ask('disputes', { about: `${clean(payload)} ${at}`, message: clean(payload) })
    assert.match(id, /^dsp_/, payload)
    if (at % 2) await tell(sk, `disputes/${id}/decision`, { decision: 'rejected', note: clean(payload) })
  }
  const ids = (await world.api('sales?limit=100', { key: sk })).data.map(({ id }) => id)
  for (const bypassCSP of [false, true]) {
    const page = await signedIn(sk, { bypassCSP })
    const bad = []
    page.on('dialog', async (dialog) => { bad.push(`${page.url()} ${dialog.message()}`); await dialog.dismiss() })
    page.on('request', (request) => { if (!request.url().startsWith(world.edge)) bad.push(request.url()) })
    const at = [...PARTS, 'disputes?show=decided', ...ids.slice(0, 100).map((id) => `conversions/${id}`), `referrers?q=${encodeURIComponent('"><script>alert(1)</script>')}`]
    for (const part of at) {
      await page.goto(`${world.edge}/dashboard/live/${part}`.replace(/\/$/, ''))
      assert.equal(await page.locator('main h1').count(), 1, part)
      assert.equal(await page.locator('script:not([src^="/dashboard.js"]), iframe, object, embed, base, main img').count(), 0, part)
    }
    assert.deepEqual(bad, [])
    if (!bypassCSP) assert.deepEqual(page.trouble, [])
    await page.context().close()
  }
})

test('a page with fifty rows is at most 15 KB, its script at most 5 KB', { timeout: 120_000 }, async () => {
  const opened = await program()
  const sk = opened.secret_key
  for (let at = 0; at < 55; at += 1) {
    await tell(sk, 'referrers', { code: `person-${at}`, name: `Person number ${at}`, email: `person${at}@mail.example` })
    await tell(sk, 'sales', { order_id: `ORDER-${1000 + at * 7}`, customer_id: `customer-${at * 31}`, amount: 1999 + at * 37, currency: 'EUR', code: `person-${at}` })
  }
  const page = await signedIn(sk)
  for (const part of PARTS) {
    const answer = await page.goto(`${world.edge}/dashboard/live/${part}`.replace(/\/$/, ''))
    const size = gzipSync(await answer.body()).length
    assert.ok(size <= 15_000, `${part}: ${size}`)
  }
  assert.equal(await page.goto(`${world.edge}/dashboard/live/conversions`).then(() => page.locator('tbody tr').count()), 50)
  await page.getByRole('link', { name: 'Older' }).click()
  await page.getByRole('link', { name: 'Newest' }).waitFor()
  assert.equal(await page.locator('tbody tr').count(), 5)
  const script = await (await fetch(`${world.edge}/dashboard.js`)).text()
  assert.ok(gzipSync(script).length <= 5_000)
})

test('everybody can read what a program offers, and joins on that page', { timeout: 60_000 }, async () => {
  const opened = await program({ name: 'Fern & Field' })
  for (const [width, colorScheme] of [[360, 'dark'], [1280, 'light']]) {
    const page = await pageOf(await visitor(chromium, { viewport: { width, height: 800 }, colorScheme }))
    await page.goto(`${world.edge}/join/${opened.slug}`)
    await page.getByText('You get 10% of what was paid').first().waitFor()
    await page.locator('goodword-widget .panel:not([data-waiting])').first().waitFor()
    assert.deepEqual(page.trouble, [], 'the page’s own policy lets the panel work')
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
    await page.context().close()
    const looked = await pageOf(await visitor(chromium, { viewport: { width, height: 800 }, colorScheme, bypassCSP: true }))
    await looked.goto(`${world.edge}/join/${opened.slug}`)
    await looked.locator('goodword-widget .panel:not([data-waiting])').first().waitFor()
    assert.deepEqual(await objections(looked), [])
    await looked.context().close()
  }
})
