// A state of the dashboard, looked at page by page (pages.mjs): a test for each.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { part, sent, signedIn, speaking } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { FORMS, PARTS } from './pages.mjs'
import { DESK, PHONE, TIGHT, WIDTHS, first, look } from './sight.mjs'

/** Nothing axe objects to, nothing wider than the screen, nothing that moves after it was drawn. */
export function looksRight({ name, much, open: opens, axe: looks, forms, languages, amounts }) {
  test(`${name}: ${looks ? 'axe objects to nothing, ' : ''}nothing overflows and nothing shifts`, { timeout: 900_000 }, async () => {
    const program = await opens(world)
    const page = await signedIn(world, chromium, program.key, { viewport: PHONE, colorScheme: 'light', bypassCSP: true })
    for (const language of ['en', ...languages]) {
      await speaking(page, world.edge, language)
      const widths = amounts || ['fr', 'es'].includes(language) ? TIGHT : WIDTHS
      const axe = looks && (language === 'en' || (language === 'de' && name === 'full'))
      for (const { at, one, status = 200 } of PARTS) {
        const where = `${name} ${language} /${at}`
        const answer = await part(page, world.edge, at)
        assert.equal(answer.status(), status, where)
        assert.equal(answer.headers()['content-language'], language, where)
        await look(page, where, { axe, all: much && language === 'en', widths })
        if (one && await first(page, one)) await look(page, `${where}, one`, { axe, all: much && language === 'en', widths })
      }
      for (const { what, at, one, form, fill, status } of forms ? FORMS.filter(({ once }) => !once || language === 'en') : []) {
        await part(page, world.edge, at)
        if (one) await first(page, one)
        const answer = await sent(page, form, fill)
        assert.equal(answer.status(), status, `${what} ${language}`)
        await look(page, `${what} ${language}`, { axe, widths })
      }
    }
    // Where a desk is the first screen, nothing shifts either.
    await page.setViewportSize(DESK)
    for (const { at } of PARTS) {
      await part(page, world.edge, at)
      assert.deepEqual(await page.shifted(), [], `${name} /${at} on a desk`)
    }
    await page.context().close()
  })
}
