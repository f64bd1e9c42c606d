// Where a page forbids wasm: the offer, the link, to be copied, and its QR code, all from the edge.
// The link is the one the panel would have made from the same secret, should the page allow it one day.

import { offer, terms } from './offer.js'

/** When an edge that is away is asked again, in milliseconds. */
const AGAIN = [5_000, 15_000, 45_000]

const draw = () => {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))
  return 'gws_' + btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '') + '.'
}

/** Furnishes the panel in `root`; `page` is what page.js made. */
export const plain = async (root, page) => {
  const { find, read, text, write } = page
  let kept // `gws_…`, `+` once it has joined, and what links begin with
  let note // what is so while all is well
  let turn = 0 // whose panel it is: counts people who log in and out
  let message = ''

  for (const useless of root.querySelectorAll('.channel,.more,.progress,.recent,.you,.get h3,dl.rewards')) useless.remove()
  find('.panel').removeAttribute('data-waiting')

  const proof = () => kept.slice(0, 47)

  /** A secret of this browser's, drawn when there is none. */
  const own = () => {
    kept ||= draw()
    note = page.keep(kept) ? note : 'note.memory'
  }

  /** Asks the edge, and shows everything the answer holds, as far as it goes without the panel. */
  const show = async (tries = 0) => {
    const mine = turn
    const status = await page.ask(proof())
    if (mine !== turn) return
    if (status === 498) {
      // A link that was shown is still theirs; else it is the link of this browser.
      if (page.trusted() || !page.identified()) return
      page.disown()
      return begin('note.identity')
    }
    const link = read('link') || read('referrer.link')
    if (status === 200 && !link && !kept) {
      own() // named by the page, and new here
      return show(tries)
    }
    if (!/^https?:\/\//.test(link)) {
      if (!find('.link').value) write('.note', text('qr.failed'))
      if (tries < AGAIN.length) setTimeout(() => mine === turn && root.host.isConnected && show(tries + 1).catch(() => {}), AGAIN[tries])
      return
    }
    write('.note', text(note))
    write('.link', link)
    for (const name of ['clicks', 'friends', 'leads', 'sales']) write('.' + name, page.amount('referrer.' + name))
    const said = offer(page)
    message = said.message
    write('.title', said.title)
    write('.sentence', said.sentence)
    const version = read('program.terms_version')
    write('.accept', text(read('referrer.terms_accepted') === version ? 'terms.accepted' : 'terms.accept', version))
    write('.terms ul', '')
    for (const line of terms(page, said.sentence)) page.line('.terms ul', line)
  }

  /** Begins for whoever the page names now. */
  const begin = (said) => {
    turn += 1
    note = said
    kept = page.recall() || page.found()
    write('.link', '')
    find('.qr img')?.remove()
    // Whom the page names may have a link already; everybody else has one of this browser's.
    if (!page.identified()) own()
    return show()
  }

  const join = async () => {
    if (!kept || kept[47] === '+') return
    const [status] = await page.call('widget/join', { proof: proof(), terms_version: +read('program.terms_version') || undefined })
    if (status !== 200 && status !== 201) return
    page.keep(kept = proof() + '+' + kept.slice(48))
    page.take()
    page.report('joined')
    await show()
  }

  document.addEventListener('goodword:identify', () => {
    if (root.host.isConnected) begin('note.plain').catch(() => {})
  })
  root.addEventListener('click', ({ target }) => {
    const link = find('.link').value
    const { act } = target.dataset
    if (!link || !act) return
    if (act === 'copy') page.copy(link + '?gwc=copy')
    if (act === 'native') page.share(message, link + '?gwc=native')
    if (act === 'qr' && !find('.qr img')) {
      const picture = document.createElement('img')
      picture.alt = text('qr.alt')
      picture.src = page.pictures + link.split('/').pop() + '.svg'
      picture.addEventListener('error', () => write('.note', text('qr.failed')))
      find('.qr').append(picture)
    }
    join().catch(() => {})
  })
  await begin('note.plain')
}
