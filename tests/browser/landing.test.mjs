// Where a browser really lands: hostile forms of links, opened, and nobody is ever anywhere else
// than in the shop.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { browser, pageOf, visitor } from './people.mjs'
import { site } from './site.mjs'
import { open, root } from './world.mjs'

let world, shop, chromium, program

before(async () => {
  world = await open()
  ;[shop, chromium] = await Promise.all([site(), browser()])
  program = await world.program(`${shop.origin}/welcome`)
  await world.api('referrers', { key: program.secret_key, body: { code: 'ada' } })
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

/** The forms of tests/corpora/redirects.txt that a browser can be given: in path, query and code. */
async function forms() {
  const text = await readFile(`${root}/tests/corpora/redirects.txt`, 'utf8')
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#'))
  const escapes = /\\(?:u\{([0-9a-f]+)\}|x([0-9a-f]{2})|([\\rnt0]))/gi
  const plain = { '\\': '\\', r: '\r', n: '\n', t: '\t', 0: '\0' }
  const read = (form) => form.replace(escapes, (_, long, short, letter) =>
    letter ? plain[letter] : String.fromCodePoint(parseInt(long ?? short, 16)))
  return lines.map((line) => {
    const [, place, form] = line.match(/^(\w+) (.*)$/s)
    return { place, form: read(form), line }
  })
}

test('every hostile form of a link ends on the shop, or never was a link', { timeout: 120_000 }, async () => {
  const links = `${world.edge}/r/${program.slug}/`
  const address = {
    path: (form) => `${links}ada${form}`,
    query: (form) => `${links}ada?${form}`,
    code: (form) => links + form,
  }
  const page = await pageOf(await visitor(chromium))
  const elsewhere = []
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (hostname !== 'localhost' && protocol !== 'data:') elsewhere.push(request.url())
  })
  page.on('dialog', (dialog) => assert.fail(`a dialog: ${dialog.message()}`))
  let landed = 0
  const left = [] // a browser resolves dots itself: some forms leave the link before it is followed
  for (const { place, form, line } of await forms()) {
    if (!address[place]) continue
    const given = address[place](form)
    const isLink = new URL(given).href.startsWith(links)
    const answer = await page.goto(given)
    const { origin, searchParams, pathname } = new URL(page.url())
    if (!isLink) {
      left.push(line)
      assert.ok([world.edge, shop.origin].includes(origin), `${line}: ${page.url()}`)
      continue
    }
    landed += 1
    assert.equal(origin, shop.origin, line)
    assert.ok(!pathname.startsWith('//'), `${line}: ${page.url()}`)
    const codes = searchParams.getAll('via')
    assert.ok(codes.length <= 1 && codes.every((code) => /^[a-z0-9-]{3,32}$/.test(code)), `${line}: ${page.url()}`)
    if (place === 'query') assert.deepEqual(codes, ['ada'], `${line}: ${page.url()}`)
    const clicks = searchParams.getAll('gw_click')
    assert.ok(clicks.length <= 1 && clicks.every((id) => /^gwc_[\w-]{1,116}$/.test(id)), `${line}: ${page.url()}`)
    const hops = []
    for (let hop = answer?.request(); hop; hop = hop.redirectedFrom()) hops.unshift(hop.url())
    // The driver does not tell about what ends on /favicon.ico.
    if (answer) assert.equal(hops.length, 2, `${line}: one redirect and no more: ${hops}`)
  }
  assert.deepEqual(elsewhere, [])
  assert.ok(landed > 150, `${landed} forms landed, ${left.length} never were links`)
})
