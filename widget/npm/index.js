// Goodword for pages that are built: puts the loader on the page and calls it. What a visitor
// downloads besides stays where it was, on the edge.
//
// Nothing happens on import, so a server may import it too; there every call is answered with
// nothing, because a server has no visitor.

const inBrowser = typeof document !== 'undefined'

/** Calls made before the loader runs wait here; the loader looks for `q`. */
const queue = () => {
  // Not `??=`: a page with an element of that id has an element in this place.
  if (typeof window.goodword === 'function') return
  const q = []
  window.goodword = Object.assign((...call) => { q.push(call) }, { q })
}

/** Calls the loader, now or as soon as it runs; never throws and never rejects. */
export const goodword = (command, ...facts) => new Promise((done) => {
  if (!inBrowser) return done()
  queue()
  // The loader calls back whether the call waited or not.
  window.goodword(command, ...facts, done)
})

/** Puts the tag of the guide on the page. */
const put = ({ src, origin, program, integrity, nonce, ...attributes }) => {
  const script = document.createElement('script')
  Object.assign(script.dataset, { program })
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) script.dataset[name] = value
  }
  if (nonce) script.nonce = nonce
  // Only what was asked for across origins can be compared with its digest.
  if (integrity) Object.assign(script, { integrity, crossOrigin: 'anonymous' })
  script.src = src ?? `${origin.replace(/\/+$/, '')}/goodword.js`
  document.head.append(script)
  return script
}

/** True once the loader runs, false when it cannot come. */
const arrival = (options) => new Promise((done) => {
  const pasted = document.querySelector('script[data-program]')
  const script = pasted ?? put(options)
  script.addEventListener('error', () => {
    if (!pasted) script.remove() // so that it can be tried again
    done(false)
  })
  goodword('ready').then(() => done(true))
})

let loading

/** Loads the loader, once however often it is called; tried again only after it could not come. */
export const load = (options) => {
  if (!inBrowser) return Promise.resolve(false)
  loading ??= arrival(options)
    // Options that make no address, or a page that enforces Trusted Types and was given a string.
    .catch(() => false)
    .then((loaded) => {
      if (!loaded) loading = undefined
      return loaded
    })
  return loading
}

/** Tells who sent this visitor, now and whenever that changes, until the answered function is called. */
export const watchReferral = (listener) => {
  if (!inBrowser) return () => {}
  const watch = new AbortController()
  const { signal } = watch
  const ask = async () => {
    const referral = await goodword('referral')
    if (!signal.aborted) listener(referral ?? null)
  }
  for (const event of ['ready', 'referral', 'consent']) document.addEventListener(`goodword:${event}`, ask, { signal })
  ask()
  return () => watch.abort()
}
