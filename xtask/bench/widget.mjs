// Times a page with the share panel, and the same page without us, in Chromium on a slow phone: a
// quarter of this machine's speed, and the network that Chrome's developer tools call fast 3G.
//
// One argument, JSON: { edge, key, rounds, chromium }. Prints a line of JSON: for each round what
// either page took, in milliseconds. Files come compressed as a CDN sends them.

import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { chromium } from 'playwright-core'

const { edge, key, rounds, chromium: executablePath } = JSON.parse(process.argv[2])

/** https://developer.chrome.com/docs/devtools/settings/throttling: a phone of the middle class. */
const CPU = 4
/** Chrome's "Fast 3G": 1.6 Mbit/s and 150 ms, adjusted as its developer tools do (0.9 and 3.75). */
const NETWORK = {
  offline: false,
  latency: 150 * 3.75,
  downloadThroughput: 1.6e6 / 8 * 0.9,
  uploadThroughput: 0.75e6 / 8 * 0.9,
}

const compress = promisify(brotliCompress)

/** Between browser and edge, as a CDN is: keeps files and compresses them once. */
const kept = new Map()

const cdn = createServer((asked, response) => {
  const file = asked.method === 'GET' && !asked.url.startsWith('/v1/')
  const answer = (status, headers, body) => response.writeHead(status, headers).end(body)
  if (file && kept.has(asked.url)) return answer(...kept.get(asked.url))
  const { host } = new URL(edge)
  const passed = request(edge + asked.url, { method: asked.method, headers: { ...asked.headers, host, 'accept-encoding': 'identity' } }, async (from) => {
    const { 'transfer-encoding': _, 'content-length': __, ...headers } = from.headers
    let body = Buffer.concat(await from.toArray())
    if (file && from.statusCode === 200) {
      body = await compress(body)
      headers['content-encoding'] = 'br'
      kept.set(asked.url, [from.statusCode, headers, body])
    }
    answer(from.statusCode, headers, body)
  })
  passed.on('error', () => response.destroy())
  asked.pipe(passed)
})

const paragraphs = Array.from({ length: 40 }, (_, at) => `<p>${`A page of a shop, paragraph ${at}. `.repeat(20)}</p>`).join('')

/** A page as shops have them; the panel, or the room it takes, is below two screens of text. */
const page = (head, element) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${head}
<style>.room { display: block; min-height: 37rem }</style><h1>The shop</h1>${paragraphs}<div class="room">${element}</div>`

const shop = createServer((asked, response) => {
  const script = `<script async src="${origin(cdn)}/goodword.js" data-program="${key}"></script>`
  const html = asked.url === '/with' ? page(script, '<goodword-widget></goodword-widget>') : page('', '')
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html)
})

const origin = (server) => `http://localhost:${server.address().port}`

for (const server of [cdn, shop]) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
})

/** One visit of somebody who has never been here. */
async function visit(path) {
  const context = await browser.newContext({
    viewport: { width: 412, height: 823 },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const tab = await context.newPage()
  const chrome = await context.newCDPSession(tab)
  await chrome.send('Performance.enable')
  await chrome.send('Network.enable')
  await chrome.send('Network.emulateNetworkConditions', NETWORK)
  await chrome.send('Emulation.setCPUThrottlingRate', { rate: CPU })
  await tab.goto(origin(shop) + path, { waitUntil: 'load', timeout: 120_000 })
  const load = await tab.evaluate(() => new Promise((done) => setTimeout(() => {
    const { loadEventEnd, startTime } = performance.getEntriesByType('navigation')[0]
    done(loadEventEnd - startTime)
  })))
  await tab.waitForLoadState('networkidle')
  const times = { load }
  if (path === '/with') Object.assign(times, await use(tab))
  else await tab.evaluate(() => document.querySelector('.room').scrollIntoView())
  await tab.waitForLoadState('networkidle')
  await tab.waitForTimeout(500) // what was put off by timers
  const { metrics } = await chrome.send('Performance.getMetrics')
  times.main_thread = metrics.find(({ name }) => name === 'TaskDuration').value * 1000
  await context.close()
  return times
}

/** Scrolls to the panel and copies the link as soon as there is one. */
async function use(tab) {
  const times = await tab.evaluate(async () => {
    const element = document.querySelector('goodword-widget')
    const started = performance.now()
    element.scrollIntoView()
    const frame = () => new Promise(requestAnimationFrame)
    const until = async (what, ask) => {
      while (!ask()) {
        if (performance.now() - started > 60_000) throw new Error(`${what} did not come`)
        await frame()
      }
      return performance.now() - started
    }
    const field = () => [...element.shadowRoot?.querySelectorAll('input') ?? []].find(({ value }) => value.includes('/r/'))
    const shown = await until('the link', field)
    const button = element.shadowRoot.querySelector('[data-act=copy]')
    const before = button.textContent
    button.click()
    const copied = await until('the word that it is copied', () => button.textContent !== before)
    return { shown, copied, link: field().value }
  })
  const { link, ...rest } = times
  const clipboard = await tab.evaluate(() => navigator.clipboard.readText())
  // What links begin with may have become shorter meanwhile, and the channel travels behind: the code is the same.
  const code = (address) => new URL(address).pathname.split('/').at(-1)
  if (code(clipboard) !== code(link)) throw new Error(`copied was ${JSON.stringify(clipboard)}, shown ${JSON.stringify(link)}`)
  return rest
}

try {
  // Not counted: the browser's and the edge's first time, and compressing.
  await visit('/without')
  await visit('/with')
  const all = []
  for (let round = 0; round < rounds; round += 1) {
    // In turns, and the first in turns too.
    const order = round % 2 ? ['/with', '/without'] : ['/without', '/with']
    const taken = {}
    for (const path of order) taken[path.slice(1)] = await visit(path)
    all.push(taken)
    console.error(`  ${round + 1}/${rounds}  copied after ${Math.round(taken.with.copied)} ms, main thread ${Math.round(taken.with.main_thread)} ms, without us ${Math.round(taken.without.main_thread)} ms`)
  }
  console.log(JSON.stringify(all))
} finally {
  await browser.close()
  cdn.closeAllConnections()
  shop.closeAllConnections()
  cdn.close()
  shop.close()
}
