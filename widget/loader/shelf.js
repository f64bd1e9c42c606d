// Who the referrer is, and what is kept for them between visits, if the visitor agrees. All panels of a
// page share it. Two people at one computer have a place each.

import { identity, shelf } from './edge.js'
import { settings } from './host.js'
import { attempt } from './language.js'

/** The name in the token, read only to tell people apart; the edge checks it. */
const sub = () => attempt(() => `${JSON.parse(atob(identity().split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).sub}`)

/** What the page said of the referrer, where it is a text. */
export const hint = (name) => attempt(() => settings.identity[name].trim()) || undefined

/** The same text as long as the same person is there. */
export const whom = () => sub() ?? `,${[identity(), hint('name'), hint('email')]}`

/** How often the page has said who the referrer is. */
export let turn = 0

const place = () => sub() === undefined ? shelf : `${shelf}:${sub()}`
const memory = { __proto__: null }
const kept = (place) => attempt(() => localStorage[place]) ?? memory[place] ?? ''

/** What an earlier visit of this person kept. */
export const recall = () => kept(place())

/** What was kept here by nobody in particular, for somebody who has a name. */
export const found = () => sub() === undefined ? '' : kept(shelf)

/** What was found is theirs now, and nobody else's. */
export const take = () => {
  if (found().slice(0, 47) !== recall().slice(0, 47)) return
  delete memory[shelf]
  attempt(() => delete localStorage[shelf])
}

/** Whether it outlives the page; not `lasting`, it need not. */
export const keep = (text, lasting = true) => {
  memory[place()] = text
  return lasting && (settings.allowed?.() ?? true) && attempt(() => {
    localStorage[place()] = text
    return true
  }) || false
}

// ---- What a person wrote into the panel

const draft = () => place() + '.message'

/** The message is kept for the visit; `person` goes along when they join. */
const writing = () => ({ message: '', silent: '', ...attempt(() => JSON.parse(sessionStorage[draft()])), person: {} })
export const written = writing()

/** Keeps the message for the visit's next page. */
export const keepMessage = () => {
  const { message, silent } = written
  if (settings.allowed?.() ?? true) attempt(() => { sessionStorage[draft()] = JSON.stringify({ message, silent }) })
}

// A no is the loader's to carry out: it removes everything of ours, also where this file is not.
document.addEventListener('goodword:consent', ({ detail }) => {
  const own = memory[place()]
  if (detail && own) keep(own)
})

let last = whom()
document.addEventListener('goodword:identify', () => {
  turn += 1
  if (last !== (last = whom())) Object.assign(written, writing())
})
