// Texts, amounts and dates in the reader's language; the browser knows how.

import { settings } from './host.js'

/** What does not work on this page (storage denied, an odd locale, …) is done without. */
export const attempt = (work) => {
  try { return work() } catch { /* done without */ }
}

const LANGUAGES = 'en de fr es pt it nl pl ja ar'.split(' ')
const wanted = settings.locale || document.documentElement.lang || navigator.language
const locale = attempt(() => Intl.getCanonicalLocales(wanted)[0])

/** The language of the texts. */
export let language = LANGUAGES.includes(locale?.slice(0, 2)) ? locale.slice(0, 2) : 'en'
export const direction = () => language === 'ar' ? 'rtl' : 'ltr'

const words = { __proto__: null }
let bare // some texts did not come

/** Fetches texts, `name=text` in lines; a file that does not come is not waited for. */
const fetchWords = async (part, from) => {
  const { default: lines } = await Promise.race([
    import(new URL(`words/${from}${part}.js`, import.meta.url)),
    new Promise((_, fail) => setTimeout(fail, 4000)),
  ])
  for (const line of lines.split('\n')) {
    const at = line.indexOf('=')
    words[line.slice(0, at)] = line.slice(at + 1)
  }
  if (!part) language = from
}

/** Resolved when there are the texts of a part: of the language, or English ones, or none, and names stand in. */
export const speak = (part) => fetchWords(part, language).catch(() => fetchWords(part, 'en')).catch(() => { bare = true })

/** The texts everybody sees. */
export const spoken = speak('')

/** The text of that name, `$1`, `$2` filled in; empty when there is none. */
export const text = (name, ...values) => words[name]?.replace(/\$(\d)/g, (_, place) => values[place - 1]) ??
  (bare ? [name.split('.')[0], ...values].join(' ') : '')

/** The text of that name which goes with a number: `1 day`, `2 days`. */
export const counted = (name, number) =>
  text(`${name}.${attempt(() => new Intl.PluralRules(language).select(number)) ?? 'other'}`, amount(number))

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
