// The panel without a mouse, and as a screen reader hears it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { visitor } from './people.mjs'
import { panel } from './shop.mjs'
import { place } from './shopfront.mjs'
import { CLIPBOARD, focused, numbered } from './stand.mjs'
import { until } from './until.mjs'

/** Tabs on until the focus is on an element of that name. */
async function reach(page, name) {
  const passed = []
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab')
    passed.push(await focused(page))
    if (passed.at(-1) === name) return
  }
  assert.fail(`${name} was not reached, but ${passed.join(', ')}`)
}

test('with the keyboard alone: open, copy, write a message, save a QR code, say a name, close', async () => {
  const context = await visitor(place.chromium, CLIPBOARD)
  const page = await place.show('<h1>The shop</h1><goodword-widget mode="floating"></goodword-widget>', { context })
  await page.getByRole('button', { name: 'Refer a friend' }).waitFor()
  await reach(page, 'Refer a friend')
  await page.keyboard.press('Enter')
  await numbered(page)
  await page.keyboard.press('Enter') // the focus is on what matters most
  await page.getByRole('status').getByText('Link copied').waitFor()

  await reach(page, 'QR code')
  await page.keyboard.press('Space')
  await page.getByRole('img', { name: 'QR code of your link' }).waitFor()
  await reach(page, 'Save as PNG')
  const file = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  assert.equal((await file).suggestedFilename(), 'goodword-qr.png')

  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  assert.equal(await focused(page), 'More')
  await page.keyboard.press('Enter')
  await reach(page, 'Your message')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('Have a look!')
  await until('the message is in the link', async () =>
    decodeURIComponent(await panel(page).element.getByRole('link', { name: 'WhatsApp' }).getAttribute('href')).includes('?text=Have a look!\n'))

  await reach(page, 'About you')
  await page.keyboard.press('Enter')
  await reach(page, 'First name')
  await page.keyboard.type('Ada')
  await page.keyboard.press('Enter')
  await page.getByText(/^Saved\./).waitFor()

  await page.keyboard.press('Escape')
  await until('closed', async () => await page.getByRole('dialog').count() === 0)
  assert.equal(await focused(page), 'Refer a friend')
  assert.deepEqual(page.trouble, [])
  await context.close()
})

/** What a screen reader is told of a panel with everything unfolded. */
const TREE = `
- group "Refer a friend":
  - heading "Give €5, get 10%" [level=2]
  - text: Your personal link
  - textbox "Your personal link": LINK
  - button "Copy"
  - group "Share by":
    - link "WhatsApp":
      - /url: ADDRESS
    - link "Telegram":
      - /url: ADDRESS
    - link "Facebook":
      - /url: ADDRESS
    - link "E-mail":
      - /url: ADDRESS
    - button "QR code" [expanded]
    - button "More" [expanded]
  - img "QR code of your link"
  - button "Save as SVG"
  - button "Save as PNG"
  - group "Share by":
    - link "X":
      - /url: ADDRESS
    - link "LinkedIn":
      - /url: ADDRESS
    - link "Reddit":
      - /url: ADDRESS
  - text: Your message
  - textbox "Your message":
    - /placeholder: I like Corner Shop. With my link you get €5.
  - checkbox "I get a reward if you buy. Friends should know. In many countries the law asks for it." [checked]
  - text: I get a reward if you buy. Friends should know. In many countries the law asks for it.
  - paragraph: Your friend gets €5 when they buy. You get 10% of what they spend, and €1 when they sign up.
  - group: By sharing you accept the terms (version 1)
  - paragraph: "Next: share your link"
  - list "Your progress":
    - listitem: Link shared (not yet)
    - listitem: First click (not yet)
    - listitem: First friend (not yet)
    - listitem: First order (not yet)
    - listitem: First reward approved (not yet)
`

test('a screen reader is told everything there is, in the order it is seen', async () => {
  const page = await place.show('<h1>The shop</h1><goodword-widget></goodword-widget>')
  await numbered(page)
  // Shown, not pressed: pressing the button for the QR code joins.
  await page.locator('goodword-widget').hover()
  await page.locator('.message').waitFor({ state: 'attached' })
  await page.evaluate(() => {
    const root = document.querySelector('goodword-widget').shadowRoot
    root.querySelector('.qr').hidden = root.querySelector('.others').hidden = false
    for (const button of ['.qr-toggle', '.more']) root.querySelector(button).setAttribute('aria-expanded', true)
  })
  const heard = (await page.locator('goodword-widget').ariaSnapshot())
    .replace(/(textbox "Your personal link": ).*/, '$1LINK').replace(/\/url: .*/g, '/url: ADDRESS')
  const wanted = TREE.trim().split('\n')
  assert.deepEqual(heard.split('\n').slice(0, wanted.length), wanted)
  for (const term of ['Clicks', 'Friends', 'Sign-ups', 'Orders', 'Pending', 'Approved', 'Paid']) {
    assert.match(heard, new RegExp(`term: ${term}\\n\\s+- definition: `), term)
  }
  assert.match(heard, /heading "Your rewards" \[level=3\]/)
  await page.context().close()
})
