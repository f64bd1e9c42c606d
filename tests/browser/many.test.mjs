// A hundred thousand conversions of ten thousand people, in a real browser: each list from its newest page to its oldest, searched, filtered and
// sorted, and taken away whole as a file; with and without script, on a phone and on a desk.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { part, signedIn, speaking } from './desk.mjs'
import { browser } from './people.mjs'
import { objections } from './stand.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

const MANY = 100_000
const PEOPLE = MANY / 10
/** Of which one in seven is credited to nobody, and one in ten is a lead. */
const REWARDS = MANY - Math.floor(MANY / 7)
const LEADS = MANY / 10
/** What is doubted comes in while the test looks. */
const FLAGS = 120

let world, chromium, key

before(async () => {
  ;[world, chromium] = await Promise.all([open({ years: { clicks: MANY, conversions: MANY, referrers: PEOPLE } }), browser()])
  key = world.years
}, { timeout: 600_000 })

after(async () => {
  await chromium?.close()
  await world?.close()
})

const merchant = (options) => signedIn(world, chromium, key, { bypassCSP: true, ...options })
const older = (page) => page.getByRole('link', { name: 'Older', exact: true })
const newest = (page) => page.getByRole('link', { name: 'Newest', exact: true })
const rows = (page) => page.locator('main tbody tr, main .cases > li').evaluateAll((rows) => rows.map(({ outerHTML }) => outerHTML))

/** Goes where a link leads; answers the response. */
async function follow(page, link) {
  const [answer] = await Promise.all([page.waitForNavigation(), link.click()])
  return answer
}

/** Presses the one button of a search or a filter. */
const pick = (page, name) => follow(page, page.locator('main .picks').getByRole('button', { name }))

/** Numbers of four digits and more that nobody has divided, outside of names, ids and years. */
const undivided = (page) => page.evaluate(() => {
  const found = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const said = text.parentElement.closest('time, code, script, option, [dir=auto], .sub, h1, th') === null
    const numbers = text.data.replaceAll(/\b20\d\d\b|\b[a-z]{3}_[0-9a-z]{16}\b/g, '')
    if (said && !text.data.startsWith('/') && /\d{4}/.test(numbers)) found.push(text.data.trim())
  }
  return found
})

/** A page as it was answered: there, small, no number unreadable, nothing wider than a phone or a desk, nothing axe objects to. */
async function whole(page, answer, where, { axe = false } = {}) {
  assert.equal(answer.status(), 200, where)
  const bytes = gzipSync(await answer.body()).length
  assert.ok(bytes <= 15_000, `${where}: ${bytes} bytes`)
  assert.deepEqual(await undivided(page), [], where)
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} overflows ${width}`)
    if (axe) assert.deepEqual(await objections(page), [], `${where} ${width}`)
  }
}

/** The lists that are longest, their oldest page, and a choice of theirs that has pages, too, with what each of its rows says. */
const LISTS = [
  { at: 'conversions', oldest: 'before=51', choice: 'show=leads', says: 'Lead sign_up' },
  { at: 'conversions', oldest: 'before=51', choice: 'show=uncredited', says: 'No referral link' },
  { at: 'referrers', oldest: 'before=51', choice: 'state=nothing', says: '0' },
  { at: 'rewards', oldest: 'before=51', choice: 'state=paid', says: 'paid' },
  { at: 'settings/audit', oldest: 'before=51', choice: 'about=lead', says: 'Lead told' },
]

for (const javaScriptEnabled of [true, false]) {
  test(`every list goes from its newest page to its oldest, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 300_000 }, async () => {
    const page = await merchant({ javaScriptEnabled })
    for (const { at, oldest, choice, says } of LISTS) {
      await whole(page, await part(page, world.edge, at), at, { axe: javaScriptEnabled })
      const first = await rows(page)
      assert.equal(first.length, 50, at)
      await whole(page, await follow(page, older(page)), `${at}, older`)
      const second = await rows(page)
      assert.equal(new Set([...first, ...second]).size, 100, at)
      await follow(page, newest(page))
      assert.deepEqual(await rows(page), first, at)
      // The pager would be pressed two thousand times: the address it leads to then.
      await whole(page, await part(page, world.edge, `${at}?${oldest}`), `${at}?${oldest}`, { axe: javaScriptEnabled })
      assert.equal((await rows(page)).length, 50, at)
      assert.equal(await older(page).count(), 0, at)
      await newest(page).waitFor()

      await whole(page, await part(page, world.edge, `${at}?${choice}`), choice)
      const chosen = await rows(page)
      for (const answer of [await follow(page, older(page)), await follow(page, older(page)), await follow(page, newest(page))]) {
        assert.equal(answer.status(), 200)
        assert.ok(new URL(page.url()).search.includes(choice), `${at}: ${page.url()}`)
        assert.equal((await rows(page)).filter((row) => row.includes(says)).length, 50, `${at}?${choice}`)
      }
      assert.deepEqual(await rows(page), chosen, `${at}?${choice}`)
    }
    assert.deepEqual(page.trouble, [])
    await page.context().close()
  })

  test(`one of them all is found, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 120_000 }, async () => {
    const page = await merchant({ javaScriptEnabled })
    const names = page.locator('main tbody th a')
    for (const [what, count] of [['s-0007777', 1], ['user-7777', 1], ['rfr_0000000000007777', 1], ['.7777@mail.example', 1], ['rossi', 50], ['nobody at all', 0]]) {
      await part(page, world.edge, 'referrers')
      await page.getByLabel('Name, e-mail, code or id').fill(what)
      await whole(page, await pick(page, 'Search'), what, { axe: javaScriptEnabled && count !== 1 })
      assert.equal(await names.count(), count, what)
      assert.equal(await older(page).count(), count > 1 ? 1 : 0, what)
    }
    await part(page, world.edge, 'referrers')
    await page.getByLabel('First', { exact: true }).selectOption({ label: 'Most sold in 90 days' })
    await page.getByLabel('Who', { exact: true }).selectOption({ label: 'Everybody' })
    await whole(page, await pick(page, 'Search'), 'most sold', { axe: javaScriptEnabled })
    assert.equal(await names.count(), 50)

    // The first thing that ever happened, below three hundred thousand others.
    await part(page, world.edge, 'settings/audit')
    await page.locator('.filters > summary').click()
    await page.getByLabel('About', { exact: true }).selectOption('program')
    await whole(page, await pick(page, 'Show'), 'audit of the program')
    await page.getByText('Program opened').first().waitFor()
    // A day has pages that the pager reaches the end of.
    await part(page, world.edge, 'conversions?before=20000')
    const day = (await page.locator('main tbody time').first().getAttribute('datetime')).slice(0, 10)
    await part(page, world.edge, `settings/audit?about=lead&from=${day}&to=${day}`)
    let pages = 1
    for (; await older(page).count(); pages += 1) await whole(page, await follow(page, older(page)), `audit of ${day}, page ${pages}`)
    assert.ok(pages > 2, `${pages} pages`)
    assert.ok((await page.locator('main tbody time').evaluateAll((times) => times.map(({ dateTime }) => dateTime.slice(0, 10)))).every((on) => on === day))
    await page.context().close()
  })
}

test('large numbers are divided as each language does it', { timeout: 120_000 }, async () => {
  const page = await merchant()
  for (const [language, between] of [['en', ','], ['de', '.'], ['fr', '\u00a0'], ['es', '.']]) {
    await speaking(page, world.edge, language)
    await whole(page, await part(page, world.edge, '?days=90'), `overview ${language}`, { axe: language === 'en' })
    const tiles = await page.locator('.tiles strong').allTextContents()
    assert.ok(tiles.filter((text) => new RegExp(`^\\d{2,3}[${between}]\\d{3}$`).test(text)).length >= 2, `${language}: ${tiles}`)
    for (const at of ['conversions/sal_0000000000050001', 'referrers/rfr_0000000000000001', 'payouts', 'terms', 'settings', 'settings/data']) {
      await whole(page, await part(page, world.edge, at), `${at} ${language}`)
    }
  }
  await page.context().close()
})

test('a hundred thousand rows are taken away whole, and the pages stay open meanwhile', { timeout: 300_000 }, async () => {
  for (const [at, javaScriptEnabled, count] of [['conversions', true, MANY], ['referrers', false, PEOPLE], ['conversions?show=leads', true, LEADS], ['rewards', true, REWARDS]]) {
    const page = await merchant({ javaScriptEnabled })
    // A file of everything and a page at once: how long they take is the bench's.
    page.setDefaultTimeout(60_000)
    await part(page, world.edge, at)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.files').getByRole('link', { name: /, CSV$/ }).click(),
    ])
    await whole(page, await part(page, world.edge, 'payouts'), `payouts during ${at}`)
    assert.equal(await download.failure(), null, at)
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n')
    assert.equal(lines.pop(), '', `${at}: the last line is a whole one`)
    assert.equal(lines.length, 1 + count, at)
    assert.equal(new Set(lines.slice(1).map((line) => line.split(',', 1)[0])).size, count, `${at}: each once`)
    assert.match(download.suggestedFilename(), new RegExp(`-${at.split('?')[0]}-\\d{4}-\\d\\d-\\d\\d\\.csv$`))
    await page.context().close()
  }
})

test('a payout of hundreds of people is read to its last page, and paid', { timeout: 180_000 }, async () => {
  const page = await merchant()
  await whole(page, await part(page, world.edge, 'payouts'), 'payouts', { axe: true })
  assert.match(await page.locator('.sum').innerText(), /\d,\d{3}\.\d\d/)
  await whole(page, await follow(page, page.locator('main tbody th a').first()), 'a payout', { axe: true })
  const lines = new Set(await rows(page))
  while (await older(page).count()) {
    await whole(page, await follow(page, older(page)), page.url())
    for (const row of await rows(page)) lines.add(row)
  }
  const { data: [newest] } = await world.api('payouts?limit=1', { key })
  assert.equal(lines.size, (await world.api(`payouts/${newest.id}`, { key })).lines.length)
  assert.ok(lines.size > 500, `${lines.size}`)
  // While hundreds of lines are on their way to be paid, the form says so and cannot be sent again.
  let sent = 0
  const seen = []
  const paid = page.getByRole('button', { name: 'All of it was paid' })
  await page.exposeFunction('note', (...state) => seen.push(state))
  await page.route(/payouts\/pay_\w+$/, async (route) => {
    sent += 1
    await until('the page was looked at and pressed again', () => seen.length)
    await route.continue()
  })
  await paid.evaluate((button) => {
    const state = () => [getComputedStyle(button).opacity, document.querySelectorAll('form[aria-busy=true]').length]
    const idle = state()
    button.form.addEventListener('submit', () => setTimeout(() => {
      const busy = state()
      button.click()
      setTimeout(() => window.note(...idle, ...busy), 100)
    }, 100), { once: true })
  })
  // Paid when the page is there: hundreds of lines take a busy machine a while.
  await paid.click({ timeout: 60_000 })
  await page.getByRole('status').filter({ hasText: 'Noted.' }).waitFor()
  assert.deepEqual([seen, sent], [[['1', 0, '0.6', 1]], 1])
  await part(page, world.edge, 'payouts')
  await page.getByRole('button', { name: 'Make a payout' }).click()
  await page.getByRole('status').filter({ hasText: 'The payout is made.' }).waitFor()
  assert.equal((await rows(page)).length, 50)
  assert.deepEqual(page.trouble, [])
  await page.context().close()
})

test('what is doubted among all of it waits in pages, and many are let go at once', { timeout: 180_000 }, async () => {
  const people = await world.api('referrers?limit=100', { key })
  for (let from = 0; from < FLAGS; from += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, more) => {
      const { code, email } = people.data[(from + more) % people.data.length]
      return world.api('leads', { key, body: { customer_id: `doubted-${from + more}`, code, email } })
    }))
  }
  const page = await merchant()
  await whole(page, await part(page, world.edge, 'review'), 'review', { axe: true })
  assert.equal(await page.locator('#places .badge').first().textContent(), `${FLAGS} waiting`)
  const seen = new Set(await rows(page))
  while (await older(page).count()) {
    await whole(page, await follow(page, older(page)), page.url())
    for (const row of await rows(page)) seen.add(row)
  }
  assert.equal(seen.size, FLAGS)
  await follow(page, newest(page))
  await page.getByRole('link', { name: 'Tick all on this page' }).click()
  await whole(page, await follow(page, page.getByRole('button', { name: 'Release …' })), 'what that touches', { axe: true })
  await follow(page, page.getByRole('button', { name: 'Release them' }))
  assert.equal((await rows(page)).length, 50)
  await whole(page, await part(page, world.edge, 'rewards?state=held'), 'held rewards')
  assert.equal((await rows(page)).length, 50)
  await follow(page, older(page))
  assert.equal((await rows(page)).length, FLAGS - 50 - 50)
  await page.context().close()
})
