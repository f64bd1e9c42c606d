// The parts of a panel that few people unfold: more channels, the message, the QR code, conversions
// and disputes, what a referrer says of themselves. Fetched when somebody touches the panel.

import styles from 'styles/details.css'
import { channels, conversion, doubt, picture, person } from './unfolded.js'

const dressed = new WeakSet()

/** Furnishes a panel; `page` is what page.js made. Answers `{ qr }`. */
export const furnish = (root, page) => {
  const { draw, find, tell, text, written, call } = page
  const others = find('.others')
  if (!others) throw new Error('somebody else is there')
  if (!dressed.has(root)) page.dress(root, styles)
  dressed.add(root)

  // ---- More channels, and the message

  const touch = matchMedia('(pointer: coarse)').matches
  draw(others, channels)
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
    tell('show')
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
    })
  }

  const show = (items) => {
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

  page.onShown((items) => {
    show(items)
    if (touched) return
    fields.name.value = written.person.name ?? page.read('referrer.name')
    fields.email.value = written.person.email ?? page.read('referrer.email')
    fields.show_name.checked = written.person.show_name ?? page.read('referrer.show_name') === 'true'
  })

  // ---- The QR code

  let code
  const save = (blob, ending) => {
    const address = URL.createObjectURL(blob)
    const link = document.createElement('a')
    link.href = address
    link.download = 'goodword-qr.' + ending
    link.click()
    setTimeout(() => URL.revokeObjectURL(address), 10_000)
  }

  draw(find('.qr'), picture)
  find('.qr-svg').addEventListener('click', () => save(code.svg(), 'svg'))
  find('.qr-png').addEventListener('click', async () => save(await code.png(), 'png'))

  return {
    qr: async (link) => {
      const { codeOf } = await import(new URL('qr.js', import.meta.url))
      code = codeOf(link)
      find('.code').setAttribute('viewBox', `-4 -4 ${code.side} ${code.side}`)
      find('.code path').setAttribute('d', code.path)
    },
  }
}
