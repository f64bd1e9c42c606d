// People at their own pages: who has joined with the secret of their browser, the way in, and what a page says in tables
// and lists.

import { readFile } from 'node:fs/promises'
import { pageOf, visitor } from './people.mjs'

/** The secret of a browser, as the panel draws it: a letter for each of a test's people. */
export const secret = (letter) => `gws_${letter.repeat(42)}A`

/** Many orders in a second are no crowd to a program with these fraud settings. */
export const CALM = { off: ['velocity', 'too_fast', 'late_conversions', 'unusual_amount'] }

/** A call of the panel's with the proof of a link, a `GET` without a body; answers what came, whatever it says. */
export const ask = (world, program, proof, path, body) => fetch(`${world.edge}/v1/${path}`, {
  method: body ? 'POST' : 'GET',
  headers: { Authorization: `Bearer ${program.publishable_key}`, 'Goodword-Proof': proof, Connection: 'close', ...(body && { 'Content-Type': 'application/json' }) },
  ...(body && { body: JSON.stringify(body) }),
}).then((answer) => answer.json())

/** Somebody who has joined from the panel: `{ id, code, link, proof, name }`. */
export async function joined(world, program, letter, profile = {}) {
  const proof = secret(letter)
  const answer = await ask(world, program, proof, 'widget/join', { proof, ...profile })
  return { ...answer, proof, name: profile.name }
}

/** Opens a page of a browser that is in as this person; `context` to come back with a browser that was here. */
export async function entered({ world, chromium }, program, { proof }, { context, ...options } = {}) {
  const page = await pageOf(context ?? await visitor(chromium, options))
  const { url } = await ask(world, program, proof, 'widget/portal', {})
  await page.goto(url)
  // Script presses the button only where the shop's own page led here.
  await page.locator('form[action$="/enter"] button').click()
  await page.waitForURL(at(world, program))
  return page
}

/** The address of a part of their pages. */
export const at = (world, program, part = '') => `${world.edge}/p/${program.slug}${part && `/${part}`}`

/** An amount of euros in cents, as English pages write it. */
export const euros = (cents) => `${cents < 0 ? '−' : ''}${(Math.abs(cents) / 100).toFixed(2)}\u00a0EUR`

/** The texts of a table's rows, a list of cells each; what stands in a cell's lines is parted by one space. */
export const rows = (table) => table.locator('tbody tr').evaluateAll((rows) =>
  rows.map((row) => [...row.children].map((cell) => cell.innerText.replace(/\s*\n\s*/g, ' ').trim())))

/** What a link or button saves: name and bytes. */
export async function saved(page, button) {
  const [file] = await Promise.all([page.waitForEvent('download'), button.click()])
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}
