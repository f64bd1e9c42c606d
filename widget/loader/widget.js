// The element `<goodword-widget>`. What its panel shows and when it asks for something is decided
// in Rust, see `src/panel.rs`; here is what a browser wants said in JavaScript.
//
// The build points two names at files: `panel` at the glue wasm-bindgen wrote, `styles` at the
// style sheet. What few people unfold is in details.js, what stands in where a page forbids wasm in
// plain.js; both are fetched when they are wanted.

import { begin, imports, Panel } from 'panel'
import styles from 'styles'
import { base, call, report } from './edge.js'
import { settings } from './host.js'
import { attempt, direction, language, speak, spoken, text } from './language.js'
import { pageOf } from './page.js'
import { frame, panel as sketch } from './sketches.js'
import { draw, dress } from './sketch.js'

let wasm

/** Whether there is wasm: the page's policy may forbid it. Its bytes are those this file was built with. */
const ready = () => wasm ??= (async () => {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(new URL('widget_bg.wasm', import.meta.url), {
    __proto__: null,
    credentials: 'omit',
    integrity: INTEGRITY_WASM,
    signal: AbortSignal.timeout(10_000),
  }), imports())
  begin(instance)
  return true
})().catch(() => false)

// At the same time as the texts, where a panel is in the page and not behind a button.
if (document.querySelector('goodword-widget:not([mode]),goodword-widget[mode=inline]')) ready()
await spoken

/** What few people see, and its texts. */
const unfolded = async () => {
  const [module] = await Promise.all([import(new URL('details.js', import.meta.url)), speak('.details')])
  return module
}

class Widget extends HTMLElement {
  #panel
  #root
  #frame
  #body // what is in the frame: one person's panel
  #page
  #due // the panel wanted to wake while nobody looked
  #seen // in view at this moment
  #noticed // was in view once
  #gone // aborts when the element leaves the page
  #coming // resolved when the element is furnished

  connectedCallback() {
    this.#coming = this.#arrive().catch(() => {})
  }

  disconnectedCallback() {
    this.#gone?.abort()
    this.#page?.rest(1 / 0)
    // Moved elements are back at once; one that is gone must not be held by its panel.
    setTimeout(() => {
      if (!this.isConnected) this.#forget()
    })
  }

  #forget() {
    attempt(() => this.#panel?.free())
    this.#panel = undefined
  }

  async #arrive() {
    const { signal } = this.#gone = new AbortController()
    if (!this.#root) {
      const mode = this.getAttribute('mode')
      const apart = /floating|modal/.test(mode) ? await import(new URL('dialog.js', import.meta.url)) : null
      if (signal.aborted) return
      this.#furnish(apart, mode)
    }
    const look = () => this.#look()
    document.addEventListener('visibilitychange', look, { signal })
    addEventListener('online', look, { signal })
    document.addEventListener('goodword:identify', () => this.#greet(), { signal })
    const sight = new IntersectionObserver((entries) => {
      this.#seen = entries.at(-1).isIntersecting
      look()
    })
    signal.onabort = () => sight.disconnect()
    sight.observe(this.#frame)
    this.#due = !!this.#panel // whatever a move has interrupted
    if (!this.#frame.showModal) this.#begin()
  }

  /** Somebody has logged in or out, or there is a new token: another person finds an empty panel. */
  #greet() {
    const changed = this.#page.changed()
    const begun = this.#panel
    this.#forget()
    if (changed) this.#fill()
    if (begun) this.#begin()
  }

  #begin() {
    this.#start().catch(() => {})
  }

  async #start() {
    const { signal } = this.#gone
    if (!base || this.#panel) return
    const { open } = await ready() ? Panel : await import(new URL('plain.js', import.meta.url))
    if (signal.aborted || this.#panel) return
    this.#panel = attempt(() => open(this.#page))
  }

  #find(selector) {
    return this.#root.querySelector(selector)
  }

  /** Calls the panel; when it is not there yet, or broken, nothing happens. */
  #tell(method, value) {
    this.#page.tell(method, value)
  }

  #furnish(apart, mode) {
    const root = this.#root = this.attachShadow({ mode: 'open' })
    dress(root, styles)
    if (apart) dress(root, apart.styles)
    if (mode === 'floating') draw(root, apart.launcher)
    draw(root, apart ? apart.dialog : frame)
    this.#frame = root.querySelector('.frame')
    this.#frame.lang = language
    this.#frame.dir = direction()
    if (settings.theme) this.#frame.dataset.theme = settings.theme
    root.addEventListener('click', ({ target }) => attempt(() => this.#press(target)))
    this.#fill()
  }

  /** Puts an empty panel into the frame. */
  #fill() {
    this.#page?.leave()
    this.#body?.remove()
    this.#body = draw(this.#frame, sketch)
    for (const sign of ['pointerover', 'focusin']) this.#body.addEventListener(sign, () => this.#wish(), { once: true })
    this.#find('.native').hidden = !navigator.share
    this.#find('.copy').autofocus = !!this.#frame.showModal // and never on a page
    const link = this.#find('.link')
    link.addEventListener('focus', () => link.select())
    link.addEventListener('copy', () => this.#tell('act', 'taken'))
    this.#page = pageOf({
      root: this.#root,
      panel: (method, value) => attempt(() => this.#panel?.[method](value)),
      wake: () => {
        this.#due = true
        this.#look()
      },
      details: () => this.#details(),
    })
  }

  #press(target) {
    const { act } = target.dataset
    this.#wish()
    if (target === this.#frame || target.matches('.close')) this.close()
    else if (target.matches('.launcher')) this.open()
    else if (act === 'qr' || target.matches('.more')) {
      const place = this.#find(act ? '.qr' : '.others')
      place.hidden = !place.hidden
      target.setAttribute('aria-expanded', !place.hidden)
      if (!place.hidden && act) this.#tell('act', act)
    } else if (act) this.#tell('act', act)
  }

  /** Somebody has come to the panel, and may want what is folded up in it. */
  #wish() {
    this.#details().catch(() => {})
  }

  /** The parts of the panel that few people unfold. */
  #details() {
    const page = this.#page
    return page.later ??= unfolded().then(({ furnish }) => {
      const parts = furnish(this.#root, page)
      page.again()
      return parts
    }).catch((fault) => {
      page.later = undefined // the next wish tries again
      throw fault
    })
  }

  /** Somebody may be looking again: what waited for that happens now. */
  #look() {
    if (!this.#seen || document.hidden) return
    if (!this.#noticed) report('seen')
    this.#noticed = true
    this.#tell(this.#due ? 'wake' : 'rouse')
    this.#due = false
  }

  /** Shows the panel: its dialog, or its place on the page. */
  async open() {
    report('opened')
    await this.#coming
    if (!this.#frame.showModal) return this.scrollIntoView({ block: 'center' })
    this.#begin()
    if (!this.#frame.open) this.#frame.showModal()
  }

  close() {
    attempt(() => this.#frame.close())
  }
}

// Another copy of this file may have been here first, or the page has an element of that name.
attempt(() => customElements.define('goodword-widget', Widget))

// ---- goodword('open'), goodword('close'), goodword('track', 'lead', {…})

/** Shows the panel of the page, or one in a dialog where the page has none. */
export const open = () => {
  let element = document.querySelector('goodword-widget')
  if (!element) {
    draw(document.body, 'goodword-widget mode=modal')
    element = document.body.lastChild
  }
  return element.open()
}

export const close = () => document.querySelectorAll('goodword-widget').forEach((element) => element.close())

/** A browser can only claim a lead; nothing is payable before the merchant's server confirms. */
export const track = async (what, facts) => {
  const referral = await window.goodword('referral')
  if (what !== 'lead' || !referral?.click_id) return false
  const [status] = await call('claims', { ...facts, click_id: referral.click_id })
  return status === 201
}
