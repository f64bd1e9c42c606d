// Where a link can be shared: a channel's name, and the address that shares there. In the address `$l`
// stands for the link, `$t` for the message, `$s` for a subject. The name travels in the link, so that
// channels can be compared.

/** What everybody sees at once, in this order. Facebook takes nothing but an address. */
export const CHANNELS = [
  ['whatsapp', 'https://wa.me/?text=$t%0A$l'],
  ['telegram', 'https://t.me/share/url?url=$l&text=$t'],
  ['facebook', 'https://www.facebook.com/sharer/sharer.php?u=$l'],
  ['email', 'mailto:?subject=$s&body=$t%0A%0A$l'],
]

/** A link that says through which channel it was shared. */
export const tagged = (link, channel) => `${link}?gwc=${channel}`

/** A channel's address with everything filled in, so that no text can add a parameter or a line. */
export const filled = (address, facts) =>
  address.replace(/\$(\w)/g, (_, name) => encodeURIComponent(facts[name].toWellFormed?.() ?? facts[name]))
