// Conversions: found by what they are, and each told as the story the ledger keeps, the same to the merchant, to their
// server and to the referrer.

import assert from 'node:assert/strict'
import { bothWays, goes, listed, signedIn } from './desk.mjs'
import { followed } from './followed.mjs'
import { chromium, world } from './house.mjs'
import { opened } from './programs.mjs'
import { joined, seated } from './seat.mjs'

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

bothWays('a list is cut to what is looked for, page by page', { timeout: 120_000 }, async (how) => {
  const { key, tell } = await opened(world)
  await tell('referrers', { code: 'ada', name: 'Ada Byron' })
  for (let at = 0; at < 51; at += 1) await tell('leads', { customer_id: `l${at}`, event: `event_${at}`, code: 'ada' })
  await tell('sales', { order_id: 'FF-1', customer_id: 'c1', amount: 9900, currency: 'EUR', code: 'ada' })
  await tell('sales', { order_id: 'FF-2', customer_id: 'c2', amount: 5000, currency: 'EUR' })
  const page = await signedIn(world, chromium, key, how)
  await goes(page, 'Conversions')
  const filter = page.getByRole('navigation', { name: 'Filter' })
  const shows = async (choice, count, one) => {
    await filter.getByRole('link', { name: choice, exact: true }).click()
    await filter.getByRole('link', { name: choice, exact: true }).and(page.locator('[aria-current]')).waitFor()
    const rows = await listed(page)
    assert.ok(rows.length === count && rows.includes(one), `${choice}: ${rows}`)
  }
  assert.equal((await listed(page)).filter((name) => name.startsWith('Sale')).length, 2)
  await shows('Sales', 2, 'Sale FF-1')
  await shows('Not credited', 1, 'Sale FF-2')
  await page.getByText('No referral link was followed before.').waitFor()
  await shows('Leads', 50, 'Lead event_50')
  await page.getByRole('link', { name: 'Older' }).click()
  await page.getByRole('link', { name: 'Lead event_0', exact: true }).waitFor()
  await filter.getByRole('link', { name: 'Leads' }).and(page.locator('[aria-current]')).waitFor()
  await page.context().close()
})

/** What a page tells in its timeline: titles and what stands beside them, in order. */
const story = async (page) => (await page.getByRole('region', { name: 'What happened' }).getByRole('listitem').allTextContents())
  .map((text) => text.replace(/\s+/g, ' ').trim())

bothWays('a sale is told from the first click to the refund, with who won and why, to both sides alike', { timeout: 90_000 }, async (how) => {
  const program = await opened(world, { fraud: { off: ['too_fast'] }, terms: { attribution: 'last_click', rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } }] } })
  const [ada, bob] = [await joined(world, program, 'Ada Byron'), await joined(world, program, 'Bob')]
  const clicked = async ({ code }) => new URL(await followed(`${world.edge}/r/${program.slug}/${code}`, { 'User-Agent': AGENT })).searchParams.get('gw_click')
  const [first, last] = [await clicked(ada), await clicked(bob)]
  assert.ok(first && last)
  await program.tell('leads', { customer_id: 'c1', click_id: first, event: 'newsletter' })
  const sold = await program.tell('sales', { order_id: 'FF-1', customer_id: 'c1', amount: 10_000, currency: 'EUR', click_id: last, metadata: { basket: 'a fern' } })
  await program.tell('refunds', { refund_id: 'r-1', order_id: 'FF-1', amount: 2500 })
  const trace = await world.api(`sales/${sold.id}/trace`, { key: program.key })
  const winner = trace.attribution.referrer_id === ada.id ? ada : bob

  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Conversions')
  await page.getByRole('link', { name: 'Sale FF-1' }).click()
  await page.getByText(`Credited to ${winner.name}`).waitFor()
  const moments = await story(page)
  assert.equal(moments.length, trace.touches.length + 2, moments.join('; '))
  assert.match(moments.find((text) => text.includes(`link of ${winner.name}`)), /It won\.|belongs/)
  assert.match(moments.at(-2), /Bought 100\.00.EUR$/)
  assert.match(moments.at(-1), /Refunded 25\.00.EUR$/)
  const rewards = page.getByRole('region', { name: 'Rewards', exact: true })
  await rewards.getByText(/2\.50.EUR taken back/).waitFor()
  await page.getByRole('region', { name: 'Details' }).getByText('a fern').waitFor()

  // The referrer reads the same, without the other's name.
  const own = await seated(world, chromium, program, winner)
  await own.at('conversions')
  await own.getByRole('rowheader').getByRole('link').first().click()
  await own.getByText('Credited to you').first().waitFor()
  const theirs = await story(own)
  const loser = winner === ada ? bob : ada
  assert.ok(theirs.some((text) => text.includes('They followed your link')), theirs.join('; '))
  assert.equal(theirs.length, moments.length)
  assert.ok(!(await own.getByRole('main').textContent()).includes(loser.name), 'nobody reads of another')
  await Promise.all([page.context().close(), own.context().close()])
})

bothWays('what is doubted leads to its review and back to its story', { timeout: 120_000 }, async (how) => {
  const { key, tell } = await opened(world)
  await tell('referrers', { code: 'ada', name: 'Ada Byron', email: 'ada@mail.example' })
  await tell('leads', { customer_id: 'l', event: 'sign_up', code: 'ada', email: 'ADA+me@mail.example' })
  const page = await signedIn(world, chromium, key, how)
  await goes(page, 'Conversions')
  await page.getByRole('row').filter({ hasText: 'flagged' }).getByRole('link', { name: 'Lead sign_up' }).click()
  await page.getByText('Something about this is doubted; its rewards are held.').waitFor()
  await page.getByRole('link', { name: 'Review it' }).click()
  const flag = page.getByRole('listitem').filter({ hasText: 'Friend and referrer have the same e-mail address' })
  await flag.getByLabel('Note').fill('One household')
  await flag.getByRole('button', { name: 'Release', exact: true }).click()
  await page.getByText('Released.').waitFor()
  await page.getByRole('link', { name: 'Decided' }).click()
  await page.getByRole('link', { name: 'A lead' }).click()
  const moments = await story(page)
  assert.match(moments.at(-1), /Flag released One household$/)
  await page.context().close()
})
