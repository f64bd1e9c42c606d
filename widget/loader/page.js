// The page as a panel knows it; see `src/page.rs`. One for each element, shared with the parts that
// are fetched later.

import { ask, base, call, identity, pictures, report, settings } from './edge.js'
import { amount, attempt, counted, day, text } from './language.js'
import { keep, keepMessage, recall, written } from './shelf.js'
import { draw, dress } from './sketch.js'

/** Work that takes time and must not end in the page's console. */
const quiet = (work) => async (...facts) => {
  try { return await work(...facts) } catch { /* the page has replaced what it stands on */ }
}

/** `panel` calls the panel, `wake` does so once somebody looks, `details` brings the later parts. */
export const pageOf = ({ root, panel, wake, details }) => {
  let answer // what the edge said last
  let items // the conversions in it
  let shown = () => {}
  let timer
  const find = (selector) => root.querySelector(selector)
  const read = (path) => path.split('.').reduce((value, name) => value?.[name], answer)
  const person = () => ({ ...settings.identity, token: undefined, ...written.person, terms_version: read('program.terms_version') })

  const tell = (method, value) => {
    items = []
    panel(method, value)
    if (answer?.program && /told|show/.test(method)) attempt(() => shown(items))
  }

  const write = (selector, text) => {
    const element = find(selector)
    if (!element || element === root.activeElement && element.matches('textarea')) return
    element[element.matches('input,textarea') ? 'value' : 'textContent'] = text
  }

  /** Says something for a while, to eyes on the button and to ears. */
  const say = (copied) => {
    const [button, aloud] = copied ? ['copied', 'copied.aloud'] : ['copy', 'copy.failed']
    write('.copy', text(button))
    write('.aloud', text(aloud))
    if (!copied) write('.note', text(aloud))
    setTimeout(() => {
      write('.copy', text('copy'))
      write('.aloud', '')
    }, 2000)
  }

  return {
    recall,
    keep,
    keepMessage,
    written,
    call,
    draw,
    dress,
    find,
    write,
    tell,
    pictures,
    /** What shows the secret to the edge. */
    proof: () => recall().slice(0, 47),
    /** Calls back with the conversions whenever they are shown. */
    onShown: (then) => { shown = then },
    report: (step, channel) => report(step, channel || undefined),
    base: () => base,
    identified: () => !!identity(),
    disown: () => { settings.identity = undefined },
    ask: quiet(async (proof) => {
      const [status, told] = await ask(proof)
      answer = told
      tell('told', status)
    }),
    join: quiet(async (proof) => tell('joined', (await call('widget/join', { proof, ...person() }))[0])),
    save: quiet(async (proof) => tell('saved', (await call('widget/me', person(), proof, 'PATCH'))[0])),
    rest: (milliseconds) => {
      clearTimeout(timer)
      if (milliseconds < 1 / 0) timer = setTimeout(wake, milliseconds)
    },
    read: (path) => {
      const value = read(path)
      return /string|number|boolean/.test(typeof value) ? `${value}` : ''
    },
    field: (name) => written[name].trim(),
    count: (name, path) => attempt(() => counted(name, read(path))) ?? '',
    amount: (path, unit) => amount(read(path), read(path.replace(/\w+$/, 'reversed_$&')), unit),
    day: (path) => day(read(path)),
    text: (name, ...values) => name === 'site' ? location.hostname : text(name, ...values),
    mark: (selector, name, value) => {
      const element = find(selector)
      value === undefined ? element?.removeAttribute(name) : element?.setAttribute(name, value)
    },
    line: (selector, text) => { draw(find(selector), 'li').textContent = text },
    item: (...item) => { items.push(item) },
    drawQr: (link) => {
      details().then((parts) => parts.qr(link)).then(null, () => {
        find('.qr').hidden = true
        find('.qr-toggle').setAttribute('aria-expanded', false)
        write('.note', text('qr.failed'))
      })
    },
    copy: quiet(async (text) => {
      const copied = await attempt(() => navigator.clipboard.writeText(text).then(() => true, () => false)) || attempt(() => {
        find('.link').select()
        return document.execCommand('copy')
      })
      if (copied) report('copied')
      say(copied)
    }),
    share: (text, url) => { navigator.share({ text, url }).catch(() => {}) }, // changed their mind
  }
}
