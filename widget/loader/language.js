// Texts, amounts and dates in the reader's language; the browser knows how.

import english from '../words/en.txt'
import { settings } from './edge.js'

/** What does not work on this page (storage denied, an odd locale, …) is done without. */
export const attempt = (work) => {
  try { return work() } catch { /* done without */ }
}

const words = new Map(english.trim().split('\n').map((line) => line.split(/=(.*)/s)))

/** The text of that name, `$1`, `$2` filled in; empty when there is none. */
export const text = (name, ...values) => (words.get(name) ?? '').replace(/\$(\d)/g, (_, place) => values[place - 1])

const locale = attempt(() => Intl.getCanonicalLocales(settings.locale || document.documentElement.lang))

/** A count, or with a unit: basis points (`%`), or minor units of a currency; less what was taken back. */
export const amount = (value, reversed, unit) => attempt(() => {
  const style = unit === '%' ? { style: 'percent', maximumFractionDigits: 2 } : unit &&
    { style: 'currency', currency: unit, trailingZeroDisplay: 'stripIfInteger' }
  const format = new Intl.NumberFormat(locale, style || {})
  const digits = unit === '%' ? 4 : unit && format.resolvedOptions().maximumFractionDigits
  // A decimal exponent instead of a division: no amount is ever a fraction in binary.
  return format.format(`${BigInt(value ?? 0) - BigInt(reversed ?? 0)}e-${digits || 0}`)
}) ?? ''

export const day = (instant) => attempt(() => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(instant))) ?? ''
