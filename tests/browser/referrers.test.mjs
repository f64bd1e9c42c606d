// Referrers: finding one among many, all of one on a page, a group with terms of its own, suspended and let gain again; and
// what the referrer reads of it at their own page.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bothWays, downloaded, goes, listed, signedIn, told } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { opened } from './programs.mjs'
import { joined, seated } from './seat.mjs'

const TERMS = { hold_days: 0, rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } }] }

/** Four people: who sold much, who sold little, who sold nothing, and who was never named. */
async function people() {
  const program = await opened(world, { terms: TERMS })
  const { tell } = program
  const by = {}
  for (const name of ['Ada Byron', 'Bob', 'Cleo']) by[name] = await tell('referrers', { code: name.split(' ')[0].toLowerCase(), name, email: `${name[0]}@mail.example`, external_id: `shop-${name[0]}` })
  const anonymous = await joined(world, program, undefined, 'Z')
  const sale = (order_id, amount, code) => tell('sales', { order_id, customer_id: `of ${order_id}`, amount, currency: 'EUR', code })
  await sale('small', 1000, 'ada')
  await sale('large', 90_000, 'bob')
  return { ...program, by, sale, anonymous }
}

bothWays('one is found among many by name, by what they brought, and by what they are', { timeout: 120_000 }, async (how) => {
  const { key, tell, by, anonymous } = await people()
  await tell(`referrers/${by.Cleo.id}/suspension`, { decision: 'suspend', note: 'Spam' })
  const page = await signedIn(world, chromium, key, how)
  await goes(page, 'Referrers')
  assert.deepEqual(await listed(page), [anonymous.code, 'Cleo', 'Bob', 'Ada Byron'])
  const shows = async (...names) => {
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('link', { name: 'Newest' }).waitFor()
    assert.deepEqual(await listed(page), names)
  }
  await page.getByLabel('Name, e-mail, code or id').fill('BYR')
  await shows('Ada Byron')
  await page.getByLabel('Name, e-mail, code or id').fill('shop-B')
  await shows('Bob')
  await page.getByLabel('Name, e-mail, code or id').fill('')
  await page.getByLabel('Who').selectOption('Suspended')
  await shows('Cleo')
  assert.equal(await page.getByLabel('Who').evaluate((choice) => choice.selectedOptions[0].text), 'Suspended', 'the choice stays')
  await page.getByLabel('Who').selectOption('Never signed in')
  await shows(anonymous.code)
  await page.getByLabel('Who').selectOption('Everybody')
  await page.getByLabel('First').selectOption('Most sold in 90 days')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: 'Newest' }).waitFor()
  assert.deepEqual((await listed(page)).slice(0, 2), ['Bob', 'Ada Byron'])
  await page.getByLabel('Name, e-mail, code or id').fill('nobody at all')
  await shows()
  await page.getByRole('heading', { name: 'Nothing here fits.' }).waitFor()
  await page.getByRole('link', { name: 'Newest' }).click()
  await page.getByRole('link', { name: 'Cleo' }).waitFor()
  await page.context().close()
})

test('everything of one stands on their page, and leads on to it', { timeout: 120_000 }, async () => {
  const { key, tell, sale, by } = await people()
  const ada = by['Ada Byron']
  await tell(`referrers/${ada.id}/payout_target`, { name: 'A. Byron', iban: 'DE89370400440532013000' })
  const payout = await tell('payouts', {})
  await tell('leads', { customer_id: 'own', code: 'ada', email: 'a@mail.example' })
  await tell('disputes', { referrer_id: ada.id, about: 'FF-77', message: 'Mine!' })
  await sale('again', 5000, 'ada')
  const page = await signedIn(world, chromium, key)
  await goes(page, 'Referrers')
  await page.getByRole('link', { name: 'Ada Byron' }).click()
  await page.getByRole('heading', { name: 'Ada Byron', level: 1 }).waitFor()
  const details = page.getByRole('region', { name: 'Details' })
  for (const text of [ada.link, 'A@mail.example', 'shop-A', 'A. Byron', ada.id]) await details.getByText(text).waitFor()
  const sums = page.getByRole('region', { name: 'Rewards', exact: true })
  assert.match(await sums.textContent(), /approved.*6\.00.EUR/s)
  for (const [region, link, heading] of [
    ['Conversions', 'Sale again', 'Sale again'],
    ['Payouts', /1\.00.EUR/, 'Payout'],
    ['Flags', 'Friend and referrer have the same e-mail address', 'Lead'],
    ['Disputes', 'FF-77', 'Disputes'],
  ]) {
    await page.getByRole('region', { name: region, exact: true }).getByRole('link', { name: link }).first().click()
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.goBack()
  }
  assert.ok(payout.id)
  const statement = await downloaded(page, page.getByRole('link', { name: 'Statement (CSV)' }))
  assert.equal(statement.name, `${ada.id}-statement.csv`)
  assert.equal(statement.text.trim().split('\r\n').length - 1, (await world.api(`referrers/${ada.id}/statement`, { key })).data.length)
  await page.context().close()
})

bothWays('somebody is put into a group, and its terms are theirs from then on', { timeout: 90_000 }, async (how) => {
  const program = await opened(world, { terms: TERMS })
  const ada = await joined(world, program, 'Ada Byron')
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Settings')
  await page.getByRole('link', { name: 'Groups', exact: true }).click()
  await page.getByLabel('Name').fill('Partners')
  await page.getByRole('button', { name: 'Make the group' }).click()
  await told(page, 'The group is made.')
  await page.getByRole('textbox', { name: 'Referrer, a sale' }).fill('25')
  await page.getByRole('button', { name: 'Look at the draft' }).click()
  await page.getByRole('region', { name: 'Your draft' }).getByRole('listitem').filter({ hasText: '25% of what was paid' }).waitFor()
  await page.getByRole('button', { name: 'Save as the new terms' }).click()
  await told(page, 'The new terms hold from now on.')
  await page.getByRole('link', { name: 'Who is in it' }).click()
  await page.getByRole('heading', { name: 'Nothing here fits.' }).waitFor()

  await page.goto(`${world.edge}/dashboard/live/referrers/${ada.id}`)
  await page.getByRole('combobox', { name: 'Group' }).selectOption('Partners')
  await page.getByRole('button', { name: 'Put there' }).click()
  await told(page, 'The group’s terms hold for every click from now on.')
  await page.getByRole('region', { name: 'Group' }).getByRole('link', { name: 'Terms of this group' }).click()
  await page.getByRole('heading', { name: 'Partners', level: 1 }).waitFor()
  await page.getByRole('link', { name: 'Who is in it' }).click()
  await page.getByRole('link', { name: 'Ada Byron' }).waitFor()

  const own = await seated(world, chromium, program, ada)
  await own.at('terms')
  await own.getByText('You get 25% of what was paid').waitFor()
  const sold = await program.tell('sales', { order_id: 'o', customer_id: 'c', amount: 10_000, currency: 'EUR', code: ada.code })
  assert.equal(sold.rewards.find(({ to }) => to === 'referrer').amount, 2500)
  await Promise.all([page.context().close(), own.context().close()])
})

bothWays('somebody is suspended with a reason, what they gain waits, and goes on when they are let gain again', { timeout: 120_000 }, async (how) => {
  const program = await opened(world, { terms: TERMS })
  const ada = await joined(world, program, 'Ada Byron')
  const page = await signedIn(world, chromium, program.key, how)
  await page.goto(`${world.edge}/dashboard/live/referrers/${ada.id}`)
  const suspension = page.getByRole('region', { name: 'Suspension' })
  await suspension.getByLabel('Note').fill('Spam in a forum')
  await suspension.getByRole('button', { name: 'Suspend' }).click()
  await told(page, 'What they gain from now on waits.')
  await suspension.getByText('Spam in a forum').waitFor()
  await program.tell('sales', { order_id: 'o', customer_id: 'c', amount: 10_000, currency: 'EUR', code: ada.code })
  const own = await seated(world, chromium, program, ada)
  await own.at('rewards')
  await own.getByText('somebody at the shop is looking at it').first().waitFor()
  assert.equal((await program.list('rewards'))[0].state, 'held')

  await suspension.getByRole('button', { name: 'Let them gain again' }).click()
  await told(page, 'What waited goes on.')
  await suspension.getByText('They gain as everybody does.').waitFor()
  await own.reload()
  await own.getByRole('cell', { name: 'approved' }).waitFor()
  assert.deepEqual((await world.api(`referrers/${ada.id}/suspension`, { key: program.key })).history.map(({ state }) => state).sort(), ['reinstated', 'suspended'])
  await Promise.all([page.context().close(), own.context().close()])
})

bothWays('a name and an address are put right, and both sides call them so', { timeout: 120_000 }, async (how) => {
  const program = await opened(world, { terms: TERMS })
  const ada = await joined(world, program, 'Ada Byron')
  const page = await signedIn(world, chromium, program.key, how)
  await page.goto(`${world.edge}/dashboard/live/referrers/${ada.id}`)
  await page.getByText('Change name or e-mail').click()
  const form = page.getByRole('group').filter({ has: page.getByText('Change name or e-mail') })
  assert.equal(await form.getByLabel('Name').inputValue(), 'Ada Byron')
  await form.getByLabel('Name').fill('Ada Lovelace')
  await form.getByLabel('E-mail').fill('ada@mail.example')
  await form.getByRole('button', { name: 'Save' }).click()
  await told(page, 'Saved.')
  await page.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor()
  const { name, email } = await world.api(`referrers/${ada.id}`, { key: program.key })
  assert.deepEqual([name, email], ['Ada Lovelace', 'ada@mail.example'])
  const own = await seated(world, chromium, program, ada)
  await own.at('profile')
  assert.equal(await own.getByLabel('Name', { exact: true }).inputValue(), 'Ada Lovelace')
  await own.getByText('ada@mail.example').or(own.getByLabel('E-mail')).first().waitFor()
  await Promise.all([page.context().close(), own.context().close()])
})
