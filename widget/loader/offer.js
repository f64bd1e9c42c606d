// The offer in words: a headline, a sentence for both sides, a message to share. From the rules that
// are applied, with amounts in the reader's own way of writing them.

/** What one side gets: `[the most telling amount, all of it in a sentence]`; both empty when it gets nothing. */
const side = ({ each, read, amount, text }, name) => {
  let headline = ''
  let sum = ''
  const phrases = []
  for (const rule of each(`program.offer.${name}`)) {
    const on = read(rule + '.on')
    const kind = read(rule + '.pay.flat') ? 'flat' : read(rule + '.pay.share_bps') ? 'share' : ''
    if (!kind) continue
    sum = kind === 'flat' ? amount(rule + '.pay.flat', read(rule + '.currency')) : amount(rule + '.pay.share_bps', '%')
    if (!headline || on === 'sale') headline = sum
    // A rule that does not hold for every sale takes more words than there are here.
    const phrase = read(rule + '.when.first_months') || read(rule + '.when.first_payments') ? '' : text(`${name}.${on}.${kind}`, sum)
    if (phrase) phrases.push(phrase)
  }
  // Where ours leave anything out, the edge's own words stand, which leave nothing out.
  const promised = each(`program.promise.${name}`).map(read)
  return [headline, promised.length > phrases.length ? promised.join(' ')
    : phrases.length ? text('sentence.' + name, phrases.reduce((list, phrase) => text('list', list, phrase))) : '']
}

/** `{ title, sentence, message(channel), disclosure }` of the program in the answer; while there is none, what can always be said. */
export const offer = (page) => {
  const { text, read } = page
  const [give, friend] = side(page, 'friend')
  const [get, referrer] = side(page, 'referrer')
  const which = give && get ? 'both' : give ? 'friend' : get ? 'referrer' : 'none'
  return {
    title: text('title.' + which, give || get, get),
    sentence: [friend, referrer].filter(Boolean).join(' '),
    /** The merchant's words for a channel, else ours. The edge leaves out words about a gift where there is none. */
    message: (channel) => read('program.look.messages.' + channel).replace(/{program}|{gift}/g, (name) => name > '{h' ? text('site') : give) ||
      text(give ? 'message.gift' : 'message', text('site'), give),
    // As long as nothing is known of the offer, a reward is likely.
    disclosure: referrer || !read('program.name') ? text('disclosure') : '',
  }
}
