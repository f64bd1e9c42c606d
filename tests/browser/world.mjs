// Everything a journey needs, running: the edge, the demo shop, the demo program. Started by the
// command a person would use.
//
// With GOODWORD_DEV set to the line `cargo xtask dev --json` printed, that one is used instead, so
// that a test can be worked on without waiting; GOODWORD_YEARS is the key of a program in it that `cargo xtask seed` filled.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { until } from './until.mjs'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Starts a world. `apart` when the test is going to break it; with `years`, so much of everything, it has a program that is full: `years`, its key. */
export async function open({ apart = false, years } = {}) {
  const { GOODWORD_DEV: dev, GOODWORD_YEARS: filled } = process.env
  if (dev && !apart && (!years || filled)) return Object.assign(new World(JSON.parse(dev)), { years: filled })
  const data = await mkdtemp(join(tmpdir(), 'goodword-browser-'))
  const key = years && await seed(data, years)
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePorts()
    try {
      return Object.assign(new World(await start(port, data), { port, data }), { years: key })
    } catch (error) {
      // Somebody else may have taken the port in between.
      if (attempt < 3 && error.message.includes('already in use')) continue
      await rm(data, { recursive: true, force: true })
      throw error
    }
  }
}

class World {
  #own // port and folder; none of somebody else's world
  #running // the process

  constructor(started, own) {
    this.#own = own
    this.#running = started.running
    this.line = started.line ?? started
    const { edge, shop, publishable_key, secret_key, admin_key } = this.line
    Object.assign(this, { edge, shop, publishable_key, secret_key, admin_key })
  }

  /** Calls the API as the merchant's server does; answers the body, after checking the status. */
  async api(path, { key = this.secret_key, body, method = body ? 'POST' : 'GET', status = body ? 201 : 200 } = {}) {
    const answer = await fetch(`${this.edge}/v1/${path}`, {
      method,
      // A connection kept for later may be closed by the other side just as it is used again, on a slow machine.
      headers: { Authorization: `Bearer ${key}`, Connection: 'close', ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    })
    const text = await answer.text()
    if (answer.status !== status) throw new Error(`/v1/${path} answered ${answer.status}, not ${status}: ${text}`)
    return JSON.parse(text)
  }

  /** Opens a program of its own: its keys, its slug, everything that was answered. */
  async program(destination, changes = {}) {
    const slug = `b${process.pid}-${Date.now().toString(36)}-${++World.programs}`
    const opened = await this.api('programs', {
      key: this.admin_key,
      body: {
        slug,
        name: 'Corner Shop',
        kind: 'referral',
        destination,
        currency: 'EUR',
        terms: {
          rewards: [
            { id: 'share', on: 'sale', to: 'referrer', pay: { share_bps: 1000 } },
            { id: 'gift', on: 'sale', to: 'friend', pay: { flat: 500 } },
            { id: 'lead', on: 'lead', to: 'referrer', pay: { flat: 100 } },
          ],
        },
        ...changes,
      },
    })
    return { ...opened, publishable_key: opened.keys.publishable_live, secret_key: opened.keys.secret_live }
  }

  /** The codes of all counted clicks of a program, newest first, each as often as it was counted. */
  async clicks(program = this) {
    const { data } = await this.api('clicks?limit=100', { key: program.secret_key })
    return data
  }

  /** Kills everything at once, as a power cut would. */
  async crash() {
    await end(this.#running, 'SIGKILL')
    this.#running = undefined
    // The servers die with it, but not in the same instant.
    await until('nobody answers', async () => !(await fetch(`${this.edge}/healthz`).catch(() => null)))
    await until('the shop is shut', async () => !(await fetch(`${this.shop}/healthz`).catch(() => null)))
  }

  /** Starts again on the same ports and data. */
  async restart() {
    const { port, data } = this.#own
    this.#running = (await start(port, data)).running
  }

  async close() {
    if (!this.#own) return
    await end(this.#running, 'SIGTERM')
    await rm(this.#own.data, { recursive: true, force: true })
  }

  static programs = 0
}

/** Runs `cargo xtask dev` until it has printed its line. */
async function start(port, data) {
  const running = spawn('cargo', ['xtask', 'dev', '--json', '--port', String(port), '--data', data], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  process.on('exit', () => running.kill('SIGKILL')) // also when a test run is given up
  let said = ''
  running.stderr.on('data', (text) => { said += text })
  const line = await Promise.race([
    once(createInterface(running.stdout), 'line').then(([line]) => line),
    once(running, 'error').then(([error]) => { throw error }),
    once(running, 'exit').then(([code]) => { throw new Error(`cargo xtask dev ended with ${code}:\n${said}`) }),
  ])
  return { running, line: JSON.parse(line) }
}

/** Fills a program with as much as is told, by the command a person would use; answers the key it tells them. */
async function seed(data, years) {
  const counts = Object.entries(years).flatMap(([what, count]) => [`--${what}`, String(count)])
  const running = spawn('cargo', ['xtask', 'seed', '--data', data, ...counts], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  process.on('exit', () => running.kill('SIGKILL'))
  let said = ''
  running.stderr.on('data', (text) => { said += text })
  const [code] = await once(running, 'close')
  if (code !== 0) throw new Error(`cargo xtask seed ended with ${code}:\n${said}`)
  return said.match(/sign in with (sk_live_\w+)/)[1]
}

async function end(running, signal) {
  if (!running || running.exitCode !== null || running.signalCode !== null) return
  const gone = once(running, 'exit')
  running.kill(signal)
  await gone
}

/** A port that is free, and so is the next: the shop takes it. */
async function freePorts() {
  for (;;) {
    // Below what systems give to outgoing connections, so that it stays free until it is taken.
    const port = 20_000 + Math.floor(Math.random() * 11_998)
    const first = createServer().listen(port, '127.0.0.1')
    if (!await listens(first)) continue
    const second = createServer().listen(port + 1, '127.0.0.1')
    const free = await listens(second)
    await Promise.all([first, second].filter((server) => server.listening).map(closed))
    if (free) return port
  }
}

/** Whether the port was free. */
const listens = (server) => once(server, 'listening').then(() => true, () => false)

function closed(server) {
  return new Promise((done) => server.close(done))
}
