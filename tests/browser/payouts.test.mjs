// Money from reward to bank: let pass, put into a batch, sent with a file, said what became of it, and sent again what did
// not arrive. The referrer's statement says the same.

import assert from 'node:assert/strict'
import { bothWays, downloaded, goes, refused, signedIn, told } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { opened } from './programs.mjs'
import { joined, seated } from './seat.mjs'

/** Two people with sales whose rewards wait for a person. */
async function earned() {
  const program = await opened(world, {
    terms: { hold_days: 0, approval: 'manual', rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } }, { id: 'early', on: 'lead', to: 'referrer', pay: { perk: 'Early access' } }] },
  })
  const [ada, bob] = [await joined(world, program, 'Ada Byron'), await joined(world, program, 'Bob')]
  await program.tell(`referrers/${ada.id}/payout_target`, { name: 'Ada Byron', iban: 'DE89370400440532013000' })
  await program.tell(`referrers/${bob.id}/payout_target`, { name: 'Bob', iban: 'FR7630006000011234567890189' })
  const sale = (order_id, amount, { code }) => program.tell('sales', { order_id, customer_id: `of ${order_id}`, amount, currency: 'EUR', code })
  await sale('FF-1', 20_000, ada)
  await sale('FF-2', 5000, bob)
  await sale('FF-3', 900, bob)
  return { ...program, ada, bob }
}

bothWays('rewards are let pass or taken back with a word', { timeout: 120_000 }, async (how) => {
  const program = await earned()
  const page = await signedIn(world, chromium, program.key, how)
  await page.getByRole('link', { name: '3 rewards to let pass' }).click()
  const row = (amount) => page.getByRole('row').filter({ hasText: amount })
  await row('0.90').getByText('Decide').click()
  await row('0.90').getByLabel('Note').fill('A test order')
  await row('0.90').getByRole('button', { name: 'Take it back' }).click()
  await told(page, 'The reward was taken back.')
  await row('20.00').getByText('Decide').click()
  await row('20.00').getByRole('button', { name: 'Let it pass' }).click()
  await told(page, 'The reward may pass.')
  assert.equal(await page.getByRole('row').count(), 2, 'a head and what is left')
  assert.deepEqual((await program.list('rewards')).map(({ amount, state }) => [amount, state]).sort(), [[2000, 'approved'], [500, 'pending'], [90, 'voided']])

  const own = await seated(world, chromium, program, program.bob)
  await own.at('rewards')
  await own.getByRole('row').filter({ hasText: '0.90' }).getByText('The shop took it back.').waitFor()
  await Promise.all([page.context().close(), own.context().close()])
})

bothWays('a batch is made, sent, and what did not arrive is sent again', { timeout: 120_000 }, async (how) => {
  const program = await earned()
  for (const { id, amount } of await program.list('rewards')) if (amount > 100) await program.tell(`rewards/${id}/decision`, { decision: 'approve' })
  const page = await signedIn(world, chromium, program.key, { ...how, viewport: { width: 360, height: 740 } })
  await goes(page, 'Payouts')
  await page.getByLabel('Nobody below').fill('ten')
  await page.getByRole('button', { name: 'Make a payout' }).click()
  await refused(page, 'takes an amount such as 5 or 5.00')
  assert.equal(await page.getByLabel('Nobody below').inputValue(), 'ten')
  await page.getByLabel('Nobody below').fill('1')
  await page.getByRole('button', { name: 'Make a payout' }).click()
  await told(page, 'The payout is made.')

  // What the bank is given is what the ledger owes.
  const sepa = await downloaded(page, page.getByRole('link', { name: 'SEPA' }))
  assert.match(sepa.name, /^pay_\w+-sepa\.csv$/)
  for (const cell of ['Ada Byron', 'DE89370400440532013000', '20.00', 'FR7630006000011234567890189', '5.00']) assert.ok(sepa.text.includes(cell), sepa.text)
  const lines = JSON.parse((await downloaded(page, page.getByRole('link', { name: 'JSON' }))).text)
  assert.deepEqual(lines.map(({ amount }) => amount).sort(), [2000, 500])

  // Bob's account is closed; of whom it is said must be ticked, and a note is not lost for that.
  const note = page.getByLabel('Note')
  await note.fill('The account is closed')
  await page.getByRole('button', { name: 'Ticked: failed' }).click()
  await refused(page, 'tick at least one line')
  assert.equal(await note.inputValue(), 'The account is closed')
  await page.getByRole('checkbox', { name: 'Bob' }).check()
  await page.getByRole('button', { name: 'Ticked: failed' }).click()
  await told(page, 'Noted.')
  await page.getByRole('row').filter({ hasText: 'Bob' }).getByText('The account is closed').waitFor()
  await page.getByRole('checkbox', { name: 'Ada Byron' }).check()
  await page.getByRole('button', { name: 'Ticked: paid' }).click()
  await told(page, 'Noted.')

  // It is due again, and goes into the next.
  await goes(page, 'Payouts')
  await page.getByText('not all arrived').waitFor()
  assert.match(await page.getByRole('region', { name: 'Due now' }).textContent(), /5\.00.EUR.*one person/s)
  await page.getByRole('button', { name: 'Make a payout' }).click()
  await told(page, 'The payout is made.')
  await page.getByRole('button', { name: 'All of it was paid' }).click()
  await told(page, 'Noted.')
  assert.equal(await page.getByRole('heading', { name: 'Send the money' }).count(), 0, 'nothing is left to send')
  const batches = await program.list('payouts')
  assert.deepEqual(batches.map(({ paid_amount, failed_amount }) => [paid_amount, failed_amount]), [[500, 0], [2000, 500]])

  // Money can come back after it was paid.
  await page.getByRole('checkbox', { name: 'Bob' }).check()
  await page.getByRole('button', { name: 'Ticked: came back' }).click()
  await told(page, 'Noted.')
  await page.getByRole('row').filter({ hasText: 'Bob' }).getByText('came back').waitFor()

  const own = await seated(world, chromium, program, program.bob)
  await own.at('statement')
  await own.getByText('Came back from the bank').waitFor()
  assert.match(await own.getByRole('main').textContent(), /5\.90.EUR\s*not paid yet/)
  await Promise.all([page.context().close(), own.context().close()])
})

bothWays('a perk is noted as given, and the calendar says when the next batch is due', { timeout: 120_000 }, async (how) => {
  const program = await earned()
  await program.tell('leads', { customer_id: 'l', code: program.ada.code })
  const perk = (await program.list('rewards')).find(({ perk }) => perk)
  await program.tell(`rewards/${perk.id}/decision`, { decision: 'approve' })
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Rewards')
  await page.getByRole('row').filter({ hasText: 'Early access' }).getByRole('button', { name: 'It was given' }).click()
  await told(page, 'Noted as given.')
  await goes(page, 'Settings')
  await page.getByRole('link', { name: 'Calendar of payouts' }).click()
  await page.getByLabel('How often').selectOption('Every month')
  await page.getByLabel('Day').fill('31')
  await page.getByRole('button', { name: 'Save' }).click()
  await refused(page, /./)
  assert.equal(await page.getByLabel('Day').inputValue(), '31')
  await page.getByLabel('Day').fill('1')
  await page.getByLabel('Nobody below').fill('5')
  await page.getByRole('button', { name: 'Save' }).click()
  await told(page, 'Saved.')
  await page.getByText(/The next one is due on 1 /).waitFor()
  const schedule = await world.api('payouts/schedule', { key: program.key })
  assert.deepEqual([schedule.every, schedule.day], ['month', 1])
  await page.context().close()
})
