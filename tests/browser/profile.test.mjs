// What a referrer says of themselves and where their money goes: changed on their page, told to the merchant and to the file
// for the bank, and never shown whole again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { part, sent, signedIn } from './desk.mjs'
import { opened } from './programs.mjs'
import { at, CALM, entered, joined, saved } from './referrer.mjs'
import { place, world } from './shopfront.mjs'

const TERMS = { hold_days: 0, rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } }] }
const ACCOUNT = 'DE89370400440532013000'
const OTHER = 'GB82WEST12345698765432'

async function somebody(letter, options) {
  const program = await opened(world, { destination: `${place.shop.origin}/`, fraud: CALM, terms: TERMS })
  const ada = await joined(world, program, letter)
  const page = await entered(place, program, ada, options)
  await page.goto(at(world, program, 'profile'))
  return { program, ada, page }
}

const done = (page, words) => page.getByRole('status').filter({ hasText: words }).waitFor()

/** Fills in where the money goes. */
async function account(page, holder, iban) {
  await page.getByLabel('Whose account it is').fill(holder)
  await page.getByLabel('Account number (IBAN)').fill(iban)
  await page.getByRole('button', { name: 'Send payouts there' }).click()
}

for (const javaScriptEnabled of [true, false]) {
  test(`a name and an address are the same for both sides, and friends read a first name only where they may, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 60_000 }, async () => {
    const { program, ada, page } = await somebody(javaScriptEnabled ? 'A' : 'B', { javaScriptEnabled })
    await page.getByLabel('Name', { exact: true }).fill('Ada Byron')
    await page.getByLabel('E-mail').fill('ada@mail.example')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await done(page, 'Saved.')
    await page.getByRole('banner').getByText('Ada Byron').waitFor()
    const welcome = () => world.api(`widget/welcome?code=${ada.code}`, { key: program.publishable_key })
    assert.equal((await welcome()).from ?? null, null)
    await page.getByLabel('Friends I invite see my first name').check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await done(page, 'Saved.')
    assert.equal(await page.getByLabel('Friends I invite see my first name').isChecked(), true)
    assert.equal((await welcome()).from, 'Ada')
    const { name, email } = await world.api(`referrers/${ada.id}`, { key: program.key })
    assert.deepEqual([name, email], ['Ada Byron', 'ada@mail.example'])
    const desk = await signedIn(world, place.chromium, program.key, { javaScriptEnabled })
    await part(desk, world.edge, `referrers/${ada.id}`)
    await desk.getByRole('heading', { name: 'Ada Byron' }).waitFor()
    await desk.getByText('ada@mail.example').waitFor()
    for (const one of [page, desk]) await one.context().close()
  })
}

test('a form that is refused says at the field what to do, and keeps what was typed', { timeout: 60_000 }, async () => {
  const { program, ada, page } = await somebody('C')
  await page.getByLabel('Name', { exact: true }).fill('Ada')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await done(page, 'Saved.')
  await page.getByLabel('Friends I invite see my first name').check()
  await sent(page, 'form[action$=profile]', { name: 'Ada Byron', email: 'ada at mail' })
  await page.getByRole('alert').getByText('E-mail: That is no e-mail address. It looks like ada@mail.example.').waitFor()
  const email = page.getByLabel('E-mail')
  assert.equal(await email.getAttribute('aria-invalid'), 'true')
  assert.equal(await email.inputValue(), 'ada at mail')
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Ada Byron')
  assert.equal(await page.getByLabel('Friends I invite see my first name').isChecked(), true, 'the tick, too')
  // A name is changed, not left out: nothing is called saved that is not.
  await sent(page, 'form[action$=profile]', { name: '', email: 'ada@mail.example' })
  await page.getByRole('alert').getByText('Name:').waitFor()
  assert.equal((await world.api(`referrers/${ada.id}`, { key: program.key })).name, 'Ada')
  await page.context().close()
})

test('an account is checked, kept, shown by its end only, and stands whole in the file for the bank', { timeout: 90_000 }, async () => {
  const { program, ada, page } = await somebody('D')
  await page.getByText('No account yet. Without one nothing can be sent to you.').waitFor()
  await account(page, 'Ada Byron', 'DE00 3704 0044 0532 0130 00')
  await page.getByRole('alert').getByText('Account number (IBAN): That is not an account number. Compare it with your bank’s, letter by letter.').waitFor()
  assert.equal(await page.getByLabel('Whose account it is').inputValue(), 'Ada Byron')
  assert.equal(await page.getByLabel('Account number (IBAN)').inputValue(), '', 'a number is not sent back')
  assert.equal(await page.getByLabel('Account number (IBAN)').getAttribute('aria-invalid'), 'true')

  const desk = await signedIn(world, place.chromium, program.key)
  /** What a payout of today says of where the money goes. */
  const payout = async (order) => {
    await program.tell('sales', { order_id: order, customer_id: order, amount: 9900, currency: 'EUR', code: ada.code })
    await part(desk, world.edge, 'payouts')
    await desk.getByRole('button', { name: 'Make a payout' }).click()
    await done(desk, 'The payout is made.')
    return (await saved(desk, desk.getByRole('link', { name: 'SEPA' }))).bytes.toString()
  }
  for (const [at, [iban, written, end]] of [[ACCOUNT, 'DE89 3704 0044 0532 0130 00', 'DE … 3000'], [OTHER, 'gb82west12345698765432', 'GB … 5432']].entries()) {
    await account(page, 'Ada Byron', written)
    await done(page, 'Saved. Payouts go there from now on.')
    await page.getByText(end).waitFor()
    assert.ok(!(await page.content()).includes(iban.slice(4, -4)), 'hidden again')
    const file = await payout(`o-${at}`)
    assert.ok(file.includes(iban) && file.includes('Ada Byron'), file)
    await part(desk, world.edge, `referrers/${ada.id}`)
    await desk.getByText(iban.slice(-4)).first().waitFor()
  }
  const audit = (await program.list('audit?limit=20')).filter(({ action }) => action === 'referrer.target_changed')
  assert.deepEqual(audit.map(({ actor, subject }) => [actor, subject]), [['referrer', ada.id], ['referrer', ada.id]])
  for (const one of [page, desk]) await one.context().close()
})

test('one account of two people is looked at by the shop, and both are told so beforehand', { timeout: 60_000 }, async () => {
  const { program, page } = await somebody('E')
  await page.getByText('Two people with one account are looked at by the shop.').waitFor()
  await account(page, 'Ada Byron', ACCOUNT)
  await done(page, 'Saved.')
  const eve = await joined(world, program, 'F')
  await program.tell('sales', { order_id: 'o-1', customer_id: 'c-1', amount: 9900, currency: 'EUR', code: eve.code })
  const other = await entered(place, program, eve)
  await other.goto(at(world, program, 'profile'))
  await account(other, 'Eve Moneypenny', ACCOUNT)
  await done(other, 'Saved.')
  await other.goto(at(world, program, 'rewards?state=held'))
  await other.getByText('somebody at the shop is looking at it').waitFor()
  const [flag] = await program.list('flags')
  assert.equal(flag.rule, 'shared_target')
  for (const one of [page, other]) await one.context().close()
})
