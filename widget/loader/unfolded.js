// What the parts that are fetched later are made of, in the words of sketch.js.

const channel = (name) => `
 a.channel data-act=${name} target=_blank rel=noopener :${name}`

/** The channels behind the button, as in channels.js. LinkedIn takes nothing but an address. Messenger's page for the web
    wants an application registered with Facebook, so its own address is used, which opens where the app is: it shows,
    like text messages, only on devices with a touch screen. */
export const MORE = [
  ['x', 'https://x.com/intent/post?url=$l&text=$t'],
  ['linkedin', 'https://www.linkedin.com/sharing/share-offsite/?url=$l'],
  ['reddit', 'https://www.reddit.com/submit?url=$l&title=$t'],
  ['messenger', 'fb-messenger://share/?link=$l'],
  ['sms', 'sms:?&body=$t%0A$l'],
]

export const channels = `
div.channels role=group aria-label=@channels${MORE.map(([name]) => channel(name)).join('')}
label.label for=message :message.label
textarea.message id=message rows=3 maxlength=500
label.disclosing
 input type=checkbox checked=
 span
  span.disclosure
  small :disclose.why`

export const picture = `
svg.code role=img aria-label=@qr.alt
 path
div.channels
 button.qr-svg type=button :qr.svg
 button.qr-png type=button :qr.png`

export const conversion = `
li
 b
 span.sum
 span.why
 time
 span.dispute
 button.ask type=button :dispute.ask`

/** Where they read all of it. */
export const entrance = `
button.portal type=button hidden= :portal`

export const doubt = `
form.doubt
 label
  span :dispute.label
  textarea name=message rows=3 maxlength=2000 required=
 div.channels
  button.send type=submit :dispute.send
  button.cancel type=button :dispute.cancel
 p.said role=status`

export const disputes = `
section.disputes hidden= aria-label=@dispute.title
 h4 :dispute.title
 ol.matters
 button.earlier type=button hidden= :dispute.more`

export const matter = `
li
 b dir=auto
 time
 p.standing
 ol.words
 form.answer hidden=
  label
   span :dispute.answer
   textarea name=message rows=2 maxlength=2000 required=
  div.channels
   button.send type=submit :dispute.send
   button.withdraw type=button :dispute.withdraw
  p.told role=status`

export const word = `
li
 span.by
 p.word dir=auto`

/** What the edge takes for an address: there is a dot within the domain. */
const EMAIL = '[^@]+@[^@.][^@]*[.][^@]*[^@.]'

export const person = `
form
 p.hint :you.why
 label
  span :name
  input name=name autocomplete=given-name maxlength=300
 label
  span :you.email
  input name=email type=email pattern=${EMAIL} autocomplete=email maxlength=254
 label.check
  input name=show_name type=checkbox
  span :show_name
 button.save type=submit :save
 p.said role=status`
