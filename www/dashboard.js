// What the dashboard can do better with script. Without it every page is whole.

// On a referrer's own pages every text to copy holds their link. That they took it along is told once, and never again.
const share = () => {
  const { shared } = document.body.dataset
  if (!shared) return
  delete document.body.dataset.shared
  fetch(shared, { method: 'POST', body: new URLSearchParams(), redirect: 'manual', keepalive: true }).catch(() => {})
}
document.querySelector('[data-shares]')?.addEventListener('click', share)

// Copy buttons, where there is something to copy and a way to.
if (navigator.clipboard) {
  for (const box of document.querySelectorAll('.copy')) {
    const button = document.createElement('button')
    const { copy, copied } = box.dataset
    button.type = 'button'
    button.textContent = copy
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(box.querySelector('code').textContent)
      share()
      button.textContent = copied
      setTimeout(() => { button.textContent = copy }, 2000)
    })
    box.append(button)
  }
}

// The QR code of a page as a picture of dots, for those who cannot use a drawing.
for (const button of document.querySelectorAll('[data-png]')) {
  button.addEventListener('click', () => {
    const drawing = document.querySelector('svg.qr')
    const modules = drawing.viewBox.baseVal.width
    const dots = Math.ceil(1024 / modules)
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = modules * dots
    const paper = canvas.getContext('2d')
    paper.scale(dots, dots)
    for (const path of drawing.children) {
      paper.fillStyle = path.matches('.light') ? '#fff' : '#000'
      paper.fill(new Path2D(path.getAttribute('d')))
    }
    Object.assign(document.createElement('a'), { href: canvas.toDataURL(), download: button.dataset.png }).click()
  })
}

// A form is sent once, however often its button is pressed, and says that it is on its way. A page that comes back from
// memory can be used again, and so can a form that is answered with a file: the page stays.
for (const form of document.querySelectorAll('form[method=post]:not([data-file])')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
    form.ariaBusy = 'true'
  })
}
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent
    form.ariaBusy = null
  }
})

// Ticks all boxes of a page in their place.
document.querySelector('[data-tick-all]')?.addEventListener('click', (event) => {
  event.preventDefault()
  for (const box of document.querySelectorAll('[form=bulk]')) box.checked = true
})

// Review by keys, where the focus is in no field. They can be turned off.
const keys = document.querySelector('dialog#keys')
if (keys) {
  // Cases come and go while one looks.
  const cases = () => [...document.querySelectorAll('[data-case]')]
  const wanted = keys.querySelector('input')
  const opener = document.querySelector('[data-keys]')
  const bulk = document.getElementById('bulk')
  let here
  addEventListener('focusin', ({ target }) => { here = target.closest('[data-case]') ?? here })
  const box = () => here?.querySelector('[form=bulk]')
  const go = (step) => {
    const all = cases()
    all[Math.max(0, Math.min(all.indexOf(here) + step, all.length - 1))]?.focus()
  }
  const decide = (word) => {
    if (!document.querySelector('[form=bulk]:checked')) {
      if (!box()) return
      box().checked = true
    }
    bulk.elements.scope.value = 'ticked'
    bulk.querySelector(`[value=${word}]`).click()
  }
  const does = {
    j: () => go(1),
    k: () => go(-1),
    x: () => box()?.click(),
    r: () => decide('release'),
    c: () => decide('confirm'),
    n: () => here?.querySelector('[name=note]')?.focus(),
    '?': () => keys.showModal(),
  }
  addEventListener('keydown', (event) => {
    if (!wanted.checked || keys.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.target.closest('input:not([type=checkbox]), select, textarea')) return
    const act = Object.hasOwn(does, event.key) && does[event.key]
    if (!act) return
    event.preventDefault()
    act()
  })
  opener.hidden = false
  opener.addEventListener('click', () => keys.showModal())
  // A browser that keeps nothing uses them until the page is left.
  try {
    wanted.checked = localStorage.getItem('goodword-keys') !== 'off'
    wanted.addEventListener('change', () => localStorage.setItem('goodword-keys', wanted.checked ? 'on' : 'off'))
  } catch { /* as it is */ }
}

// A chart's columns say of which days they are and how much: under the pointer or a finger, and by the arrow keys. What they
// say is the table's.
const dress = (page) => {
  for (const drawing of page.querySelectorAll('.plot svg')) {
    drawing.setAttribute('tabindex', 0)
    for (const title of drawing.querySelectorAll('title')) title.remove()
  }
}
dress(document)
const tip = Object.assign(document.createElement('p'), { className: 'tip', ariaHidden: 'true' })
let pointed, at = Infinity
const hide = () => {
  tip.remove()
  pointed?.classList.remove('here')
  pointed = undefined
}
const point = (drawing, to, aloud) => {
  hide()
  const columns = drawing.querySelectorAll('g')
  const figure = drawing.closest('figure')
  at = Math.max(0, Math.min(to, columns.length - 1))
  pointed = columns[at]
  pointed.classList.add('here')
  const cells = figure.querySelectorAll('tbody tr')[at].querySelectorAll('td')
  const days = document.createElement('strong')
  days.textContent = pointed.dataset.days
  tip.replaceChildren(days, ...[...figure.querySelectorAll('figcaption .key')].map((key, which) => {
    const line = key.cloneNode(true)
    const value = document.createElement('strong')
    value.textContent = cells[which].textContent
    line.append(' ', value)
    return line
  }))
  document.body.append(tip)
  // Inside the chart and beside the column, so that neither is left by whoever reads it.
  const [room, place, width] = [drawing.getBoundingClientRect(), pointed.getBoundingClientRect(), tip.offsetWidth]
  const left = place.left + place.right < room.left + room.right ? place.right + 8 : place.left - width - 8
  tip.style.left = `${scrollX + Math.max(8, Math.min(left, document.documentElement.clientWidth - width - 8))}px`
  tip.style.top = `${scrollY + room.top}px`
  if (aloud) document.getElementById('said').textContent = [...tip.children].map((line) => line.textContent).join(', ')
}
const columnOf = (drawing, x) => {
  const { left, width } = drawing.getBoundingClientRect()
  return Math.floor((x - left) / width * drawing.querySelectorAll('g').length)
}
for (const moved of ['pointermove', 'pointerdown']) {
  addEventListener(moved, ({ target, clientX }) => {
    const drawing = target.closest?.('.plot svg')
    if (drawing) point(drawing, columnOf(drawing, clientX))
    else if (pointed) hide()
  })
}
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') hide()
  const drawing = event.target.closest?.('.plot svg')
  if (!drawing || event.ctrlKey || event.metaKey || event.altKey) return
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: Infinity }[event.key]
  if (to === undefined) return
  event.preventDefault()
  point(drawing, to, true)
})
addEventListener('focusin', ({ target }) => { if (target.matches('.plot svg:focus-visible')) point(target, at, true) })
addEventListener('focusout', ({ target }) => { if (target.matches('.plot svg')) hide() })

// Numbers that come by themselves: a socket says that something changed, or we ask; then the page is fetched again and what
// differs is put in its place. What somebody types, has opened or stands on stays as it is. A referrer's page is told nothing
// of the ledger: it is fetched from time to time, less often the longer it stays the same.
const { changes, seen, updated, gone, renews } = document.body.dataset
if (changes) {
  const SECONDS = 1000
  let [ledger, clicks] = [Number(seen), undefined]
  let socket, timer, ticks = 0, wait = 5, had = false, over = false, stale = false, busy = false, last = 0, different
  const counts = document.querySelector('[data-live=clicks]')

  const typed = (field) => field.matches('select')
    ? [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0
    : /checkbox|radio/.test(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue
  const inUse = (node) => node.nodeType === 1 && (node.contains(document.activeElement) && !node.matches('main, ul, ol, table, tbody, section')
    || [...node.querySelectorAll('input, textarea, select')].some((field) => field.type !== 'hidden' && typed(field)))
  const key = (node) => node.nodeType === 1
    ? node.nodeName + (node.id || (/^(TR|LI)$/.test(node.nodeName) && node.querySelector('a[href], form[action], time')?.outerHTML.split('>')[0]) || '')
    : node.nodeType

  // Makes `old` like `fresh`; both are the same kind of node.
  const become = (old, fresh) => {
    if (old.isEqualNode(fresh)) return
    if (old.nodeType !== 1) {
      old.data = fresh.data
      if (fresh.data.trim()) glow(old.parentElement)
      return
    }
    if (old.matches('form, .copy')) {
      if (old.matches('.copy') || inUse(old) || old.dataset.sent) return
    }
    if (old.id === 'drafted') return
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && name !== 'open' && name !== 'class') old.removeAttribute(name)
    }
    for (const { name, value } of fresh.attributes) {
      if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value)
    }
    let at = old.firstChild
    const wanted = new Set([...fresh.childNodes].map(key))
    for (const child of [...fresh.childNodes]) {
      while (at && key(at) !== key(child) && !wanted.has(key(at)) && !inUse(at)) at = drop(at)
      if (at && key(at) === key(child)) {
        become(at, child)
        at = at.nextSibling
      } else {
        const came = old.insertBefore(document.importNode(child, true), at)
        if (came.nodeType === 1) glow(came)
      }
    }
    while (at) at = inUse(at) ? at.nextSibling : drop(at)
  }
  const drop = (node) => {
    different = true
    const next = node.nextSibling
    node.remove()
    return next
  }
  const glow = (element) => {
    different = true
    element.classList.add('fresh')
    element.addEventListener('animationend', () => element.classList.remove('fresh'), { once: true })
  }

  const refresh = () => {
    if (busy || document.hidden) { stale = true; return }
    busy = true
    stale = false
    const request = new XMLHttpRequest()
    request.open('GET', location.href.split('#')[0])
    request.responseType = 'document'
    request.onloadend = () => {
      busy = false
      const page = request.response
      if (request.status !== 200) return
      // The door, or another program: nobody is in here any more.
      if (request.responseURL !== request.asked || page.body.dataset.changes !== changes) return end()
      different = false
      dress(page)
      for (const part of document.querySelectorAll('[data-live]')) {
        const fresh = page.getElementById(part.id)
        if (!fresh || part.isEqualNode(fresh)) continue
        become(part, fresh)
      }
      const drawing = pointed?.closest('svg')
      if (drawing?.isConnected) point(drawing, at)
      else hide()
      ledger = Math.max(ledger, Number(page.body.dataset.seen))
      if (different && renews !== undefined) schedule(wait = 5)
      if (different && Date.now() - last > 10 * SECONDS) {
        last = Date.now()
        const said = document.getElementById('said')
        said.textContent = ''
        setTimeout(() => { said.textContent = updated }, 100)
      }
      if (stale) refresh()
    }
    request.asked = location.href.split('#')[0]
    request.send()
  }

  // The page stays, with what somebody may have typed, and says that its numbers do not.
  const end = () => {
    over = true
    clearTimeout(timer)
    if (document.getElementById('gone')) return
    const again = Object.assign(document.createElement('a'), { href: location.href.split('#')[0], textContent: gone })
    const alert = Object.assign(document.createElement('p'), { id: 'gone', role: 'alert' })
    alert.append(again)
    document.body.append(alert)
  }

  const hear = (number) => {
    const [told, clicked] = number.split('-').map(Number)
    const more = told > ledger || (counts && clicks !== undefined && clicked > clicks)
    ledger = Math.max(ledger, told)
    clicks = clicked ?? clicks
    if (more) refresh()
  }

  const listen = () => {
    socket = new WebSocket(`${location.origin.replace('http', 'ws')}${changes}`)
    socket.onopen = () => { had = true }
    socket.onmessage = ({ data }) => hear(data)
    socket.onclose = ({ code }) => {
      socket = undefined
      if (code === 4001) end()
      schedule(1 + Math.random())
    }
  }

  const ask = async () => {
    try {
      const answer = await fetch(changes, { redirect: 'manual' })
      if (answer.type === 'opaqueredirect') end()
      if (answer.status !== 200) throw answer
      if (!socket && (had || wait > 5)) { // It is back.
        had = false
        listen()
      }
      wait = 5
      hear(await answer.text())
    } catch {
      wait = Math.min(wait * 2, 60)
    }
  }

  const tick = async () => {
    if (renews !== undefined) {
      if (!document.hidden) refresh()
      wait = Math.min(wait * 1.5, 60)
      return schedule(wait)
    }
    ticks += 1
    const open = socket?.readyState === 1
    if (!document.hidden && (!open || (counts && ticks % 3 === 1))) {
      await ask()
      if (!socket && ticks % 6 === 0) listen()
    }
    schedule(wait)
  }
  const schedule = (seconds) => {
    clearTimeout(timer)
    if (!over) timer = setTimeout(tick, seconds * SECONDS)
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return
    if (stale) refresh()
    schedule(0)
  })
  addEventListener('pagehide', () => { if (socket?.readyState === 1) socket.close() })
  addEventListener('pageshow', ({ persisted }) => { if (persisted) refresh() })
  if (renews === undefined) listen()
  schedule(counts ? 0 : wait)
}

// A draft is said in plain words while it is typed: what its form would lead to comes beside it.
for (const form of document.querySelectorAll('form[data-draft]')) {
  let timer, asked = 0
  const say = () => {
    const turn = asked += 1
    const request = new XMLHttpRequest()
    request.open('POST', form.action)
    request.responseType = 'document'
    request.onload = () => {
      const said = request.response?.querySelector('#preview, .refusal')
      // An older answer, or somebody else's page.
      if (turn !== asked || !said) return
      document.querySelector('main > .refusal')?.remove()
      document.getElementById('drafted').replaceChildren(document.importNode(said, true))
    }
    request.send(new URLSearchParams(new FormData(form)))
  }
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(say, 300)
  })
}

// Colours can be picked, and the panel beside them changes with every choice.
for (const form of document.querySelectorAll('form[data-panel]')) {
  const frame = form.parentElement.querySelector('iframe')
  const shown = () => frame.contentWindow.location.replace(`${form.dataset.panel}?${new URLSearchParams(new FormData(form))}`)
  for (const field of form.querySelectorAll('[data-pick]')) {
    const picker = document.createElement('input')
    picker.type = 'color'
    picker.value = field.value || field.placeholder
    picker.setAttribute('aria-label', field.dataset.pick)
    picker.addEventListener('change', () => { field.value = picker.value })
    field.addEventListener('change', () => { if (field.validity.valid) picker.value = field.value || field.placeholder })
    field.after(picker)
  }
  form.addEventListener('change', () => { if (form.checkValidity()) shown() })
}
// A page with nothing on it but a button that may be pressed at once.
document.querySelector('form[data-send]')?.requestSubmit()
