// What the merchant made for referrers to share: added on the merchant's pages, taken from the referrer's, and gone from both
// when it is retired.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { part, signedIn } from './desk.mjs'
import { visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { at, entered, joined, saved } from './referrer.mjs'
import { place, world } from './shopfront.mjs'
import { CLIPBOARD } from './stand.mjs'

let picture

before(async () => {
  const page = await (await visitor(place.chromium, { viewport: { width: 320, height: 180 } })).newPage()
  await page.setContent('<body style="background:#ab3118;color:#fff"><h1>Ferns</h1>')
  picture = await page.screenshot()
  await page.context().close()
})

/** Adds something to the library on the merchant's page. */
async function add(desk, kind, fields) {
  await part(desk, world.edge, 'links')
  await desk.getByText(kind).click()
  const form = desk.locator('details[open] form')
  for (const [label, value] of Object.entries(fields)) {
    if (Buffer.isBuffer(value)) await form.getByLabel(label).setInputFiles({ name: 'fern.png', mimeType: 'image/png', buffer: value })
    else await form.getByLabel(label, { exact: true }).fill(value)
  }
  await form.getByRole('button', { name: 'Add it' }).click()
  await desk.getByRole('status').filter({ hasText: 'Added to the library.' }).waitFor()
}

async function retire(desk, title) {
  const card = desk.getByRole('listitem').filter({ has: desk.getByRole('heading', { name: title }) })
  await card.getByText('Retire', { exact: false }).first().click()
  await card.getByRole('button', { name: 'Retire it now' }).click()
  await desk.getByRole('status').filter({ hasText: 'Retired.' }).waitFor()
}

const card = (page, title) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) })

for (const javaScriptEnabled of [true, false]) {
  test(`words, a picture and a file are there as they were made, and gone when retired, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 90_000 }, async () => {
    const program = await opened(world)
    const ada = await joined(world, program, javaScriptEnabled ? 'A' : 'B')
    const desk = await signedIn(world, place.chromium, program.key, { javaScriptEnabled })
    const page = await entered(place, program, ada, { javaScriptEnabled, ...(javaScriptEnabled && CLIPBOARD) })
    await page.goto(at(world, program, 'assets'))
    await page.getByText('Your link is all you need.').waitFor()
    await add(desk, 'Add words to share', { Title: 'For neighbours', Words: 'Ferns like shade.\n\nSo do I.' })
    await add(desk, 'Add a picture', { Title: 'A fern', Picture: picture, 'In words': 'A fern in a red room' })
    await add(desk, 'Add a file of yours', { Title: 'The leaflet', Address: 'https://shop.example/leaflet.pdf' })

    await page.reload()
    const words = await card(page, 'For neighbours').locator('code').innerText()
    assert.ok(words.startsWith('Ferns like shade.\n\nSo do I.\n'), words)
    assert.match(words, /\nI get a reward if you buy\.\n/, 'the line that discloses the reward')
    assert.equal(words.split('\n').at(-1), ada.link)
    if (javaScriptEnabled) {
      await card(page, 'For neighbours').getByRole('button', { name: 'Copy' }).click()
      await card(page, 'For neighbours').getByRole('button', { name: 'Copied' }).waitFor()
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), words)
    }
    const image = page.getByRole('img', { name: 'A fern in a red room' })
    assert.equal(await image.evaluate((image) => image.decode().then(() => image.naturalWidth)), 320)
    const file = await saved(page, card(page, 'A fern').getByRole('link', { name: 'Save the picture' }))
    assert.deepEqual(file.bytes, picture, 'byte for byte what the merchant gave')
    assert.match(file.name, /\.png$/)
    assert.equal(await card(page, 'The leaflet').getByRole('link').getAttribute('href'), 'https://shop.example/leaflet.pdf')
    // The merchant's server has the same three.
    const titles = ['A fern', 'For neighbours', 'The leaflet']
    const stored = await program.list('assets')
    assert.deepEqual(stored.map(({ title }) => title).sort(), titles)
    assert.equal(stored.find(({ kind }) => kind === 'text').text, 'Ferns like shade.\n\nSo do I.')
    assert.deepEqual((await page.getByRole('heading', { level: 2 }).allTextContents()).sort(), titles)

    const address = new URL(await image.getAttribute('src'), world.edge).href
    for (const title of titles) await retire(desk, title)
    await page.reload()
    await page.getByText('Your link is all you need.').waitFor()
    assert.equal((await fetch(address)).status, 404, 'the picture is gone from its address')
    assert.deepEqual([...page.trouble, ...desk.trouble], [])
    for (const one of [page, desk]) await one.context().close()
  })
}

test('what was made for a group is shown to the group', { timeout: 60_000 }, async () => {
  const program = await opened(world)
  const [ada, eve] = [await joined(world, program, 'C', { name: 'Ada' }), await joined(world, program, 'D', { name: 'Eve' })]
  const group = await program.tell('groups', { name: 'ambassadors', terms: { rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 2000 } }] } })
  const desk = await signedIn(world, place.chromium, program.key)
  await part(desk, world.edge, `referrers/${ada.id}`)
  await desk.getByRole('combobox', { name: 'Group' }).selectOption('ambassadors')
  await desk.getByRole('button', { name: 'Put there' }).click()
  await desk.getByRole('status').filter({ hasText: 'Done.' }).waitFor()
  await program.tell('assets', { kind: 'text', title: 'For few', text: 'Only you know.', group_id: group.id })
  for (const [who, count] of [[ada, 1], [eve, 0]]) {
    const page = await entered(place, program, who)
    await page.goto(at(world, program, 'assets'))
    await page.getByRole('heading', { level: 1 }).waitFor()
    assert.equal(await card(page, 'For few').count(), count)
    // And the terms are their own, too.
    await page.getByRole('link', { name: 'Terms' }).click()
    await page.getByText(`You get ${count ? 20 : 10}% of what was paid`).waitFor()
    await page.context().close()
  }
  await desk.context().close()
})
