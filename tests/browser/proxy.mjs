// Somebody between the visitor and the edge, who changes what passes.

import { once } from 'node:events'
import { createServer, request } from 'node:http'

/** Starts one. `change(path, work)` lets `work` change the body in place; `leave()` stops that. */
export async function proxy(edge) {
  const changes = new Map()
  const server = createServer((asked, response) => {
    const { pathname } = new URL(asked.url, edge)
    const { host } = new URL(edge)
    // Uncompressed, so that a byte of the file is a byte of the body.
    const headers = { ...asked.headers, host, 'accept-encoding': 'identity' }
    const passed = request(edge + asked.url, { method: asked.method, headers }, async (answer) => {
      const body = Buffer.concat(await answer.toArray())
      changes.get(pathname)?.(body)
      response.writeHead(answer.statusCode, answer.headers).end(body)
    })
    passed.on('error', () => response.destroy())
    asked.pipe(passed)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://localhost:${server.address().port}`,
    change: (path, work) => changes.set(path, work),
    leave: () => changes.clear(),
    close: () => new Promise((done) => {
      server.close(done)
      server.closeAllConnections()
    }),
  }
}
