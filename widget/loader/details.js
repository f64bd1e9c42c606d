// The parts of a panel that few people unfold: more channels, the message, the QR code, conversions
// and disputes, what a referrer says of themselves. Fetched when somebody touches the panel.

import styles from 'styles/details.css'
import { asked } from './disputes.js'
import { MORE, channels, conversion, doubt, entrance, picture, person } from './unfolded.js'

const dressed = new WeakSet()

/** Furnishes a panel; `page` is what page.js made. Answers `{ qr }`. */
export const furnish = (root, page) => {
  const { draw, find, tell, text, written, call, each, read } = page
  const others = find('.others')
  if (!others) throw new Error('somebody else is there')
  if (!dressed.has(root)) page.dress(root, styles)
  dressed.add(root)

  // ---- More channels, and the message

  const touch = matchMedia('(pointer: coarse)').matches
  draw(others, channels)
  page.channels.push(...MORE)
  // Where there is no such app the address leads nowhere.
  for (const act of ['messenger', 'sms']) find(`[data-act=${act}]`).hidden = !touch
  const message = find('.message')
  const disclose = find('.disclosing input')
  message.value = written.message
  disclose.checked = !written.silent
  // Ours are there to be changed, not to be typed anew.
  message.addEventListener('focus', () => { message.value ||= message.placeholder })
  others.addEventListener('input', () => {
    written.message = message.value
    written.silent = disclose.checked ? '' : 'on'
    page.keepMessage()
    page.again()
  })

  // ---- Who the referrer is

  draw(find('.you'), person)
  const you = find('.you form')
  const fields = { name: you.elements.name, email: you.elements.email, show_name: you.elements.show_name }
  let touched = false
  you.addEventListener('input', () => { touched = true })
  you.addEventListener('submit', (event) => {
    event.preventDefault()
    written.person = { show_name: fields.show_name.checked }
    for (const name of ['name', 'email']) if (fields[name].value.trim()) written.person[name] = fields[name].value.trim()
    tell('act', 'save')
  })

  // ---- Conversions and disputes

  let drawn
  const list = find('.list')
  const askAgain = asked(root, page)

  const ask = (item, about) => {
    find('.list form')?.remove()
    const form = draw(item, doubt)
    const leave = () => {
      form.remove()
      find('.recent summary')?.focus()
    }
    form.message.focus()
    form.querySelector('.cancel').addEventListener('click', leave)
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      const [status] = await call('disputes', { about, message: form.message.value }, page.proof())
      if (status !== 200 && status !== 201) return form.querySelector('.said').textContent = text('dispute.failed')
      leave()
      page.write('.aloud', text('dispute.sent'))
      tell('wake')
      askAgain()
    })
  }

  /** Id, what, the rewards, why, when, and how a dispute about it stands; a dispute shows what the merchant answered. */
  const item = (at) => {
    const why = read(at + '.attribution.status')
    const reason = read(at + (why === 'attributed' ? '.attribution.rule' : '.attribution.reason'))
    const sum = each(at + '.rewards').map((reward) => text('reward',
      read(reward + '.perk') || page.amount(reward + '.amount', read(reward + '.currency')), text(read(reward + '.state'))))
    const standing = read(at + '.dispute.status')
    return [read(at + '.id'), text(read(at + '.kind')), sum.join(', '), text(`${why}.${reason}`), page.day(at + '.occurred_at'),
      standing && text('dispute.' + standing, read(at + '.dispute.note'))]
  }

  const show = () => {
    const items = each('referrer.recent').map(item)
    // Nobody's words are taken away while they write them.
    if (list.contains(root.activeElement) || find('.list form')) return
    const now = JSON.stringify(items)
    if (now === drawn) return
    drawn = now
    list.textContent = ''
    if (!items.length) draw(list, 'li.none :recent.none')
    for (const [id, ...texts] of items) {
      const item = draw(list, conversion)
      texts.forEach((text, place) => { item.children[place].textContent = text })
      const button = item.querySelector('.ask')
      button.hidden = !!texts[4] || !id
      button.addEventListener('click', () => ask(item, id))
    }
  }

  // ---- Their own page, by a way in that is good once

  const portal = draw(find('.recent'), entrance)
  portal.addEventListener('click', async () => {
    try {
      // Before the answer: afterwards browsers take it for a window that nobody asked for.
      const tab = window.open('', '_blank')
      if (tab) tab.opener = null
      const [status, told] = await call('widget/portal', {}, page.proof())
      if (status === 201 && /^https?:\/\//.test(told.url)) return (tab ?? window).location.replace(told.url)
      tab?.close()
      page.write('.note', text('qr.failed'))
    } catch { /* the page has replaced what it stands on */ }
  })

  // ---- The terms, as the edge applies and says them

  let promised
  const showTerms = () => {
    const lines = ['friend', 'referrer', 'conditions'].flatMap((part) => each('program.promise.' + part).map(read))
    if (!lines.length || promised === (promised = lines.join('\n'))) return
    const list = find('.terms ul')
    list.textContent = ''
    for (const line of [...lines, text('terms.returns'), text('terms.own')]) draw(list, 'li').textContent = line
  }

  page.onShown(() => {
    if (!read('program.name')) return
    const joined = !!read('referrer.id')
    if (joined && portal.hidden && find('.recent').open) askAgain()
    portal.hidden = !joined
    show()
    showTerms()
    if (touched) return
    fields.name.value = written.person.name ?? read('referrer.name')
    fields.email.value = written.person.email ?? read('referrer.email')
    fields.show_name.checked = written.person.show_name ?? read('referrer.show_name') === 'true'
  })

  // ---- The QR code

  let code
  let ready
  const coded = new Promise((done) => { ready = done })
  // Whoever is faster than the code gets its file when it is there.
  const save = async (ending) => {
    await coded
    const address = URL.createObjectURL(code[ending]())
    const link = document.createElement('a')
    link.href = address
    link.download = 'goodword-qr.' + ending
    link.click()
    setTimeout(() => URL.revokeObjectURL(address), 10_000)
  }

  draw(find('.qr'), picture)
  for (const ending of ['svg', 'png']) find('.qr-' + ending).addEventListener('click', () => save(ending))

  /** Where there is no wasm the edge draws it. */
  const fetched = (link) => new Promise((done, fail) => {
    find('.qr').textContent = ''
    const picture = draw(find('.qr'), 'img.code alt=@qr.alt')
    picture.addEventListener('load', done)
    picture.addEventListener('error', fail)
    picture.src = page.pictures + new URL(link).pathname.split('/').pop() + '.svg'
  })

  return {
    qr: async (link) => {
      const { codeOf } = await import(new URL('qr.js', import.meta.url)).catch(() => ({}))
      if (!codeOf) return fetched(link)
      code = codeOf(link)
      find('.code').setAttribute('viewBox', `-4 -4 ${code.side} ${code.side}`)
      find('.code path').setAttribute('d', code.path)
      ready()
    },
  }
}
