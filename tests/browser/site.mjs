// A merchant's site other than the demo shop, or a stranger's: whatever pages a test needs.

import { once } from 'node:events'
import { createServer } from 'node:http'

/**
 * Starts a site. `show(path, html)` puts a page there; `asked` are the requests so far. It is
 * reached as `origin` (the same site as the edge, as on a merchant's own zone) and as `stranger`
 * (another site).
 */
export async function site() {
  const pages = new Map()
  const asked = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    asked.push({ method: request.method, url: request.url, headers: request.headers })
    const page = pages.get(pathname)
    if (!page) return response.writeHead(404, { 'Content-Type': 'text/plain' }).end('no such page')
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...page.headers }).end(page.html)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  return {
    origin: `http://localhost:${port}`,
    stranger: `http://127.0.0.1:${port}`,
    asked,
    show(path, body, { head = '', headers = {} } = {}) {
      const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>` +
        `<link rel="icon" href="data:,">${head}<body>${body}</body></html>`
      pages.set(path, { html, headers })
      return `http://localhost:${port}${path}`
    },
    close: () => new Promise((done) => {
      server.close(done)
      server.closeAllConnections()
    }),
  }
}

/** The snippet of the guide. */
export const snippet = (edge, key, attributes = '') =>
  `<script async src="${edge}/goodword.js" data-program="${key}" ${attributes}></script>`
