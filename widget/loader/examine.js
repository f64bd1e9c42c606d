// What the doctor looks at. A check answers `[state, what is so, what to do]`, or nothing where there
// is nothing to say.

import { api, settings } from './host.js'
import { pulse } from './pulse.js'

const { program = '' } = settings

const ok = (says) => ['ok', says]
const attention = (says, todo) => ['attention', says, todo]
const broken = (says, todo) => ['broken', says, todo]

/** The answer of `work`, or undefined where this browser or this page forbids it. */
const attempt = (work) => {
  try { return work() } catch { /* that is the answer */ }
}

const count = (number, one, many = one + 's') => `${number} ${number === 1 ? one : many}`

// ---- The script tag

const tags = () => [...document.scripts].filter(({ src }) => /\/goodword\.js([?#]|$)/.test(src))

const snippet = () => {
  const all = tags()
  if (all.length < 2) return ok('The snippet is on this page once.')
  const keys = new Set(all.map(({ dataset }) => dataset.program))
  const addresses = new Set(all.map(({ src }) => src))
  if (keys.size > 1) return broken(`The snippet is here ${all.length} times, with different keys; only the first counts.`, 'Remove all but one.')
  if (addresses.size > 1) return attention(`The snippet is here ${all.length} times, from different addresses; the one that arrived first serves the page.`, 'Remove all but one.')
  return attention(`The snippet is here ${all.length} times; the first serves the page.`, 'Remove the others, perhaps a plugin or a tag manager adds one.')
}

const key = () => {
  if (!program) return broken('The script tag has no key.', 'Add data-program="pk_live_…", your publishable key. A tag manager may have dropped the attribute: let it make the script as the guide shows.')
  if (/^(?!pk_)\w+_(live|test)_/.test(program)) return broken('The key in this page is a secret one, and everybody can read it.', 'Revoke it now, make a new one for your server, and put the publishable key, pk_…, here.')
  if (!/^pk_(live|test)_[0-9a-z]{50}$/.test(program)) return broken('The key is incomplete or mistyped.', 'Copy the publishable key again; it begins with pk_ and has 58 characters.')
  if (program.startsWith('pk_test')) return attention('This page is in test mode: nothing counts.', 'Use the key that begins with pk_live_ when you are done trying.')
  return ok('The key is a publishable key for live mode.')
}

const KNOWN = ['program', 'consent', 'cookieDays', 'attribution', 'queryParams', 'apiHost', 'theme', 'locale']

/** Which of ours a name was meant to be. Others' are no concern of ours: frameworks and consent tools write theirs into script tags. */
const meant = (name) => {
  const letters = (name) => name.toLowerCase().replace(/[^a-z]/g, '')
  return KNOWN.find((known) => apart(letters(known), letters(name)) <= 2)
}

/** How many letters have to be put in, left out or changed (Levenshtein). */
const apart = (one, two) => {
  let row = [...two, ''].map((_, place) => place)
  for (const [line, letter] of [...one].entries()) {
    let corner = line
    row = row.reduce((next, above, place) => {
      next.push(place ? Math.min(next[place - 1] + 1, above + 1, corner + (letter !== two[place - 1])) : line + 1)
      corner = above
      return next
    }, [])
  }
  return row.at(-1)
}

const attributes = () => {
  const { consent, cookieDays, attribution, theme, locale } = settings
  const written = (name) => 'data-' + name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase())
  const wrong = []
  const given = tags()[0]?.dataset ?? {}
  for (const name of Object.keys(given)) if (!KNOWN.includes(name) && meant(name)) wrong.push(`${written(name)} is not known; did you mean ${written(meant(name))}?`)
  if (consent !== undefined && consent !== 'required') wrong.push(`data-consent="${consent}" asks nobody; the value that does is required`)
  if (cookieDays !== undefined && !(cookieDays > 0)) wrong.push(`data-cookie-days="${cookieDays}" is no number of days, so it is 90`)
  if (cookieDays > 400) wrong.push('browsers keep no cookie for more than 400 days')
  if (attribution !== undefined && !['first', 'last'].includes(attribution)) wrong.push(`data-attribution="${attribution}" is neither first nor last, so it is last`)
  if (theme !== undefined && !['light', 'dark'].includes(theme)) wrong.push(`data-theme="${theme}" is neither light nor dark`)
  if (locale !== undefined && !attempt(() => Intl.getCanonicalLocales(locale)[0])) wrong.push(`data-locale="${locale}" is no language`)
  if (!api) wrong.push(`data-api-host="${settings.apiHost}" is no host`)
  return wrong.length ? attention(`In the script tag: ${wrong.join('; ')}.`, 'Compare it with the table of attributes in the guide.') : ok('The attributes of the script tag are in order.')
}

// ---- The edge

const edge = async ({ up }) => {
  const { version, trouble, blocked } = await up
  const host = api ? new URL(api).host : settings.apiHost
  if (version) return ok(`The edge at ${host} answers; it runs ${version}.`)
  if (!navigator.onLine) return broken('This browser is offline.', 'Connect it and look again.')
  if (blocked) return broken(`The page’s policy forbids to call ${host}.`, `Add ${api} to connect-src of the Content-Security-Policy.`)
  if (trouble === 'cors') return broken(`${host} answers, but does not let pages read it.`, 'Something in front of the edge drops its Access-Control-Allow-Origin header; let it pass.')
  return broken(`${host} does not answer as Goodword does (${trouble}).`, 'Open /healthz on that host; an ad blocker, a firewall or a wrong data-api-host may be the cause.')
}

const versions = async ({ up }) => {
  const { version } = await up
  if (!version) return
  if (version === VERSION) return ok(`The page’s script and the edge are both ${VERSION}.`)
  return attention(`The page’s script is ${VERSION}, the edge is ${version}.`, 'An address with a version in it stays as it is: change it to the new one. Otherwise a cache still has the old script; wait five minutes.')
}

const accepted = async ({ known }) => {
  const { status, code, about } = await known
  if (about) return ok(`The edge knows the key: program “${about.name}”, ${about.kind}, in ${about.currency}.`)
  if (status === 401 || status === 403) return broken(`The edge refuses the key (${code}).`, 'It may have been revoked, or belong to another deployment: copy the publishable key again.')
  if (status === 429) return attention('The edge asks this browser to wait: too many calls.', 'Look again in a minute.')
  if (status) return broken(`The edge answers ${status} (${code}).`, 'Look into the edge’s log.')
}

const daysKept = async ({ known }) => {
  const { about } = await known
  const days = settings.cookieDays > 0 ? +settings.cookieDays : 90
  if (!about?.window_days || about.window_days === days) return
  return attention(`The terms give a click ${about.window_days} days, this page keeps it ${days}.`, `Set data-cookie-days="${about.window_days}".`)
}

// ---- The page's and the browser's rules

const origin = () => {
  if (window.origin === 'null') return attention('This page has no origin of its own (a sandboxed frame, or a file), so nothing can be kept.', 'Look at the page as visitors see it.')
  if (!isSecureContext) return broken('This page came without https, so the browser keeps no cookie of ours.', 'Serve the shop over https.')
  if (window !== top) return attention('This page is shown in a frame; what is kept here is kept apart from the page itself.', 'Open it in a tab of its own.')
  return ok('The page has an origin of its own, over a safe connection.')
}

/** Violations of the page's policy that concern us, so far and from now on. */
const violations = []
const heard = ({ blockedURI, blockedURL, effectiveDirective }) => {
  const what = blockedURI ?? blockedURL ?? ''
  if (what.startsWith('wasm') || api && what.startsWith(api)) violations.push(`${effectiveDirective} blocks ${what}`)
}
document.addEventListener('securitypolicyviolation', heard)
attempt(() => new ReportingObserver((reports) => reports.forEach(({ body }) => heard(body)), { types: ['csp-violation'], buffered: true }).observe())

const policy = async ({ up, known }) => {
  await Promise.all([up, known]) // by then it has been tried
  const list = [...new Set(violations)].filter((text) => !text.includes('wasm'))
  return list.length ? broken(`The page’s policy stops something of ours: ${list.join('; ')}.`, 'Allow it in the Content-Security-Policy; the guide has the lines.') : ok('The page’s policy has stopped nothing of ours.')
}

const wasm = () => {
  if (!window.WebAssembly) return attention('This browser has no WebAssembly, so the link waits for the edge’s first answer.', 'Nothing: it works without.')
  // The eight bytes of the smallest module there is.
  const smallest = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])
  if (attempt(() => new WebAssembly.Module(smallest))) return ok('WebAssembly may run.')
  return attention('The page’s policy forbids WebAssembly, so the link waits for the edge’s first answer.', 'Add ‘wasm-unsafe-eval’ to script-src of the Content-Security-Policy.')
}

const styles = () => attempt(() => new CSSStyleSheet())
  ? ok('Style sheets can be made; no style policy stops them.')
  : attention('This browser cannot make style sheets, so the panel looks plain.', 'Nothing: it works without.')

const cookies = async () => {
  const jar = attempt(() => document.cookie)
  if (jar === undefined || !navigator.cookieEnabled) return attention('Cookies are denied here, so the server does not see a referral by itself.', 'Mark forms with data-goodword: they carry it.')
  const referral = await window.goodword('referral')
  if (!referral?.click_id || !settings.allowed?.() || navigator.globalPrivacyControl) return ok('Cookies work.')
  if (/\bgw_click=/.test(jar)) return ok('The cookie gw_click is set.')
  return attention('A referral is held, but scripts see no cookie gw_click.', 'That is in order where the edge has set it for your domain; your server sees it then. If it does not, mark forms with data-goodword.')
}

const storage = () => attempt(() => localStorage.length) === undefined
  ? attention('Storage is denied here: a referral lives as long as the page, if there is no cookie.', 'The visitor’s settings decide; forms with data-goodword still carry it.')
  : ok('Storage can be read.')

const consent = () => {
  if (settings.consent === 'required' && !settings.allowed?.()) return attention('Consent is asked for and not given: nothing is kept.', "When the visitor agrees, your consent tool calls goodword('consent', true).")
  if (!settings.allowed?.()) return attention('The visitor has said no: nothing is kept.', 'Nothing: that is their right.')
  return ok(settings.consent === 'required' ? 'The visitor has agreed.' : 'This page does not ask for consent.')
}

const control = () => navigator.globalPrivacyControl
  ? attention('This browser sends Global Privacy Control: nothing is kept, whatever was agreed.', 'To see it work, turn it off in this browser.')
  : ok('This browser does not send Global Privacy Control.')

// ---- What came of it

const referral = async () => {
  const held = await window.goodword('referral')
  if (held?.click_id) return ok(`A click is held${held.code && `, with the code ${held.code}`}.`)
  if (held) return attention(`A code is held, ${held.code}, but no click.`, 'Anybody can type a code. Follow the link itself, /r/…, to get a click id with it.')
  return ok('Nobody has sent this visitor. To see one arrive, follow a link of your program.')
}

const forms = () => {
  const all = [...document.forms]
  const marked = all.filter((form) => form.matches('[data-goodword]'))
  if (!all.length) return ok('There is no form on this page.')
  if (marked.length) return ok(`${count(marked.length, 'form')} of ${all.length} ${marked.length === 1 ? 'is' : 'are'} marked and will carry a referral.`)
  return attention(`${count(all.length, 'form')}, none marked.`, 'A form that makes an account or an order wants data-goodword, unless your server reads the cookie.')
}

/** Whether the script should have fetched what this element is made of. */
const wanted = (element, held) => element.localName === 'goodword-welcome' ? held
  : element.getAttribute('mode') === 'floating' || element.getAttribute('mode') !== 'modal' && near(element.getBoundingClientRect())

const near = ({ top, bottom }) => bottom > -400 && top < innerHeight + 400

const elements = async () => {
  const seen = [...document.querySelectorAll('goodword-widget, goodword-welcome')]
  if (!seen.length) return ok('There is no element of ours on this page.')
  const names = seen.map(({ localName }) => `<${localName}>`).join(', ')
  const held = await window.goodword('referral')
  const late = new Promise((done) => setTimeout(done, 3000, 'late'))
  const defined = seen.filter((element) => wanted(element, held)).map(({ localName }) => customElements.whenDefined(localName))
  if (await Promise.race([Promise.all(defined), late]) === 'late') {
    return broken(`On this page: ${names}; but not everything comes to life.`, 'Something keeps its files from loading; the lines above may say what.')
  }
  return ok(`On this page: ${names}.`)
}

const CHECKS = {
  'Snippet': snippet, 'Key': key, 'Attributes': attributes,
  'Edge': edge, 'Key accepted': accepted, 'Versions': versions, 'Window': daysKept,
  'Origin': origin, 'Policy': policy, 'WebAssembly': wasm, 'Styles': styles,
  'Cookies': cookies, 'Storage': storage, 'Consent': consent, 'Privacy control': control,
  'Referral': referral, 'Forms': forms, 'Elements': elements,
}

/** Looks at everything at once; answers in the order above. */
export const examine = async () => {
  const answers = pulse()
  const findings = await Promise.all(Object.entries(CHECKS).map(async ([name, check]) => {
    const [state, says, todo] = await check(answers) ?? []
    return state && { name, state, says, ...(todo && { todo }) }
  }))
  return findings.filter(Boolean)
}
