// How a referrer's links did over time: a period is chosen, the table says what the chart draws, the sums are the ledger's,
// and a new order shows.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { opened } from './programs.mjs'
import { CALM, entered, euros, joined, rows } from './referrer.mjs'
import { place, world } from './shopfront.mjs'

const DAY_MS = 86_400_000

const ago = (days) => new Date(Date.now() - days * DAY_MS).toISOString()

/** Orders of the last days, so many days ago each, and what `ada` gets of them: a tenth. */
const ORDERS = [[2, 4000], [5, 2500], [20, 8000], [40, 1000], [80, 3000]]

async function season(letter) {
  const program = await opened(world, { destination: `${place.shop.origin}/`, fraud: CALM })
  const ada = await joined(world, program, letter)
  const sell = (id, days, amount) => program.tell('sales', {
    order_id: id, customer_id: `c-${id}`, amount, currency: 'EUR', code: ada.code, ...(days && { occurred_at: ago(days) }),
  })
  for (const [days, amount] of ORDERS) await sell(`o-${days}`, days, amount)
  return { program, ada, sell }
}

/** What the ledger has of the last days, today among them. */
async function counted(program, days) {
  const since = new Date(Date.now() - (days - 1) * DAY_MS).toISOString().slice(0, 10)
  const sales = (await program.list('sales?limit=100')).filter(({ occurred_at }) => occurred_at.slice(0, 10) >= since)
  return sales.length
}

const sum = (values) => values.reduce((sum, value) => sum + Number(value), 0)

for (const javaScriptEnabled of [true, false]) {
  test(`a period is chosen, and tile, chart, table and ledger agree, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 60_000 }, async () => {
    const { program, ada, sell } = await season(javaScriptEnabled ? 'A' : 'B')
    const page = await entered(place, program, ada, { javaScriptEnabled })
    const numbers = page.getByRole('region', { name: 'Over time' })
    await numbers.getByRole('link', { name: /^Orders/ }).click()
    for (const [days, before] of [[7, 0], [30, 1], [90, 0]]) {
      await numbers.getByRole('link', { name: `${days} days` }).click()
      await numbers.locator('.tabs [aria-current]', { hasText: `${days} days` }).waitFor()
      const expected = await counted(program, days)
      await numbers.getByRole('link', { name: new RegExp(`^Orders ${expected}\\b`) }).waitFor()
      await numbers.getByText('As a table').click()
      const table = await rows(numbers.getByRole('table'))
      assert.equal(table.length, days === 90 ? 13 : days, 'a row for each day, or for seven')
      assert.equal(sum(table.map(([, now]) => now)), expected)
      assert.equal(sum(table.map(([,, former]) => former)), before, 'and of the period before')
      // The chart draws a bar where the table has a number, and nowhere else.
      const drawn = await numbers.locator('svg .bar').evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('height')) > 0))
      assert.deepEqual(drawn, table.map(([, now]) => now !== '0'))
      assert.match(await numbers.getByRole('img').getAttribute('aria-label'), /^Orders, \d+ \w+ – \d+ \w+/)
    }
    // Today's order is there with the next look, and what was chosen is kept.
    const before = await counted(program, 90)
    await sell('o-new', 0, 5000)
    await page.reload()
    await numbers.getByRole('link', { name: new RegExp(`^Orders ${before + 1}\\b`) }).waitFor()
    await numbers.getByText('As a table').click()
    const table = await rows(numbers.getByRole('table'))
    assert.ok(Number(table.at(-1)[1]) >= 1, 'it is of the newest seven days')

    // Rewards over the same time are the ledger's own.
    await numbers.getByRole('link', { name: /^Rewards/ }).click()
    const granted = (await program.list('rewards?limit=100')).filter(({ person_id }) => person_id === ada.id)
    const all = sum(granted.map(({ amount }) => amount))
    assert.equal(all, sum(ORDERS.map(([, amount]) => amount / 10)) + 500)
    await numbers.getByRole('link', { name: /^Rewards/ }).filter({ hasText: euros(all) }).waitFor()
    assert.deepEqual(page.trouble, [])
    await page.context().close()
  })
}
