// What the panel makes of an answer, without a browser: the offer in words, what goes to a friend, the
// numbers, the steps.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { CHANNELS, filled, tagged } from '../../widget/loader/channels.js'
import { offer } from '../../widget/loader/offer.js'
import { show } from '../../widget/loader/shown.js'
import { MORE } from '../../widget/loader/unfolded.js'
import { root } from './world.mjs'

const words = Object.fromEntries((await readFile(`${root}widget/words/en.txt`, 'utf8')).split('\n')
  .filter((line) => /^[^#].*=/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))

/** A page in memory that knows this answer; `shown` is what stands where. */
function page(answer, written = {}) {
  const get = (path) => path.split('.').reduce((value, name) => value?.[name], answer)
  const read = (path) => /string|number|boolean/.test(typeof get(path)) ? `${get(path)}` : ''
  const shown = {}
  return {
    shown,
    read,
    told: true,
    channels: [...CHANNELS, ...MORE],
    written: { message: '', silent: '', ...written },
    each: (path) => (get(path) ?? []).map((_, place) => `${path}.${place}`),
    amount: (path, unit) => unit === '%' ? `${get(path) / 100}%` : unit ? `${unit} ${((get(path) ?? 0) / 100).toFixed(2)}` : `${get(path) ?? 0}`,
    text: (name, ...values) => name === 'site' ? read('program.name') || 'shop.example'
      : (words[name] ?? '').replace(/\$(\d)/g, (_, place) => values[place - 1]),
    write: (place, text) => { shown[place] = text },
    mark: (place, name, value) => { shown[`${place} ${name}`] = value },
  }
}

const flat = (on, amount, when) => ({ on, pay: { flat: amount }, currency: 'EUR', ...(when && { when }) })
const share = (on, bps, when) => ({ on, pay: { share_bps: bps }, currency: 'EUR', ...(when && { when }) })
const program = (sides, promise = {}) => ({ program: { name: 'Fern & Field', currency: 'EUR', offer: { friend: [], referrer: [], ...sides }, promise } })
/** The offer in words; its message as it goes out on a channel without a text of its own. */
function said(sides, promise) {
  const { message, ...rest } = offer(page(program(sides, promise)))
  return { ...rest, message: message('every') }
}

test('both sides stand in one headline and one sentence each', () => {
  assert.deepEqual(said({ referrer: [flat('lead', 100), share('sale', 1000)], friend: [flat('sale', 500)] }), {
    title: 'Give EUR 5.00, get 10%',
    sentence: 'Your friend gets EUR 5.00 when they buy. You get EUR 1.00 when they sign up, and 10% of what they spend.',
    message: 'I like Fern & Field. With my link you get EUR 5.00.',
    disclosure: 'I get a reward if you buy.',
  })
})

test('an offer may have one side or none, and only who gets a reward says so', () => {
  const one = said({ referrer: [share('sale', 2000)] })
  assert.equal(one.title, 'Share your link, get 20%')
  assert.equal(one.disclosure, 'I get a reward if you buy.')
  const gift = said({ friend: [flat('sale', 500)] })
  assert.deepEqual([gift.title, gift.disclosure], ['Give your friends EUR 5.00', ''])
  const none = said({})
  assert.deepEqual([none.title, none.sentence, none.message, none.disclosure],
    ['Share your personal link', '', 'I like Fern & Field. Have a look: I think you will, too.', ''])
  assert.equal(offer(page({})).disclosure, 'I get a reward if you buy.', 'as long as nothing is known a reward is likely')
})

test('where a rule says more than an amount and an occasion, the edge’s own words stand, whole', () => {
  const promised = ['You get 20% of what was paid when a friend buys. Months it counts for, from the friend’s first purchase: 12.']
  const check = (rules, headline, promise = promised) => {
    const { title, sentence, disclosure } = said({ referrer: rules }, { referrer: promise })
    assert.deepEqual([title, sentence, disclosure], [headline, promise.join(' '), 'I get a reward if you buy.'], JSON.stringify(rules))
  }
  const get = (what) => `Share your link, get ${what}`
  check([share('sale', 2000, { first_months: 12 })], get('20%'))
  check([share('sale', 2000, { first_payments: 3 })], get('20%'))
  check([flat('qualified_lead', 500)], get('EUR 5.00'))
  for (const pay of [{ perk: 'Early access' }, { coupon: 'welcome' }, { tiers: { by: 'count', per: 'ever', steps: [{ from: 1, flat: 500 }] } }, { retention: { steps: [{ from: 0, flat: 1 }] } }]) {
    check([{ on: 'sale', pay, currency: 'EUR' }], 'Share your personal link')
  }
  // A prize for many together is no rule of the offer; the promise has it.
  check([], 'Share your personal link', ['You get a dinner when a friend buys. Given once, when this many are reached: 10.'])
  check([flat('lead', 100)], get('EUR 1.00'), ['You get 1.00 EUR when a friend signs up.', 'You get 50.00 EUR when a friend buys. Given once, when this many are reached: 10.'])
})

test('what is promised for a lead or a sale in plain words is what the edge promises, rule for rule', () => {
  const { sentence } = said({ referrer: [flat('lead', 100)] }, { referrer: ['You get 1.00 EUR when a friend signs up.'] })
  assert.equal(sentence, 'You get EUR 1.00 when they sign up.')
})

test('a pay that is of no kind we know is not taken for a share', () => {
  const { title, sentence } = said({ referrer: [{ on: 'sale', pay: { shares: 4 }, currency: 'EUR' }, { on: 'sale', currency: 'EUR' }] })
  assert.deepEqual([title, sentence], ['Share your personal link', ''])
})

test('every channel carries the link with its name; no text can add a parameter or a line', () => {
  const here = page(program({ referrer: [share('sale', 1000)] }), { message: '50 % off & more?#\r\n<voilà>' })
  const message = show(here, 'https://x.example/r/demo/ada', false)
  assert.equal(message, '50 % off & more?#\r\n<voilà>\nI get a reward if you buy.')
  const names = here.channels.map(([name]) => name)
  assert.deepEqual(names, ['whatsapp', 'telegram', 'facebook', 'email', 'x', 'linkedin', 'reddit', 'messenger', 'sms'])
  for (const name of names) {
    const address = here.shown[`[data-act=${name}] href`]
    assert.ok(address.includes(encodeURIComponent(tagged('https://x.example/r/demo/ada', name))), address)
    assert.match(address, /^[\w.~:/?&=%!*'()@+-]+$/)
  }
  assert.equal(here.shown['[data-act=whatsapp] href'],
    'https://wa.me/?text=50%20%25%20off%20%26%20more%3F%23%0D%0A%3Cvoil%C3%A0%3E%0AI%20get%20a%20reward%20if%20you%20buy.%0Ahttps%3A%2F%2Fx.example%2Fr%2Fdemo%2Fada%3Fgwc%3Dwhatsapp')
  assert.equal(new URL(here.shown['[data-act=email] href']).searchParams.get('subject'), 'Fern & Field')
  assert.doesNotThrow(() => filled('$t', { t: 'half a \ud83d' }))
})

test('every channel of the panel is one the edge can tell apart', async () => {
  const source = await readFile(`${root}referral/src/channel.rs`, 'utf8')
  for (const [name] of [...CHANNELS, ...MORE]) assert.match(source, new RegExp(`"${name}"`), name)
})

test('the message is the referrer’s own, and its last line discloses the reward until they decide against it', () => {
  const facts = program({ referrer: [share('sale', 1000)] })
  const goes = (written) => show(page(facts, written), 'https://x.example/r/a', false)
  assert.equal(goes({}), 'I like Fern & Field. Have a look: I think you will, too.\nI get a reward if you buy.')
  assert.equal(goes({ message: ' Try it ' }), 'Try it\nI get a reward if you buy.')
  assert.equal(goes({ message: 'Try it', silent: 'on' }), 'Try it')
  assert.equal(show(page(program({})), 'https://x.example/r/a', false), 'I like Fern & Field. Have a look: I think you will, too.')
})

test('rewards are summed by state, one amount a currency; what is in review shows when there is something', () => {
  const reward = (state, amount, currency = 'EUR') => ({ state, amount, currency })
  const rewards = (list) => {
    const here = page({ ...program({}), referrer: { clicks: 12, rewards: list } })
    show(here, 'https://x.example/r/a', true)
    return here.shown
  }
  const some = rewards([reward('approved', 450), reward('held', 99), reward('approved', 200, 'USD')])
  assert.deepEqual([some['.approved dd'], some['.pending dd'], some['.held dd'], some['.held hidden']], ['EUR 4.50, USD 2.00', 'EUR 0.00', 'EUR 0.99', undefined])
  assert.equal(rewards([])['.held hidden'], '')
  assert.deepEqual([some['.clicks'], some['.friends']], ['12', '0'])
})

test('each step follows from the numbers, and the next one is said', () => {
  const check = (referrer, shared, steps, next) => {
    const here = page({ ...program({}), referrer })
    show(here, 'https://x.example/r/a', shared)
    const marked = (name) => Object.entries(here.shown).filter(([place, value]) => place.endsWith(name) && value !== undefined).length
    assert.deepEqual([marked(' data-done'), marked(' aria-current'), here.shown['.next']], [steps, steps < 5 ? 1 : 0, next], JSON.stringify(referrer))
  }
  check({}, false, 0, 'Next: share your link')
  check({}, true, 1, 'Next: somebody follows your link')
  check({ clicks: 0 }, true, 1, 'Next: somebody follows your link')
  check({ clicks: 3 }, true, 2, 'Next: a friend signs up')
  check({ clicks: 3, friends: 1 }, true, 3, 'Next: a friend’s first order')
  check({ leads: 1 }, true, 3, 'Next: a friend’s first order')
  check({ sales: 1 }, true, 4, 'Next: your first reward is approved')
  for (const state of ['pending', 'held', 'voided']) check({ sales: 1, rewards: [{ state }] }, true, 4, 'Next: your first reward is approved')
  for (const state of ['approved', 'paid']) check({ sales: 1, rewards: [{}, { state }] }, true, 5, 'Every step is done. Thank you!')
})

test('before the edge has answered there is the link, and no word of an offer', () => {
  const here = Object.assign(page({}), { told: false })
  show(here, 'https://x.example/r/a', false)
  assert.deepEqual([here.shown['.link'], here.shown['.title'], here.shown['.clicks']], ['https://x.example/r/a', undefined, undefined])
})
