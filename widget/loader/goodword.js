// Goodword's loader: the one script a site owner pastes.
//
//   <script async src="https://go.shop.example/goodword.js" data-program="pk_live_…"></script>
//
// It reads the referral from the address, keeps it as far as the visitor allows, hands it to forms,
// and fetches a module of Goodword only when the page shows its element or calls for it. It adds
// one global, `goodword`, and never throws into the page.
//
// What the modules beside it build on: `goodword.settings` holds the script tag's `data-…`, what
// `identify` was given as `identity`, and `allowed()`, whether anything may be kept; the document
// hears `goodword:ready`, `goodword:referral`, `goodword:consent` and `goodword:identify`.

// Pasted twice, the first one serves the page.
if (!window.goodword?.settings) try {
  /** What does not work on this page (storage denied, an odd address, …) is done without. */
  const attempt = (work) => {
    try { return work() } catch { /* done without */ }
  }

  const { dataset: options, src } = document.currentScript
  const seconds = 86400 * (options.cookieDays > 0 ? options.cookieDays : 90)

  // ---- The referral: [click id, code, when to forget it]

  let arrived // what this page was opened with
  let told // what the page was told of
  let seen // the address that was read last

  /** What an earlier page kept: storage knows it all, the cookie at least the click. */
  let held = attempt(() => localStorage.gw_click.split(','))
  if (!(held?.[2] > Date.now())) held = attempt(() => document.cookie.match(/\bgwc_[\w-]+/)) ?? []

  const referral = () => held[0] || held[1] ? { code: held[1], click_id: held[0] } : null

  const capture = (address) => {
    const asked = new URL(seen = address).searchParams

    /** The first of the named parameters that has a believable value. */
    const read = (names, shape) => names.split(',').map((name) => asked.get(name)).find((value) => value?.match(shape))

    const click = read('gw_click', /^gwc_[\w-]{1,116}$/)
    // The others are names under which earlier referral programs left codes in links still around.
    const code = read(options.queryParams ?? 'via,ref,fpr,fp_ref,grsf,refcode', /^[\w-]{3,32}$/)
    if (!click && !code) return
    arrived = [click, code, Date.now() + seconds * 1e3]
    // The last click wins unless the program says the first. A bare code, which anybody can type,
    // neither displaces what is held nor stands in the way of a click.
    if (!referral() || click && !(held[0] && options.attribution === 'first')) held = arrived
    remember()
  }

  // ---- What is kept, and whether it may be

  let granted = options.consent !== 'required'

  const setCookie = (value, age) => attempt(() => {
    document.cookie = `gw_click=${value};max-age=${age};path=/;samesite=lax;secure`
  })

  // Global Privacy Control forbids following a visitor around, whatever else was agreed.
  const allowed = () => granted && !navigator.globalPrivacyControl

  const remember = () => {
    if (!allowed()) return
    if (held === arrived) {
      if (held[0]) setCookie(held[0], seconds)
      attempt(() => { localStorage.gw_click = held })
    }
    // Kept, so the address can be clean again: ours go, everybody else's stay byte for byte.
    const rest = location.search.replace(/[?&](gw_click|via)=[^&]*/g, '').replace(/^&/, '?')
    if (rest !== location.search) attempt(() => {
      history.replaceState(history.state, '', location.href.replace(location.search, () => rest))
    })
  }

  // ---- The page: forms that want the referral, elements that want their module

  const fill = (form, name, known) => {
    const field = form.querySelector(`[type=hidden][name=${name}]`) ?? document.createElement('input')
    const value = known ?? field.value
    if (field.value !== value) form.append(Object.assign(field, { type: 'hidden', name, value }))
  }

  const load = (name) => import(new URL(`/w/${VERSION}/${name}.js`, src)).catch(() => {})

  const near = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting) load(entry.target.localName.split('-')[1])
  }), { rootMargin: '400px' })

  /** After every change of the page, which is also how a router's change of the address is noticed. */
  const look = () => {
    if (seen !== location.href) capture(location.href)
    document.querySelectorAll('form[data-goodword]').forEach((form) => {
      fill(form, 'gw_click', held[0])
      fill(form, 'via', held[1])
    })
    document.querySelectorAll('goodword-widget:not([mode=modal])' + (referral() ? ',goodword-welcome' : ''))
      .forEach((element) => near.observe(element))
    // Told before it is told: who hears of it may call, and so be back here.
    if (told !== (told = held) && referral()) tell('referral', referral())
  }

  // Room for the panel before it is there, so that nothing jumps: as panel.css has it, 28rem where it
  // is 48rem wide or more, 63rem up to 20rem, else 55rem. A floating one takes none, and is in view
  // wherever it stands.
  attempt(() => {
    const room = new CSSStyleSheet()
    room.replaceSync('goodword-widget:not(:defined){display:block;padding-top:clamp(28rem,(48rem - 100%)*999,clamp(55rem,(20rem - 100%)*999,63rem));&[mode]:not([mode=inline]){position:fixed;top:0}}')
    document.adoptedStyleSheets.push(room)
  })

  // ---- goodword(command, …, callback?) answers a promise, and the callback when there is one

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent('goodword:' + name, { detail }))

  const commands = {
    ready: referral,
    referral,
    consent: (yes) => {
      granted = yes
      if (yes) {
        // Agreed after all: what this page was opened with has not been forgotten.
        if (!referral() && arrived) held = arrived
        remember()
      } else {
        held = ['', '']
        setCookie('', 0)
        // What the modules keep goes too, whether or not one of them is on this page.
        attempt(() => [localStorage, sessionStorage].forEach((shelf) => {
          for (const key in shelf) if (key.match(/^(gw_click$|goodword:)/)) delete shelf[key]
        }))
      }
      look()
      tell('consent', yes)
      return yes
    },
    /** Who the referrer is: a signed { token }, or { name, email } to join with; nothing when they log out. */
    identify: (identity) => { tell('identify', settings.identity = identity) },
  }

  const answer = async (command, rest) => {
    look()
    // What the loader does not know, a module does: open, close, track, …
    return (commands[command] ?? (await load(command === 'doctor' ? command : 'widget'))[command])(...rest)
  }

  const goodword = (command, ...rest) => answer(command, rest).catch(() => {}).then(rest.at(-1))

  const settings = goodword.settings = { ...options, allowed }
  const queue = window.goodword?.q
  window.goodword = goodword

  // The address the page was asked for, where the browser tells: by now a router may have tidied the
  // one that is shown.
  capture(performance.getEntriesByType('navigation')[0]?.name ?? location.href)
  if (seen.match(/goodword_debug=1/)) goodword('doctor')
  look()
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
  queue?.forEach((call) => goodword(...call))
  tell('ready', referral())
} catch { /* The page goes on without. */ }
