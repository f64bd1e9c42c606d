// A referrer's statement: on the page, on paper and as a file, row for row the merchant's, with sums that agree; and what is
// said when more was taken back than is left.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { part, signedIn } from './desk.mjs'
import { opened } from './programs.mjs'
import { at, CALM, entered, euros, joined, rows, saved } from './referrer.mjs'
import { place, world } from './shopfront.mjs'

const TERMS = { hold_days: 0, rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } }] }
const KINDS = { granted: 'Granted', taken_back: 'Taken back', paid: 'Paid', returned: 'Came back from the bank' }

/** Ada, two orders of hers, and a part of one returned. */
async function earning(letter) {
  const program = await opened(world, { destination: `${place.shop.origin}/`, fraud: CALM, terms: TERMS })
  const ada = await joined(world, program, letter, { name: 'Ada Byron' })
  const sell = (order, amount) => program.tell('sales', { order_id: order, customer_id: `c-${order}`, amount, currency: 'EUR', code: ada.code })
  await sell('o-1', 9900)
  await sell('o-2', 5000)
  await program.tell('refunds', { refund_id: 'r-2', order_id: 'o-2', amount: 2000 })
  return { program, ada, sell }
}

/** The ledger's rows: kind and cents. */
const ledger = async (program, ada) =>
  (await program.list(`referrers/${ada.id}/statement`)).map(({ kind, amount }) => [kind, amount])

const sum = (lines) => lines.reduce((sum, [, amount]) => sum + amount, 0)

/** The rows of a file of ours, by its names of columns. */
function table(bytes) {
  const [names, ...lines] = bytes.toString().trim().split(/\r?\n/).map((line) => line.split(','))
  return lines.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at]])))
}

/** What the page, its file and the ledger say; they must be the same. Answers the ledger's rows. */
async function agreed(page, program, ada) {
  await page.goto(at(world, program, 'rewards'))
  await page.getByRole('link', { name: 'Statement' }).click()
  await page.getByRole('heading', { name: 'Statement' }).waitFor()
  const lines = await ledger(program, ada)
  const shown = (await rows(page.getByRole('table'))).map(([what, , amount]) => [what, amount])
  assert.deepEqual(shown, lines.map(([kind, amount]) => [KINDS[kind], euros(amount)]))
  const { name, bytes } = await saved(page, page.getByRole('link', { name: 'Save the statement as a table (CSV)' }))
  assert.equal(name, `${program.slug}-statement.csv`)
  assert.deepEqual(table(bytes).map(({ Kind, Amount }) => [Kind, Math.round(Number(Amount) * 100)]), lines)
  return lines
}

for (const javaScriptEnabled of [true, false]) {
  test(`granted, taken back, paid, and taken back after that: page, file and ledger agree, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 90_000 }, async () => {
    const { program, ada } = await earning(javaScriptEnabled ? 'A' : 'B')
    const page = await entered(place, program, ada, { javaScriptEnabled })
    assert.equal(sum(await agreed(page, program, ada)), 990 + 300)
    await page.locator('.sum', { hasText: euros(1290) }).getByText('not paid yet').waitFor()

    // The merchant pays on their own pages.
    const desk = await signedIn(world, place.chromium, program.key, { javaScriptEnabled })
    await part(desk, world.edge, 'payouts')
    await desk.getByRole('button', { name: 'Make a payout' }).click()
    await desk.getByRole('table').getByText(euros(1290)).waitFor()
    await desk.getByRole('button', { name: 'All of it was paid' }).click()
    await desk.getByRole('status').filter({ hasText: 'Noted.' }).waitFor()
    assert.deepEqual((await agreed(page, program, ada))[0], ['paid', -1290])
    await page.locator('.sum', { hasText: euros(0) }).waitFor()

    // A return after the money was sent is taken off what comes next, and is not called something not paid yet.
    await program.tell('refunds', { refund_id: 'r-1', order_id: 'o-1', amount: 9900 })
    assert.equal(sum(await agreed(page, program, ada)), -990)
    const open = page.locator('.sum')
    await open.getByText('taken off what comes next').waitFor()
    assert.equal(await open.getByText('not paid yet').count(), 0)

    // The file the merchant downloads is the same one.
    await part(desk, world.edge, `referrers/${ada.id}`)
    const theirs = await saved(desk, desk.getByRole('link', { name: 'Statement (CSV)' }))
    const mine = await saved(page, page.getByRole('link', { name: 'Save the statement as a table (CSV)' }))
    assert.deepEqual(theirs.bytes, mine.bytes)
    assert.deepEqual([...page.trouble, ...desk.trouble], [])
    for (const one of [page, desk]) await one.context().close()
  })
}

test('a row leads to what it is for, and back', { timeout: 60_000 }, async () => {
  const { program, ada } = await earning('C')
  const page = await entered(place, program, ada)
  await page.goto(at(world, program, 'statement'))
  await page.getByRole('link', { name: 'Taken back' }).click()
  await page.getByText('The order was returned, whole or in part').waitFor()
  await page.getByRole('region', { name: 'Rewards' }).getByText(euros(500)).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Statement' }).waitFor()
  await page.context().close()
})

test('on paper it is a sheet of its own: whose, of which shop, of when; dark on white, whatever the screen is', { timeout: 60_000 }, async () => {
  const { program, ada } = await earning('D')
  const page = await entered(place, program, ada, { colorScheme: 'dark' })
  await page.goto(at(world, program, 'statement'))
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  const seen = await page.locator('body').innerText()
  for (const text of ['Corner Shop', 'Ada Byron', ada.code, 'Statement', 'Granted', euros(990).replace('\u00a0', ' ')]) {
    assert.ok(seen.replaceAll('\u00a0', ' ').includes(text), `${text}: ${seen}`)
  }
  assert.match(seen, /As of \d+ \w+ 20\d\d/)
  assert.equal(await page.getByRole('navigation').filter({ visible: true }).count(), 0)
  for (const name of ['Menu', 'Close this page']) assert.equal(await page.getByRole('button', { name }).count(), 0, name)
  assert.equal(await page.getByRole('link', { name: 'Save the statement as a table (CSV)' }).isVisible(), false, 'paper saves nothing')
  const [ink, paper] = await page.evaluate(() => {
    const light = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)
    return [light(getComputedStyle(document.querySelector('td')).color), light(getComputedStyle(document.body).backgroundColor)]
  })
  assert.ok(ink < 200 && paper === 3 * 255, `${ink} on ${paper}`)
  await page.context().close()
})

test('whoever has earned nothing is told so, and saves nothing', { timeout: 60_000 }, async () => {
  const program = await opened(world, { destination: `${place.shop.origin}/` })
  const page = await entered(place, program, await joined(world, program, 'E'))
  await page.goto(at(world, program, 'statement'))
  await page.getByText('Nothing has been granted yet').waitFor()
  assert.equal(await page.getByRole('link', { name: 'Save the statement as a table (CSV)' }).count(), 0)
  await page.context().close()
})
