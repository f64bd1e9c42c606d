// Review by keys and in bulk, in a real browser; the pages of the settings and of one referrer, looked at in every size and
// light.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn as enter } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { LONG } from './programs.mjs'
import { objections } from './stand.mjs'

const signedIn = (key, options) => enter(world, chromium, key, options)

/** A program with so many flags, all of one referrer who has their friends' mailbox. */
async function doubted(count, name = 'Ada Byron') {
  const rewards = [{ id: 'lead', on: 'lead', to: 'referrer', pay: { flat: 500 } }]
  const opened = await world.program('https://shop.example/', { terms: { hold_days: 0, rewards } })
  const sk = opened.secret_key
  const tell = (path, body) => world.api(path, { key: sk, body })
  const ada = await tell('referrers', { code: 'ada', name, email: 'ada@shop.example', external_id: 'shop-7' })
  for (let at = 0; at < count; at += 1) {
    await tell('leads', { customer_id: `c${at}`, code: 'ada', email: `ada+${at}@shop.example` })
  }
  return { sk, ada, tell }
}

const statuses = async (sk) => (await world.api('flags', { key: sk })).data.map(({ status }) => status)

test('flags are gone through by keys: moved between, ticked, noted, released and confirmed', { timeout: 120_000 }, async () => {
  const { sk } = await doubted(3)
  const page = await signedIn(sk)
  await page.goto(`${world.edge}/dashboard/live/review`)
  const here = () => page.evaluate(() => [...document.querySelectorAll('[data-case]')].findIndex((one) => one.contains(document.activeElement)))
  const ticked = () => page.evaluate(() => [...document.querySelectorAll('input[name=id]')].map((box) => box.checked))
  const press = (keys) => page.keyboard.press(keys)
  await press('j')
  assert.equal(await here(), 0)
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
  assert.equal(outline, 'solid', 'the place is seen')
  for (const [key, place] of [['j', 1], ['j', 2], ['j', 2], ['k', 1], ['k', 0], ['k', 0]]) {
    await press(key)
    assert.equal(await here(), place)
  }
  await press('x')
  assert.deepEqual(await ticked(), [true, false, false])
  await press('x')
  assert.deepEqual(await ticked(), [false, false, false])

  // In a field letters are letters.
  await press('n')
  await page.keyboard.type('jkxrc?')
  assert.equal(await page.locator('[data-case]').first().getByLabel('Note').inputValue(), 'jkxrc?')
  assert.equal(await page.locator('dialog').isVisible(), false)
  await page.locator('[data-case]').first().getByLabel('Note').fill('Seen')
  await page.locator('[data-case]').first().getByRole('button', { name: 'Only note it' }).click()
  await page.getByRole('status').filter({ hasText: 'Noted.' }).waitFor()
  assert.deepEqual(await statuses(sk), ['open', 'open', 'open'])

  await press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  assert.deepEqual(await objections(page), [])
  await page.getByLabel('Use these keys').uncheck()
  await page.getByRole('button', { name: 'Close' }).click()
  await press('j')
  await press('?')
  assert.equal(await here(), -1, 'they are off')
  await page.reload()
  await press('j')
  assert.equal(await here(), -1, 'and stay off')
  await page.getByRole('button', { name: 'Keys' }).click()
  await page.getByLabel('Use these keys').check()
  await page.getByRole('button', { name: 'Close' }).click()

  await press('j')
  await press('j')
  await press('r')
  await page.getByRole('heading', { name: 'Release one flag?' }).waitFor()
  assert.deepEqual(await statuses(sk), ['open', 'open', 'open'], 'a key decides nothing by itself')
  await page.getByText('one reward, 5.00').waitFor()
  await page.getByRole('button', { name: 'Release them' }).click()
  await page.getByRole('status').filter({ hasText: 'Released.' }).waitFor()
  assert.deepEqual(await statuses(sk), ['open', 'released', 'open'])

  await page.getByRole('link', { name: 'Tick all on this page' }).click()
  assert.deepEqual(await ticked(), [true, true])
  await page.keyboard.press('Escape')
  await page.evaluate(() => document.activeElement.blur())
  await press('c')
  await page.getByRole('heading', { name: 'Confirm 2 flags as fraud?' }).waitFor()
  await page.getByLabel('Note for all of them').fill('A ring')
  await page.getByRole('button', { name: 'Confirm them as fraud' }).click()
  await page.getByText('Nothing to review').waitFor()
  assert.deepEqual(await statuses(sk), ['confirmed', 'released', 'confirmed'])
  assert.deepEqual(page.trouble, [])
})

test('bulk and filters work without script', { timeout: 120_000 }, async () => {
  const { sk } = await doubted(3)
  const page = await signedIn(sk, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
  await page.goto(`${world.edge}/dashboard/live/review?rule=same_email`)
  assert.equal(await page.getByRole('button', { name: 'Keys' }).count(), 0, 'no keys are promised')
  await page.getByRole('link', { name: 'Tick all on this page' }).click()
  await page.locator('input[name=id]').first().uncheck()
  await page.getByRole('button', { name: 'Release …' }).click()
  await page.getByRole('button', { name: 'Release them' }).click()
  await page.getByText('What these flags held').waitFor()
  assert.deepEqual(await statuses(sk), ['open', 'released', 'released'])
  assert.match(page.url(), /rule=same_email/, 'the filter stays')
})

test('fraud rules are tried and saved, a person is erased and a group is made, by hand', { timeout: 120_000 }, async () => {
  const { sk, ada } = await doubted(1)
  const page = await signedIn(sk)
  await page.goto(`${world.edge}/dashboard/live/settings/fraud`)
  await page.getByLabel('Weight: Friend and referrer have the same e-mail address').fill('120')
  await page.getByRole('button', { name: 'Try it on the past' }).click()
  await page.getByText('over one conversion').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').filter({ hasText: 'is judged by this' }).waitFor()
  assert.equal((await world.api('fraud', { key: sk })).weights.same_email, 120)

  await page.goto(`${world.edge}/dashboard/live/settings/groups`)
  await page.getByLabel('Name').fill('Partners')
  await page.getByRole('button', { name: 'Make the group' }).click()
  await page.getByRole('heading', { name: 'Partners' }).waitFor()
  await page.goto(`${world.edge}/dashboard/live/referrers/${ada.id}`)
  await page.getByRole('combobox', { name: 'Group' }).selectOption('Partners')
  await page.getByRole('button', { name: 'Put there' }).click()
  await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor()

  await page.getByRole('link', { name: 'Hand out or erase' }).click()
  for (const time of ['once', 'and once more']) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download what is known' }).click()])
    assert.equal(download.suggestedFilename(), 'subject.json', time)
  }
  const form = page.locator('form', { has: page.getByRole('button', { name: 'Erase for good' }) })
  assert.equal(await form.getByLabel('Who', { exact: true }).inputValue(), ada.id)
  await form.getByLabel('The same once more').fill(ada.id)
  await form.getByRole('button', { name: 'Erase for good' }).click()
  await page.getByRole('heading', { name: 'Erased' }).waitFor()
  assert.equal((await world.api(`referrers/${ada.id}`, { key: sk })).name, null)
  assert.deepEqual(page.trouble, [])
})

test('axe objects to nothing on these pages, nothing overflows and nothing shifts', { timeout: 300_000 }, async () => {
  const { sk, ada, tell } = await doubted(4, LONG)
  await tell('groups', { name: 'G'.repeat(100), terms: { hold_days: 3, rewards: [{ id: 'lead', on: 'lead', to: 'referrer', pay: { flat: 900 } }] } }).catch(() => {})
  const flags = (await world.api('flags', { key: sk })).data
  const waiting = async () => (await statuses(sk)).filter((status) => status === 'open').length
  await tell(`flags/${flags[0].id}/notes`, { note: 'y'.repeat(300) })
  await tell(`flags/${flags[1].id}/decision`, { decision: 'release', note: 'z'.repeat(300) })
  await tell(`referrers/${ada.id}/suspension`, { decision: 'suspend', note: 'w'.repeat(200) })
  const left = await waiting()
  const pages = [
    'review', 'review?show=decided', 'review?rule=paid_ad', 'referrers', `referrers/${ada.id}`, 'referrers?sort=granted', 'settings', 'settings/fraud',
    'settings/groups', 'settings/calendar', 'settings/data', 'settings/audit?actor=server', 'terms', 'terms?old=1&new=1',
  ]
  for (const [width, height] of [[360, 740], [1280, 900]]) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await signedIn(sk, { viewport: { width, height }, colorScheme, bypassCSP: true })
      const looked = async (what) => {
        const where = `${what} ${width} ${colorScheme}`
        assert.deepEqual(await objections(page), [], where)
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} overflows`)
        assert.deepEqual(await page.shifted(), [], where)
        if (process.env.GOODWORD_LOOK) {
          await page.screenshot({ path: `${process.env.GOODWORD_LOOK}/${where.replace(/[^a-z0-9]+/gi, '-')}.png`, fullPage: true })
        }
      }
      for (const part of pages) {
        await page.goto(`${world.edge}/dashboard/live/${part}`)
        await looked(part)
      }
      await page.goto(`${world.edge}/dashboard/live/review?all=1`)
      await page.getByRole('button', { name: 'Confirm fraud …' }).click()
      await page.getByRole('heading', { name: /^Confirm \d+ flags as fraud/ }).waitFor()
      await looked('confirmation')
      await page.goto(`${world.edge}/dashboard/live/settings/fraud`)
      await page.getByRole('button', { name: 'Try it on the past' }).click()
      await page.getByText('With your draft').waitFor()
      await looked('tried')
      await page.context().close()
    }
  }
  assert.equal(await waiting(), left, 'nothing was decided by looking')
})
