// A referrer's links from their own page: to any page of the shop, marked with where they are shared, as a QR code; each
// followed to where it leads, and its click seen on both sides.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { part, signedIn } from './desk.mjs'
import { pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { at, entered, joined, saved } from './referrer.mjs'
import { scanned } from './scan.mjs'
import { place, world } from './shopfront.mjs'
import { until } from './until.mjs'

before(async () => {
  for (const path of ['/', '/pots/red']) place.shop.show(path, `<h1>The shop, ${path}</h1>`)
})

let friends = 0

/** Somebody with a browser nobody has yet: on one machine nothing else tells people apart. Answers where they land. */
async function follow(link) {
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + ++friends}.0.0.0 Safari/537.36`
  const page = await pageOf(await visitor(place.chromium, { userAgent }))
  await page.goto(link)
  await page.getByRole('heading', { name: 'The shop' }).waitFor()
  const landed = new URL(page.url())
  await page.context().close()
  return landed
}

/** Fills in the form for a link. */
async function make(page, { to, channel }) {
  // Without script it is still open from the link before.
  if (!await page.getByLabel('Page of the shop').isVisible()) await page.getByText('Link to a page, or say where you share it').click()
  await page.getByLabel('Page of the shop').fill(to)
  await page.getByLabel('Where you share it').selectOption(channel)
  await page.getByRole('button', { name: 'Make the link' }).click()
}

const made = (page) => page.locator('.made pre').textContent()

/** The channels of a program's clicks, as the merchant's server reads them. */
const channels = async (program) => (await world.clicks(program)).map(({ channel }) => channel).sort()

for (const javaScriptEnabled of [true, false]) {
  test(`a link to a product, marked with a channel, leads there and is counted so, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 60_000 }, async () => {
    const program = await opened(world, { destination: `${place.shop.origin}/` })
    const ada = await joined(world, program, 'A')
    const page = await entered(place, program, ada, { javaScriptEnabled })
    const expected = []
    for (const [channel, word] of [['WhatsApp', 'whatsapp'], ['E-mail', 'email'], ['I will not say', 'direct']]) {
      await make(page, { to: `${place.shop.origin}/pots/red?size=2`, channel })
      await page.getByRole('heading', { name: 'Your link to that page' }).waitFor()
      assert.equal(await page.getByLabel('Where you share it').inputValue(), word, 'the form says what was chosen')
      const landed = await follow(await made(page))
      assert.equal(landed.pathname, '/pots/red')
      assert.deepEqual(['size', 'via'].map((name) => landed.searchParams.get(name)), ['2', ada.code])
      assert.match(landed.searchParams.get('gw_click'), /^gwc_/)
      expected.push(word)
    }
    await until('each click is counted under its channel', async () => assert.deepEqual(await channels(program), expected.sort()))
    await page.goto(at(world, program))
    await page.getByRole('link', { name: /^Clicks 3/ }).waitFor()
    assert.deepEqual(page.trouble, [])
    await page.context().close()

    const desk = await signedIn(world, place.chromium, program.key, { javaScriptEnabled })
    await part(desk, world.edge, 'referrers')
    await desk.getByRole('link', { name: ada.code }).click()
    await desk.locator('.tiles div', { hasText: 'Clicks' }).getByText('3', { exact: true }).waitFor()
    await desk.context().close()
  })
}

test('an address that no link can lead to stands in its field, with what to do instead', { timeout: 60_000 }, async () => {
  const program = await opened(world, { destination: `${place.shop.origin}/` })
  const page = await entered(place, program, await joined(world, program, 'B'))
  const host = new URL(place.shop.origin).host
  for (const [to, said] of [
    ['https://evil.example/pots', `That is not a page of ${host}. Links lead there and nowhere else: copy an address from there.`],
    ['red pots', 'That is no address. Copy it from your browser’s address bar.'],
    [`${place.shop.origin}/pots/red#reviews`, 'Leave out the # and what follows it.'],
  ]) {
    await make(page, { to, channel: 'WhatsApp' })
    const field = page.getByLabel('Page of the shop')
    await page.getByRole('alert').getByText(said).waitFor()
    assert.equal(await field.inputValue(), to, 'what was typed is still there')
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
    assert.equal(await page.locator(`#${await field.getAttribute('aria-describedby')}`).textContent(), said)
    assert.equal(await page.getByLabel('Where you share it').inputValue(), 'whatsapp')
    assert.equal(await page.locator('.made').count(), 0)
  }
  await make(page, { to: '/pots/red', channel: 'WhatsApp' })
  assert.equal((await follow(await made(page))).pathname, '/pots/red')
  await page.context().close()
})

test('the QR code is saved as SVG and as PNG, a camera reads the same link from both, and its click says so', { timeout: 60_000 }, async () => {
  const program = await opened(world, { destination: `${place.shop.origin}/` })
  const ada = await joined(world, program, 'C')
  const page = await entered(place, program, ada)
  await make(page, { to: '/pots/red', channel: 'I will not say' })
  await page.getByRole('img', { name: 'QR code of your link' }).waitFor()
  const camera = await (await visitor(place.chromium)).newPage()
  const seen = new Set()
  for (const [what, ending, type] of [['Save the QR code as SVG', 'svg', 'image/svg+xml'], ['Save the QR code as PNG', 'png', 'image/png']]) {
    const { name, bytes } = await saved(page, page.getByRole('link', { name: what }).or(page.getByRole('button', { name: what })))
    assert.equal(name, `${program.slug}-${ada.code}.${ending}`)
    seen.add(await scanned(camera, bytes, type))
  }
  assert.deepEqual([...seen], [`${await made(page)}?gwc=qr`])
  assert.equal((await follow([...seen][0])).pathname, '/pots/red')
  await until('it is counted', async () => assert.deepEqual(await channels(program), ['qr']))
  assert.deepEqual(page.trouble, [])
  for (const one of [page, camera]) await one.context().close()
})

test('the QR code is there without script, too', { timeout: 60_000 }, async () => {
  const program = await opened(world, { destination: `${place.shop.origin}/` })
  const page = await entered(place, program, await joined(world, program, 'D'), { javaScriptEnabled: false })
  await make(page, { to: '/pots/red', channel: 'WhatsApp' })
  const { bytes } = await saved(page, page.getByRole('link', { name: 'Save the QR code as SVG' }))
  assert.equal(await page.getByRole('button', { name: 'Save the QR code as PNG' }).count(), 0, 'nothing that does nothing')
  const camera = await (await visitor(place.chromium)).newPage()
  assert.equal(await scanned(camera, bytes, 'image/svg+xml'), await made(page))
  for (const one of [page, camera]) await one.context().close()
})
