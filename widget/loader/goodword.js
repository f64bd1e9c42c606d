// Goodword's loader: the one script a site owner pastes.
//
//   <script async src="https://go.shop.example/goodword.js" data-program="pk_live_…"></script>
//
// It reads the referral from the address before a router can strip it, keeps it as far as the
// visitor allows, hands it to forms, and fetches the share panel only when a page shows one.
// It adds one global, `goodword`, and never throws into the page.

(() => {
  /** What does not work on this page (storage denied, an odd address, …) is done without. */
  const attempt = (work) => {
    try { return work() } catch { /* done without */ }
  }

  attempt(() => {
    const script = document.currentScript ?? document.querySelector('script[data-program]')
    if (!script || window.goodword?.settings) return // pasted twice: the first one serves the page

    const options = script.dataset
    const { origin } = new URL(script.src)
    const days = +options.cookieDays || 90

    // ---- The referral: { via: the code, gw_click: the signed click id, until: when to forget it }

    const asked = new URLSearchParams(location.search)

    /** The first of the named parameters that has a believable value. */
    const read = (names, shape) => names.split(',').map((name) => asked.get(name)).find((value) => shape.test(value ?? ''))

    const arrived = {
      gw_click: read('gw_click', /^gwc_[\w-]{1,116}$/),
      // The others are names under which earlier referral programs left codes in links still around.
      via: read(options.queryParams ?? 'via,ref,fpr,fp_ref,grsf,refcode', /^[a-z\d-]{3,32}$/i),
      until: Date.now() + days * 864e5,
    }

    /** What an earlier page kept: localStorage knows it all, the cookie at least the click. */
    const kept = attempt(() => JSON.parse(localStorage.gw_click)) ??
      attempt(() => ({ gw_click: document.cookie.match(/\bgw_click=([\w-]+)/)[1], until: 1 / 0 }))
    const before = kept?.until > Date.now() && kept

    // The last click wins unless the program says the first. A bare code, which anybody can type,
    // neither displaces what is held nor stands in the way of a click.
    let held = (arrived.gw_click ? options.attribution !== 'first' || !before.gw_click : arrived.via && !before) ? arrived : before || {}

    const setCookie = (value, age) => attempt(() => {
      document.cookie = `gw_click=${value};path=/;max-age=${age};samesite=lax` + (location.protocol === 'https:' ? ';secure' : '')
    })

    // ---- Consent

    let granted = options.consent !== 'required'

    const remember = () => {
      // Global Privacy Control forbids following a visitor around, whatever else was agreed.
      if (!granted || navigator.globalPrivacyControl) return
      if (held === arrived && referral()) {
        if (held.gw_click) setCookie(held.gw_click, days * 86400)
        attempt(() => { localStorage.gw_click = JSON.stringify(held) })
      }
      // Kept, so the address can be clean again: ours go, everybody else's stay byte for byte.
      if (asked.has('via') || asked.has('gw_click')) attempt(() => {
        const rest = location.search.slice(1).split('&').filter((pair) => !/^(via|gw_click)=/.test(pair)).join('&')
        history.replaceState(history.state, '', location.pathname + (rest && '?' + rest) + location.hash)
      })
    }

    const forget = () => {
      held = {}
      setCookie('', 0)
      attempt(() => localStorage.removeItem('gw_click'))
    }

    // ---- The page: forms that want the referral, elements that want the panel

    const fill = (form) => ['gw_click', 'via'].forEach((name) => {
      let field = form.querySelector(`[type=hidden][name=${name}]`)
      if (!field && held[name]) form.append(field = Object.assign(document.createElement('input'), { type: 'hidden', name }))
      if (field) field.value = held[name] ?? ''
    })

    let panel
    const load = () => panel ??= import(`${origin}/w/${VERSION}/widget.js`)

    const near = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) load().catch(() => {})
    }, { rootMargin: '400px' })

    const look = () => {
      document.querySelectorAll('form[data-goodword]').forEach(fill)
      if (!panel) document.querySelectorAll('goodword-widget').forEach((element) => near.observe(element))
    }

    // Room for the panel at each of its widths before it is there, so that nothing jumps. A page that
    // wants no jump even before this script has run says the same in its own style sheet.
    attempt(() => {
      const room = new CSSStyleSheet()
      room.replaceSync(':where(goodword-widget:not(:defined)){display:block;container-type:inline-size;&:before{content:"";display:block;height:592px;' +
        '@container(width<=320px){height:784px}@container(width>=768px){height:352px}@container(width>=896px){height:320px}}}')
      document.adoptedStyleSheets.push(room)
    })

    // ---- goodword(command, …, callback?) answers a promise, and the callback when there is one

    const tell = (name, detail) => document.dispatchEvent(new CustomEvent('goodword:' + name, { detail }))

    const referral = () => held.via || held.gw_click ? { code: held.via, click_id: held.gw_click } : null

    const commands = {
      ready: referral,
      referral,
      consent: (yes) => {
        granted = yes
        if (yes) {
          // Agreed after all: what this page was opened with has not been forgotten.
          if (!referral()) held = arrived
          remember()
        } else forget()
        look()
        tell('consent', yes)
        return yes
      },
      /** Who the referrer is, when the page knows and wants to say: { name, email }. */
      identify: (person) => { settings.person = person },
    }

    const goodword = (command, ...rest) => {
      const answer = Promise.resolve(attempt(() =>
        // What the loader does not know, the panel does: open, close, track, …
        commands[command] ? commands[command](...rest) : load().then((panel) => panel[command](...rest)))).catch(() => {})
      const callback = rest.at(-1)
      return typeof callback === 'function' ? answer.then(callback) : answer
    }

    const settings = goodword.settings = { ...options, origin, allowed: () => granted }
    const queue = window.goodword?.q ?? []
    window.goodword = goodword

    remember()
    look()
    new MutationObserver(look).observe(document, { childList: true, subtree: true })
    queue.forEach((call) => goodword(...call))
    tell('ready', referral())
  })
})()
