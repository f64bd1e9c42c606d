// What became of a referrer's friends, one of each: credited, not credited, doubted, returned in part and whole. Their page,
// the merchant's page and the API say the same of it: verdict, states, amounts.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { part, signedIn } from './desk.mjs'
import { opened } from './programs.mjs'
import { at, CALM, entered, euros, joined, rows } from './referrer.mjs'
import { place, world } from './shopfront.mjs'

let program, ada, ids

/** What each is told: the verdict, the words under it, and what Ada gets in the ledger's words. */
const TOLD = {
  credited: ['Credited to you', 'pending', 990],
  missed: ['Not credited to you'],
  held: ['Credited to you, and looked at by the shop', 'held', 100],
  returned_in_part: ['Credited to you', 'pending', 700],
  returned: ['Credited to you, and the reward was taken back', 'voided', 500],
}

before(async () => {
  program = await opened(world, { destination: `${place.shop.origin}/`, fraud: CALM })
  ada = await joined(world, program, 'A', { name: 'Ada Byron', email: 'ada@mail.example' })
  const eve = await joined(world, program, 'E', { name: 'Eve Moneypenny' })
  const sell = (order, customer, amount, code) => program.tell('sales', { order_id: order, customer_id: customer, amount, currency: 'EUR', code })
  await sell('o-eve', 'c-eve', 3000, eve.code)
  const told = {
    credited: await sell('o-1', 'c-1', 9900, ada.code),
    // This customer came through Eve before.
    missed: await sell('o-2', 'c-eve', 8000, ada.code),
    held: await program.tell('leads', { customer_id: 'c-3', code: ada.code, email: 'ada+friend@mail.example' }),
    returned_in_part: await sell('o-4', 'c-4', 7000, ada.code),
    returned: await sell('o-5', 'c-5', 5000, ada.code),
  }
  ids = Object.fromEntries(Object.entries(told).map(([what, { id }]) => [what, id]))
  await program.tell('refunds', { refund_id: 'r-4', order_id: 'o-4', amount: 2000 })
  await program.tell('refunds', { refund_id: 'r-5', order_id: 'o-5', amount: 5000 })
})

/** A conversion's rewards on a page: what is said of each, and how much. */
const rewards = (page, whose) => page.getByRole('region', { name: 'Rewards' }).locator('dl > div').evaluateAll((lines, whose) =>
  lines.filter((line) => !whose || line.querySelector('a')?.textContent === whose).map((line) => [line.querySelector('.state').textContent, line.querySelector('dd').textContent]), whose)

/** The same, as the ledger has it. */
async function granted(id) {
  const list = id.startsWith('led_') ? 'leads' : 'sales'
  const trace = await world.api(`${list}/${id}/trace`, { key: program.key })
  return trace.rewards.filter(({ person_id }) => person_id === ada.id).map(({ state, amount }) => [state, euros(amount)])
}

for (const javaScriptEnabled of [true, false]) {
  test(`each is told with its reason, and both sides read the same, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 90_000 }, async () => {
    const page = await entered(place, program, ada, { javaScriptEnabled })
    const desk = await signedIn(world, place.chromium, program.key, { javaScriptEnabled })
    await page.getByRole('button', { name: 'Menu' }).or(page.getByRole('link', { name: 'Friends’ orders' })).first().click()
    const list = page.getByRole('table')
    assert.equal((await rows(list)).length, Object.keys(TOLD).length, 'one of each, and nothing of Eve’s')
    for (const [what, [verdict, state, amount]] of Object.entries(TOLD)) {
      const id = ids[what]
      await page.goto(at(world, program, 'conversions'))
      await list.locator(`a[href$="${id}"]`).click()
      await page.getByText(verdict, { exact: true }).waitFor()
      const mine = await rewards(page)
      assert.deepEqual(mine, state ? [[state, euros(amount)]] : [], what)
      assert.deepEqual(mine, await granted(id), `${what}: the ledger’s`)
      await part(desk, world.edge, `conversions/${id}`)
      await desk.getByText(what === 'missed' ? 'Credited to Eve Moneypenny' : 'Credited to Ada Byron').waitFor()
      assert.deepEqual(await rewards(desk, 'Ada Byron'), mine, `${what}: the merchant’s`)
    }
    assert.deepEqual([...page.trouble, ...desk.trouble], [])
    for (const one of [page, desk]) await one.context().close()
  })
}

test('a list can be cut to what was credited and what was not, and says why in words', { timeout: 60_000 }, async () => {
  const page = await entered(place, program, ada)
  await page.goto(at(world, program, 'conversions'))
  const list = page.getByRole('table')
  await page.getByRole('link', { name: 'Not credited' }).click()
  await page.getByText('They had come through somebody else before.').waitFor()
  assert.equal((await rows(list)).length, 1)
  await page.getByRole('link', { name: 'Credited', exact: true }).click()
  await page.locator('.tabs [aria-current]', { hasText: 'Credited' }).waitFor()
  assert.equal((await rows(list)).length, 4)
  await page.getByRole('link', { name: 'Sign-ups' }).click()
  await page.locator('.tabs [aria-current]', { hasText: 'Sign-ups' }).waitFor()
  assert.match((await rows(list))[0].join(), /Sign-up.*They used your code.*1\.00\s+EUR held/)
  // What a friend ordered, and under which number, is between them and the shop.
  assert.doesNotMatch(await page.locator('main').innerText(), /o-\d|c-\d|99\.00|Eve\b/)
  await page.context().close()
})

test('rewards stand under their state, each with its reason, and add up to what the ledger has', { timeout: 60_000 }, async () => {
  const page = await entered(place, program, ada)
  const mine = (await program.list('rewards?limit=100')).filter(({ person_id }) => person_id === ada.id)
  for (const [tab, state, notes] of [
    ['Pending', 'pending', /until \d|2\.00\s+EUR taken back/], ['Looked at', 'held', /somebody at the shop is looking at it/], ['Taken back', 'voided', /The order was returned\./],
  ]) {
    const ledger = mine.filter((reward) => reward.state === state)
    await page.goto(at(world, program, 'rewards'))
    await page.getByRole('link', { name: tab, exact: true }).click()
    await page.locator('.tabs [aria-current]', { hasText: tab }).waitFor()
    const shown = await rows(page.getByRole('table'))
    assert.deepEqual(shown.map(([,, amount]) => amount).sort(), ledger.map(({ amount }) => euros(amount)).sort(), state)
    for (const [, said] of shown) assert.match(said, notes)
    await page.goto(at(world, program))
    const earned = page.getByRole('region', { name: 'What you earned' })
    const sum = ledger.reduce((sum, { amount, reversed_amount }) => sum + amount - reversed_amount, 0)
    if (state === 'voided') assert.equal(await earned.getByText('Taken back').count(), 0, 'what was taken back is not earned')
    else await earned.locator('dl > div', { hasText: tab }).getByText(euros(sum)).waitFor()
  }
  await page.getByRole('link', { name: 'All rewards, one by one' }).click()
  await page.getByRole('heading', { name: 'Rewards', exact: true }).waitFor()
  await page.context().close()
})

test('what is missing is looked up by its number, and where it went to stays between the shop and them', { timeout: 60_000 }, async () => {
  const page = await entered(place, program, ada)
  await page.goto(at(world, program, 'conversions'))
  await page.getByRole('link', { name: 'Is one missing?' }).click()
  const look = async (kind, value) => {
    await page.getByLabel('What you know').selectOption(kind)
    await page.getByLabel('The number or code').fill(value)
    await page.getByRole('button', { name: 'Look it up' }).click()
    return page.getByRole('region', { name: 'What the ledger says' })
  }
  await (await look('The number of an order', 'o-2')).getByText('Not credited to you').waitFor()
  assert.equal(await page.getByLabel('The number or code').inputValue(), 'o-2')
  const nobodys = await (await look('The number of an order', 'o-none')).innerText()
  assert.equal(await (await look('The number of an order', 'o-eve')).innerText(), nobodys, 'Eve’s looks like one that is not there')
  await (await look('The number of a customer', 'c-1')).getByText('Credited to you').waitFor()
  await page.context().close()
})

test('a doubt that the merchant ends is over on both sides', { timeout: 60_000 }, async () => {
  const desk = await signedIn(world, place.chromium, program.key)
  const page = await entered(place, program, ada)
  await part(desk, world.edge, 'review')
  await desk.getByLabel('Note').fill('They share a mailbox')
  await desk.getByRole('button', { name: 'Release', exact: true }).click()
  await desk.getByRole('status').filter({ hasText: 'Released.' }).waitFor()
  await page.goto(at(world, program, `conversions/${ids.held}`))
  await page.getByText('The shop looked at it, and let it pass').waitFor()
  assert.doesNotMatch(await page.locator('main').innerText(), /mailbox/, 'the note is the shop’s own')
  assert.deepEqual(await rewards(page), [['pending', euros(100)]])
  assert.deepEqual(await granted(ids.held), [['pending', euros(100)]])
  await part(desk, world.edge, `conversions/${ids.held}`)
  assert.deepEqual(await rewards(desk, 'Ada Byron'), [['pending', euros(100)]])
  for (const one of [page, desk]) await one.context().close()
})
