// The element `<goodword-widget>`. What its panel shows and when it asks for something is decided
// in Rust, see `src/panel.rs`; here is what a browser wants said in JavaScript.
//
// The build points two names at files: `panel` at the glue wasm-bindgen wrote, `styles` at the
// style sheet.

import start, { Panel } from 'panel'
import styles from 'styles'
import { ask, base, call, report, settings, shelf } from './edge.js'
import { amount, attempt, day, text } from './language.js'
import { conversion, draw, panel as sketch } from './sketch.js'

const wasm = start().then(() => true, () => false) // false: the page's policy forbids wasm

const sheet = new CSSStyleSheet()
sheet.replaceSync(styles)

// ---- What is kept between visits, if the visitor agrees; all panels of a page share it

let memory = ''

const keep = (kept) => {
  memory = kept
  return (settings.allowed?.() ?? true) && attempt(() => { localStorage[shelf] = kept; return true }) || false
}

document.addEventListener('goodword:consent', ({ detail }) => {
  if (detail) { if (memory) keep(memory) } else attempt(() => localStorage.removeItem(shelf))
})

class Widget extends HTMLElement {
  #panel
  #root
  #answer // what the edge said last
  #timer
  #due // the panel wanted to wake while nobody looked
  #seen // in view at this moment
  #noticed // was in view once
  #gone // aborts when the element leaves the page

  connectedCallback() {
    this.#arrive().catch(() => {})
  }

  disconnectedCallback() {
    this.#gone?.abort()
    clearTimeout(this.#timer)
    // Moved elements are back at once; one that is gone must not be held by its panel.
    setTimeout(() => {
      if (this.isConnected) return
      this.#panel?.free()
      this.#panel = undefined
    })
  }

  async #arrive() {
    this.#gone = new AbortController()
    const { signal } = this.#gone
    this.#root ??= this.#furnish()
    const look = () => this.#look()
    document.addEventListener('visibilitychange', look, { signal })
    addEventListener('online', look, { signal })
    const sight = new IntersectionObserver(([entry]) => {
      this.#seen = entry.isIntersecting
      look()
    })
    signal.onabort = () => sight.disconnect()
    if (!base || !await wasm || signal.aborted) return
    this.#due = !!this.#panel // whatever a move has interrupted
    this.#panel ??= attempt(() => Panel.open(this.#page()))
    sight.observe(this)
  }

  #find(selector) {
    return this.#root.querySelector(selector)
  }

  /** Calls the panel; when it is not there yet, or broken, nothing happens. */
  #tell(method, value) {
    attempt(() => this.#panel?.[method](value))
  }

  #furnish() {
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [sheet]
    draw(root, sketch, text)
    if (settings.theme) root.querySelector('.panel').dataset.theme = settings.theme
    root.querySelector('.more').hidden = !navigator.share
    root.addEventListener('click', ({ target }) => {
      const what = target.dataset?.act
      if (what && !(what === 'qr' && this.#fold(!this.#find('.qr').hidden))) this.#tell('act', what)
    })
    const link = root.querySelector('.link')
    link.addEventListener('focus', () => link.select())
    link.addEventListener('copy', () => this.#tell('act', 'taken'))
    return root
  }

  /** Somebody may be looking again: what waited for that happens now. */
  #look() {
    if (!this.#seen || document.hidden) return
    if (!this.#noticed) report('seen')
    this.#noticed = true
    this.#tell(this.#due ? 'wake' : 'rouse')
    this.#due = false
  }

  async #ask(proof) {
    const [status, answer] = await ask(proof)
    this.#answer = answer
    this.#tell('told', status)
  }

  async #join(proof) {
    const { name, email } = settings.person ?? {}
    const [status] = await call('widget/join', { proof, name, email })
    this.#tell('joined', status)
  }

  /** Shows or hides the place of the QR code. */
  #fold(hidden) {
    this.#find('.qr').hidden = hidden
    this.#find('.qr-toggle').setAttribute('aria-expanded', !hidden)
    return hidden
  }

  async #drawQr(link) {
    const { outline } = await import(new URL('qr.js', import.meta.url))
    const [side, path] = outline(link).split(/ (.*)/)
    this.#find('svg').setAttribute('viewBox', `-4 -4 ${side} ${side}`)
    this.#find('path').setAttribute('d', path)
  }

  async #copy(link) {
    const copied = await (navigator.clipboard?.writeText(link) ?? Promise.reject()).then(() => true, () => {
      this.#find('.link').select()
      return document.execCommand('copy')
    })
    if (copied) report('copied')
    this.#find('.copy').textContent = text(copied ? 'copied' : 'copy')
    this.#find('.aloud').textContent = text(copied ? 'copied.aloud' : 'copy.failed')
    if (!copied) this.#find('.note').textContent = text('copy.failed')
    setTimeout(() => {
      this.#find('.copy').textContent = text('copy')
      this.#find('.aloud').textContent = ''
    }, 2000)
  }

  /** The page as the panel knows it; see `src/page.rs`. */
  #page() {
    const read = (path) => path.split('.').reduce((value, name) => value?.[name], this.#answer)
    return {
      recall: () => attempt(() => localStorage[shelf]) ?? memory,
      keep,
      base: () => base,
      ask: (proof) => { this.#ask(proof) },
      join: (proof) => { this.#join(proof) },
      report: (step, channel) => report(step, channel || undefined),
      rest: (milliseconds) => {
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => {
          this.#due = true
          this.#look()
        }, milliseconds)
      },
      read: (path) => {
        const value = read(path)
        return typeof value === 'string' || typeof value === 'number' ? `${value}` : ''
      },
      amount: (path, unit) => amount(read(path), read(path.replace(/\w+$/, 'reversed_$&')), unit),
      day: (path) => day(read(path)),
      text: (name, ...values) => name === 'site' ? location.hostname : text(name, ...values),
      write: (selector, text) => {
        const element = this.#find(selector)
        element[element.matches('input') ? 'value' : 'textContent'] = text
      },
      mark: (selector, name, value) => {
        const element = this.#find(selector)
        value === undefined ? element.removeAttribute(name) : element.setAttribute(name, value)
      },
      item: (...texts) => {
        draw(this.#find('.list'), conversion, text)
        texts.forEach((text, index) => { this.#find('li:last-child').children[index].textContent = text })
      },
      drawQr: (link) => {
        this.#drawQr(link).catch(() => {
          this.#fold(true)
          this.#find('.note').textContent = text('qr.failed')
        })
      },
      copy: (link) => { this.#copy(link).catch(() => {}) },
      share: (text, url) => { navigator.share({ text, url }).catch(() => {}) }, // changed their mind
    }
  }
}

// Another copy of this file may have been here first.
attempt(() => customElements.define('goodword-widget', Widget))

// ---- goodword('open'), goodword('close'), goodword('track', 'lead', {…})

let dialog

/** Shows the panel of the page, or one in a dialog where the page has none. */
export const open = () => {
  report('opened')
  if (!dialog) {
    const element = document.querySelector('goodword-widget')
    if (element) return element.scrollIntoView({ block: 'center' })
    dialog = document.createElement('dialog')
    // Set by script, which a style policy allows where it forbids style attributes.
    dialog.style.cssText = 'border:0;padding:0;background:none;width:min(60rem,100vw - 2rem)'
    draw(dialog, 'goodword-widget\nbutton type=button aria-label=@close :cross', text)
    dialog.lastChild.style.cssText = 'position:absolute;inset-block-start:0;inset-inline-end:0;width:3rem;height:3rem;border:0;' +
      'background:none;color:GrayText;font:1.5rem/1 sans-serif;cursor:pointer'
    // On the button or beside the panel.
    dialog.addEventListener('click', ({ target }) => { if (target.localName !== 'goodword-widget') dialog.close() })
    document.body.append(dialog)
  }
  if (!dialog.open) dialog.showModal()
}

export const close = () => dialog?.close()

/** A browser can only claim a lead; nothing is payable before the merchant's server confirms. */
export const track = async (what, facts) => {
  const referral = await window.goodword('referral')
  if (what !== 'lead' || !referral?.click_id) return false
  const [status] = await call('claims', { ...facts, click_id: referral.click_id })
  return status === 201
}
