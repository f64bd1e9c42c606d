// The pictures of the README and the guide: a referrer's panel with a life behind it, the dashboard and a referrer's own page
// with a season. With GOODWORD_PICTURES set (`cargo xtask pictures`) they are taken anew; otherwise it is checked that they
// are there, of the size their pages leave room for, and small.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { signedIn } from './desk.mjs'
import { browser, pageOf, visitor } from './people.mjs'
import { season } from './season.mjs'
import { panel, signUp } from './shop.mjs'
import { until } from './until.mjs'
import { open, root } from './world.mjs'

const FOLDER = `${root}www/guide/pictures`
const MOST_BYTES = 60_000
const MOST_BYTES_OF_A_DESK = 120_000

const DESK = { width: 1040, height: 720 }
const PHONE = { width: 390, height: 844 }

/** What is on each: where in the shop, on which screen, in which colours, and what is done first. */
const PICTURES = [
  { name: 'panel-light', path: '/share', screen: DESK, colours: 'light' },
  { name: 'panel-dark', path: '/share', screen: DESK, colours: 'dark' },
  { name: 'panel-dialog', path: '/', screen: DESK, colours: 'light', first: (page) => page.evaluate(() => window.goodword('open')) },
  { name: 'panel-phone', path: '/share', screen: PHONE, colours: 'light' },
]

/** The same of the dashboard, whose pages are longer than a screen. */
const SHEET = { width: 1280, height: 1040 }
const AT_THE_DESK = [
  { name: 'dashboard-overview', path: () => '/dashboard/live?of=revenue', screen: SHEET, colours: 'light' },
  { name: 'dashboard-overview-dark', path: () => '/dashboard/live?of=revenue', screen: SHEET, colours: 'dark' },
  { name: 'dashboard-conversion', path: ({ conversion }) => `/dashboard/live/conversions/${conversion}`, screen: DESK, colours: 'light' },
  { name: 'dashboard-review', path: () => '/dashboard/live/review', screen: DESK, colours: 'light' },
  { name: 'dashboard-terms', path: () => '/dashboard/live/terms', screen: SHEET, colours: 'light' },
  { name: 'join', path: ({ slug }) => `/join/${slug}`, screen: SHEET, colours: 'light' },
  { name: 'portal', own: true, path: ({ slug }) => `/p/${slug}?of=sales`, screen: SHEET, colours: 'light' },
  { name: 'portal-phone', own: true, path: ({ slug }) => `/p/${slug}?of=sales`, screen: PHONE, colours: 'light' },
  { name: 'dashboard-phone', path: () => '/dashboard/live?of=revenue', screen: PHONE, colours: 'light' },
]

/** Who follow the link. */
const FRIENDS = 7

const takes = !!process.env.GOODWORD_PICTURES

let world, chromium, page, desk, own, program

before(async () => {
  if (!takes) return
  // Of its own, so that nobody else's orders are on the pictures.
  world = await open({ apart: true })
  chromium = await browser()
  page = await pageOf(await visitor(chromium, { reducedMotion: 'reduce', permissions: ['clipboard-write'] }))
  await signUp(page, world.shop, 'Rosa', 'rosa@example.com')
  await page.goto(`${world.shop}/share`)
  await panel(page).copy.click()
  const link = await panel(page).link.inputValue()
  const code = new URL(link).pathname.split('/').at(-1)
  await until('the referrer is known', async () => {
    const { data } = await world.api('referrers?limit=100')
    return data.some((referrer) => referrer.code === code)
  })
  for (let number = 1; number <= FRIENDS; number += 1) {
    // Each with a browser of another version: on one machine nothing else tells people apart.
    const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${120 + number}.0.0.0 Safari/537.36`
    const friend = await visitor(chromium, { userAgent })
    await (await friend.newPage()).goto(link)
    await friend.close()
  }
  await world.api('leads', { body: { customer_id: 'cus_1', code } })
  await world.api('leads', { body: { customer_id: 'cus_2', code } })
  await world.api('sales', { body: { order_id: 'FF-1041', customer_id: 'cus_1', amount: 8450, currency: 'EUR', code } })
  await world.api('sales', { body: { order_id: 'FF-1057', customer_id: 'cus_3', amount: 3890, currency: 'EUR', code } })
  await until('the clicks are counted', async () => (await world.clicks()).filter((click) => click.code === code).length === FRIENDS)
  program = await season(world)
  await until('the clicks of the season are counted', async () => (await world.clicks(program)).length >= 20)
  desk = await signedIn(world, chromium, program.key, { reducedMotion: 'reduce' })
  own = await entered('1042')
})

after(async () => {
  await chromium?.close()
  await world?.close()
})

for (const { name, path, screen, colours, first } of PICTURES) {
  test(`the picture ${name} is there and small`, async () => {
    const file = `${FOLDER}/${name}.webp`
    if (takes) await take(file, path, screen, colours, first)
    const picture = await readFile(file)
    assert.deepEqual(size(picture), screen)
    assert.ok(picture.length < MOST_BYTES, `${picture.length} bytes`)
  })
}

for (const { name, own: theirs, path, screen, colours } of AT_THE_DESK) {
  test(`the picture ${name} is there and small`, async () => {
    const file = `${FOLDER}/${name}.webp`
    if (takes) {
      const seen = theirs ? own : desk
      await seen.setViewportSize(screen)
      await seen.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' })
      await seen.goto(world.edge + path(program))
      if (name === 'join') await seen.locator('goodword-widget .panel:not([data-waiting])').first().waitFor()
      await seen.mouse.move(0, 0)
      await writeFile(file, await squeezed(await seen.screenshot({ animations: 'disabled' }), screen))
    }
    const picture = await readFile(file)
    assert.deepEqual(size(picture), screen)
    assert.ok(picture.length < MOST_BYTES_OF_A_DESK, `${picture.length} bytes`)
  })
}

/** A page of somebody who is signed in at the shop with this id, at their own pages. */
async function entered(sub) {
  const now = Math.floor(Date.now() / 1000)
  const encoded = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ iss: program.slug, aud: 'goodword', sub, iat: now, exp: now + 600 })}`
  const token = `${signed}.${createHmac('sha256', program.keys.identity_live).update(signed).digest('base64url')}`
  const { url } = await fetch(`${world.edge}/v1/widget/portal`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${program.publishable_key}`, 'Content-Type': 'application/json', 'Goodword-Identity': token },
    body: '{}',
  }).then((answer) => answer.json())
  const page = await pageOf(await visitor(chromium, { reducedMotion: 'reduce' }))
  await page.goto(url)
  await page.locator('form[action$="/enter"] button').click()
  await page.waitForURL(`${world.edge}/p/${program.slug}`)
  return page
}

async function take(file, path, screen, colorScheme, first) {
  await mkdir(FOLDER, { recursive: true })
  await page.setViewportSize(screen)
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.goto(world.shop + path)
  await first?.(page)
  await until('the panel has its numbers', async () => await panel(page).number('Clicks') === String(FRIENDS))
  // A dialog is in view, wherever the page under it is.
  if (!first) await page.locator('goodword-widget').evaluate((element) => {
    element.scrollIntoView({ block: element.clientHeight < innerHeight ? 'center' : 'start' })
  })
  await page.mouse.move(0, 0)
  const shot = await page.screenshot({ animations: 'disabled' })
  await writeFile(file, await squeezed(shot, screen))
}

/** A PNG as WebP, a third of the bytes; Chromium can write it. */
async function squeezed(png, { width, height }) {
  const blank = await (await visitor(chromium)).newPage()
  const address = await blank.evaluate(async ([address, width, height]) => {
    const image = new Image()
    image.src = address
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    canvas.getContext('2d', { alpha: false }).drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.85)
  }, [`data:image/png;base64,${png.toString('base64')}`, width, height])
  await blank.context().close()
  return Buffer.from(address.split(',')[1], 'base64')
}

/** Width and height of a WebP: each less one, in three bytes of its first chunk (RFC 9649, 2.7). */
function size(picture) {
  assert.equal(picture.toString('latin1', 8, 16), 'WEBPVP8X')
  return { width: picture.readUIntLE(24, 3) + 1, height: picture.readUIntLE(27, 3) + 1 }
}
