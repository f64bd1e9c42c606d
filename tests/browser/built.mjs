// Pages that somebody builds: the npm package as it would be published, applications that install
// it, and a server for what they build to.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { root } from './world.mjs'

const run = promisify(execFile)

/** A place for applications. Below the clone, so that they find React, Vue and Vite above them. */
export class Workshop {
  #folder

  static async open() {
    const workshop = new Workshop()
    await mkdir(join(root, 'target'), { recursive: true })
    workshop.#folder = await mkdtemp(join(root, 'target', 'npm-'))
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', workshop.#folder], { cwd: join(root, 'widget/npm') })
    const [packed] = JSON.parse(stdout)
    workshop.packed = packed
    await rename(join(workshop.#folder, packed.filename), join(workshop.#folder, 'package.tgz'))
    return workshop
  }

  /** Copies an application and installs the package into it, and nothing else. */
  async application(source, name = source.split('/').at(-1)) {
    const folder = join(this.#folder, name)
    await cp(join(root, source), folder, { recursive: true, filter: (path) => !path.endsWith('node_modules') })
    const manifest = { private: true, type: 'module', dependencies: { '@goodword/widget': 'file:../package.tgz' } }
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
    // Whatever else it needs stands in the clone's own lock file.
    await run('npm', ['install', '--offline', '--legacy-peer-deps', '--no-package-lock'], { cwd: folder })
    return {
      folder,
      /** Runs one of the clone's npm programs, or node, in the application; answers what it printed. */
      async run(program, parameters, environment = {}) {
        const file = program === 'node' ? process.execPath : join(root, 'node_modules/.bin', program)
        const options = { cwd: folder, env: { ...process.env, ...environment }, maxBuffer: 2 ** 24 }
        return (await run(file, parameters, options).catch((error) => {
          throw new Error(`${program} ${parameters.join(' ')}: ${error.stdout}${error.stderr}`)
        })).stdout
      },
    }
  }

  close() {
    return rm(this.#folder, { recursive: true, force: true })
  }
}

const MEDIA = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }

/**
 * Serves what an application was built to, which may come later than its address: `serve(folder)`.
 * Like every host of such an application it gives the page for paths that are no file.
 */
export async function host() {
  let folder
  const server = createServer(async ({ url }, response) => {
    const path = normalize(new URL(url, 'http://localhost').pathname)
    const file = extname(path) ? path : '/index.html'
    const body = await readFile(join(folder, file)).catch(() => null)
    response.writeHead(body ? 200 : 404, { 'Content-Type': MEDIA[extname(file)] ?? 'text/plain' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://localhost:${server.address().port}`,
    serve(built) { folder = built },
    close: () => new Promise((done) => {
      server.close(done)
      server.closeAllConnections()
    }),
  }
}
