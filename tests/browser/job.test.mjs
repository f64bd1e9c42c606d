// The whole job: a link is shared, followed, bought through and credited; refunds take it back.
// Two people on two machines; the tests are the chapters of one story.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { pageOf, profile, visitor } from './people.mjs'
import { fillIn, panel, pay, pick, signUp } from './shop.mjs'
import { until } from './until.mjs'
import { open } from './world.mjs'

let world, referrer, friend // the referrer's page, the friend's page
let link, code, credited // credited: the referrer as the API knows them
let order, address

before(async () => {
  world = await open()
  const two = await Promise.all([profile(), profile()])
  ;[referrer, friend] = await Promise.all(two.map(pageOf))
})

after(async () => {
  await Promise.all([referrer, friend].map((page) => page?.context().close()))
  await world?.close()
})

let lost // the first chapter that failed: those after it make no sense

function chapter(name, tell) {
  test(name, { timeout: 60_000 }, async (context) => {
    if (lost) return context.skip(`the story ended with: ${lost}`)
    try {
      await tell()
    } catch (error) {
      lost = name
      throw error
    }
  })
}

const email = (name) => `${name}-${Date.now()}@example.com`

/** The rewards of one conversion as `to amount−reversed`, in a fixed order. */
const rewards = (conversion) => conversion.rewards
  .map(({ to, amount, reversed_amount, currency, state }) => `${to} ${amount}−${reversed_amount} ${currency} ${state}`)
  .sort()

const sale = async () => {
  const { data } = await world.api('sales?limit=100')
  return data.find(({ order_id }) => order_id === order)
}

const numbers = async () => {
  await referrer.reload()
  const { number } = panel(referrer)
  await until('the numbers have come', async () => await number('Clicks') !== '–')
  const terms = ['Clicks', 'Friends', 'Sign-ups', 'Orders', 'Pending', 'Approved', 'Paid']
  return Object.fromEntries(await Promise.all(terms.map(async (term) => [term, await number(term)])))
}

/** What is listed once the activity is unfolded; it is fetched then. */
const activity = async () => {
  const { activity, conversions } = panel(referrer)
  await activity.click()
  await conversions.filter({ hasText: 'Order' }).waitFor()
  return conversions.allTextContents()
}

chapter('a new customer has a link at once, before the edge has said anything', async () => {
  let release
  const held = new Promise((done) => { release = done })
  await referrer.route('**/v1/**', async (route) => {
    await held
    await route.continue()
  })
  address = email('rosa')
  await signUp(referrer, world.shop, 'Rosa Referrer', address)
  const { link: field } = panel(referrer)
  await until('the link is there', async () => (await field.inputValue()).startsWith(`${world.edge}/r/`))
  code = (await field.inputValue()).split('/').at(-1)
  assert.match(code, /^[0-9a-hjkmnp-tv-z]{11}$/)
  release()
  // Once the edge has answered, the link carries the program's name.
  await until('the link is the short one', async () => await field.inputValue() === `${world.edge}/r/demo/${code}`)
  await referrer.unroute('**/v1/**')
})

chapter('copying the link puts it on the clipboard and makes its owner known', async () => {
  await referrer.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: world.shop })
  const joined = referrer.waitForResponse((answer) => answer.url().endsWith('/v1/widget/join'))
  await panel(referrer).copy.click()
  await referrer.locator('goodword-widget').getByRole('button', { name: 'Copied' }).waitFor()
  link = await referrer.evaluate(() => navigator.clipboard.readText())
  assert.equal(link, `${world.edge}/r/demo/${code}?gwc=copy`)
  assert.equal((await joined).status(), 201)
  credited = await until('the API knows the referrer', async () => {
    const { data } = await world.api('referrers')
    return data.find((known) => known.code === code)
  })
})

chapter('whoever is logged in has the same link on another device: the shop says who they are', async () => {
  const known = await until('the shop has said who it is', async () => {
    const { data } = await world.api('referrers')
    const one = data.find(({ id }) => id === credited.id)
    return one.external_id && one
  })
  assert.match(known.external_id, /^cus_/)
  assert.equal(known.name, 'Rosa Referrer', 'by the token alone')
  const elsewhere = await pageOf(await visitor(referrer.context().browser()))
  await elsewhere.goto(`${world.shop}/login`)
  await elsewhere.getByLabel('Email').fill(address)
  await elsewhere.getByLabel('Password').fill('a long password')
  await elsewhere.getByRole('button', { name: 'Log in' }).click()
  await elsewhere.waitForURL('**/account')
  await until('their own link', async () => await panel(elsewhere).link.inputValue() === `${world.edge}/r/demo/${code}`)
  assert.deepEqual(elsewhere.trouble, [])
  await elsewhere.getByRole('button', { name: 'Log out' }).click()
  await elsewhere.goto(`${world.shop}/share`)
  await until('a link of this browser’s own', async () => /\/r\//.test(await panel(elsewhere).link.inputValue()))
  assert.ok(!(await panel(elsewhere).link.inputValue()).endsWith(code), 'and nobody else’s once they have logged out')
  await elsewhere.context().close()
})

chapter('a friend who opens the link is in the shop, with a clean address and the click kept', async () => {
  const answer = friend.waitForResponse((response) => response.url() === link)
  await friend.goto(link)
  assert.equal((await answer).status(), 302)
  await until('the address is clean', () => friend.url() === `${world.shop}/`)
  await friend.getByRole('note').getByText('A friend sent you').waitFor()
  const click = await until('the click is kept', async () =>
    (await friend.context().cookies(world.shop)).find(({ name }) => name === 'gw_click'))
  assert.match(click.value, /^gwc_[\w-]{1,116}$/)
  await until('the click is counted', async () => (await world.clicks()).some((click) => click.code === code))
})

chapter('the friend signs up, buys, and reads that the order is credited', async () => {
  await pick(friend, 'Monstera')
  await friend.getByRole('link', { name: 'Check out' }).click()
  await friend.waitForURL('**/signup**')
  await fillIn(friend, 'Fay Friend', email('fay'))
  await friend.waitForURL('**/checkout')
  order = await pay(friend)
  const answered = friend.getByRole('region', { name: 'What Goodword answered' })
  assert.equal(await answered.locator('strong').first().textContent(), 'Credited')
  await answered.getByText('€3.90 for the person who sent you').waitFor()
  await answered.getByText('€5.00 for you').waitFor()
})

chapter('the API credits the sign-up and the order to that referrer, with rewards for both sides', async () => {
  const { data: leads } = await world.api('leads')
  const lead = leads.find(({ attribution }) => attribution.code === code)
  assert.equal(lead.attribution.status, 'attributed')
  assert.equal(lead.attribution.referrer_id, credited.id)
  assert.equal(lead.attribution.rule, 'last_click')
  assert.deepEqual(rewards(lead), ['referrer 100−0 EUR pending'])

  const bought = await sale()
  assert.equal(bought.amount, 3900)
  assert.equal(bought.customer_id, lead.customer_id)
  assert.equal(bought.attribution.status, 'attributed')
  assert.equal(bought.attribution.referrer_id, credited.id)
  assert.deepEqual(rewards(bought), ['friend 500−0 EUR pending', 'referrer 390−0 EUR pending'])
})

chapter('the referrer sees one click, one friend and what they earned', async () => {
  assert.deepEqual(await numbers(), {
    Clicks: '1', Friends: '1', 'Sign-ups': '1', Orders: '1', Pending: '€4.90', Approved: '€0', Paid: '€0',
  })
  const lines = await activity()
  assert.equal(lines.length, 2)
  assert.match(lines.join('\n'), /Order.*€3\.90 · Pending.*Credited/)
  assert.match(lines.join('\n'), /Sign-up.*€1 · Pending.*Credited: yours was the last link they followed/)
})

chapter('a partial refund takes both rewards back in proportion', async () => {
  await friend.goto(`${world.shop}/account`)
  const placed = friend.getByRole('article', { name: `Order ${order}` })
  await placed.getByLabel('Amount to refund in €').fill('10.00')
  await placed.getByRole('button', { name: 'Request partial refund' }).click()
  await placed.getByText('Taken back').waitFor()
  await placed.getByText('€1.00 less for the person who sent you').waitFor()
  await placed.getByText('€1.29 less for you').waitFor()
  const bought = await sale()
  assert.equal(bought.refunded_amount, 1000)
  assert.deepEqual(rewards(bought), ['friend 500−129 EUR pending', 'referrer 390−100 EUR pending'])
  assert.equal((await numbers()).Pending, '€3.90')
  assert.match((await activity()).join('\n'), /Order.*€2\.90 · Pending/, 'the lines add up to the sum')
})

chapter('after the rest is refunded nothing of the order is left, and the sign-up still counts', async () => {
  const placed = friend.getByRole('article', { name: `Order ${order}` })
  await placed.getByRole('button', { name: 'Request full refund' }).click()
  await until('both refunds are answered', async () => await placed.getByText('Taken back').count() === 2)
  const bought = await sale()
  assert.equal(bought.refunded_amount, 3900)
  for (const { amount, reversed_amount } of bought.rewards) assert.equal(reversed_amount, amount)
  const { Pending, Orders } = await numbers()
  assert.equal(Pending, '€1')
  assert.equal(Orders, '1')
  const { data: refunds } = await world.api('refunds')
  assert.equal(refunds.filter((refund) => refund.order_id === order).reduce((sum, { amount }) => sum + amount, 0), 3900)
})

chapter('nobody who did all this saw an error in the console, or a page that jumped', async () => {
  for (const page of [referrer, friend]) {
    assert.deepEqual(page.trouble, [])
    assert.deepEqual(await page.shifted(), [])
  }
})
