// Settings by hand, each seen to work where it works: keys at the API, hosts at a link, consent in a friend's browser; and
// the two ledgers that nobody may mistake for each other.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bothWays, goes, refused, signedIn, told } from './desk.mjs'
import { browser, pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { site } from './site.mjs'
import { open } from './world.mjs'

let world, shop, chromium

before(async () => {
  ;[world, shop, chromium] = await Promise.all([open(), site(), browser()])
})

after(async () => {
  await chromium?.close()
  await shop?.close()
  await world?.close()
})

const works = async (key) => (await fetch(`${world.edge}/v1/program`, { headers: { Authorization: `Bearer ${key}` } })).status

bothWays('a key is made, shown once, works, and ends with the sessions it opened', { timeout: 90_000 }, async (how) => {
  const program = await opened(world)
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Settings')
  const keys = page.getByRole('region', { name: 'Keys' })
  await keys.getByRole('button', { name: 'Make it' }).click()
  const fresh = page.getByRole('status').filter({ hasText: 'New: Secret key' })
  const key = (await fresh.getByRole('code').textContent()).trim()
  assert.match(key, /^sk_live_/)
  assert.equal(await works(key), 200)
  assert.equal(await works(program.key), 200, 'the other has a day')
  await keys.getByText(/ends .*, \d\d:\d\d/).waitFor()
  await goes(page, 'Settings')
  assert.equal(await page.getByText(key).count(), 0, 'never again')

  const other = await signedIn(world, chromium, key, how)
  const own = keys.getByRole('listitem').filter({ hasText: 'this session’s' })
  assert.equal(await own.getByText('End this key').count(), 0, 'nobody saws off their own branch')
  const theirs = keys.getByRole('listitem').filter({ hasText: 'Secret key' }).filter({ hasNotText: 'this session’s' })
  await theirs.getByText('End this key').click()
  await theirs.getByText('Whatever still uses it stops working at once.').waitFor()
  await theirs.getByRole('button', { name: 'End it now' }).click()
  await told(page, 'The key has ended, and with it every session it opened.')
  assert.equal(await works(key), 401)
  await other.reload()
  await other.waitForURL(/\/dashboard\/sign-in$/)
  await Promise.all([page.context().close(), other.context().close()])
})

bothWays('name, hosts and consent are set, refused with what was typed, and hold on the shop’s pages', { timeout: 90_000 }, async (how) => {
  const program = await opened(world, { destination: `${shop.origin}/` })
  await program.tell('referrers', { code: 'ada' })
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Settings')
  const form = page.getByRole('region', { name: 'Program' })
  const save = form.getByRole('button', { name: 'Save' })
  await form.getByLabel('Name').fill('Moss & Stone')
  await form.getByLabel('Hosts for links').fill('go.moss.example\nnot a host!')
  await save.click()
  await refused(page, 'hosts')
  assert.equal(await form.getByLabel('Name').inputValue(), 'Moss & Stone')
  assert.match(await form.getByLabel('Hosts for links').inputValue(), /go\.moss\.example/)
  const host = `go-${program.slug}.example`
  await form.getByLabel('Hosts for links').fill(host)
  await form.getByLabel('What a browser keeps').selectOption('Nothing before its person agreed')
  await save.click()
  await told(page, 'Saved.')
  const stored = await world.api('program', { key: program.key })
  assert.deepEqual([stored.name, stored.hosts, stored.consent], ['Moss & Stone', [host], 'required'])
  assert.ok((await program.list('referrers'))[0].link.includes(`://${host}/r/ada`))

  await form.getByLabel('Hosts for links').fill('')
  await save.click()
  await told(page, 'Saved.')
  // What is there to paste now asks, too.
  const pasted = await page.getByRole('code').filter({ hasText: '/goodword.js' }).textContent()
  const [tag] = pasted.split('\n')
  assert.match(tag, /^<script .*data-consent="required"><\/script>$/)
  shop.show('/', '<h1>The shop</h1>', { head: tag })
  const friend = await pageOf(await visitor(chromium))
  await friend.goto((await program.list('referrers'))[0].link)
  await friend.getByRole('heading', { name: 'The shop' }).waitFor()
  await friend.waitForFunction(() => typeof window.goodword === 'function' && !window.goodword.q)
  assert.deepEqual(await friend.context().cookies(), [], 'nothing before they agreed')
  await Promise.all([page.context().close(), friend.context().close()])
})

test('test and live differ in words, colour, title and in what is in them, on a phone, too', { timeout: 120_000 }, async () => {
  const program = await opened(world, { name: 'Fern & Field' })
  await program.tell('sales', { order_id: 'FF-1', customer_id: 'c', amount: 9900, currency: 'EUR' })
  for (const how of [{ viewport: { width: 360, height: 740 } }, { colorScheme: 'dark', javaScriptEnabled: false }]) {
    const page = await signedIn(world, chromium, program.key, how)
    const looks = () => page.getByRole('navigation', { name: 'Ledger' }).locator('[aria-current]').evaluate((link) => [link.textContent, getComputedStyle(link).backgroundColor])
    await goes(page, 'Conversions')
    const live = await looks()
    await page.getByRole('link', { name: 'Test', exact: true }).click()
    await page.getByRole('complementary', { name: 'Ledger' }).getByText('nothing here is paid, nobody real is in it').waitFor()
    await page.getByRole('heading', { name: 'No conversions yet' }).waitFor()
    const twin = await looks()
    assert.deepEqual([live[0], twin[0]], ['Live', 'Test'])
    assert.notEqual(live[1], twin[1])
    assert.match(await page.title(), /\(Test\)/)
    await page.getByRole('link', { name: 'Live', exact: true }).click()
    await page.getByText('Sale FF-1').waitFor()
    assert.doesNotMatch(await page.title(), /\(Test\)/)
    await page.context().close()
  }
})

bothWays('fraud rules are tried on the past, and what is recorded from then on is judged by them', { timeout: 120_000 }, async (how) => {
  const program = await opened(world)
  await program.tell('referrers', { code: 'ada', email: 'ada@mail.example' })
  const lead = (customer_id) => program.tell('leads', { customer_id, code: 'ada', email: 'ada+1@mail.example' })
  await lead('before')
  const page = await signedIn(world, chromium, program.key, how)
  await goes(page, 'Settings')
  await page.getByRole('link', { name: 'Fraud rules' }).click()
  await page.getByLabel('Weight: Friend and referrer have the same e-mail address').fill('heavy')
  await page.getByRole('button', { name: 'Try it on the past' }).click()
  await refused(page, 'takes a whole number')
  assert.equal(await page.getByLabel('Weight: Friend and referrer have the same e-mail address').inputValue(), 'heavy')
  await page.getByLabel('Weight: Friend and referrer have the same e-mail address').fill('100')
  await page.getByLabel('Apply this rule: Friend and referrer have the same e-mail address').uncheck()
  await page.getByRole('button', { name: 'Try it on the past' }).click()
  const tried = page.getByRole('region', { name: 'With your draft' })
  assert.match(await tried.getByRole('row').filter({ hasText: 'Conversions flagged' }).textContent(), /1\s*0/)
  await lead('meanwhile')
  assert.equal((await program.list('flags')).length, 2, 'trying changes nothing')
  await tried.getByRole('button', { name: 'Save' }).click()
  await told(page, 'Saved. What is recorded from now on is judged by this.')
  await lead('after')
  assert.equal((await program.list('flags')).length, 2)
  await page.context().close()
})
