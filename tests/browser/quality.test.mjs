// Every page of the dashboard in every state (pages.mjs): nothing axe objects to, nothing wider than the screen, nothing
// that moves after it was drawn; on a phone and on a desk, light and dark, in every language; and small. The states in which
// there is much take longest, and are looked at in all_pages.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { part, sent, signedIn, speaking } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { DOORS, PARTS, STATES } from './pages.mjs'
import { pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { PHONE, look } from './sight.mjs'
import { looksRight } from './state.mjs'

for (const state of STATES.filter(({ much }) => !much)) looksRight(state)

test('doors: axe objects to nothing, nothing overflows and nothing shifts', { timeout: 300_000 }, async () => {
  const page = await pageOf(await visitor(chromium, { viewport: PHONE, colorScheme: 'light', bypassCSP: true }))
  for (const language of ['en', 'de', 'fr', 'es']) {
    await speaking(page, world.edge, language)
    for (const { at, status = 200 } of DOORS) {
      assert.equal((await page.goto(world.edge + at)).status(), status, at)
      await look(page, `${at} ${language}`, { axe: language !== 'es', all: language === 'en' })
    }
    await page.goto(`${world.edge}/dashboard/sign-in`)
    assert.equal((await sent(page, 'form:has(#key)', { key: 'sk_live_nothing' })).status(), 422)
    await look(page, `a key that is none ${language}`, { all: language === 'de' })
  }
  await page.context().close()
  // The operator's list of programs, which has those of every other test in it.
  const operator = await pageOf(await visitor(chromium, { viewport: PHONE, colorScheme: 'light', bypassCSP: true }))
  await operator.goto(`${world.edge}/dashboard/sign-in`)
  await operator.getByLabel('Secret key').fill(world.admin_key)
  await operator.getByRole('button', { name: 'Sign in' }).click()
  await operator.waitForURL(/programs$/)
  await look(operator, 'programs', { all: true })
  await operator.context().close()
})

test('the language is chosen at the end of a page, with and without script', { timeout: 60_000 }, async () => {
  const { key } = await opened(world)
  for (const javaScriptEnabled of [true, false]) {
    const page = await signedIn(world, chromium, key, { javaScriptEnabled })
    await page.goto(`${world.edge}/dashboard/live/conversions?show=leads`)
    await page.getByRole('button', { name: 'Deutsch' }).click()
    await page.getByRole('heading', { name: 'Keine passenden Einträge.' }).waitFor()
    assert.equal(page.url(), `${world.edge}/dashboard/live/conversions?show=leads`)
    await page.getByRole('link', { name: 'Bedingungen' }).first().click()
    await page.getByRole('button', { name: 'Entwurf ansehen' }).click()
    await page.locator('.preview').waitFor()
    await page.getByRole('button', { name: 'Français' }).click()
    await page.getByRole('heading', { name: 'Conditions', level: 1 }).waitFor()
    assert.equal(page.url(), `${world.edge}/dashboard/live/terms`)
    assert.deepEqual(page.trouble, [])
    await page.context().close()
  }
})

test('a page with fifty rows is at most 15 KB, with one style sheet and a script of at most 5 KB', { timeout: 300_000 }, async () => {
  const { key, tell, list } = await opened(world)
  for (let at = 0; at < 55; at += 1) {
    const { id } = await tell('referrers', { code: `person-${at}`, name: `Person number ${at}`, email: `person${at}@mail.example` })
    await tell('sales', { order_id: `ORDER-${1000 + at * 7}`, customer_id: `customer-${at * 31}`, amount: 1999 + at * 37, currency: 'EUR', code: `person-${at}` })
    await tell('leads', { customer_id: `lead-${at}`, code: `person-${at}`, email: `person${at}@mail.example` })
    await tell('disputes', { referrer_id: id, about: `ORDER-${at}`, message: `I told customer number ${at} of you, and they bought on the same day.` })
  }
  assert.ok((await list('flags?limit=100')).length > 50)
  const page = await signedIn(world, chromium, key)
  const table = []
  for (const language of ['en', 'de', 'fr', 'es']) {
    await speaking(page, world.edge, language)
    for (const { at, rows, status } of PARTS.filter(({ status }) => !status)) {
      const answer = await part(page, world.edge, at)
      assert.equal(answer.status(), status ?? 200)
      const [bytes, count] = [gzipSync(await answer.body()).length, await page.locator('tbody tr, .cases > li').count()]
      table.push({ page: `/${at}`, language, rows: count, 'gzip, bytes': bytes })
      assert.ok(bytes <= 15_000, `/${at} ${language}: ${bytes}`)
      if (rows && at !== 'payouts') assert.equal(count, 50, at)
      assert.equal(await page.locator('link[rel=stylesheet]').count(), 1, at)
      assert.equal(await page.locator('style, [style]').count(), 0, at)
    }
  }
  console.table(table)
  await speaking(page, world.edge, 'en')
  await part(page, world.edge, 'conversions')
  await page.getByRole('link', { name: 'Older' }).click()
  await page.getByRole('link', { name: 'Newest' }).waitFor()
  const script = await (await fetch(`${world.edge}/dashboard.js`)).text()
  assert.ok(brotliCompressSync(script).length <= 5_000)
})
