// A referrer's questions to the shop, from the first word to the decision: what one side writes the other reads, and what is
// decided is true on both.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { part, signedIn } from './desk.mjs'
import { opened } from './programs.mjs'
import { at, CALM, entered, euros, joined } from './referrer.mjs'
import { place, world } from './shopfront.mjs'

/** An order that went to Eve, of a customer Ada says is hers. */
async function missed(letter) {
  const program = await opened(world, { destination: `${place.shop.origin}/`, fraud: CALM })
  const ada = await joined(world, program, letter, { name: 'Ada Byron' })
  const eve = await joined(world, program, 'Z', { name: 'Eve Moneypenny' })
  const sell = (order, code) => program.tell('sales', { order_id: order, customer_id: 'c-zoe', amount: 9900, currency: 'EUR', code })
  await sell('o-1', eve.code)
  const { id } = await sell('o-2', ada.code)
  return { program, ada, eve, id }
}

/** A dispute as both pages show it to people: the ledger's words. */
const dispute = async (program, id) => world.api(`disputes/${id}`, { key: program.key })
const idOf = (page) => new URL(page.url()).pathname.split('/').at(-1)
/** What was said, in order: by whom and what. */
const said = (page) => page.getByRole('region', { name: 'What was said' }).getByRole('listitem').evaluateAll((items) =>
  items.map((item) => [item.querySelector('.sub').textContent.split(' · ')[0], item.querySelector('blockquote').innerText]))

for (const javaScriptEnabled of [true, false]) {
  test(`asked from the order, answered, put right: the credit moves, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 90_000 }, async () => {
    const { program, ada, eve, id } = await missed(javaScriptEnabled ? 'A' : 'B')
    const page = await entered(place, program, ada, { javaScriptEnabled })
    const desk = await signedIn(world, place.chromium, program.key, { javaScriptEnabled })
    await page.goto(at(world, program, `conversions/${id}`))
    await page.getByText('Not credited to you').waitFor()
    await page.getByLabel('What should have happened?').fill('Zoe is my sister.\nI sent her the link.')
    await page.getByRole('button', { name: 'Send to the shop' }).click()
    await page.getByRole('status').filter({ hasText: 'Sent. The shop’s answer will stand here.' }).waitFor()
    const question = idOf(page)
    await page.getByText('waits for the shop').waitFor()

    await part(desk, world.edge, '')
    await desk.getByRole('link', { name: 'One dispute to answer' }).click()
    const matter = desk.getByRole('listitem').filter({ has: desk.getByRole('heading', { name: 'Ada Byron' }) })
    await matter.getByText('Zoe is my sister.').waitFor()
    await matter.getByText('The ledger says:').waitFor()
    await matter.getByLabel('Your answer').fill('When was that?')
    await matter.getByRole('button', { name: 'Send without deciding' }).click()
    await desk.getByRole('status').filter({ hasText: 'Sent.' }).waitFor()
    await matter.getByText('waits for the referrer').waitFor()

    await page.reload()
    await page.getByText('waits for you').waitFor()
    await page.goto(at(world, program))
    await page.getByRole('link', { name: 'Questions 1 waiting' }).click()
    await page.getByRole('row', { name: /waits for you/ }).getByRole('link').click()
    await page.getByLabel('Your message').fill('On Sunday.')
    await page.getByRole('button', { name: 'Send to the shop' }).click()
    await page.getByText('On Sunday.').waitFor()
    const words = [['You wrote', 'Zoe is my sister.\nI sent her the link.'], ['The shop wrote', 'When was that?'], ['You wrote', 'On Sunday.']]
    assert.deepEqual(await said(page), words)
    const kept = await dispute(program, question)
    assert.deepEqual([kept.message, ...kept.messages.map(({ message }) => message)], words.map(([, text]) => text), 'the ledger’s')

    await part(desk, world.edge, 'disputes')
    await matter.getByText('On Sunday.').waitFor()
    await matter.getByLabel('Your answer').fill('You are right, sorry.')
    await matter.getByLabel('Give them the credit, too').check()
    await matter.getByRole('button', { name: 'They are right' }).click()
    await desk.getByRole('status').filter({ hasText: 'Answered.' }).waitFor()
    await page.reload()
    await page.getByText('You are right, sorry.').waitFor()
    await page.getByText('put right').first().waitFor()
    assert.equal(await page.getByRole('button', { name: 'Send to the shop' }).count(), 0, 'it is over')

    // The order is hers now, and Eve is told that it went.
    await page.getByRole('link', { name: 'What happened' }).click()
    await page.getByText('Credited to you', { exact: true }).waitFor()
    await page.getByText('The credit came to you').waitFor()
    await page.getByRole('region', { name: 'Rewards' }).getByText(euros(990)).waitFor()
    await part(desk, world.edge, `conversions/${id}`)
    await desk.getByText('Credited to Ada Byron').waitFor()
    const trace = await world.api(`sales/${id}/trace`, { key: program.key })
    assert.deepEqual([trace.attribution.referrer_id, trace.verdict], [ada.id, 'credited'])
    const other = await entered(place, program, eve, { javaScriptEnabled })
    await other.goto(at(world, program, 'conversions'))
    assert.doesNotMatch(await other.locator('main').innerText(), /Zoe|sister|Ada/)
    assert.deepEqual([...page.trouble, ...desk.trouble], [])
    for (const one of [page, desk, other]) await one.context().close()
  })
}

test('kept as it was: the answer stands with the question, and nothing moves', { timeout: 60_000 }, async () => {
  const { program, ada, eve, id } = await missed('C')
  const page = await entered(place, program, ada)
  const desk = await signedIn(world, place.chromium, program.key)
  await page.goto(at(world, program, `conversions/${id}`))
  await page.getByLabel('What should have happened?').fill('Mine.')
  await page.getByRole('button', { name: 'Send to the shop' }).click()
  await page.getByText('waits for the shop').waitFor()
  await part(desk, world.edge, 'disputes')
  await desk.getByLabel('Your answer').fill('She came by another link first.')
  await desk.getByRole('button', { name: 'Keep as it is' }).click()
  await desk.getByRole('status').filter({ hasText: 'Answered.' }).waitFor()
  await page.reload()
  await page.getByText('She came by another link first.').waitFor()
  await page.goto(at(world, program, 'conversions'))
  await page.getByText('Your question: kept as it was').waitFor()
  assert.equal((await world.api(`sales/${id}/trace`, { key: program.key })).attribution.referrer_id, eve.id)
  for (const one of [page, desk]) await one.context().close()
})

test('about something the ledger has nothing of: asked, taken back, and the merchant sees both', { timeout: 60_000 }, async () => {
  const { program, ada } = await missed('D')
  const page = await entered(place, program, ada)
  const desk = await signedIn(world, place.chromium, program.key)
  await page.goto(at(world, program, 'disputes'))
  await page.getByText('No questions').waitFor()
  await page.getByLabel('What it is about').fill('My neighbour’s order of Monday')
  await page.getByLabel('What should have happened?').fill('He has my code.')
  await page.getByRole('button', { name: 'Send to the shop' }).click()
  await page.getByRole('heading', { name: 'My neighbour’s order of Monday' }).waitFor()
  const question = idOf(page)
  await part(desk, world.edge, 'disputes')
  await desk.getByText('He has my code.').waitFor()

  await page.getByText('Take it back', { exact: true }).click()
  await page.getByRole('button', { name: 'Take it back now' }).click()
  await page.getByRole('status').filter({ hasText: 'You have taken your question back.' }).waitFor()
  assert.equal((await dispute(program, question)).status, 'withdrawn')
  await part(desk, world.edge, 'disputes')
  await desk.getByText('No open disputes').waitFor()
  await desk.getByRole('link', { name: 'Decided' }).click()
  await desk.getByText('He has my code.').waitFor()
  await desk.getByText('taken back').waitFor()
  for (const one of [page, desk]) await one.context().close()
})

test('what was typed is not lost when the shop decides meanwhile, and the page says why it was not sent', { timeout: 60_000 }, async () => {
  const { program, ada, id } = await missed('E')
  const page = await entered(place, program, ada)
  await page.goto(at(world, program, `conversions/${id}`))
  await page.getByLabel('What should have happened?').fill('Mine.')
  await page.getByRole('button', { name: 'Send to the shop' }).click()
  await page.getByText('waits for the shop').waitFor()
  const question = idOf(page)
  await page.getByLabel('Your message').fill('Something I thought about for an hour.')
  await program.tell(`disputes/${question}/decision`, { decision: 'rejected', note: 'No.' })
  await page.getByRole('button', { name: 'Send to the shop' }).click()
  await page.getByRole('alert').getByText('The shop has decided meanwhile.').waitFor()
  await page.getByText('Something I thought about for an hour.').waitFor()
  await page.context().close()
})
