// Disputes at the merchant's desk: a question is asked back, answered, and ruled on; the credit moves; and the referrer
// reads at their page what the merchant wrote.

import assert from 'node:assert/strict'
import { bothWays, goes, refused, signedIn, told } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { opened } from './programs.mjs'
import { joined, seated } from './seat.mjs'

bothWays('a question goes back and forth, and in the end the credit moves to whoever was right', { timeout: 90_000 }, async (how) => {
  const program = await opened(world, { terms: { hold_days: 0, rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } }] } })
  const [ada, bob] = [await joined(world, program, 'Ada Byron'), await joined(world, program, 'Bob')]
  const sold = await program.tell('sales', { order_id: 'FF-1', customer_id: 'c1', amount: 10_000, currency: 'EUR', code: bob.code })
  await program.tell('disputes', { referrer_id: ada.id, about: sold.id, message: 'Zoe is my neighbour.\nShe ordered on Sunday.' })

  const page = await signedIn(world, chromium, program.key, { ...how, viewport: { width: 360, height: 740 } })
  await page.getByRole('link', { name: 'One dispute to answer' }).click()
  const matter = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Ada Byron' }) })
  await matter.getByText('Zoe is my neighbour.').waitFor()
  await matter.getByText('The referrer’s code came with it.').waitFor()
  await matter.getByLabel('Your answer').fill('Which Zoe?')
  await matter.getByRole('button', { name: 'Send without deciding' }).click()
  await told(page, 'Sent. The dispute waits for the referrer now.')
  await matter.getByText('waits for the referrer').waitFor()

  const own = await seated(world, chromium, program, ada)
  await own.at('disputes')
  await own.getByRole('rowheader').getByRole('link').click()
  await own.getByText('Which Zoe?').waitFor()
  await own.getByLabel('Your message').fill('Zoe Miller.')
  await own.getByRole('button', { name: 'Send to the shop' }).click()
  await own.getByText('Zoe Miller.').waitFor()

  await page.reload()
  await matter.getByText('Zoe Miller.').waitFor()
  await matter.getByLabel('Your answer').fill('You are right, sorry.')
  await matter.getByLabel('Give them the credit, too').check()
  await matter.getByRole('button', { name: 'They are right' }).click()
  await told(page, 'Answered.')
  await page.getByRole('heading', { name: 'No open disputes' }).waitFor()
  await page.getByRole('link', { name: 'Decided' }).click()
  await page.getByText('You are right, sorry.').waitFor()
  await page.getByRole('listitem').filter({ hasText: 'upheld' }).getByRole('link', { name: sold.id }).click()
  await page.getByText('Credited to Ada Byron').waitFor()
  assert.equal((await world.api(`sales/${sold.id}`, { key: program.key })).attribution.referrer_id, ada.id)

  // Both sides see the same truth.
  await own.reload()
  await own.getByText('put right').first().waitFor()
  await own.getByText('You are right, sorry.').waitFor()
  await own.at('rewards')
  await own.getByText(/10\.00.EUR/).first().waitFor()
  const other = await seated(world, chromium, program, bob)
  await other.at('rewards')
  await other.getByText('The credit went to somebody else.').waitFor()
  await Promise.all([page, own, other].map((one) => one.context().close()))
})

bothWays('an answer that came too late is not lost, and says why it was not taken', { timeout: 120_000 }, async (how) => {
  const program = await opened(world)
  const ada = await joined(world, program, 'Ada Byron')
  const asked = await program.tell('disputes', { referrer_id: ada.id, about: 'FF-9', message: 'Mine.' })
  await program.tell('disputes', { referrer_id: ada.id, about: 'FF-10', message: 'Mine, too.' })
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Disputes')
  const matter = page.getByRole('listitem').filter({ hasText: 'FF-10' })
  await matter.getByLabel('Your answer').fill('   ')
  await matter.getByRole('button', { name: 'Keep as it is' }).click()
  await refused(page, 'Your answer')
  await matter.getByLabel('Your answer').fill('There is no such order.')
  await program.tell(`disputes/${(await program.list('disputes')).find(({ about }) => about === 'FF-10').id}/decision`, { decision: 'rejected', note: 'Decided by somebody else.' })
  await matter.getByRole('button', { name: 'Keep as it is' }).click()
  await refused(page, /./)
  await page.getByText('There is no such order.').waitFor()
  await page.getByRole('link', { name: 'Decided' }).click()
  await page.getByText('Decided by somebody else.').waitFor()
  assert.ok(asked.id)
  await page.context().close()
})
