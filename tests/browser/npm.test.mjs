// The npm package as it would be published, without a browser: what is in it, its types, a server
// that imports it.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Workshop } from './built.mjs'
import { root } from './world.mjs'

let workshop

before(async () => { workshop = await Workshop.open() })

after(() => workshop?.close())

test('the package holds its modules, their types, words and licences, and nothing else', async () => {
  assert.deepEqual(workshop.packed.files.map(({ path }) => path).sort(), [
    'LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'index.d.ts', 'index.js', 'jsx.d.ts', 'package.json', 'react.d.ts', 'react.js',
  ])
  const manifest = JSON.parse(await readFile(join(root, 'widget/npm/package.json'), 'utf8'))
  assert.equal(manifest.dependencies, undefined, 'it brings no dependency')
  assert.equal(manifest.scripts, undefined, 'it runs nothing on installation')
  for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) {
    assert.equal(await readFile(join(root, 'widget/npm', licence), 'utf8'), await readFile(join(root, licence), 'utf8'))
  }
})

test('a bundler drops what a page does not use, and all of it together is small', async () => {
  const application = await workshop.application('tests/browser/fixtures/server', 'bundled')
  const bundled = async (source) => {
    await writeFile(join(application.folder, 'entry.js'), source)
    return (await application.run('esbuild', ['entry.js', '--bundle', '--minify', '--format=esm', '--external:react'])).trim()
  }
  assert.equal(await bundled(`import '@goodword/widget'`), '')
  assert.equal(await bundled(`import '@goodword/widget/react'`), '')
  assert.equal(await bundled(`import { load } from '@goodword/widget'`), '')
  const core = await bundled(`export * from '@goodword/widget'`)
  assert.ok(core.length < 1500, `${core.length} bytes, minified`)
  const react = await bundled(`export * from '@goodword/widget/react'`)
  assert.ok(react.length < 2700, `${react.length} bytes, minified`)
})

test('its types accept everything it can do and refuse everything else, in React 19, 18 and without', async () => {
  const application = await workshop.application('tests/browser/fixtures/types')
  const above = '../../../node_modules'
  const check = async (files, options) => {
    const compilerOptions = {
      strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], module: 'esnext', moduleResolution: 'bundler', jsx: 'react-jsx',
      // Our own declarations are checked, too.
      skipLibCheck: false, types: [], ...options,
    }
    await writeFile(join(application.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    await application.run('tsc', ['--project', '.', '--pretty', 'false'])
  }
  await check(['page.ts', 'app.tsx'], {})
  await check(['page.ts', 'app.tsx'], { module: 'nodenext', moduleResolution: 'nodenext' })
  const eighteen = { react: [`${above}/@types/react-18`], 'react/*': [`${above}/@types/react-18/*`] }
  await check(['page.ts', 'app.tsx'], { paths: eighteen })
  await check(['global.tsx'], { jsx: 'react' })
  await assert.rejects(check(['app.tsx'], { jsx: 'react-jsx', paths: { '@goodword/widget/react': ['./page.ts'] } }), /error TS/, 'a compiler that looks')
})

test('a server without a document imports, calls and renders all of it, and nothing happens', async () => {
  const application = await workshop.application('tests/browser/fixtures/server')
  const printed = JSON.parse(await application.run('node', ['render.mjs']))
  assert.deepEqual(printed, {
    document: 'undefined',
    html: '<goodword-welcome lang="fr"></goodword-welcome><p>waiting, sent by nobody</p>' +
      '<goodword-widget mode="modal" class="room"></goodword-widget>',
    loaded: false,
    answer: 'nothing',
  })
})
