// What counts as a click: a person going somewhere, and nothing a page does by itself.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, pageOf, visitor } from './people.mjs'
import { site } from './site.mjs'
import { inOneHour, until } from './until.mjs'
import { open } from './world.mjs'

let world, stranger, merchant, chromium, program

before(async () => {
  world = await open()
  ;[stranger, merchant, chromium] = await Promise.all([site(), site(), browser()])
  merchant.show('/', '<h1>The shop</h1>')
  program = await world.program(`${merchant.origin}/`)
})

after(async () => {
  await chromium?.close()
  await Promise.all([stranger, merchant].map((site) => site?.close()))
  await world?.close()
})

/** A link whose code says how it is going to be followed. */
async function link(code) {
  const { link } = await world.api('referrers', { key: program.secret_key, body: { code } })
  return link
}

const counted = async () => (await world.clicks(program)).map(({ code }) => code).sort()

/** A person who is on the stranger's page. */
async function reader(path, body, head) {
  stranger.show(path, body, { head })
  const page = await pageOf(await visitor(chromium))
  await page.goto(`${stranger.stranger}${path}`)
  return page
}

test('what a page loads by itself is sent on but never counted', async () => {
  const codes = ['img', 'iframe', 'script', 'style', 'prefetch', 'preload', 'object', 'embed', 'video', 'fetch', 'beacon']
  const links = Object.fromEntries(await Promise.all(codes.map(async (code) => [code, await link(`by-${code}`)])))
  const body = `
    <img src="${links.img}" alt=""><iframe src="${links.iframe}" title="a frame"></iframe>
    <script src="${links.script}"></script><object data="${links.object}"></object>
    <embed src="${links.embed}"><video src="${links.video}" preload="auto"></video>`
  const head = `<link rel="stylesheet" href="${links.style}"><link rel="prefetch" href="${links.prefetch}">
    <link rel="preload" as="image" href="${links.preload}">`
  stranger.show('/stuffing', body, { head })
  const page = await pageOf(await visitor(chromium))
  const seen = new Map()
  page.on('response', (response) => {
    if (response.status() === 302) seen.set(new URL(response.url()).pathname.split('/').at(-1), response)
  })
  await page.goto(`${stranger.stranger}/stuffing`)
  await page.evaluate((address) => fetch(address, { mode: 'no-cors' }).then(() => null), links.fetch)
  await page.evaluate((address) => navigator.sendBeacon(address), links.beacon)
  // A beacon is a POST, which links do not answer; everything else was sent on.
  await until('all of them were sent on', () => codes.length - 1 === seen.size, { within: 20_000 })
    .catch((error) => { throw new Error(`${error.message}: ${[...seen.keys()]}`) })
  for (const [code, response] of seen) {
    const location = response.headers().location
    assert.ok(location.startsWith(`${merchant.origin}/`), `${code}: ${location}`)
    assert.ok(!location.includes('gw_click'), `${code} got a click id: ${location}`)
    assert.equal(await response.headerValue('set-cookie'), null, code)
  }
  // Clicks are counted in order: when this one has been, so would have been those before.
  await page.goto(await link('after-all'))
  await until('the click after all of them is counted', async () => (await counted()).includes('after-all'))
  assert.deepEqual(await counted(), ['after-all'])
  await page.context().close()
})

test('an anchor, a window opened by a gesture, a form and a typed address are each one click', async () => {
  const codes = ['anchor', 'new-tab', 'window', 'form', 'typed', 'middle']
  const links = Object.fromEntries(await Promise.all(codes.map(async (code) => [code, await link(`by-${code}`)])))
  const body = `
    <a id="anchor" href="${links.anchor}">a link</a>
    <a id="new-tab" href="${links['new-tab']}" target="_blank" rel="noopener noreferrer">in a new tab</a>
    <button id="window" onclick="window.open('${links.window}')">a window</button>
    <a id="middle" href="${links.middle}">with the middle button</a>
    <form action="${links.form}"><input name="a" value="1"><button id="form">a form</button></form>`
  const page = await reader('/article', body)
  const popups = []
  page.context().on('page', (popup) => popups.push(popup))
  await page.locator('#new-tab').click()
  await page.locator('#window').click()
  await page.locator('#middle').click({ button: 'middle' })
  await until('three more tabs are in the shop', () =>
    popups.length === 3 && popups.every((popup) => popup.url().startsWith(merchant.origin)))
  await page.locator('#form').click()
  await page.waitForURL(`${merchant.origin}/**`)
  assert.equal(new URL(page.url()).searchParams.get('a'), '1', 'what the form asked travels along')
  await page.goBack()
  await page.locator('#anchor').click()
  await page.waitForURL(`${merchant.origin}/**`)
  await page.goto(links.typed)
  assert.ok(page.url().startsWith(`${merchant.origin}/`))
  const expected = codes.map((code) => `by-${code}`)
  await until('all are counted', async () => {
    const known = await counted()
    return expected.every((code) => known.includes(code))
  })
  const mine = (await counted()).filter((code) => expected.includes(code))
  assert.deepEqual(mine, expected.sort(), 'each exactly once')
  await page.context().close()
})

test('the same visitor is counted once an hour, however often they follow', async () => {
  const page = await pageOf(await visitor(chromium))
  const again = await link('again')
  await inOneHour(20)
  for (let time = 0; time < 4; time += 1) await page.goto(again)
  await page.goto(await link('after-again'))
  await until('the last is counted', async () => (await counted()).includes('after-again'))
  assert.equal((await counted()).filter((code) => code === 'again').length, 1)
  await page.context().close()
})

for (const kind of ['prefetch', 'prerender']) {
  for (const [where, shop] of [['another site', 'stranger'], ["the link's own site", 'origin']]) {
    test(`a link to ${where} that a ${kind} rule has fetched ahead is counted when the person really goes`, async () => {
      merchant.show('/', '<h1>The shop</h1>')
      const program = await world.program(`${merchant[shop]}/`)
      const { link } = await world.api('referrers', { key: program.secret_key, body: { code: 'ahead' } })
      const rules = JSON.stringify({ [kind]: [{ urls: [link], eagerness: 'immediate' }] })
      stranger.show(`/${kind}-${shop}`, `<a href="${link}">go</a><script type="speculationrules">${rules}</script>`)
      const page = await pageOf(await visitor(chromium))
      const ahead = []
      const devtools = await page.context().newCDPSession(page)
      await devtools.send('Preload.enable')
      devtools.on('Preload.prefetchStatusUpdated', ({ status, prefetchUrl }) => {
        if (prefetchUrl === link) ahead.push(status)
      })
      await page.goto(`${stranger.stranger}/${kind}-${shop}`)
      await until('it was fetched ahead', () => ahead.some((status) => ['Ready', 'Success', 'Failure'].includes(status)))
      assert.equal((await world.clicks(program)).length, 0, 'nobody has gone anywhere yet')
      await page.getByRole('link', { name: 'go' }).click()
      await page.waitForURL(`${merchant[shop]}/**`)
      await until('the click is counted', async () => (await world.clicks(program)).length === 1)
      assert.ok(new URL(page.url()).searchParams.get('gw_click'), `a click id came along: ${page.url()} ${ahead}`)
      await page.context().close()
    })
  }
}

test('a browser that says it is a robot is sent on and not counted', async () => {
  const robots = await browser({ robot: true })
  try {
    const page = await pageOf(await visitor(robots))
    await page.goto(await link('by-robot'))
    assert.ok(page.url().startsWith(`${merchant.origin}/`))
    assert.ok(!page.url().includes('gw_click'), page.url())
    const person = await pageOf(await visitor(chromium))
    await person.goto(await link('after-robot'))
    await until('the person is counted', async () => (await counted()).includes('after-robot'))
    assert.ok(!(await counted()).includes('by-robot'))
    await person.context().close()
  } finally {
    await robots.close()
  }
})
