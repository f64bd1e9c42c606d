// The page as a panel knows it; see `src/page.rs`. One for each element, shared with the parts that
// are fetched later.

import { CHANNELS, tagged } from './channels.js'
import { ask, base, call, identity, pictures, report } from './edge.js'
import { settings } from './host.js'
import { amount, attempt, counted, day, text } from './language.js'
import { found, hint, keep, keepMessage, recall, take, turn, whom, written } from './shelf.js'
import { show } from './shown.js'
import { draw, dress } from './sketch.js'

/** Work that takes time and must not end in the page's console. */
const quiet = (work) => async (...facts) => {
  try { return await work(...facts) } catch { /* the page has replaced what it stands on */ }
}

let trusted // whose token the edge has accepted on this page
let asked // the page was asked for another token, and none was accepted since

/** What the edge answers; nothing where the page has said by then that somebody else is there. */
const heard = async (coming) => {
  const began = turn
  const [status, told] = await coming
  if (began !== turn) throw 0
  if (status === 498 && !asked) {
    asked = true
    document.dispatchEvent(new CustomEvent('goodword:identity-needed'))
    if (began !== turn) throw 0 // the page had one at hand
  }
  if (identity() && /^20[01]$/.test(status)) {
    trusted = whom()
    asked = false
  }
  return [status, told]
}

/** The merchant's colours and corners, where there are any; what the page itself says of either wins. */
const wear = (root, { program }) => attempt(() => {
  const { look } = program
  for (const part of root.querySelectorAll('.frame,.launcher')) {
    if (!settings.theme) part.dataset.theme = look.scheme
    for (const name in look.properties) part.style.setProperty('--' + name, look.properties[name])
  }
})

/** `panel` calls the panel, `wake` does so once somebody looks, `details` brings the later parts. */
export const pageOf = ({ root, panel, wake, details }) => {
  let answer // what the edge said last
  let last = [] // what was shown last: the link, and whether it was shared
  let words // what goes to a friend with the link
  let scanned // the QR code is wanted
  let apart // the edge left the link of this browser to somebody else
  let shown = () => {}
  let timer
  let person = whom()
  let over // somebody else is there: whatever still comes for this person finds nothing
  const find = (selector) => over ? null : root.querySelector(selector)
  const get = (path) => path.split('.').reduce((value, name) => value?.[name], answer)
  const read = (path) => {
    const value = get(path)
    return /string|number|boolean/.test(typeof value) ? `${value}` : ''
  }
  const profile = () => ({ name: hint('name'), email: hint('email'), ...written.person, terms_version: get('program.terms_version') })

  const tell = (method, value) => {
    if (over) return
    page.told ||= method === 'told'
    panel(method, value)
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

  const qr = (link) => {
    details().then((parts) => parts.qr(tagged(link, 'qr'))).then(null, () => {
      if (over) return
      find('.qr').hidden = true
      find('.qr-toggle').setAttribute('aria-expanded', false)
      write('.note', text('qr.failed'))
    })
  }

  const page = {
    recall,
    found,
    take: () => { if (!apart) take() },
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
    /** The channels on the panel, see channels.js. */
    channels: [...CHANNELS],
    /** Whether the edge has answered, or not answered, by now. */
    told: false,
    /** Calls back whenever something is shown. */
    onShown: (then) => { shown = then },
    report: (step, channel) => report(step, channel || undefined),
    base: () => base,
    identified: () => !!identity(),
    trusted: () => trusted === whom(),
    disown: () => {
      settings.identity = undefined
      person = whom()
    },
    unsay: () => {
      if (settings.identity) settings.identity = { token: settings.identity.token }
      written.person = { show_name: written.person.show_name }
      person = whom()
    },
    /** Whether somebody else is there now; nothing of the answer is left for them. */
    changed: () => {
      if (person === (person = whom())) return false
      answer = undefined
      return true
    },
    leave: () => {
      over = true
      clearTimeout(timer)
    },
    ask: quiet(async (proof) => {
      const [status, told] = await heard(ask(proof))
      if (status === 200) {
        answer = told
        wear(root, told)
      }
      tell('told', status)
      return status
    }),
    // With the click this browser holds: whoever follows their own link in it is no friend.
    join: quiet(async (proof) => {
      const click_id = (await window.goodword?.('referral'))?.click_id || undefined
      const [status, told] = await heard(call('widget/join', { proof, click_id, ...profile() }))
      apart = told?.link_joined === false
      tell('joined', status)
    }),
    save: quiet(async (proof) => tell('saved', (await heard(call('widget/me', profile(), proof, 'PATCH')))[0])),
    rest: (milliseconds) => {
      clearTimeout(timer)
      if (milliseconds < 1 / 0) timer = setTimeout(wake, milliseconds)
    },
    read,
    /** The paths of what is in a list; a broken answer cannot fill the page. */
    each: (path) => {
      const list = get(path)
      return Array.isArray(list) ? list.slice(0, 30).map((_, place) => `${path}.${place}`) : []
    },
    /** The number at a path, in the reader's language, less what was taken back; nothing is 0. */
    amount: (path, unit) => amount(get(path), get(path.replace(/\w+$/, 'reversed_$&')), unit),
    day: (path) => day(get(path) ?? path),
    text: (name, ...values) => name === 'site' ? read('program.name') || location.hostname : text(name, ...values),
    mark: (selector, name, value) => {
      const element = find(selector)
      value === undefined ? element?.removeAttribute(name) : element?.setAttribute(name, value)
    },
    show: (link, shared) => {
      last = [link, shared]
      attempt(() => { words = show(page, link, shared) })
      if (scanned) qr(link)
      attempt(shown)
    },
    /** Somebody has changed the message, or more of the panel is there now. */
    again: () => { if (last.length) page.show(...last) },
    note: (name) => {
      if (name !== 'note.hold') write('.note', text(name))
      else if (answer) write('.note', attempt(() => counted(name, get('program.hold_days'))) ?? '')
    },
    said: (name) => write('.said', text(name)),
    handOut: (channel, link) => {
      if (channel === 'qr') {
        scanned = true
        qr(link)
      }
      if (channel === 'native') navigator.share({ text: words, url: tagged(link, channel) }).catch(() => {}) // changed their mind
    },
    copy: quiet(async (link) => {
      const text = tagged(link, 'copy')
      const copied = await attempt(() => navigator.clipboard.writeText(text).then(() => true, () => false)) || attempt(() => {
        find('.link').select()
        return document.execCommand('copy')
      })
      if (copied) report('copied')
      say(copied)
    }),
  }
  return page
}
