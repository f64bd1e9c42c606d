// The merchant's dashboard in a real browser: signing in, the tasks of a day, with and without script. How each of its
// pages looks is quality.test.mjs's, and that no text in it runs hostile.test.mjs's.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn as signedInto } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { pageOf, visitor } from './people.mjs'
import { LONG } from './programs.mjs'
import { objections } from './stand.mjs'

const signedIn = (key, options) => signedInto(world, chromium, key, options)
const program = (changes) => world.program('https://shop.example/', changes)
const tell = (sk, path, body) => world.api(path, { key: sk, body })

/** A program with something of everything: a flag, rewards to let pass, a payout. */
async function busy(name = 'Fern & Field', people = ['Ada Byron', 'نور الحسن', LONG]) {
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
  await page.getByRole('button', { name: 'Release', exact: true }).click()
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
  await page.getByRole('insertion').filter({ hasText: '12.5% of what was paid' }).waitFor()
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
  }
})
