// The doctor's two questions to the edge, each asked once: is it up, and does it know this key?

import { api, settings } from './host.js'

const { program = '' } = settings

const ask = async (path, options) => {
  const answer = await fetch(api + path, { credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(2000), ...options })
  return [answer.status, await answer.json().catch(() => ({}))]
}

/** `{ version }`, or else `trouble`, and whether the page's policy has `blocked` the question. */
const up = async () => {
  let blocked = false
  const listen = ({ blockedURI }) => { blocked ||= blockedURI.startsWith(api) }
  document.addEventListener('securitypolicyviolation', listen)
  try {
    const [status, { status: word, version }] = await ask('/healthz')
    return word === 'ok' ? { version } : { trouble: `it answers ${status}` }
  } catch (fault) {
    if (fault.name === 'TimeoutError') return { trouble: 'it took more than two seconds' }
    // An answer that may not be looked at is still an answer.
    const hidden = await fetch(`${api}/healthz`, { mode: 'no-cors', credentials: 'omit', signal: AbortSignal.timeout(2000) }).catch(() => null)
    if (!hidden) await new Promise((done) => setTimeout(done, 100)) // of a policy the page hears a moment later
    return { trouble: hidden ? 'cors' : 'no connection', blocked }
  } finally {
    document.removeEventListener('securitypolicyviolation', listen)
  }
}

/** `{ status, code, about }`: what the edge says to the key; status 0 is no answer. */
const known = async () => {
  if (!program) return {}
  try {
    const [status, { code, program: about }] = await ask('/v1/widget/me', { headers: { Authorization: `Bearer ${program}` } })
    return { status, code: code ?? 'no reason given', about }
  } catch {
    return { status: 0 }
  }
}

/** Asks both now; several checks look at the answers. */
export const pulse = () => ({ up: up(), known: known() })
