// How the pages look: nothing an accessibility checker objects to, nothing wider than the screen,
// light and dark, on a phone and on a desk. Pictures of all of it are left in target/screenshots.

import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { browser, pageOf, visitor } from './people.mjs'
import { fillIn, panel, pay, pick, signUp } from './shop.mjs'
import { until } from './until.mjs'
import { open, root } from './world.mjs'

const PICTURES = `${root}target/screenshots`

let world, chromium, axe
let newcomer, customer // pages: somebody a friend sent, and a customer with an order and a friend

before(async () => {
  world = await open()
  chromium = await browser()
  axe = await readFile(`${root}node_modules/axe-core/axe.min.js`, 'utf8')
  await mkdir(PICTURES, { recursive: true })
  const still = { reducedMotion: 'reduce', permissions: ['clipboard-write'] }
  ;[newcomer, customer] = await Promise.all([still, still].map(async (options) => pageOf(await visitor(chromium, options))))

  await signUp(customer, world.shop, 'Rosa Referrer', `rosa-${Date.now()}@example.com`)
  await panel(customer).copy.click()
  const link = await panel(customer).link.inputValue()
  await until('the referrer is known', async () => {
    const { data } = await world.api('referrers?limit=100')
    return data.some(({ code }) => link.endsWith(code))
  })
  await newcomer.goto(link)
  await pick(newcomer, 'Monstera')
})

after(async () => {
  await chromium?.close()
  await world?.close()
})

const PHONE = { width: 360, height: 780 }
const DESK = { width: 1280, height: 900 }
const EVERY = [[PHONE, 'light'], [PHONE, 'dark'], [DESK, 'light'], [DESK, 'dark']]

/** Looks at the page as it is, on these screens in these colour schemes. */
async function look(page, name, screens = EVERY) {
  const objections = []
  for (const [screen, colorScheme] of screens) {
    const { width } = screen
    await page.setViewportSize(screen)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const where = `${name}-${width}-${colorScheme}`
    await page.screenshot({ path: `${PICTURES}/${where}.png`, fullPage: true, animations: 'disabled' })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    if (wide > width) objections.push(`${where}: ${wide} pixels wide`)
    await page.evaluate(axe)
    const { violations, passes, incomplete } = await page.evaluate(() => window.axe.run())
    assert.ok([...passes, ...incomplete].some(({ id }) => id === 'color-contrast'), `${where}: the colours were looked at`)
    for (const { id, nodes } of violations) {
      objections.push(...nodes.map(({ target, failureSummary }) => `${where}: ${id} ${target.flat().join(' ')} ${failureSummary}`))
    }
  }
  assert.deepEqual(objections, [], name)
  assert.deepEqual(page.trouble, [], name)
}

const shown = (page) => until('the panel has its numbers', async () => await panel(page).number('Clicks') !== '–')

test('the shop: shelves, product, cart, sign-up, log-in', async () => {
  for (const [name, path] of [['home', '/'], ['product', '/products/monstera'], ['cart', '/cart'], ['signup', '/signup'], ['login', '/login']]) {
    await newcomer.goto(world.shop + path)
    await look(newcomer, `shop-${name}`)
  }
})

test('the shop: a form that was filled in wrongly says so', async () => {
  await newcomer.goto(`${world.shop}/login`)
  await newcomer.getByLabel('Email').fill('nobody@example.com')
  await newcomer.getByLabel('Password').fill('not this one')
  await newcomer.getByRole('button', { name: 'Log in' }).click()
  await newcomer.getByRole('alert').waitFor()
  // The browser logs the refusal's status, which is as it should be.
  newcomer.trouble.length = 0
  await look(newcomer, 'shop-login-refused')
})

test('the shop: checkout, the order, and the account it leads to', async () => {
  await newcomer.goto(`${world.shop}/checkout`)
  await fillIn(newcomer, 'Fay Friend', `fay-${Date.now()}@example.com`)
  await newcomer.waitForURL('**/checkout')
  await look(newcomer, 'shop-checkout')
  await pay(newcomer)
  await look(newcomer, 'shop-order')
  await newcomer.goto(`${world.shop}/account`)
  await shown(newcomer)
  await newcomer.getByLabel('Amount to refund in €').fill('10.00')
  await newcomer.getByRole('button', { name: 'Request partial refund' }).click()
  await newcomer.getByText('Taken back').waitFor()
  await shown(newcomer)
  await look(newcomer, 'shop-account-with-refund')
})

test('the panel: with numbers, activity and the QR code open', async () => {
  await customer.reload()
  await shown(customer)
  await panel(customer).activity.click()
  await panel(customer).qr.click()
  await customer.getByRole('img', { name: 'QR code of your link' }).waitFor()
  await look(customer, 'shop-account')
  await customer.goto(`${world.shop}/share`)
  await shown(customer)
  await look(customer, 'shop-share')
})

test('the panel’s place in the shop is kept from the first paint, at any width', async () => {
  for (const width of [320, 360, 412, 768, 960, 1100, 1280]) {
    const page = await pageOf(await visitor(chromium, { viewport: { width, height: 1400 } }))
    await page.goto(`${world.shop}/share`)
    await shown(page)
    assert.deepEqual(await page.shifted(), [], `at ${width} pixels`)
    await page.context().close()
  }
})

test('Goodword: the landing page, the guide, and a link that leads nowhere', async () => {
  const page = await pageOf(await visitor(chromium))
  const guide = ['', 'page/', 'looks/', 'react/', 'platforms/', 'versions/', 'server/', 'identity/', 'attribution/', 'money/', 'privacy/', 'hosting/', 'api/']
  await page.goto(`${world.edge}/`)
  await look(page, 'landing')
  for (const chapter of guide) {
    await page.goto(`${world.edge}/guide/${chapter}`)
    // The chapters share their frame: what differs is seen in two looks.
    await look(page, `guide-${chapter.replace('/', '') || 'start'}`, chapter ? [[PHONE, 'dark'], [DESK, 'light']] : EVERY)
  }
  await page.goto(`${world.edge}/r/nobody-here/8ety4n7fwzw`)
  page.trouble.length = 0 // the browser logs the 404, which is as it should be
  await look(page, 'link-nowhere')
})
