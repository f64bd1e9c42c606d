// Referrers from a file, in a real browser: with and without script, on a phone and on a desk, light and dark.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { chromium, world } from './house.mjs'
import { payloads } from './payloads.mjs'
import { pageOf, visitor } from './people.mjs'
import { objections } from './stand.mjs'
import { root } from './world.mjs'

const sample = (name) => join(root, 'tests/corpora/imports', `${name}.csv`)

/** Opens the page of a program that has just been opened. */
async function arrived(options = {}) {
  const opened = await world.program('https://shop.example/')
  const page = await pageOf(await visitor(chromium, options))
  await page.goto(`${world.edge}/dashboard`)
  await page.getByLabel('Secret key').fill(opened.secret_key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/dashboard\/(live|test)$/)
  await page.goto(`${world.edge}/dashboard/live/referrers`)
  await page.getByRole('link', { name: 'Take over from a file' }).click()
  await page.getByRole('heading', { name: 'Take over referrers' }).waitFor()
  return { page, key: opened.secret_key }
}

for (const javaScriptEnabled of [true, false]) {
  test(`a merchant chooses a file, looks at it and takes it over, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 120_000 }, async () => {
    const { page, key } = await arrived({ javaScriptEnabled, viewport: { width: 360, height: 740 } })
    await page.getByLabel('Where it comes from').selectOption('rewardful')
    await page.getByLabel('CSV file').setInputFiles(sample('rewardful'))
    await page.getByRole('button', { name: 'Look at the file' }).click()
    await page.getByRole('heading', { name: 'What would happen' }).waitFor()
    await page.getByText('Balances and numbers of the past stay where they are.').waitFor()
    await page.getByRole('cell', { name: 'nour-h' }).waitFor()
    assert.equal((await world.api('referrers', { key })).data.length, 0, 'looking changes nothing')
    await page.getByRole('button', { name: 'Take over this file' }).click()
    await page.getByRole('status').filter({ hasText: 'The file is taken over.' }).waitFor()
    await page.getByRole('link', { name: 'O\'Neil Smith, Jr.' }).waitFor()
    assert.deepEqual((await world.api('referrers', { key })).data.map(({ code }) => code), ['oneil25', 'nour-h', 'ada'])
    if (javaScriptEnabled) assert.deepEqual(page.trouble, [])
    await page.context().close()
  })
}

test('columns with names of their own are told by hand, and pasted rows are a file too', { timeout: 120_000 }, async () => {
  const { page, key } = await arrived()
  await page.getByLabel('Or paste the rows').fill(readFileSync(sample('other'), 'utf8'))
  await page.getByRole('button', { name: 'Look at the file' }).click()
  await page.getByRole('heading', { name: 'Rows to mend' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Take over this file' }).count(), 0)
  for (const [column, field] of [['Wer', 'Name'], ['E-Mail-Adresse', 'E-mail'], ['Empfehlungscode', 'Code or link'], ['Seit', 'Joined on']]) {
    await page.getByLabel(`${column}: `).selectOption({ label: field })
  }
  await page.getByRole('button', { name: 'Look again' }).click()
  await page.getByText('Not taken over: Guthaben').waitFor()
  assert.equal(await page.getByLabel('Empfehlungscode: ').inputValue(), 'code', 'what was said stays said')
  await page.getByRole('button', { name: 'Take over this file' }).click()
  await page.getByRole('status').filter({ hasText: 'The file is taken over.' }).waitFor()
  const { data } = await world.api('referrers', { key })
  assert.deepEqual(data.map(({ code, further_codes, name }) => [code, further_codes, name]), [['bob', ['bob-2'], 'Bob'], ['ada', [], 'Ada Byron']])
  await page.context().close()
})

test('a list downloads as it is filtered', { timeout: 60_000 }, async () => {
  const { page, key } = await arrived()
  await world.api('sales', { key, body: { order_id: 'FF-1', customer_id: '=1+1', amount: 9900, currency: 'EUR' } })
  await world.api('leads', { key, body: { customer_id: 'l' } })
  await page.goto(`${world.edge}/dashboard/live/conversions`)
  await page.getByRole('link', { name: 'Sales', exact: true }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  const file = await download
  assert.match(file.suggestedFilename(), /-conversions-\d{4}-\d\d-\d\d\.csv$/)
  const lines = readFileSync(await file.path(), 'utf8').split('\r\n')
  assert.equal(lines.length, 3, 'names, one sale, the end')
  assert.match(lines[1], /^sal_\w+,sale,FF-1,,"'=1\+1",9900,99\.00,EUR,/)
  await page.context().close()
})

test('axe objects to nothing, nothing overflows, and no text of a file runs', { timeout: 240_000 }, async () => {
  const clean = (text) => `"${text.replace(/[\u0000-\u001f\u007f]/g, ' ').replaceAll('"', '""').slice(0, 90)}"`
  const hostile = payloads.map((text, at) => `p-${at},${clean(text)},${'x'.repeat(at % 9 ? 3 : 90)}${at}@mail.example`)
  const good = `code,name,email\n${hostile.join('\n')}\n`
  const bad = `${clean(payloads[0])},code\n${payloads.map((text) => `x,${clean(text)}`).join('\n')}\n`
  for (const [width, height] of [[360, 740], [1280, 900]]) {
    for (const colorScheme of ['light', 'dark']) {
      const { page } = await arrived({ viewport: { width, height }, colorScheme, bypassCSP: true })
      page.on('dialog', (dialog) => assert.fail(dialog.message()))
      const looked = async (what) => {
        const where = `${what} ${width} ${colorScheme}`
        assert.deepEqual(await objections(page), [], where)
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} overflows`)
        assert.equal(await page.locator('script:not([src^="/dashboard.js"]), iframe, object, embed, main img').count(), 0, where)
      }
      await looked('empty')
      for (const [what, csv, heading] of [['good', good, 'What would happen'], ['bad', bad, 'Rows to mend']]) {
        await page.getByLabel('Or paste the rows').fill(csv)
        await page.getByRole('button', { name: 'Look at the file' }).click()
        await page.getByRole('heading', { name: heading }).waitFor()
        await looked(what)
        await page.getByRole('link', { name: 'Another file' }).click()
        await page.getByRole('button', { name: 'Look at the file' }).waitFor()
      }
      await page.getByRole('button', { name: 'Look at the file' }).click()
      await page.getByRole('alert').filter({ hasText: 'Choose a file' }).waitFor()
      await looked('refused')
      await page.context().close()
    }
  }
})
