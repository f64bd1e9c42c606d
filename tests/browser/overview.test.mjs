// The overview, read as a merchant reads it of a morning: what waits, the numbers, what changed, where people are lost and
// where they come from. Every number is the API's.

import assert from 'node:assert/strict'
import { before } from 'node:test'
import { bothWays, downloaded, signedIn } from './desk.mjs'
import { followed } from './followed.mjs'
import { chromium, world } from './house.mjs'
import { opened } from './programs.mjs'
import { until } from './until.mjs'

const DAY_MS = 86_400_000
const FRIENDS = [...Array(8).fill(['whatsapp', 'DE']), ...Array(3).fill(['email', 'FR']), ['qr', 'DE']]

let program

/** Two months: a sale before last month, and this one with clicks, few leads, something of everything that waits. */
async function busy() {
  const made = await opened(world, {
    terms: {
      hold_days: 0,
      approval: { automatic_up_to: 1500 },
      rewards: [{ id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } }, { id: 'lead', on: 'lead', to: 'referrer', pay: { flat: 100 } }],
    },
  })
  const { tell } = made
  const ada = await tell('referrers', { code: 'ada', name: 'Ada Byron', email: 'ada@mail.example' })
  await tell('referrers', { code: 'bob', name: 'Bob' })
  const sale = (order_id, amount, code, more) => tell('sales', { order_id, customer_id: `of ${order_id}`, amount, currency: 'EUR', code, ...more })
  await sale('old', 5000, 'bob', { occurred_at: new Date(Date.now() - 40 * DAY_MS).toISOString() })
  for (const [at, [channel, country]] of FRIENDS.entries()) {
    await followed(`${world.edge}/r/${made.slug}/ada?gwc=${channel}`, {
      'cf-ipcountry': country, 'User-Agent': `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + at}.0.0.0 Safari/537.36`,
    })
  }
  await tell('leads', { customer_id: 'mine', code: 'ada', email: 'ada@mail.example' }) // doubted
  await sale('one', 9900, 'ada')
  await sale('two', 49_900, 'bob') // its reward waits for a person
  await sale('three', 1200, undefined)
  await tell('disputes', { referrer_id: ada.id, about: 'FF-1990', message: 'My neighbour ordered.' })
  await until('the clicks are counted', async () => (await world.clicks(made)).length === FRIENDS.length)
  return made
}

before(async () => {
  program = await busy()
})

const tile = (page, name) => page.getByRole('link', { name: new RegExp(`^${name} `) })
const number = async (page, name) => tile(page, name).locator('strong').textContent()
const row = (page, region, name) => page.getByRole('region', { name: region }).getByRole('listitem').filter({ hasText: name })

bothWays('a morning’s look: what waits, the numbers beside the month before, the leak, people, channels, countries', { timeout: 120_000 }, async (how) => {
  const page = await signedIn(world, chromium, program.key, how)
  const waits = page.getByRole('region', { name: 'What needs you today' })
  for (const [task, heading] of [
    ['One flag to review', 'Review'], ['One dispute to answer', 'Disputes'], ['One reward to let pass', 'Rewards'], [/to pay, to 2 people/, 'Payouts'],
  ]) {
    await waits.getByRole('link', { name: task }).click()
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    await page.goBack()
  }

  const from = new Date(Date.now() - 29 * DAY_MS).toISOString().slice(0, 10)
  const { totals, clicks_by: by } = await world.api(`stats?from=${from}&by=channel,country`, { key: program.key })
  assert.equal(await number(page, 'Clicks'), String(totals.clicks))
  assert.equal(await number(page, 'Leads'), String(totals.leads_attributed))
  assert.equal(await number(page, 'Sales'), String(totals.sales_attributed))
  assert.match(await tile(page, 'Sales').textContent(), /\+100% from 1/, 'two now, one in the month before')
  await page.getByText('Most clicks lead no further. Look at the page they land on.').waitFor()
  await page.getByText(`${totals.clicks - totals.leads} clicks led no further`).waitFor()

  assert.match(await row(page, 'Who brings most', 'Bob').textContent(), /499\.00.EUR.*Leads 0 · Sales 1/s)
  assert.deepEqual(by.channel.map(({ name, clicks }) => [name, clicks]), [['whatsapp', 8], ['email', 3], ['qr', 1]])
  for (const [name, clicks] of [['WhatsApp', 8], ['E-mail', 3], ['QR code', 1]]) await row(page, 'Where clicks come from', name).getByText(String(clicks), { exact: true }).waitFor()
  for (const [name, clicks] of [['Germany', 9], ['France', 3]]) await row(page, 'Countries', name).getByText(String(clicks), { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Ada Byron' }).click()
  await page.getByRole('heading', { name: 'Ada Byron', level: 1 }).waitFor()
  await page.context().close()
})

bothWays('a chart is chosen by its number, read as a table, cut by a period, and taken along as a file', { timeout: 120_000 }, async (how) => {
  const page = await signedIn(world, chromium, program.key, how)
  await tile(page, 'Sales').click()
  await page.getByRole('img', { name: /^Sales, / }).waitFor()
  await page.getByText('As a table').click()
  const sums = async () => {
    const cells = await page.getByRole('region', { name: 'Sales' }).getByRole('row').locator('td').allTextContents()
    const sum = (column) => cells.filter((_, at) => at % 2 === column).reduce((all, cell) => all + Number(cell), 0)
    return [sum(0), sum(1)]
  }
  assert.deepEqual(await sums(), [2, 1], 'this month and the one before')
  await page.getByRole('link', { name: '90 days' }).click()
  await page.getByRole('img', { name: /^Sales, / }).waitFor()
  await page.getByText('As a table').click()
  assert.deepEqual(await sums(), [3, 0])
  const file = await downloaded(page, page.getByRole('link', { name: 'Numbers of every day, JSON' }))
  const days = JSON.parse(file.text)
  const sold = (period) => days.filter((day) => day.period === period).reduce((all, { sales }) => all + sales, 0)
  assert.deepEqual([sold('now'), sold('before')], [3, 0])
  await page.getByRole('link', { name: '7 days' }).click()
  await page.getByRole('link', { name: '7 days', exact: true }).and(page.locator('[aria-current]')).waitFor()
  assert.equal(await number(page, 'Sales'), '2')
  await page.context().close()
})
