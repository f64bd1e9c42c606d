// People at the dashboard.

import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { pageOf, visitor } from './people.mjs'

/** A page of a browser that is signed in with this key. */
export async function signedIn(world, chromium, key, options = {}) {
  const page = await pageOf(await visitor(chromium, options))
  await signIn(page, world.edge, key)
  return page
}

/** Signs in with this key; a session that is there stays behind, with what it may ask in a minute. */
export async function signIn(page, edge, key) {
  await page.context().clearCookies()
  await page.goto(`${edge}/dashboard`)
  await page.getByLabel('Secret key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/dashboard\/(live|test)$/)
}

/** What somebody chose at the end of a page. */
export const speaking = (page, edge, language) =>
  page.context().addCookies([{ name: 'goodword_language', value: language, url: edge }])

/** Opens a part of the live ledger; answers the response. */
export const part = (page, edge, at) => page.goto(`${edge}/dashboard/live${at && !at.startsWith('?') ? '/' : ''}${at}`)

/** Sends a form of the page as it stands, whatever the browser thinks of what is filled in. Answers the response. */
export async function sent(page, form, fill = {}) {
  const [answer] = await Promise.all([
    page.waitForNavigation(),
    page.locator(form).first().evaluate((form, fill) => {
      for (const [name, value] of Object.entries(fill)) {
        const field = form.elements[name] instanceof RadioNodeList ? null : form.elements[name]
        if (field && field.type !== 'submit') field.value = value
        else form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
      }
      HTMLFormElement.prototype.submit.call(form)
    }, fill),
  ])
  return answer
}

/** Goes to a place by the menu, which is folded on a phone. */
export async function goes(page, place) {
  const menu = page.getByRole('button', { name: 'Menu' })
  if (await menu.isVisible()) await menu.click()
  const link = page.getByRole('navigation', { name: 'Dashboard' }).getByRole('link', { name: place })
  await link.click()
  await page.getByRole('heading', { level: 1, name: place }).waitFor()
}

/** What was just done is said at the head of the page. */
export const told = (page, words) => page.getByRole('status').filter({ hasText: words }).waitFor()

/** Why what was asked for was not done is said there, too. */
export const refused = (page, words) => page.getByRole('alert').filter({ hasText: words }).waitFor()

/** Follows a link, or presses a button, that downloads: the name of the file and what is in it. */
export async function downloaded(page, link) {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
}

/** The same with and without script. */
export function bothWays(name, options, journey) {
  for (const javaScriptEnabled of [true, false]) {
    test(`${name}, ${javaScriptEnabled ? 'with' : 'without'} script`, options, () => journey({ javaScriptEnabled }))
  }
}

/** Names in the first column of the list that is shown. */
export const listed = (page) => page.getByRole('main').getByRole('rowheader').getByRole('link').allTextContents()
