// What a panel shows of an answer, with wasm and without: the link and where it goes, the offer, the
// numbers, how far one has come. What is folded up is shown by details.js.

import { filled, tagged } from './channels.js'
import { offer } from './offer.js'

/** The referrer's words, the merchant's or ours, and a line of its own that discloses the reward, unless they have decided
    against it. */
const words = ({ written }, { message, disclosure }, channel) =>
  (written.message.trim() || message(channel)) + (disclosure && !written.silent ? '\n' + disclosure : '')

/** Rewards by state, one amount per currency; what is in review only when there is something. */
const rewards = ({ each, read, amount, mark, write }) => {
  for (const state of ['pending', 'approved', 'paid', 'held']) {
    const sums = each('referrer.rewards').filter((at) => read(at + '.state') === state)
      .map((at) => amount(at + '.amount', read(at + '.currency'))).join(', ')
    mark('.' + state, 'hidden', state === 'held' && !sums ? '' : undefined)
    // A path that leads nowhere is an amount of nothing.
    write(`.${state} dd`, sums || amount('', read('program.currency')))
  }
}

const NEXT = ['share', 'click', 'friend', 'sale', 'reward', 'nothing']

/** Steps done, of five. Whoever has an order has had a click, whatever became of the click's record. */
const done = ({ each, read }, shared) => {
  const some = (name) => read('referrer.' + name) > 0
  const approved = each('referrer.rewards').some((at) => /^(approved|paid)$/.test(read(at + '.state')))
  return approved ? 5 : some('sales') ? 4 : some('friends') || some('leads') ? 3 : some('clicks') ? 2 : +shared
}

const progress = (page, shared) => {
  const { mark, write, text } = page
  const steps = done(page, shared)
  for (let step = 0; step < 5; step += 1) {
    const place = `.steps li:nth-child(${step + 1})`
    mark(place, 'data-done', step < steps ? '' : undefined)
    mark(place, 'aria-current', step === steps ? 'step' : undefined)
    write(place + ' i', text(step < steps ? 'step.done' : 'step.open'))
  }
  write('.next', text('next.' + NEXT[steps]))
}

/** Shows it all; answers what goes to a friend with the link by the device's own share sheet. */
export const show = (page, link, shared) => {
  const { read, write, mark, text, amount } = page
  const said = offer(page)
  write('.link', link)
  for (const [name, address] of page.channels) {
    mark(`[data-act=${name}]`, 'href', filled(address, { l: tagged(link, name), t: words(page, said, name), s: text('site') }))
  }
  mark('.message', 'placeholder', said.message('every'))
  write('.disclosure', said.disclosure)
  mark('.disclosing', 'hidden', said.disclosure ? undefined : '')
  if (page.told) {
    write('.title', said.title)
    write('.sentence', said.sentence)
    mark('.panel', 'data-waiting')
  }
  if (read('program.name')) {
    const version = read('program.terms_version')
    write('.accept', text(read('referrer.terms_accepted') === version ? 'terms.accepted' : 'terms.accept', version))
    for (const name of ['clicks', 'friends', 'leads', 'sales']) write('.' + name, amount('referrer.' + name))
    rewards(page)
    progress(page, shared)
  }
  return words(page, said, 'native')
}
