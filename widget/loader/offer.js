// The offer and the terms in words, where there is no wasm to say them: line for line what
// src/offer.rs and src/terms.rs say.

/** What one side gets: `[the most telling amount, all of it]`; both empty when it gets nothing. */
const side = ({ read, amount, text }, name) => {
  let headline = '', sentence = ''
  for (let place = 0; place < 9; place += 1) {
    const rule = `program.offer.${name}.${place}`
    const on = read(rule + '.on')
    if (!on) break
    const kind = read(rule + '.pay.flat') ? 'flat' : 'share'
    const sum = kind === 'flat' ? amount(rule + '.pay.flat', read(rule + '.currency')) : amount(rule + '.pay.share_bps', '%')
    const phrase = text(`${name}.${on}.${kind}`, sum)
    if (!phrase) continue
    sentence = sentence ? text('list', sentence, phrase) : phrase
    if (!headline || on === 'sale') headline = sum
  }
  return [headline, sentence && text('sentence.' + name, sentence)]
}

/** `{ title, sentence, message }` of the program in the answer. */
export const offer = (page) => {
  const { text, read } = page
  const [give, friend] = side(page, 'friend')
  const [get, referrer] = side(page, 'referrer')
  const message = text(give ? 'message.gift' : 'message', text('site'), give)
  return {
    title: give && get ? text('title.both', give, get) : give ? text('title.friend', give) : get ? text('title.referrer', get) : text('title.none'),
    sentence: [friend, referrer].filter(Boolean).join(' '),
    message: get || !read('program.name') ? message + '\n' + text('disclosure') : message,
  }
}

/** The lines of the terms, the offer first. */
export const terms = ({ read, count, amount, text }, sentence) => [
  sentence,
  count('terms.window', 'program.window_days'),
  read('program.hold_days') !== '0' && count('terms.hold', 'program.hold_days'),
  +read('program.minimum_order') && text('terms.minimum', amount('program.minimum_order', read('program.currency'))),
  text('terms.returns'),
  text('terms.own'),
].filter(Boolean)
