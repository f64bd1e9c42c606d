// Where a page forbids wasm: the link, to be copied, and its QR code, both from the edge. The link is
// the one the panel would have made from the same secret, should the page allow it one day.

/** The lines of src/terms.rs. */
const terms = ({ read, count, amount, text }) => [
  count('terms.window', 'program.window_days'),
  read('program.hold_days') !== '0' && count('terms.hold', 'program.hold_days'),
  +read('program.minimum_order') && text('terms.minimum', amount('program.minimum_order', read('program.currency'))),
  text('terms.returns'),
  text('terms.own'),
]

const draw = () => {
  const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))
  return 'gws_' + btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '') + '.'
}

/** Furnishes the panel in `root`; `page` is what page.js made. */
export const plain = async (root, page) => {
  const { find, read, text, write } = page
  let kept = page.recall() || draw()
  const stored = page.keep(kept)
  const proof = kept.slice(0, 47)

  for (const useless of root.querySelectorAll('.channel,.more,.progress,.recent,.you,.get h3,dl.rewards')) useless.remove()
  find('.panel').removeAttribute('data-waiting')
  write('.note', text(stored ? 'note.plain' : 'note.memory'))

  /** Everything the answer holds, as far as it goes without the panel. */
  const show = async () => {
    await page.ask(proof)
    const link = read('link') || read('referrer.link')
    if (!/^https?:\/\//.test(link)) return write('.note', text('note.away'))
    write('.link', link)
    for (const name of ['clicks', 'friends', 'leads', 'sales']) write('.' + name, page.amount('referrer.' + name))
    const version = read('program.terms_version')
    write('.accept', text(read('referrer.terms_accepted') === version ? 'terms.accepted' : 'terms.accept', version))
    write('.terms ul', '')
    for (const line of terms(page)) if (line) page.line('.terms ul', line)
  }

  const join = async () => {
    if (kept[47] === '+') return
    const [status] = await page.call('widget/join', { proof, terms_version: +read('program.terms_version') || undefined })
    if (status !== 200 && status !== 201) return
    page.keep(kept = proof + '+' + kept.slice(48))
    page.report('joined')
    await show()
  }

  root.addEventListener('click', ({ target }) => {
    const link = find('.link').value
    const { act } = target.dataset
    if (!link || !act) return
    if (act === 'copy') page.copy(link + '?gwc=copy')
    if (act === 'native') page.share(text('message', read('program.name')) + '\n' + text('disclosure'), link + '?gwc=native')
    if (act === 'qr' && !find('.qr img')) {
      const picture = document.createElement('img')
      picture.alt = text('qr.alt')
      picture.src = page.pictures + link.split('/').pop() + '.svg'
      picture.addEventListener('error', () => write('.note', text('qr.failed')))
      find('.qr').append(picture)
    }
    join()
  })
  await show()
}
