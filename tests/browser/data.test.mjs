// Data and people: the whole ledger as a file that is read, one person handed out, and taken out so that nobody finds them
// any more; and the log of who did it.

import assert from 'node:assert/strict'
import { bothWays, downloaded, goes, refused, signedIn, told } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { opened } from './programs.mjs'

/** A program with Ada in every place where a name can stand. */
async function known() {
  const program = await opened(world, { terms: { hold_days: 0, rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } }] } })
  const { tell } = program
  const ada = await tell('referrers', { code: 'fern-1', name: 'Ada Byron', email: 'ada@mail.example', external_id: 'shop-7' })
  await tell(`referrers/${ada.id}/payout_target`, { name: 'Ada Byron', iban: 'DE89370400440532013000' })
  const sold = await tell('sales', { order_id: 'FF-1', customer_id: 'c1', amount: 10_000, currency: 'EUR', code: 'fern-1' })
  await tell('disputes', { referrer_id: ada.id, about: sold.id, message: 'I am Ada Byron.' })
  return { ...program, ada, sold }
}

const SAID = /Ada Byron|ada@mail\.example|DE89370400440532013000/

bothWays('the ledger leaves as a file: one JSON a line, with or without names', { timeout: 120_000 }, async (how) => {
  const program = await known()
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Settings')
  await page.getByRole('link', { name: 'Data and people' }).click()
  await page.getByRole('row').filter({ hasText: 'Salted hashes of where somebody was' }).getByText('48 hours').waitFor()
  for (const [link, named] of [['With names', true], ['Without names', false]]) {
    const file = await downloaded(page, page.getByRole('link', { name: link }))
    assert.equal(file.name, 'goodword-live.ndjson')
    const lines = file.text.trimEnd().split('\n').map((line) => JSON.parse(line))
    assert.ok(lines.length > 10)
    assert.ok(file.text.includes('FF-1'), 'what happened is in it')
    assert.equal(SAID.test(file.text), named)
  }
  await page.context().close()
})

bothWays('a person is handed out, then taken out, and stands nowhere any more; the money stays', { timeout: 120_000 }, async (how) => {
  const program = await known()
  const page = await signedIn(world, chromium, program.key, how)
  await page.goto(`${world.edge}/dashboard/live/referrers/${program.ada.id}`)
  await page.getByRole('link', { name: 'Hand out or erase what is known of this person' }).click()
  const forms = page.getByRole('region', { name: 'One person' })
  const file = await downloaded(page, forms.getByRole('button', { name: 'Download what is known' }))
  assert.equal((await downloaded(page, forms.getByRole('button', { name: 'Download what is known' }))).text, file.text, 'as often as it is wanted')
  const subject = JSON.parse(file.text)
  assert.equal(subject.people[0].name, 'Ada Byron')
  assert.equal(subject.payout_targets.length, 1)

  // Twice the same, or nothing happens, and nothing typed is lost.
  const [, who] = await forms.getByLabel('Who', { exact: true }).all()
  await forms.getByLabel('The same once more').fill('rfr_mistyped')
  await forms.getByRole('button', { name: 'Erase for good' }).click()
  await refused(page, 'is not the same twice. Type it again')
  assert.equal(await who.inputValue(), program.ada.id)
  await forms.getByLabel('The same once more').fill(program.ada.id)
  await forms.getByRole('button', { name: 'Erase for good' }).click()
  await page.getByRole('status').filter({ hasText: 'Erased' }).getByText('Names and addresses').waitFor()

  for (const place of ['', 'referrers', `referrers/${program.ada.id}`, 'conversions', `conversions/${program.sold.id}`, 'disputes', 'rewards', 'payouts', 'settings/audit']) {
    await page.goto(`${world.edge}/dashboard/live/${place}`.replace(/\/$/, ''))
    assert.doesNotMatch(await page.content(), SAID, place)
  }
  await page.goto(`${world.edge}/dashboard/live/referrers`)
  await page.getByLabel('Name, e-mail, code or id').fill('ada@mail.example')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('heading', { name: 'Nothing here fits.' }).waitFor()
  for (const path of [`referrers/${program.ada.id}`, 'disputes', 'sales', 'rewards', 'events?limit=100', 'audit?limit=100']) {
    assert.doesNotMatch(JSON.stringify(await world.api(path, { key: program.key })), SAID, path)
  }
  const [reward] = await program.list('rewards')
  assert.deepEqual([reward.person_id, reward.amount], [program.ada.id, 1000])
  assert.equal((await world.api('ledger/verify', { key: program.key })).ok, true)
  await page.context().close()
})

bothWays('how long customers are known is set, once it was said whom it concerns', { timeout: 120_000 }, async (how) => {
  const program = await known()
  const page = await signedIn(world, chromium, program.key, how)
  await page.goto(`${world.edge}/dashboard/live/settings/data`)
  const form = page.getByRole('region', { name: 'How long customers are known' })
  const stored = async () => (await world.api('program', { key: program.key })).retention.customers_months
  await form.getByLabel('Months without anything new').fill('5')
  await form.getByRole('button', { name: 'Show whom it concerns' }).click()
  await refused(page, 'takes a number from 6 to 120')
  assert.equal(await form.getByLabel('Months without anything new').inputValue(), '5')
  assert.equal(await form.getByLabel('Months without anything new').getAttribute('aria-invalid'), 'true')
  await form.getByLabel('Months without anything new').fill('24')
  await form.getByRole('button', { name: 'Show whom it concerns' }).click()
  await told(page, '0 customers are due now.')
  assert.equal(await stored(), null)
  await form.getByRole('button', { name: 'Set this' }).click()
  await told(page, 'Saved.')
  await page.getByRole('row').filter({ hasText: 'Of customers: 24 months after the last thing new, at the earliest' }).waitFor()
  assert.equal(await stored(), 24)
  await page.context().close()
})

bothWays('the log says who did what, and is found by person, by thing and by day', { timeout: 120_000 }, async (how) => {
  const day = () => new Date().toISOString().slice(0, 10)
  const began = day()
  const program = await known()
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Settings')
  await page.getByRole('region', { name: 'Program' }).getByLabel('Name').fill('Renamed')
  await page.getByRole('region', { name: 'Program' }).getByRole('button', { name: 'Save' }).click()
  await told(page, 'Saved.')
  await page.getByRole('link', { name: 'Audit log', exact: true }).click()
  const rows = page.getByRole('main').getByRole('row')
  const texts = async () => (await rows.allTextContents()).slice(1)
  const filtered = async (fill) => {
    if (!await page.getByLabel('About').isVisible()) await page.getByText('Filter', { exact: true }).click()
    for (const [label, value] of Object.entries(fill)) {
      const field = page.getByRole('main').getByLabel(label, { exact: true })
      if (await field.evaluate((one) => one.tagName) === 'SELECT') await field.selectOption(value)
      else await field.fill(value)
    }
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Show' }).click()])
    return texts()
  }
  const mine = await filtered({ Who: 'Dashboard', About: 'Program' })
  assert.equal(mine.length, 1)
  assert.match(mine[0], /Program changed.*Dashboard/s)
  const theirs = await filtered({ Who: 'Your server', About: 'Anything' })
  assert.ok(theirs.some((text) => text.includes('Dispute opened')) && !theirs.some((text) => text.includes('Program changed')))
  assert.equal((await filtered({ From: began, To: day() })).length, theirs.length)
  const file = await downloaded(page, page.getByRole('link', { name: 'JSON' }))
  assert.equal(JSON.parse(file.text).length, theirs.length, 'the file is what is shown')
  assert.deepEqual(await filtered({ From: '', To: '2020-01-01' }), [])
  await page.getByRole('heading', { name: 'Nothing here fits.' }).waitFor()
  await page.context().close()
})
