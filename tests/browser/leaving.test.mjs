// What is known of a referrer, as a file they take along; and leaving: what goes, what stays, what becomes of the link.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { part, signedIn } from './desk.mjs'
import { pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { ask, at, CALM, entered, euros, joined, saved } from './referrer.mjs'
import { place, world } from './shopfront.mjs'

before(async () => {
  place.shop.show('/', '<h1>The shop</h1>')
})

/** Ada and Eve, an order each, a question each, an account each. */
async function two(letters) {
  const program = await opened(world, { destination: `${place.shop.origin}/`, fraud: CALM })
  const people = []
  for (const [at, [letter, name, iban]] of [[letters[0], 'Ada Byron', 'DE89370400440532013000'], [letters[1], 'Eve Moneypenny', 'GB82WEST12345698765432']].entries()) {
    const one = await joined(world, program, letter, { name, email: `${name.split(' ')[0].toLowerCase()}@mail.example` })
    const { id } = await program.tell('sales', { order_id: `o-${at}`, customer_id: `c-${at}`, amount: 9900, currency: 'EUR', code: one.code })
    const dispute = await ask(world, program, one.proof, 'disputes', { about: id, message: `${name} asks` })
    await program.tell(`referrers/${one.id}/payout_target`, { name, iban })
    people.push({ ...one, sale: id, dispute: dispute.id, iban })
  }
  return { program, ada: people[0], eve: people[1] }
}

for (const javaScriptEnabled of [true, false]) {
  test(`the file has everything of theirs and nothing of anybody else’s, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 60_000 }, async () => {
    const { program, ada, eve } = await two(javaScriptEnabled ? 'AE' : 'BF')
    const page = await entered(place, program, ada, { javaScriptEnabled })
    await page.goto(at(world, program, 'profile'))
    const { name, bytes } = await saved(page, page.getByRole('link', { name: 'Save my data (JSON)' }))
    assert.equal(name, `${program.slug}-my-data.json`)
    const text = bytes.toString()
    const data = JSON.parse(text)
    for (const hers of [ada.id, ada.code, ada.sale, ada.dispute, ada.iban, 'Ada Byron', 'ada@mail.example', 'Ada Byron asks']) assert.ok(text.includes(hers), hers)
    for (const others of [eve.id, eve.code, eve.sale, eve.dispute, eve.iban, 'Eve', 'eve@mail.example', ada.proof]) assert.ok(!text.includes(others), others)
    assert.deepEqual(data, await world.api(`subject-export?referrer_id=${ada.id}`, { key: program.key }), 'the shop would hand out the same')
    assert.equal(data.rewards.reduce((sum, { amount }) => sum + amount, 0), 990)
    await page.context().close()
  })
}

test('whoever leaves is asked twice, takes nothing of the shop’s books along, and the page closes everywhere', { timeout: 90_000 }, async () => {
  const { program, ada, eve } = await two('CG')
  const page = await entered(place, program, ada)
  const elsewhere = await entered(place, program, ada)
  await page.getByRole('link', { name: 'About you' }).click()
  await page.getByRole('link', { name: 'Leave the program' }).click()
  for (const line of ['Gone: your name', 'Stays: what was credited', 'Rewards that were not paid yet can no longer be sent', 'Your link goes on leading to the shop']) {
    await page.getByText(line).waitFor()
  }
  await page.getByLabel(/Type the word/).fill('stay')
  await page.getByRole('button', { name: 'Take me out' }).click()
  await page.getByRole('alert').getByText('Nothing has happened. To leave, type “leave”.').waitFor()
  assert.equal((await world.api(`referrers/${ada.id}`, { key: program.key })).name, 'Ada Byron')
  await page.getByLabel(/Type the word/).fill('Leave')
  await page.getByRole('button', { name: 'Take me out' }).click()
  await page.getByRole('heading', { name: 'Goodbye, and thank you' }).waitFor()

  for (const one of [page, elsewhere]) {
    await one.goto(at(world, program, 'rewards'))
    await one.getByText('Your page is closed').first().waitFor()
  }
  // What stays: numbers without a name, on the merchant's page and in the API.
  const left = await world.api(`referrers/${ada.id}`, { key: program.key })
  assert.deepEqual([left.name, left.email, left.sales], [null, null, 1])
  const desk = await signedIn(world, place.chromium, program.key)
  await part(desk, world.edge, `conversions/${ada.sale}`)
  await desk.getByRole('region', { name: 'Rewards' }).getByText(euros(990)).waitFor()
  await part(desk, world.edge, `referrers/${ada.id}`)
  await desk.getByRole('heading', { name: ada.code }).or(desk.getByRole('heading', { name: ada.id })).waitFor()
  // The link and the id are made of chance, and may have any digits.
  const said = (await desk.locator('main').innerText()).replaceAll(left.link, '').replaceAll(ada.id, '')
  assert.doesNotMatch(said, /Ada|mail\.example|3000/)
  await part(desk, world.edge, 'disputes')
  await desk.getByText('The message was erased.').waitFor()
  await desk.getByText('Eve Moneypenny asks').waitFor()

  // The link leads to the shop as ever, and the panel's browser finds its numbers without a name.
  const friend = await pageOf(await visitor(place.chromium))
  await friend.goto(ada.link)
  await friend.getByRole('heading', { name: 'The shop' }).waitFor()
  assert.equal(new URL(friend.url()).searchParams.get('via'), ada.code)
  const { referrer } = await ask(world, program, ada.proof, 'widget/me')
  assert.deepEqual([referrer.sales, referrer.name ?? null], [1, null])
  const again = await entered(place, program, ada)
  await again.getByRole('banner').getByText(ada.code).waitFor()
  assert.equal((await world.api(`referrers/${eve.id}`, { key: program.key })).name, 'Eve Moneypenny', 'and nobody else is touched')
  for (const one of [page, elsewhere, desk, friend, again]) await one.context().close()
})
