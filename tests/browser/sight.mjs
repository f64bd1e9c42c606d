// What everybody sees of a page, on every screen: nothing axe objects to, nothing wider than the screen, nothing that moves
// after it was drawn; all of it in one load of the page.

import assert from 'node:assert/strict'
import { objections } from './stand.mjs'

export const PHONE = { width: 360, height: 740 }
export const DESK = { width: 1280, height: 900 }
/** From the narrowest to the widest, on both sides of where the layout changes. */
export const WIDTHS = [360, 480, 640, 703, 705, 831, 833, 959, 961, 1280, 1920]
/** Where there is least room: for what differs by words or amounts only. */
export const TIGHT = [360, 480, 705, 833, 961]

/** What is wider than the screen, at any of these widths. */
async function overflows(page, widths) {
  const wide = []
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    const over = await page.evaluate(() => {
      if (document.documentElement.scrollWidth <= innerWidth) return null
      const out = [...document.querySelectorAll('body *')].find((element) => element.getBoundingClientRect().right > innerWidth + 1)
      return `${out?.tagName}.${out?.className}`
    })
    if (over) wide.push(`${width}: ${over}`)
  }
  return wide
}

/** Looks at a page that is open on a phone in light colours. `all`: also the other way round. */
export async function look(page, where, { axe = true, all = false, widths = WIDTHS } = {}) {
  assert.deepEqual(await page.shifted(), [], `${where} shifts`)
  assert.equal(await page.locator('main h1').count(), 1, `${where} has one title`)
  if (axe) assert.deepEqual(await objections(page), [], `${where} phone, light`)
  assert.deepEqual(await overflows(page, widths), [], `${where} overflows`)
  await page.setViewportSize(DESK)
  await page.emulateMedia({ colorScheme: 'dark' })
  if (axe) assert.deepEqual(await objections(page), [], `${where} desk, dark`)
  if (all) {
    await page.emulateMedia({ colorScheme: 'light' })
    assert.deepEqual(await objections(page), [], `${where} desk, light`)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize(PHONE)
    assert.deepEqual(await objections(page), [], `${where} phone, dark`)
  }
  await page.setViewportSize(PHONE)
  await page.emulateMedia({ colorScheme: 'light' })
}

/** What a list's first row leads to, where it has one. */
export async function first(page, one) {
  const link = page.locator(one).first()
  if (!await link.count()) return false
  const answer = await page.goto(new URL(await link.getAttribute('href'), page.url()).href)
  assert.equal(answer.status(), 200)
  return true
}
