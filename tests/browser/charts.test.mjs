// A chart says of a column what its table says: under the pointer, a finger and the arrow keys, on both sides.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { signedIn } from './desk.mjs'
import { opened } from './programs.mjs'
import { CALM, at, entered, joined, rows } from './referrer.mjs'
import { place, world } from './shopfront.mjs'
import { objections } from './stand.mjs'
import { inOneHour } from './until.mjs'

const DAY_MS = 86_400_000
const STILL = { reducedMotion: 'reduce' }
let program, ada

before(async () => {
  await inOneHour(180)
  program = await opened(world, { destination: `${place.shop.origin}/`, fraud: CALM })
  ada = await joined(world, program, 'A')
  for (const [id, days] of [['a', 0], ['b', 0], ['c', 1], ['d', 6], ['e', 9]]) {
    await program.tell('sales', {
      order_id: id, customer_id: `of ${id}`, amount: 1000, currency: 'EUR', code: ada.code,
      ...(days && { occurred_at: new Date(Date.now() - days * DAY_MS).toISOString() }),
    })
  }
})

const SIDES = {
  'the dashboard': async (options) => {
    const page = await signedIn(world, place.chromium, program.key, options)
    await page.goto(`${world.edge}/dashboard/live?days=7&of=sales`)
    return page
  },
  'a referrer’s page': async (options) => {
    const page = await entered(place, program, ada, options)
    await page.goto(`${at(world, program)}?days=7&of=sales`)
    return page
  },
}

/** The chart, what it says of a column, and what its table says of all. */
async function chart(page) {
  const drawing = page.getByRole('img', { name: /^(Sales|Orders), / })
  await page.locator('.chart summary').click()
  const table = await rows(page.locator('.chart table'))
  assert.equal(table.length, 7)
  const says = async (column) => {
    const [day, now, former] = table.at(column)
    const [days, ...lines] = await page.locator('.tip > *').allInnerTexts()
    assert.equal(days, day)
    assert.deepEqual(lines, [`this period ${now}`, `the period before ${former}`])
  }
  /** A point in the middle of a column. */
  const spot = async (column) => {
    await drawing.scrollIntoViewIfNeeded()
    const { x, y, width, height } = await drawing.boundingBox()
    return [x + width * (column + 0.5) / 7, y + height / 2]
  }
  return { drawing, table, says, spot, tip: page.locator('.tip') }
}

for (const [where, opens] of Object.entries(SIDES)) {
  test(`on ${where} the pointer and the arrow keys read one column after the other`, { timeout: 120_000 }, async () => {
    const page = await opens({ ...STILL, colorScheme: 'dark' })
    const { drawing, table, says, spot, tip } = await chart(page)
    assert.deepEqual(table.map(([, now]) => now), ['1', '0', '0', '0', '0', '1', '2'])
    for (const column of [0, 3, 6]) {
      await page.mouse.move(...await spot(column))
      await says(column)
    }
    assert.deepEqual(await objections(page), [])
    await page.mouse.move(2, 2)
    assert.equal(await tip.count(), 0, 'it goes with the pointer')

    await drawing.focus()
    for (const [key, column] of [['End', 6], ['ArrowLeft', 5], ['ArrowLeft', 4], ['ArrowRight', 5], ['Home', 0], ['ArrowLeft', 0]]) {
      await page.keyboard.press(key)
      await says(column)
    }
    const said = await page.locator('#said').textContent()
    assert.ok(said.startsWith(table[0][0]) && said.includes('this period 1'), said)
    await page.keyboard.press('Escape')
    assert.equal(await tip.count(), 0)
    assert.equal(await page.locator('[style]').count(), 0, 'and leaves nothing')
    await page.keyboard.press('ArrowRight')
    await says(1)
    await page.keyboard.press('Tab')
    assert.equal(await tip.count(), 0, 'one stop, and on')

    // Written from right to left, time still goes to the right.
    await page.evaluate(() => { document.documentElement.dir = 'rtl' })
    for (const column of [0, 6]) {
      await page.mouse.move(...await spot(column))
      await says(column)
      const { x, width } = await tip.boundingBox()
      assert.ok(x >= 0 && x + width <= 1280, `in sight: ${x} ${width}`)
    }
    assert.deepEqual(page.trouble, [])
    await page.context().close()
  })

  test(`on ${where} a finger reads a column on a phone, and without script there is the table`, { timeout: 120_000 }, async () => {
    const phone = await opens({ ...STILL, hasTouch: true, viewport: { width: 360, height: 740 } })
    const { says, spot, tip } = await chart(phone)
    for (const column of [6, 0]) {
      await phone.touchscreen.tap(...await spot(column))
      await says(column)
      const { x, width } = await tip.boundingBox()
      assert.ok(x >= 0 && x + width <= 360, `in sight: ${x} ${width}`)
    }
    await phone.touchscreen.tap(2, 2)
    assert.equal(await tip.count(), 0)
    await phone.context().close()

    const plain = await opens({ javaScriptEnabled: false })
    assert.equal(await plain.locator('.chart svg [data-days] > title').count(), 7)
    assert.equal(await plain.locator('.chart svg[tabindex]').count(), 0, 'no stop at which nothing happens')
    await plain.context().close()
  })
}

test('what a chart says of a column changes with the numbers', { timeout: 120_000 }, async () => {
  const page = await SIDES['the dashboard'](STILL)
  const { spot, tip } = await chart(page)
  await page.mouse.move(...await spot(6))
  const number = async () => Number((await tip.locator('.now').innerText()).split(' ').at(-1))
  const had = await number()
  await program.tell('sales', { order_id: 'new', customer_id: 'of new', amount: 1000, currency: 'EUR', code: ada.code })
  await tip.locator('.now', { hasText: new RegExp(` ${had + 1}$`) }).waitFor()
  await page.context().close()
})
