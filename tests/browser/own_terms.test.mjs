// The terms as a referrer reads them: the merchant's own sentences, accepted version by version; and what a click was promised
// holds when they change.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { part, signedIn } from './desk.mjs'
import { pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { ask, at, CALM, entered, euros, joined } from './referrer.mjs'
import { place, world } from './shopfront.mjs'
import { until } from './until.mjs'

before(async () => {
  place.shop.show('/', '<h1>The shop</h1>')
})

/** Somebody follows a link; answers the id of their click. */
async function clicked(link, version) {
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`
  const friend = await pageOf(await visitor(place.chromium, { userAgent }))
  await friend.goto(link)
  const click = new URL(friend.url()).searchParams.get('gw_click')
  await friend.context().close()
  return click
}

const sentences = (page) => page.locator('.promise').first().getByRole('listitem').allTextContents()

for (const javaScriptEnabled of [true, false]) {
  test(`read, accepted, changed by the merchant, and read again, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 90_000 }, async () => {
    const program = await opened(world, { destination: `${place.shop.origin}/`, fraud: CALM })
    const ada = await joined(world, program, javaScriptEnabled ? 'A' : 'B')
    const page = await entered(place, program, ada, { javaScriptEnabled })
    const desk = await signedIn(world, place.chromium, program.key, { javaScriptEnabled })
    const read = async () => {
      await page.goto(at(world, program, 'terms'))
      await part(desk, world.edge, 'terms')
      const mine = await sentences(page)
      assert.deepEqual(mine, await sentences(desk), 'the merchant promises what she reads')
      const { promise } = await world.api('terms', { key: program.key })
      assert.deepEqual(mine, [...promise.referrer, ...promise.friend], 'and so does the API')
      return mine
    }
    assert.match((await read()).join(), /You get 10% of what was paid/)
    await page.getByText('You have not accepted any version yet.').waitFor()
    await page.getByRole('button', { name: 'Accept version 1' }).click()
    await page.getByRole('status').filter({ hasText: 'Accepted.' }).waitFor()
    await page.getByText('You accepted version 1.').waitFor()
    assert.equal(await page.getByRole('button', { name: /^Accept/ }).count(), 0)

    const before = await clicked(ada.link, javaScriptEnabled ? 101 : 103)
    await desk.getByRole('textbox', { name: 'Referrer, a sale' }).fill('12.5')
    await desk.getByRole('button', { name: 'Look at the draft' }).click()
    await desk.getByRole('button', { name: 'Save as the new terms' }).click()
    await desk.getByText('The new terms hold from now on.').waitFor()
    assert.match((await read()).join(), /You get 12\.5% of what was paid/)
    await page.getByRole('heading', { name: 'In force now: version 2' }).waitFor()
    await page.getByText('You accepted version 1.').waitFor()
    await page.getByText('clicks before keep what they were promised').waitFor()
    // A click knows its second; one in the second of the change keeps what was promised before.
    const changed = Date.now()
    await until('the next second', () => Math.floor(Date.now() / 1000) > Math.floor(changed / 1000))
    const since = await clicked(ada.link, javaScriptEnabled ? 102 : 104)
    await page.getByRole('button', { name: 'Accept version 2' }).click()
    await page.getByText('You accepted version 2.').waitFor()

    // A hundred euros each: a tenth by the old terms, an eighth by the new.
    for (const [order, click_id, share] of [['o-before', before, 1000], ['o-since', since, 1250]]) {
      const { id } = await program.tell('sales', { order_id: order, customer_id: order, amount: 10_000, currency: 'EUR', click_id })
      await page.goto(at(world, program, `conversions/${id}`))
      await page.getByRole('region', { name: 'Rewards' }).getByText(euros(share)).waitFor()
    }
    assert.deepEqual([...page.trouble, ...desk.trouble], [])
    for (const one of [page, desk]) await one.context().close()
    const { referrer } = await ask(world, program, ada.proof, 'widget/me')
    assert.equal(referrer.terms_accepted, 2, 'the panel knows it, too')
  })
}

test('who reads an old page accepts what they read, not what came meanwhile', { timeout: 60_000 }, async () => {
  const program = await opened(world, { destination: `${place.shop.origin}/` })
  const page = await entered(place, program, await joined(world, program, 'C'))
  await page.goto(at(world, program, 'terms'))
  const { terms } = await world.api('program', { key: program.key })
  await world.api('program', { key: program.key, method: 'PATCH', body: { terms: { ...terms, hold_days: 7 } }, status: 200 })
  await page.getByRole('button', { name: 'Accept version 1' }).click()
  await page.getByText('You accepted version 1.').waitFor()
  await page.getByRole('button', { name: 'Accept version 2' }).waitFor()
  await page.context().close()
})
