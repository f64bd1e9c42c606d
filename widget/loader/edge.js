// Everything the panel says to the edge: two seconds at most, no cookies, never an exception.

import { api, settings } from './host.js'
import { language } from './language.js'

const { program = '' } = settings

/** `live_` or `test_`, and the public part of the key, which names the program. */
const [, mode, token] = program.match(/^pk_(live_|test_)([0-9a-z]{16})/) ?? []
if (!token) console.warn('goodword: the script tag needs data-program="pk_live_…"')

/** What links begin with that are made without network. */
export const base = token && api && `${api}/r/${token}/`

/** Where pictures of this program's QR codes are. */
export const pictures = `${api}/qr/${token}/`

/** Where this program's secret is kept. */
export const shelf = 'goodword:' + mode + token

/** The token with which the page says who the referrer is, if it does. */
export const identity = () => settings.identity?.token ?? ''

/** Answers [status, body]; status 0 is no answer, or one that makes no sense; 498 a refused identity. */
export const call = async (path, body, proof, method = body ? 'POST' : 'GET') => {
  try {
    // Without a prototype: the page may have put anything there.
    const headers = { __proto__: null, Authorization: 'Bearer ' + program, 'Accept-Language': language }
    if (body) headers['Content-Type'] = 'application/json'
    if (proof) headers['Goodword-Proof'] = proof
    if (identity()) headers['Goodword-Identity'] = identity()
    const answer = await fetch(new URL('/v1/' + path, api), {
      __proto__: null,
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: 'omit',
      keepalive: !!body, // a step reported while the page goes away still arrives
      signal: AbortSignal.timeout(2000),
    })
    const facts = await answer.json()
    return [facts.code === 'identity_invalid' ? 498 : answer.status, facts]
  } catch {
    return [0]
  }
}

let asking = []

const asked = async (who, proof) => {
  const answer = await call('widget/me', null, proof)
  asking = asking.filter((one) => one.who !== who)
  return answer
}

/** What the panel shows; panels that ask at the same time share an answer. */
export const ask = (proof) => {
  const who = proof + identity()
  const same = asking.find((one) => one.who === who)
  if (!same) asking.push({ who, answer: asked(who, proof) })
  return (same ?? asking.at(-1)).answer
}

// Steps of the funnel travel together, each at most once per batch. A preview in the dashboard is no step.

let steps = []

const flush = () => {
  if (steps.length) call('widget/events', { events: steps })
  steps = []
}

export const report = (type, channel) => {
  if (settings.preview) return
  if (!steps.length) setTimeout(flush, 2000)
  if (!steps.some((step) => step.type === type && step.channel === channel)) steps.push({ type, channel })
}

addEventListener('pagehide', flush)
