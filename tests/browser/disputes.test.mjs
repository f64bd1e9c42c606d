// What a referrer reads of their own disputes in the panel, and what they can do about them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { panel } from './shop.mjs'
import { place } from './shopfront.mjs'
import { focused, numbered, objections } from './stand.mjs'
import { until } from './until.mjs'
import { root } from './world.mjs'

const ELEMENT = '<h1>A shop</h1><goodword-widget></goodword-widget>'
/** Texts that would be elements where somebody parsed them. */
const HOSTILE = '<img src=x onerror="document.title=1"> \u202e and a "quote"'

const PICTURES = `${root}target/screenshots`

const done = (page) => page.context().close()

/** A panel whose owner has joined and asked the shop about these things. */
async function asked(things, options) {
  const page = await place.show(ELEMENT, options)
  await numbered(page)
  await panel(page).copy.click()
  await page.getByText('Next: somebody follows your link').waitFor()
  const proof = await page.evaluate(() => Object.entries(localStorage)
    .map(([, value]) => value.match(/gws_[\w-]{43}/)?.[0]).find(Boolean))
  const ids = []
  for (const about of things) {
    const answer = await fetch(`${place.world.edge}/v1/disputes`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${place.program.publishable_key}`, 'Content-Type': 'application/json', 'Goodword-Proof': proof },
      body: JSON.stringify({ about, message: `About this: ${about}` }),
    })
    assert.equal(answer.status, 201)
    ids.push((await answer.json()).id)
  }
  return { page, ids }
}

const merchant = (path, body) =>
  place.world.api(path, { key: place.program.secret_key, body })

test('a referrer reads all that was said, answers, and takes a question back', async () => {
  const { page, ids } = await asked(['my friend Zoe', HOSTILE])
  await merchant(`disputes/${ids[0]}/messages`, { message: HOSTILE })
  const { activity, element } = panel(page)
  assert.ok(!page.asked.includes('GET /v1/widget/disputes'), 'not before somebody looks')
  await activity.click()
  const matters = element.locator('.matters > li')
  await until('both are there', async () => await matters.count() === 2)
  const zoe = matters.filter({ hasText: 'my friend Zoe' }).last()
  assert.deepEqual(await zoe.locator('.by').allTextContents(), ['You', 'The shop'])
  assert.deepEqual(await zoe.locator('.word').allTextContents(), ['About this: my friend Zoe', HOSTILE])
  assert.match(await zoe.locator('.standing').textContent(), /The shop has a question for you about this. The shop decides by .*\d{4}/)
  assert.equal(await page.title() === '1', false)
  assert.deepEqual(await objections(page), [])
  // With the keyboard alone.
  await zoe.getByLabel('Write to the shop').focus()
  await page.keyboard.type('Zoe bought on Monday.')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await zoe.getByText('Zoe bought on Monday.').waitFor()
  assert.equal(await focused(page), 'Activity')
  await zoe.getByText('You wrote to the shop about this.').waitFor()
  const { data } = await place.world.api('disputes', { key: place.program.secret_key })
  assert.deepEqual(data.find(({ id }) => id === ids[0]).messages.map(({ by }) => by), ['merchant', 'referrer'])
  // Once is not enough to end it.
  await zoe.getByRole('button', { name: 'Take it back', exact: true }).click()
  await zoe.getByRole('button', { name: 'Take it back for good' }).click()
  await zoe.getByText('You took your question back.').waitFor()
  assert.equal(await zoe.getByRole('button').count(), 0, 'it is over')
  await merchant(`disputes/${ids[1]}/decision`, { decision: 'rejected', note: 'Nobody came.' })
  await activity.click()
  await activity.click()
  await element.getByText('stays with its decision: Nobody came.').waitFor()
  assert.deepEqual(await objections(page), [])
  assert.deepEqual(page.trouble, [])
  await done(page)
})

test('what somebody is writing is not taken away, and a failure says so', async () => {
  const { page, ids } = await asked(['an order'])
  const { activity, element } = panel(page)
  await activity.click()
  const words = element.getByLabel('Write to the shop')
  await words.fill('Half a sen')
  await merchant(`disputes/${ids[0]}/messages`, { message: 'Hello?' })
  await activity.click()
  const again = page.waitForResponse('**/v1/widget/disputes?*')
  await activity.click()
  await again
  assert.equal(await words.inputValue(), 'Half a sen')
  await page.route('**/v1/disputes/**', (route) => route.abort())
  await element.getByRole('button', { name: 'Send to the shop' }).click()
  await element.getByText('That could not be sent.').waitFor()
  assert.equal(await words.inputValue(), 'Half a sen')
  await done(page)
})

test('many questions come ten at a time, and whoever has asked nothing sees nothing of it', async () => {
  const { page } = await asked(Array.from({ length: 12 }, (_, at) => `question ${at}`))
  const { activity, element } = panel(page)
  await activity.click()
  const matters = element.locator('.matters > li')
  await until('ten are there', async () => await matters.count() === 10)
  await element.getByRole('button', { name: 'Earlier questions' }).click()
  await until('all are there', async () => await matters.count() === 12)
  assert.equal(await element.getByRole('button', { name: 'Earlier questions' }).count(), 0)
  assert.ok((await matters.last().textContent()).includes('question 0'))
  await done(page)
  const other = await asked([])
  const answered = other.page.waitForResponse('**/v1/widget/disputes?*')
  await panel(other.page).activity.click()
  await answered
  assert.equal(await other.page.getByText('Your questions to the shop').isVisible(), false)
  assert.deepEqual(other.page.trouble, [])
  await done(other.page)
})

test('on a phone, in the dark, and from right to left it is still whole', async () => {
  for (const [language, width, colorScheme] of [['en', 360, 'light'], ['en', 360, 'dark'], ['ar', 360, 'light'], ['de', 1280, 'dark']]) {
    const where = `${language}-${width}-${colorScheme}`
    const page = await place.show(ELEMENT, {
      options: { viewport: { width, height: 740 }, colorScheme },
      head: '<meta name="color-scheme" content="light dark">',
      attributes: `data-locale="${language}"`,
    })
    await numbered(page)
    await page.locator('goodword-widget .copy').click()
    await until('it is joined', async () => page.asked.includes('POST /v1/widget/join'))
    await until('the details are there', async () => await page.locator('goodword-widget .disputes').count() === 1)
    await page.route('**/v1/widget/disputes?*', (route) => route.fulfill({
      headers: { 'access-control-allow-origin': '*' },
      json: {
        data: [{
          id: 'dsp_0000000000000000', about: 'W'.repeat(100), opened_by: 'referrer', message: 'w'.repeat(500), messages: [{ id: 'm', by: 'merchant', message: null }],
          status: 'waiting_for_referrer', note: null, due_at: '2020-01-01T00:00:00Z', overdue: true, created_at: '2019-12-01T00:00:00Z', decided_at: null,
        }],
        has_more: true,
      },
    }))
    await page.locator('goodword-widget .recent summary').click()
    await page.locator('goodword-widget .matters > li').waitFor()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    assert.equal(wide, 0, where)
    assert.equal(await page.locator('goodword-widget .matters').evaluate((list) => getComputedStyle(list).direction), language === 'ar' ? 'rtl' : 'ltr')
    assert.deepEqual(await objections(page), [], where)
    await page.screenshot({ path: `${PICTURES}/disputes-${where}.png`, fullPage: true })
    await done(page)
  }
})
