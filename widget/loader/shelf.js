// What is kept between visits, if the visitor agrees; all panels of a page share it.

import { identity, settings, shelf } from './edge.js'
import { attempt } from './language.js'

let memory = ''
let place

/** Whose secret it is: the name in the token, read only to tell people apart; the edge checks it. */
const who = () => attempt(() => `${JSON.parse(atob(identity().split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).sub}`)

/** A person the page names has a place of their own: two people at one computer have two links. */
const own = () => who() === undefined ? shelf : `${shelf}:${who()}`

/** Names who took over the secret that was made here before they had a name; nobody else does. */
const taken = shelf + '.of'

/** What an earlier visit kept: the person's own, or what was made here before. */
export const recall = () => attempt(() => localStorage[own()] ?? ([undefined, who()].includes(localStorage[taken]) && localStorage[shelf])) ||
  (place === own() ? memory : '')

/** Whether it outlives the page. */
export const keep = (kept) => {
  memory = kept
  place = own()
  return (settings.allowed?.() ?? true) && attempt(() => {
    localStorage[place] = kept
    if (place !== shelf && localStorage[shelf]?.slice(0, 47) === kept.slice(0, 47)) localStorage[taken] = who()
    return true
  }) || false
}

document.addEventListener('goodword:consent', ({ detail }) => {
  if (detail) { if (memory) keep(memory) } else for (const name of [own(), shelf, taken, draft]) attempt(() => {
    localStorage.removeItem(name)
    sessionStorage.removeItem(name)
  })
})

const draft = 'goodword:message'

/** What a person wrote into the panel: kept for the visit. `person` goes along when they join. */
export const written = { message: '', silent: '', ...attempt(() => JSON.parse(sessionStorage[draft])), person: {} }

/** Keeps the message for the visit's next page. */
export const keepMessage = () => {
  const { message, silent } = written
  if (settings.allowed?.() ?? true) attempt(() => { sessionStorage[draft] = JSON.stringify({ message, silent }) })
}
