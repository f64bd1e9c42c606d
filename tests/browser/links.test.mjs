// Links and the library: a link to a page of the shop with a campaign's tags, its QR code as another program reads it, and
// a picture that comes to the referrer's page and goes from it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before } from 'node:test'
import { bothWays, downloaded, goes, refused, signedIn, told } from './desk.mjs'
import { browser, pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { joined, seated } from './seat.mjs'
import { site } from './site.mjs'
import { until } from './until.mjs'
import { open, root } from './world.mjs'

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let world, shop, chromium

before(async () => {
  ;[world, shop, chromium] = await Promise.all([open(), site(), browser()])
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

/** What a decoder that is not ours finds in a QR code. */
const decoded = (svg) => spawnSync(process.execPath, [`${root}tests/journeys/decode.mjs`], { input: svg, encoding: 'utf8' }).stdout

bothWays('a link to a page, with a campaign’s tags and a channel, leads a friend there and is counted under it', { timeout: 90_000 }, async (how) => {
  const program = await opened(world, { destination: `${shop.origin}/` })
  const ada = await joined(world, program, 'Ada Byron')
  shop.show('/ferns', '<h1>Ferns</h1>')
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Links and assets')
  await page.getByLabel('Referrer').fill('byr')
  await page.getByLabel('Page').fill('https://elsewhere.example/ferns')
  await page.getByRole('button', { name: 'Make the link' }).first().click()
  await page.getByText('Links lead there and nowhere else').waitFor()
  assert.equal(await page.getByLabel('Page').inputValue(), 'https://elsewhere.example/ferns')

  await page.getByLabel('Page').fill(`${shop.origin}/ferns?utm_campaign=spring&utm_source=letter`)
  await page.getByLabel('Channel').selectOption('E-mail')
  await page.getByRole('button', { name: 'Make the link' }).first().click()
  const built = page.getByRole('status').filter({ hasText: 'Link of Ada Byron' })
  const link = await built.getByRole('code').first().textContent()
  await built.getByText(/Leads to/).waitFor()
  const file = await downloaded(page, built.getByRole('link', { name: 'Save the QR code' }))
  assert.equal(decoded(file.text), link)

  const friend = await pageOf(await visitor(chromium))
  await friend.goto(link)
  await friend.getByRole('heading', { name: 'Ferns' }).waitFor()
  const { searchParams } = new URL(friend.url())
  assert.deepEqual(['utm_campaign', 'utm_source', 'via'].map((name) => searchParams.get(name)), ['spring', 'letter', ada.code])
  await until('it is counted', async () => (await world.clicks(program)).length === 1)
  assert.equal((await world.clicks(program))[0].channel, 'email')
  await Promise.all([page.context().close(), friend.context().close()])
})

bothWays('a code that somebody has is refused, and nothing typed is lost', { timeout: 120_000 }, async (how) => {
  const program = await opened(world)
  await program.tell('referrers', { code: 'grace' })
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Links and assets')
  await page.getByText('A link for somebody new').click()
  const form = page.getByRole('group').filter({ has: page.getByText('A link for somebody new') })
  await form.getByLabel('Name').fill('Grace')
  await form.getByLabel('E-mail').fill('grace@mail.example')
  await form.getByLabel('Code').fill('grace')
  await form.getByRole('button', { name: 'Make the link' }).click()
  await refused(page, 'Somebody has this code already. Choose another.')
  assert.equal(await form.getByLabel('Name').inputValue(), 'Grace')
  assert.equal(await form.getByLabel('E-mail').inputValue(), 'grace@mail.example')
  await form.getByLabel('Code').fill('grace-h')
  await form.getByRole('button', { name: 'Make the link' }).click()
  await told(page, 'The link is made.')
  await page.getByRole('status').filter({ hasText: 'Link of Grace' }).waitFor()
  await page.context().close()
})

bothWays('a picture, words and a file come to the referrer’s page, and what is retired goes', { timeout: 90_000 }, async (how) => {
  const program = await opened(world, { destination: `${shop.origin}/` })
  const ada = await joined(world, program, 'Ada Byron')
  const page = await signedIn(world, chromium, program.key, how)
  const own = await seated(world, chromium, program, ada)
  await goes(page, 'Links and assets')
  await page.getByText('Nothing here yet.').waitFor()
  const adding = (what) => page.getByRole('group').filter({ has: page.getByText(what, { exact: true }) })
  await page.getByText('Add a picture').click()
  await adding('Add a picture').getByLabel('Title').fill('Banner')
  await adding('Add a picture').getByLabel('Picture').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') })
  await adding('Add a picture').getByLabel('In words').fill('A fern')
  await adding('Add a picture').getByRole('button', { name: 'Add it' }).click()
  await told(page, 'Added to the library.')
  await page.getByText('Add words to share').click()
  await adding('Add words to share').getByLabel('Title').fill('A post')
  await adding('Add words to share').getByLabel('Words').fill('I like this shop.')
  await adding('Add words to share').getByRole('button', { name: 'Add it' }).click()
  await told(page, 'Added to the library.')

  await own.at('assets')
  await own.getByText('I like this shop.').waitFor()
  const shown = own.getByRole('img', { name: 'A fern' })
  await until('the picture is there', () => shown.evaluate((image) => image.complete && image.naturalWidth === 1))
  const address = await shown.getAttribute('src')
  const banner = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Banner' }) })
  await banner.getByText('Retire Banner').click()
  await banner.getByRole('button', { name: 'Retire it now' }).click()
  await told(page, 'Retired.')
  assert.equal(await banner.count(), 0)
  await own.reload()
  await own.getByText('I like this shop.').waitFor()
  assert.equal(await own.getByRole('img', { name: 'A fern' }).count(), 0)
  assert.equal((await fetch(new URL(address, world.edge))).status, 404)
  await Promise.all([page.context().close(), own.context().close()])
})
