// Terms, from a thought to a promise: a draft is read in plain words and tried on the past before it is saved; the history
// says who changed what; and referrers keep what they were promised.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bothWays, goes, refused, signedIn, told } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { joined, seated } from './seat.mjs'

const TERMS = {
  hold_days: 0,
  rewards: [
    { id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } },
    { id: 'gift', on: 'sale', to: 'friend', pay: { flat: 500 } },
  ],
}

/** A program with two sales of 100.00 in its past, and somebody who shares. */
async function sold() {
  const program = await opened(world, { terms: TERMS })
  const ada = await joined(world, program, 'Ada Byron')
  const sale = (order_id) => program.tell('sales', { order_id, customer_id: `of ${order_id}`, amount: 10_000, currency: 'EUR', code: ada.code })
  await sale('one')
  await sale('two')
  return { ...program, ada, sale }
}

const draft = (page) => page.getByRole('region', { name: 'Your draft' })
const promised = (page, words) => draft(page).getByRole('listitem').filter({ hasText: words })

bothWays('a draft is read and tried on the past, mended, saved, and both sides read the new promise', { timeout: 90_000 }, async (how) => {
  const program = await sold()
  const own = await seated(world, chromium, program, program.ada)
  await own.at('terms')
  await own.getByRole('button', { name: 'Accept version 1' }).click()
  await own.getByText('You accepted version 1.').waitFor()

  const page = await signedIn(world, chromium, program.key, { ...how, viewport: { width: 360, height: 740 } })
  await goes(page, 'Terms')
  await page.getByRole('textbox', { name: 'Referrer, a sale' }).fill('a lot')
  await page.getByLabel('Days a click counts').fill('3')
  await page.getByRole('button', { name: 'Look at the draft' }).click()
  await refused(page, 'takes a share from 0 to 100')
  assert.equal(await page.getByRole('textbox', { name: 'Referrer, a sale' }).inputValue(), 'a lot', 'nothing typed is lost')
  assert.equal(await page.getByLabel('Days a click counts').inputValue(), '3')

  await page.getByRole('textbox', { name: 'Referrer, a sale' }).fill('12.5')
  await page.getByLabel('Days a click counts').fill('60')
  await page.getByLabel('Remove: Friend, a sale').check()
  await page.getByRole('button', { name: 'Look at the draft' }).click()
  await promised(page, 'You get 12.5% of what was paid').waitFor()
  const tried = (name) => draft(page).getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })
  assert.match(await tried('Referrers').textContent(), /20\.00.EUR.*25\.00.EUR.*\+5\.00.EUR/s)
  assert.match(await tried('Together').textContent(), /30\.00.EUR.*25\.00.EUR.*-5\.00.EUR|−5\.00.EUR/s)
  assert.equal((await world.api('program', { key: program.key })).terms.version, 1, 'looking changes nothing')
  await page.getByRole('button', { name: 'Save as the new terms' }).click()
  await told(page, 'The new terms hold from now on.')
  await page.getByRole('region', { name: 'In force' }).getByText('You get 12.5% of what was paid').waitFor()

  await own.reload()
  await own.getByText('You get 12.5% of what was paid').waitFor()
  await own.getByText('You accepted version 1.').waitFor()
  await own.getByRole('button', { name: 'Accept version 2' }).waitFor()
  const joinPage = await pageOf(await visitor(chromium, how))
  await joinPage.goto(`${world.edge}/join/${program.slug}`)
  await joinPage.getByText('You get 12.5% of what was paid').first().waitFor()
  await Promise.all([page, own, joinPage].map((one) => one.context().close()))
})

test('the draft is said in plain words while it is typed', { timeout: 120_000 }, async () => {
  const program = await sold()
  const page = await signedIn(world, chromium, program.key)
  await goes(page, 'Terms')
  await page.getByRole('textbox', { name: 'Referrer, a sale' }).fill('15')
  await page.keyboard.press('Tab')
  await promised(page, 'You get 15% of what was paid').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement.name), 'remove.share', 'the focus goes where it was going')
  await draft(page).getByText('+10.00').first().waitFor()
  await page.getByRole('textbox', { name: 'Referrer, a sale' }).fill('a lot')
  await page.keyboard.press('Tab')
  await page.getByRole('alert').filter({ hasText: 'takes a share from 0 to 100' }).waitFor()
  assert.equal(await draft(page).count(), 0, 'what cannot be said is not said')
  await page.getByRole('textbox', { name: 'Referrer, a sale' }).fill('20')
  await page.keyboard.press('Tab')
  await promised(page, 'You get 20% of what was paid').waitFor()
  assert.equal(await page.getByRole('alert').count(), 0)
  await page.getByRole('button', { name: 'Save as the new terms' }).click()
  await told(page, 'The new terms hold from now on.')
  assert.equal((await world.api('program', { key: program.key })).terms.rewards[0].pay.share_bps, 2000)
  assert.deepEqual(page.trouble.filter((text) => !/status of 422/.test(text)), [])
  await page.context().close()
})

bothWays('the history says who changed what, and two versions are laid side by side', { timeout: 120_000 }, async (how) => {
  const program = await sold()
  const patched = async (share_bps, window_days) => world.api('program', {
    key: program.key, method: 'PATCH', status: 200,
    body: { terms: { ...TERMS, window_days, rewards: [{ ...TERMS.rewards[0], pay: { share_bps } }, TERMS.rewards[1]] } },
  })
  await patched(1500, 90)
  await patched(2000, 60)
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Terms')
  const history = page.getByRole('region', { name: 'History' })
  await history.getByText('version 3').click()
  await history.getByText('20% of what was paid').first().waitFor()
  assert.match(await history.getByRole('group').first().textContent(), /Your server/)
  // Also from a page that only a form leads to.
  await page.getByRole('button', { name: 'Look at the draft' }).click()
  await draft(page).waitFor()
  await history.getByText('version 3').click()
  await history.getByRole('link', { name: 'What changed from the version before' }).first().click()
  const compared = page.getByRole('region', { name: 'From version 2 to version 3' })
  await compared.getByRole('row').filter({ hasText: 'Days a click counts' }).getByText('60').waitFor()
  await compared.getByLabel('From').selectOption('1')
  await compared.getByRole('button', { name: 'Compare' }).click()
  const more = page.getByRole('region', { name: 'From version 1 to version 3' })
  await more.getByRole('deletion').filter({ hasText: '10%' }).waitFor()
  await more.getByRole('insertion').filter({ hasText: '20%' }).waitFor()
  await page.context().close()
})

bothWays('a draft that somebody else overtook is kept, and overwrites nothing', { timeout: 120_000 }, async (how) => {
  const program = await sold()
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Terms')
  await page.getByLabel('Days a reward waits').fill('21')
  await page.getByRole('button', { name: 'Look at the draft' }).click()
  await draft(page).waitFor()
  await world.api('program', { key: program.key, method: 'PATCH', body: { terms: { ...TERMS, window_days: 45 } }, status: 200 })
  await page.getByRole('button', { name: 'Save as the new terms' }).click()
  await refused(page, 'Somebody changed the terms meanwhile.')
  assert.equal(await page.getByLabel('Days a reward waits').inputValue(), '21')
  assert.equal((await world.api('program', { key: program.key })).terms.window_days, 45)
  await page.context().close()
})

bothWays('a reward that grows with the number is made in the form, read in a sentence and saved', { timeout: 120_000 }, async (how) => {
  const program = await sold()
  const page = await signedIn(world, chromium, program.key, { ...how, viewport: { width: 360, height: 740 } })
  await goes(page, 'Terms')
  await page.getByText('More of this reward: Referrer, a sale').click()
  const more = page.getByRole('group', { name: 'Referrer, a sale', exact: true })
  await more.getByLabel('In', { exact: true }).selectOption('steps by how many were brought')
  await more.getByLabel('Steps', { exact: true }).fill('1: 5 %\nten: 8 %')
  await page.getByRole('button', { name: 'Look at the draft' }).click()
  await refused(page, 'needs a whole number before the colon in line 2')
  const steps = page.locator('[name="steps.share"]')
  assert.equal(await steps.inputValue(), '1: 5 %\nten: 8 %', 'nothing typed is lost')
  await steps.fill('1: 5 %\n10: 8 %')
  await page.getByRole('button', { name: 'Look at the draft' }).click()
  await promised(page, 'How much depends on how many you have brought, each by its own number: from 1: 5%').waitFor()
  await draft(page).getByRole('deletion').filter({ hasText: '10% of what was paid' }).waitFor()
  await page.getByRole('button', { name: 'Save as the new terms' }).click()
  await told(page, 'The new terms hold from now on.')
  const { rewards } = (await world.api('program', { key: program.key })).terms
  assert.deepEqual(rewards[0].pay, { tiers: { by: 'count', per: 'ever', steps: [{ from: 1, share_bps: 500 }, { from: 10, share_bps: 800 }] } })
  assert.deepEqual(rewards[1], TERMS.rewards[1], 'the other stays')
  // Now it is steps that stand in the reward's line.
  assert.equal(await page.getByRole('textbox', { name: 'Referrer, a sale', exact: true }).inputValue(), '1: 5 %\n10: 8 %')
  await page.context().close()
})
