// Programs in every state their pages can be in: nothing in them, something of everything, more than fits, and money
// without decimals or with three.

const TERMS = {
  hold_days: 0,
  approval: { automatic_up_to: 1500 },
  rewards: [
    { id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } },
    { id: 'gift', on: 'sale', to: 'friend', pay: { flat: 500 } },
    { id: 'lead', on: 'lead', to: 'referrer', pay: { flat: 100 } },
    { id: 'access', on: 'qualified_lead', to: 'referrer', pay: { perk: 'Early access' } },
  ],
}

/** A program's server: `tell` posts to the API and answers the body. */
export async function opened(world, changes = {}) {
  const program = await world.program('https://shop.example/', changes)
  const key = program.secret_key
  const tell = (path, body, status) => world.api(path, { key, body, ...(status && { status }) })
  const list = async (path) => (await world.api(path, { key })).data
  return { ...program, key, tell, list }
}

/** Nothing has happened yet. */
export const empty = (world) => opened(world)

/** People of three scripts, one of them written from right to left. */
export const PEOPLE = ['Ada Byron', 'نور الحسن', 'Анна Керн', 'René d’Œuvre']

/** Something of everything: each kind of conversion, flags and disputes open and decided, payouts sent and not. */
export async function full(world, { people = PEOPLE, currency = 'EUR', name = 'Fern & Field' } = {}) {
  const program = await opened(world, { name, currency, terms: TERMS })
  const { tell, list } = program
  for (const [at, person] of people.entries()) {
    await tell('referrers', { code: `code-${at}`, name: person, email: `r${at}@mail.example`, external_id: `ext-${at}` })
  }
  const sale = (id, customer, amount, more) => tell('sales', { order_id: id, customer_id: customer, amount, currency, ...more })
  await tell('leads', { customer_id: 'c0', code: 'code-0', email: 'R0+friend@mail.example' })
  const qualified = await tell('leads', { customer_id: 'c8', code: 'code-1', event: 'demo_asked', email: 'c8@firm.example' })
  const rejected = await tell('leads', { customer_id: 'c9', code: 'code-2' })
  await tell(`leads/${qualified.id}/decision`, { decision: 'qualify' })
  await tell(`leads/${rejected.id}/decision`, { decision: 'reject', reason: 'Too far away' })
  await sale('FF-1', 'c1', 9900, { code: 'code-0', metadata: { note: people[1], basket: 'a fern' } })
  await sale('FF-2', 'c2', 49_900, { code: 'code-1' })
  const lost = await sale('FF-3', 'c3', 5000)
  await sale('FF-4', 'c4', 7000, { code: 'code-2' })
  await tell('refunds', { refund_id: 'r-1', order_id: 'FF-4', amount: 2000 })
  const flags = await list('flags')
  await tell(`flags/${flags[0].id}/decision`, { decision: 'release', note: people[1] })
  const payout = await tell('payouts', {})
  const { lines } = await world.api(`payouts/${payout.id}`, { key: program.key })
  await tell(`payouts/${payout.id}/decision`, { decision: 'paid', line_ids: [lines[0].id] })
  await tell(`payouts/${payout.id}/decision`, { decision: 'failed', line_ids: [lines[1].id], note: 'The account is closed' })
  await sale('FF-5', 'c5', 9900, { code: 'code-0' })
  await tell('leads', { customer_id: 'c10', code: 'code-0', email: 'r0@mail.example' })
  const referrers = await list('referrers')
  const by = (code) => referrers.find((referrer) => referrer.code === code).id
  await tell('disputes', { referrer_id: by('code-2'), about: lost.id, message: 'My neighbour ordered this.\nShe told me so.' })
  const asked = await tell('disputes', { referrer_id: by('code-1'), about: 'FF-9', message: people[1] })
  await tell(`disputes/${asked.id}/decision`, { decision: 'rejected', note: 'There is no such order.' })
  await tell('groups', { name: people[1], terms: { ...TERMS, window_days: 90 } })
  await world.api('program', { key: program.key, method: 'PATCH', body: { terms: { ...TERMS, window_days: 60 } }, status: 200 })
  return program
}

/** Names as long as the API takes them: one word, one that is written from right to left, and a sentence. */
export const LONG = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(9).slice(0, 300)
export const LONG_RTL = 'عبدالرحمنالطويلجدا'.repeat(20).slice(0, 300)
const LONG_SAID = 'A name of many words '.repeat(15).slice(0, 300)
const SENTENCE = 'The quick brown fox asks why nobody credited the order. '

/** The longest the API takes of everything, the largest amounts, and more rows than a page has. */
export async function overfull(world) {
  const program = await opened(world, {
    name: 'Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik'.repeat(2).slice(0, 100),
    terms: { ...TERMS, approval: 'manual' },
  })
  const { tell, list } = program
  for (const [at, name] of [LONG, LONG_RTL, LONG_SAID].entries()) {
    await tell('referrers', {
      code: `code-${at}-${'z'.repeat(20)}`, name, email: `${'r'.repeat(60)}${at}@${`${'d'.repeat(60)}.`.repeat(2)}example`, external_id: `${at}${'e'.repeat(199)}`,
    })
  }
  const metadata = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`${at}${'k'.repeat(38)}`, 'v'.repeat(200)]))
  for (let at = 0; at < 55; at += 1) {
    await tell('sales', {
      order_id: `${at}${'o'.repeat(190)}`, customer_id: `${at}${'c'.repeat(190)}`, currency: 'EUR',
      amount: at ? 1999 + at : 900_000_000_000_000, code: `code-${at % 3}-${'z'.repeat(20)}`, metadata,
    })
  }
  await tell('leads', { customer_id: 'l', event: 'a'.repeat(40), code: `code-1-${'z'.repeat(20)}`, email: `${'r'.repeat(60)}1@${`${'d'.repeat(60)}.`.repeat(2)}example` })
  await tell('groups', { name: LONG.slice(0, 100), terms: TERMS })
  const referrers = await list('referrers')
  for (const { id } of referrers) await tell('disputes', { referrer_id: id, about: 'x'.repeat(200), message: SENTENCE.repeat(40).slice(0, 2000) })
  return program
}

/** Amounts without decimals. */
export const yen = (world) => full(world, { currency: 'JPY' })

/** Amounts with three. */
export const dinar = (world) => full(world, { currency: 'KWD' })
