// Draws elements from an indented sketch. One line is one element:
//
//   div.row
//    input.link readonly= aria-label=@link
//    button.copy type=button :copy
//
// It is a child of the nearest line above with less indentation; `.name` is its class, `name=value`
// an attribute, `:name` its text. Texts, and attributes after `@`, are looked up, so a sketch holds
// no language; and nothing is ever parsed as HTML, so no text can become an element.

export const draw = (parent, sketch, text) => {
  const open = [parent]
  for (const line of sketch.trim().split('\n')) {
    const [, indent, tag, name, rest] = line.match(/^( *)([\w-]+)\.?([\w-]*)(.*)/)
    const svg = tag === 'svg' || tag === 'path'
    const element = document.createElementNS(`http://www.w3.org/${svg ? '2000/svg' : '1999/xhtml'}`, tag)
    if (name) element.setAttribute('class', name)
    for (const token of rest.split(' ')) {
      const [, attribute, lookUp, value] = token.match(/^([^:=]*)[:=](@?)(.*)/) ?? []
      if (attribute) element.setAttribute(attribute, lookUp ? text(value) : value)
      else if (value) element.textContent = text(value)
    }
    open.length = indent.length + 1
    open.at(-1).append(element)
    open.push(element)
  }
}

export const panel = `
section.panel aria-label=@region data-waiting=
 div.give
  div.pitch
   h2.title :title.none
   p.sentence
  div.row
   input.link readonly= aria-label=@link spellcheck=false
   button.copy type=button data-act=copy :copy
  div.channels role=group aria-label=@channels
   a.channel data-act=whatsapp target=_blank rel=noopener :whatsapp
   a.channel data-act=telegram target=_blank rel=noopener :telegram
   a.channel data-act=facebook target=_blank rel=noopener :facebook
   a.channel data-act=email target=_blank rel=noopener :email
   button.more type=button data-act=more hidden= :share
   button.qr-toggle type=button data-act=qr aria-expanded=false aria-controls=qr :qr
  div.qr id=qr hidden=
   svg role=img aria-label=@qr.alt
    path
 div.get
  dl.numbers
   div
    dt :clicks
    dd.clicks :unknown
   div
    dt :friends
    dd.friends :unknown
   div
    dt :leads
    dd.leads :unknown
   div
    dt :sales
    dd.sales :unknown
  h3 :rewards
  dl.rewards
   div.pending
    dt :pending
    dd :unknown
   div.approved
    dt :approved
    dd :unknown
   div.paid
    dt :paid
    dd :unknown
   div.held hidden=
    dt :held
    dd
  details.recent
   summary :recent
   ol.list
    li.none :recent.none
  p.note
 p.aloud role=status`

export const conversion = `
li
 b
 span.sum
 span.why
 time`
