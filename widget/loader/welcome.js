// The element `<goodword-welcome>`: the friend's side. Who sent them, what they get, the code to use.
// A bar at the foot of the window, or with the attribute `inline` where it stands. It shows itself
// only to those a link has brought, and not again to whoever has closed it.

import styles from 'styles/welcome.css'
import { call, shelf } from './edge.js'
import { settings } from './host.js'
import { amount, attempt, direction, language, speak, spoken, text } from './language.js'
import { draw, dress } from './sketch.js'

const sketch = `
div.bar role=region aria-label=@welcome
 div.words
  p.from
  p.offer
 p.claim
  span :welcome.code
  b.code
  button.copy type=button :copy
 button.close type=button aria-label=@welcome.close :cross
 p.aloud role=status`

const closed = shelf + '.welcome'
let remembered // where nothing can be stored

/** `You get €5 when you buy.` Where a rule takes more words than ours (a perk, a coupon, …), the edge's own stand. */
const offer = ({ offer: { friend }, promise }) => {
  const phrases = []
  for (const { on, pay, currency, when } of friend) {
    const phrase = when ? '' : 'flat' in pay ? text(`welcome.${on}.flat`, amount(pay.flat, 0, currency))
      : 'share_bps' in pay && text(`welcome.${on}.share`, amount(pay.share_bps, 0, '%'))
    if (phrase) phrases.push(phrase)
  }
  return phrases.length < friend.length ? promise.join(' ')
    : phrases.length ? text('welcome.offer', phrases.reduce((list, phrase) => text('list', list, phrase))) : ''
}

class Welcome extends HTMLElement {
  #root

  connectedCallback() {
    this.#arrive().catch(() => {})
  }

  async #arrive() {
    await Promise.all([spoken, speak('.welcome')])
    const { code } = await window.goodword('referral') ?? {}
    if (!code || this.#root || (attempt(() => localStorage[closed]) ?? remembered) === code) return
    const [status, facts] = await call('widget/welcome?code=' + encodeURIComponent(code))
    if (status === 200 && !this.#root && this.isConnected) this.#furnish(facts)
  }

  #furnish({ from, code, program }) {
    const root = this.#root = this.attachShadow({ mode: 'open' })
    dress(root, styles)
    const bar = draw(root, sketch)
    const write = (selector, text) => { root.querySelector(selector).textContent = text }
    bar.lang = language
    bar.dir = direction()
    if (settings.theme) bar.dataset.theme = settings.theme
    write('.from', typeof from === 'string' && from ? text('welcome.from', from) : text('welcome.friend'))
    write('.offer', attempt(() => offer(program)) ?? '')
    write('.code', code)
    root.querySelector('.close').addEventListener('click', () => {
      remembered = code
      if (settings.allowed?.() ?? true) attempt(() => { localStorage[closed] = code })
      this.hidden = true
      bar.remove()
    })
    root.querySelector('.copy').addEventListener('click', async () => {
      const copied = await attempt(() => navigator.clipboard.writeText(code).then(() => true, () => false))
      if (!copied) return attempt(() => getSelection().selectAllChildren(root.querySelector('.code')))
      write('.copy', text('copied'))
      write('.aloud', text('copied'))
      setTimeout(() => {
        write('.copy', text('copy'))
        write('.aloud', '')
      }, 2000)
    })
  }
}

// Another copy of this file may have been here first.
attempt(() => customElements.define('goodword-welcome', Welcome))
