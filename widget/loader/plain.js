// Stands in for the panel in Rust where a page forbids wasm, with the same methods: see src/panel.rs.
// The one thing it cannot do is to make the link without network: the edge says which code belongs to
// the secret. The link is the one the panel would have made, should the page allow it one day.

/** When an edge that is away is asked again, and when the numbers of whoever has joined are, in milliseconds. */
const AGAIN = [5_000, 15_000, 45_000]
const PACE = 300_000

const secret = () => {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))
  return 'gws_' + btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '') + '.'
}

/** A panel on a page, which is what page.js made. */
export const open = (page) => {
  const { read } = page
  let kept = page.recall() || page.found() // as src/keepsake.rs writes it: the proof, a sign, what links begin with
  let note = 'note.plain' // what is so while all is well
  let calling
  let unsaved
  let ended // the token was accepted for a while
  let failures = 0

  const proof = () => kept.slice(0, 47)
  /** `.` nobody was shown the link, `?` the edge has yet to hear of it, `+` it has. */
  const sign = (sign) => {
    kept = proof() + sign + kept.slice(48)
    if (!page.keep(kept)) note = 'note.memory'
  }
  const signedOut = () => ended || read('needs_identity') === 'true'

  const link = () => {
    const link = read('link') || read('referrer.link')
    return /^https?:\/\//.test(link) ? link : ''
  }

  /** A secret of this browser's, drawn when there is none. */
  const own = () => {
    kept ||= secret()
    sign(kept[47])
  }

  const wake = () => {
    if (calling || ended) return
    calling = true
    if (kept[47] === '?' && !signedOut()) page.join(proof())
    else if (unsaved) page.save(proof())
    else page.ask(proof())
  }

  const failed = () => {
    if (!link()) page.note('qr.failed')
    page.rest(AGAIN[failures] ?? 1 / 0)
    failures += 1
  }

  /** The edge does not accept the token. */
  const refused = () => {
    if (page.trusted()) {
      ended = true
      return page.note('note.sign_in')
    }
    page.disown()
    note = 'note.identity'
    kept = page.recall()
    own()
    wake()
  }

  const told = (status) => {
    calling = false
    if (status === 498 && page.identified()) return refused()
    if (status === 200 && !link() && !kept) { // named by the page, and new here
      own()
      return wake()
    }
    if (status !== 200 || !link()) return failed()
    failures = 0
    page.show(link(), kept[47] === '+' || !!read('referrer.id'))
    page.note(signedOut() ? 'note.sign_in' : note)
    if (unsaved || kept[47] === '?' && !signedOut()) wake()
    else if (read('referrer.id')) page.rest(PACE)
  }

  const act = (what) => {
    const known = read('referrer.id')
    if (!link()) return
    if (what === 'save') {
      if (!known || signedOut()) return page.said(signedOut() ? 'note.sign_in' : 'saved.later')
      unsaved = true
    } else if (what === 'copy') page.copy(link())
    else if (what === 'taken') page.report('copied')
    else {
      page.handOut(what, link())
      page.report('shared', what)
    }
    if (known && read('referrer.terms_accepted') !== read('program.terms_version')) unsaved = true
    if (kept && kept[47] !== '+' && !known && !signedOut()) sign('?')
    if (unsaved || kept[47] === '?') wake()
  }

  const joined = (status) => {
    calling = false
    if (status === 498) return refused()
    if (status === 422 && note !== 'note.person') {
      note = 'note.person'
      page.unsay()
      return wake()
    }
    if (status !== 200 && status !== 201) return failed()
    sign('+')
    if (page.identified()) page.take()
    page.report('joined')
    wake()
  }

  const saved = (status) => {
    calling = unsaved = false
    if (status === 498) return refused()
    if (status === 422) page.unsay()
    page.said(status === 200 ? 'saved' : status === 422 ? 'note.person' : 'saved.failed')
    wake()
  }

  const rouse = () => {
    if (failures <= AGAIN.length) return
    failures = 0
    wake()
  }

  // Whom the page names may have a link already; everybody else has one of this browser's.
  if (!page.identified()) own()
  wake()
  return { act, told, joined, saved, wake, rouse, free() {} }
}
