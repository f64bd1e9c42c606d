// Every page of the dashboard in every state it has, a line each: state.mjs looks at all of them, and so it does at a page
// that is added here.

import { dinar, empty, full, overfull, yen } from './programs.mjs'

/** A list or a form, below `/dashboard/live`. `rows` has pages of up to fifty of them; `one` is what its first row leads to. */
export const PARTS = [
  { at: '' },
  { at: '?of=revenue&days=7' },
  { at: 'conversions', rows: true, one: 'tbody th a' },
  { at: 'conversions?show=uncredited' },
  { at: 'referrers', rows: true, one: 'tbody th a' },
  { at: 'referrers?q=nobody-at-all' },
  { at: 'referrers?state=unshared' },
  { at: 'referrers/import' },
  { at: 'review', rows: true },
  { at: 'review?show=decided' },
  { at: 'review?show=all' },
  { at: 'disputes', rows: true },
  { at: 'disputes?show=decided' },
  { at: 'disputes?show=all' },
  { at: 'rewards', rows: true },
  { at: 'rewards?state=to_approve' },
  { at: 'rewards?referrer=nobody-at-all' },
  { at: 'payouts', rows: true, one: 'tbody th a' },
  { at: 'terms' },
  { at: 'terms?old=1&new=2' },
  { at: 'look' },
  { at: 'links' },
  { at: 'links?who=example' },
  { at: 'readiness' },
  { at: 'settings' },
  { at: 'settings/fraud' },
  { at: 'settings/groups', one: '.cases h2 a' },
  { at: 'settings/calendar' },
  { at: 'settings/data' },
  { at: 'settings/audit', rows: true },
  { at: 'conversions/sal_0000000000000000', status: 404 },
]

/** Forms that are refused, or lead to a state of their own: where, which, what is filled in first; those that can be sent `once`. */
export const FORMS = [
  { what: 'a draft', at: 'terms', form: '#draft', status: 200 },
  { what: 'a draft that is none', at: 'terms', form: '#draft', fill: { window_days: '3', minimum_order: 'x', 'rule.share': '400' }, status: 422 },
  { what: 'a draft with steps', at: 'terms', form: '#draft', fill: { 'unit.share': 'count', 'steps.share': '1: 5 %\n10: 8 %', 'cap.program.day': '900', criteria: 'A firm of ten people.' }, status: 200 },
  { what: 'steps that are none', at: 'terms', form: '#draft', fill: { 'unit.share': 'count', 'steps.share': 'ten', 'when.gift': 'first_payments', 'number.gift': 'x', 'cap.program.day': 'x' }, status: 422 },
  { what: 'a payout of nobody knows how much', at: 'payouts', form: '.decide', fill: { minimum: 'x' }, status: 422 },
  { what: 'no line ticked', at: 'payouts', one: 'tbody th a', form: 'form:has(.lines)', fill: { decision: 'paid' }, status: 422 },
  { what: 'a destination that is none', at: 'settings', form: 'form:has(#destination)', fill: { destination: 'nowhere', name: '' }, status: 422 },
  { what: 'hosts that are none', at: 'settings', form: 'form:has(#destination)', fill: { destination: 'https://shop.example/?via=x', hosts: 'a/b c/d' }, status: 422 },
  { what: 'rules against each other', at: 'settings/fraud', form: '#fraud', fill: { 'weight.same_email': '0', 'weight.same_browser': '0', hold_both_from: '1' }, status: 422 },
  { what: 'a time for customers', at: 'settings/data', form: 'form:has(#months)', fill: { months: '24' }, status: 200 },
  { what: 'a time that is none', at: 'settings/data', form: 'form:has(#months)', fill: { months: '5' }, status: 422 },
  { what: 'rows to mend', at: 'referrers/import', form: 'form:has([name=csv])', fill: { csv: `code,email,group\n${'c_'.repeat(30)},${'n'.repeat(90)},${'g'.repeat(90)}` }, status: 200 },
  { what: 'a new key', at: 'settings', form: 'form:has(#kind)', status: 200, once: true },
]

/** Pages of nobody's program. */
export const DOORS = [
  { at: '/dashboard/sign-in' },
  { at: '/dashboard/sign-in?done=signed_out' },
  { at: '/dashboard/nothing', status: 404 },
  { at: '/dashboard/language', status: 405 },
]

/** The states, each a program; `much` where there is so much that it takes long. `axe` where it looks, `forms` where they
 * are sent, `languages` besides English; `amounts` where only those are longer than elsewhere. */
export const STATES = [
  { name: 'empty', open: empty, axe: true, languages: ['de'] },
  { name: 'full', much: true, open: full, axe: true, forms: true, languages: ['de', 'fr', 'es'] },
  { name: 'over-full', much: true, open: overfull, axe: true, languages: ['de'] },
  { name: 'without decimals', open: yen, languages: [], amounts: true },
  { name: 'with three decimals', open: dinar, languages: [], amounts: true },
]
