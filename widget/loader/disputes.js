// A referrer's own disputes: how each stands, what both sides said, an answer, and an end to it. Asked for
// when the activity is unfolded.

import { disputes, matter, word } from './unfolded.js'

const AT_A_TIME = 10

/** Words, whatever the edge has answered. */
const said = (value) => typeof value === 'string' ? value : ''

/** Furnishes the list; answers what asks for it again. */
export const asked = (root, page) => {
  const { draw, find, text, call } = page
  const recent = find('.recent')
  draw(recent, disputes)
  const list = find('.matters')
  const earlier = find('.earlier')
  let last = '' // the id of the oldest that is shown

  /** Nobody's words are taken away while they write them. */
  const writing = () => [...list.querySelectorAll('textarea')].some((area) => area.value || area === root.activeElement)

  const show = (one) => {
    const decided = /^(upheld|rejected|withdrawn)$/.test(one.status)
    const kind = /^(led|sal)_/.exec(one.about)?.[1]
    const item = draw(list, matter)
    const [what, when, standing, words, form] = item.children
    what.textContent = kind ? text(kind === 'led' ? 'lead' : 'sale') : said(one.about)
    when.textContent = page.day(said(one.created_at))
    standing.textContent = [
      text('dispute.' + one.status, said(one.note)),
      !decided && text(one.overdue ? 'dispute.overdue' : 'dispute.due', page.day(said(one.due_at))),
    ].filter(Boolean).join(' ')
    for (const { by, message } of [{ by: one.opened_by, message: one.message }, ...one.messages]) {
      const [who, words_] = draw(words, word).children
      who.textContent = text(by === 'merchant' ? 'dispute.shop' : 'dispute.you')
      words_.textContent = said(message) || text('dispute.erased')
    }
    form.hidden = decided
    const send = async (path, body) => {
      const [status] = await call(`disputes/${encodeURIComponent(one.id)}/${path}`, body, page.proof())
      if (status !== 200 && status !== 201) return form.querySelector('.told').textContent = text('dispute.failed')
      form.reset()
      find('.recent summary')?.focus()
      page.write('.aloud', text(path === 'messages' ? 'dispute.sent' : 'dispute.withdrawn'))
      page.tell('wake')
      ask()
    }
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      send('messages', { message: form.message.value })
    })
    const withdraw = form.querySelector('.withdraw')
    let sure
    withdraw.addEventListener('click', () => {
      if (sure) return send('decision', { decision: 'withdrawn' })
      sure = true
      withdraw.textContent = text('dispute.sure')
    })
  }

  const ask = async (after = '') => {
    if (!page.read('referrer.id')) return // whoever has not joined is nobody the edge could be asked about
    const [status, told] = await call(`widget/disputes?limit=${AT_A_TIME}${after && '&starting_after=' + after}`, null, page.proof())
    // Somebody else is there, or nobody who has asked anything.
    if (!find('.matters') || status !== 200 || !Array.isArray(told?.data) || writing()) return
    if (!after) list.textContent = ''
    for (const one of told.data.slice(0, AT_A_TIME)) {
      try {
        show(one)
        last = said(one.id)
      } catch { /* a broken answer */ }
    }
    find('.disputes').hidden = !list.children.length
    earlier.hidden = !told.has_more
  }

  earlier.addEventListener('click', () => ask(encodeURIComponent(last)))
  recent.addEventListener('toggle', () => { if (recent.open) ask() })
  return () => ask()
}
