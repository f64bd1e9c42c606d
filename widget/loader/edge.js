// Everything the panel says to the edge: two seconds at most, no cookies, never an exception.

/** What the loader read from its script tag; see the end of goodword.js. */
export const settings = window.goodword?.settings ?? {}
// This file comes from the edge, wherever the page does.
const { program = '', apiHost = new URL(import.meta.url).origin } = settings
const api = apiHost.includes('//') ? apiHost : 'https://' + apiHost

/** `live_` or `test_`, and the public part of the key, which names the program. */
const [, mode, token] = program.match(/^pk_(live_|test_)([0-9a-z]{16})/) ?? []
if (!token) console.warn('goodword: the script tag needs data-program="pk_live_…"')

/** What links begin with that are made without network. */
export const base = token && `${api}/r/${token}/`

/** Where this program's secret is kept. */
export const shelf = 'goodword:' + mode + token

/** Answers [status, body]; status 0 is no answer, or one that makes no sense. */
export const call = async (path, body, proof) => {
  try {
    const headers = { Authorization: 'Bearer ' + program }
    if (body) headers['Content-Type'] = 'application/json'
    if (proof) headers['Goodword-Proof'] = proof
    const answer = await fetch(`${api}/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers,
      body: body && JSON.stringify(body),
      credentials: 'omit',
      keepalive: !!body, // a step reported while the page goes away still arrives
      signal: AbortSignal.timeout(2000),
    })
    return [answer.status, await answer.json()]
  } catch {
    return [0]
  }
}

const asking = new Map()

/** What the panel shows; panels that ask at the same time share an answer. */
export const ask = (proof) => {
  if (!asking.has(proof)) asking.set(proof, call('widget/me', null, proof).finally(() => asking.delete(proof)))
  return asking.get(proof)
}

// Steps of the funnel travel together, each at most once per batch.

let steps = []

const flush = () => {
  if (steps.length) call('widget/events', { events: steps })
  steps = []
}

export const report = (type, channel) => {
  if (!steps.length) setTimeout(flush, 2000)
  if (!steps.some((step) => step.type === type && step.channel === channel)) steps.push({ type, channel })
}

addEventListener('pagehide', flush)
