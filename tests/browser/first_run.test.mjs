// The first hour of a program, by hand: the offer, where friends land, the snippet on a real page, the doctor, a sale that
// is tried out, and going live.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { bothWays, goes, signedIn, told } from './desk.mjs'
import { browser, pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { site } from './site.mjs'
import { open } from './world.mjs'

let world, shop, chromium

before(async () => {
  ;[world, shop, chromium] = await Promise.all([open(), site(), browser()])
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

const step = (page, title) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, level: 3 }) })
const isDone = (page, title) => page.getByRole('heading', { name: `${title} done`, level: 3 }).waitFor()

/** What stands in the snippet that is unfolded; with script, as the button copies it. */
async function snippet(page, name, { javaScriptEnabled }) {
  const box = step(page, 'Paste the snippet').getByRole('group').filter({ has: page.getByText(name, { exact: true }) })
  if (!await box.evaluate((details) => details.open)) await page.getByText(name, { exact: true }).click()
  if (!javaScriptEnabled) return box.getByRole('code').textContent()
  await box.getByRole('button', { name: 'Copy' }).click()
  await box.getByRole('button', { name: 'Copied' }).waitFor()
  return page.evaluate(() => navigator.clipboard.readText())
}

bothWays('an empty program is led by the hand until it is live', { timeout: 120_000 }, async (how) => {
  const program = await opened(world, { name: 'Fern & Field', destination: `${shop.origin}/old`, terms: { rewards: [] } })
  const clipboard = how.javaScriptEnabled ? { permissions: ['clipboard-read', 'clipboard-write'] } : {}
  const page = await signedIn(world, chromium, program.key, { ...how, ...clipboard })
  await page.getByRole('heading', { name: 'Go live in five steps' }).waitFor()
  await page.getByText('first referrals usually come after 4 to 6 weeks').waitFor()
  await page.getByText('Nothing waits for you.').waitFor()

  // The offer.
  await step(page, 'Set the offer').getByRole('link', { name: 'See the terms' }).click()
  await page.getByText('One more reward').click()
  await page.getByLabel('Amount', { exact: true }).fill('10')
  await page.getByLabel('In', { exact: true }).selectOption('% of the sale')
  await page.getByRole('button', { name: 'Look at the draft' }).click()
  await page.getByRole('region', { name: 'Your draft' }).getByRole('listitem').filter({ hasText: 'You get 10% of what was paid' }).waitFor()
  await page.getByRole('button', { name: 'Save as the new terms' }).click()
  await told(page, 'The new terms hold from now on.')
  await goes(page, 'Overview')
  await isDone(page, 'Set the offer')

  // Where friends land.
  await step(page, 'Say where friends land').getByRole('link', { name: 'See the settings' }).click()
  await page.getByLabel('Friends land on').fill(`${shop.origin}/start`)
  await page.getByRole('region', { name: 'Program' }).getByRole('button', { name: 'Save' }).click()
  await told(page, 'Saved.')
  await goes(page, 'Overview')
  await step(page, 'Say where friends land').getByText(`${shop.origin}/start`).waitFor()

  // The snippet, pasted as it is, and somebody who opens the page.
  assert.match(await snippet(page, 'React', how), /GoodwordProvider/)
  const html = await snippet(page, 'HTML', how)
  shop.show('/start', `<h1>The shop</h1>${html}`)
  await page.getByText('The panel was not seen on any page in the last 30 days.').waitFor()
  const friend = await pageOf(await visitor(chromium))
  await friend.goto(`${shop.origin}/start`)
  await friend.locator('goodword-widget .panel:not([data-waiting])').waitFor()
  await page.reload()
  await isDone(page, 'Paste the snippet')
  await page.getByText(`Seen on ${shop.origin}, just now`).waitFor()

  // The doctor looks at that very page.
  const [examined] = await Promise.all([
    page.context().waitForEvent('page'),
    step(page, 'Paste the snippet').getByRole('link', { name: 'goodword_debug=1' }).click(),
  ])
  if (how.javaScriptEnabled) {
    const found = examined.getByRole('dialog', { name: 'Goodword, examined' })
    await found.getByText('“Fern & Field”, referral, in EUR').waitFor()
    await found.getByText('<goodword-widget>').first().waitFor()
  } else {
    await examined.waitForURL(`${shop.origin}/start?goodword_debug=1`)
  }
  await examined.close()

  // A sale is tried out in the twin, where it stays.
  await step(page, 'Try it with a test sale').getByRole('button', { name: 'Make a test sale' }).click()
  await told(page, 'A test sale was made. This is its story.')
  await page.getByText('Test mode.').waitFor()
  await page.getByText('Credited to Trial referrer').waitFor()
  assert.equal((await world.api('sales', { key: program.keys.secret_test })).data.length, 1)
  assert.equal((await program.list('sales')).length, 0)
  await page.getByRole('link', { name: 'Live', exact: true }).click()
  await goes(page, 'Overview')
  await isDone(page, 'Try it with a test sale')
  assert.equal(await page.getByText('Test mode.').count(), 0)

  // And the first in earnest ends the way.
  await program.tell('referrers', { code: 'ada', name: 'Ada Byron' })
  await program.tell('sales', { order_id: 'FF-1', customer_id: 'c1', amount: 9900, currency: 'EUR', code: 'ada' })
  await page.reload()
  await page.getByRole('link', { name: /^Sales 1/ }).waitFor()
  assert.equal(await page.getByRole('heading', { name: 'Go live in five steps' }).count(), 0)
  assert.deepEqual(page.trouble, [])
  await Promise.all([page.context().close(), friend.context().close()])
})

bothWays('the checklist ticks what it knows, keeps what is said, and the expectation is put away', { timeout: 120_000 }, async (how) => {
  const program = await opened(world)
  const page = await signedIn(world, chromium, program.key, how)
  await page.getByRole('link', { name: 'Readiness checklist' }).click()
  await page.getByText('0 of 7 are done.').waitFor()
  const point = (title) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, level: 2 }) })
  await page.getByLabel('Note: Goals').fill('Fifty leads a month by June')
  await page.getByLabel('Done: Goals').check()
  await page.getByRole('button', { name: /^Save ?: Goals$/ }).click()
  await told(page, 'Noted.')
  await point('Goals').getByText(/^ticked /).waitFor()
  await page.getByLabel('A customer costs elsewhere').fill('a lot')
  await page.getByRole('button', { name: /^Save ?: Incentive$/ }).click()
  await page.getByRole('alert').filter({ hasText: 'takes an amount such as 5 or 5.00' }).waitFor()
  assert.equal(await page.getByLabel('A customer costs elsewhere').inputValue(), 'a lot')
  await page.getByLabel('A customer costs elsewhere').fill('40')
  await page.getByRole('button', { name: /^Save ?: Incentive$/ }).click()
  await point('Incentive').getByText(/of what one costs you elsewhere/).waitFor()
  await program.tell('assets', { kind: 'text', title: 'A post', text: 'Have a look' })
  await page.reload()
  await point('Something to share').getByText('checked by itself').waitFor()
  await page.getByText('2 of 7 are done.').waitFor()
  const { said } = await world.api('readiness', { key: program.key })
  assert.deepEqual(said.filter(({ point }) => point === 'goals').map(({ done, note }) => [done, note]), [[true, 'Fifty leads a month by June']])

  await goes(page, 'Overview')
  await page.getByRole('button', { name: 'Put this away' }).click()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  assert.equal(await page.getByText('first referrals usually come').count(), 0)
  await page.context().close()
})
