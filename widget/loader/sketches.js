// What the panel is made of, in the words of sketch.js.

import { CHANNELS } from './channels.js'

/** What is around the panel where it is a part of the page; else see dialog.js. */
export const frame = 'div.frame'

const number = (name) => `
   div
    dt :${name}
    dd.${name} :unknown`

const reward = (name) => `
   div.${name}${name === 'held' ? ' hidden=' : ''}
    dt :${name}
    dd :unknown`

const channel = (name) => `
   a.channel data-act=${name} target=_blank rel=noopener :${name}`

const step = (place) => `
    li
     span :step.${place}
     i :step.open`

export const panel = `
div.panel role=group aria-label=@region data-waiting=
 div.give
  h2.title :title.none
  label.name for=link :link
  div.row
   input.link id=link readonly= spellcheck=false dir=ltr
   button.copy type=button data-act=copy :copy
  div.channels role=group aria-label=@channels${CHANNELS.map(([name]) => channel(name)).join('')}
   button.native type=button data-act=native hidden= :native
   button.qr-toggle type=button data-act=qr aria-expanded=false aria-controls=qr :qr
   button.more type=button aria-expanded=false aria-controls=others :more
  div.qr id=qr hidden=
  div.others id=others hidden=
  p.sentence
  details.terms
   summary.accept :terms
   ul
 div.get
  div.progress
   p.next :next.share
   ol.steps aria-label=@progress${[1, 2, 3, 4, 5].map(step).join('')}
  dl.numbers${['clicks', 'friends', 'leads', 'sales'].map(number).join('')}
  h3 :rewards
  dl.rewards${['pending', 'approved', 'paid', 'held'].map(reward).join('')}
  details.recent
   summary :recent
   ol.list
  details.you
   summary :you
  p.note
 p.aloud role=status`
