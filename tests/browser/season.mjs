// A program with a season behind it, for pictures: the same people, days and amounts each time, counted back from today.

import { followed } from './followed.mjs'
import { opened } from './programs.mjs'

const DAY_MS = 86_400_000

const PEOPLE = ['Ada Byron', 'Marie Curie', 'نور الحسن', 'Emil Berliner', 'Rosa Parks']

/** Sixty days of orders, more of them lately. */
export async function season(world) {
  const program = await opened(world, {
    name: 'Fern & Field',
    // Years of customers in a second are no crowd.
    fraud: { off: ['velocity', 'too_fast', 'late_conversions', 'unusual_amount'] },
    terms: {
      approval: { automatic_up_to: 2500 },
      rewards: [
        { id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } },
        { id: 'gift', on: 'sale', to: 'friend', pay: { flat: 500 } },
        { id: 'lead', on: 'lead', to: 'referrer', pay: { flat: 100 } },
      ],
    },
  })
  const { tell, list } = program
  const codes = PEOPLE.map((_, at) => `fern-${at + 1}`)
  for (const [at, name] of PEOPLE.entries()) await tell('referrers', { code: codes[at], name, email: `person${at}@mail.example`, external_id: `${1041 + at}` })
  const noon = new Date(); noon.setUTCHours(12, 0, 0, 0)
  const on = (days) => new Date(noon.getTime() - (days + 1) * DAY_MS).toISOString()
  let order = 0
  for (let days = 59; days >= 0; days -= 1) {
    const orders = (days * 7) % 3 + (days < 30 ? 1 : 0) + (days % 7 === 2 ? 2 : 0)
    for (let number = 0; number < orders; number += 1) {
      order += 1
      const customer = `cus-${order}`
      const code = codes[(order * order) % 7 % 5]
      if (order % 3) await tell('leads', { customer_id: customer, code, occurred_at: on(days) })
      await tell('sales', { order_id: `FF-${1040 + order}`, customer_id: customer, amount: 1900 + (order * 1373) % 9000, currency: 'EUR', code, occurred_at: on(days) })
    }
  }
  // What needs somebody today: doubts, a question, a large reward.
  await tell('leads', { customer_id: 'own', code: codes[0], email: 'person0@mail.example' })
  await tell('leads', { customer_id: 'throw-away', code: codes[3], email: 'x@mailinator.com' })
  await tell('sales', { order_id: 'FF-2001', customer_id: 'firm', amount: 48_000, currency: 'EUR', code: codes[1] })
  const [, second] = await list('referrers')
  await tell('disputes', { referrer_id: second.id, about: 'FF-1990', message: 'My neighbour ordered a fern on Sunday and said she used my link.' })
  // People who follow links, each with a browser of another version.
  for (let number = 0; number < 23; number += 1) {
    const agent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + number}.0.0.0 Safari/537.36`
    await followed(`${world.edge}/r/${program.slug}/${codes[number % 3]}?gwc=${['whatsapp', 'email', 'qr', 'copy'][number % 7 % 4]}`, { 'User-Agent': agent })
  }
  const conversion = (await list('sales?limit=100')).find(({ order_id }) => order_id === 'FF-2001')
  return { ...program, conversion: conversion.id }
}
