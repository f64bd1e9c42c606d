// Who gets in at the dashboard and who is shown the door: keys, sessions, the operator, languages.

import assert from 'node:assert/strict'
import { bothWays, goes, refused, signedIn, told } from './desk.mjs'
import { chromium, world } from './house.mjs'
import { pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'

const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1'

bothWays('a key that opens nothing says what is wrong with it, and the right one opens the program', { timeout: 120_000 }, async (how) => {
  const program = await opened(world, { name: 'Fern & Field' })
  const page = await pageOf(await visitor(chromium, how))
  await page.goto(`${world.edge}/dashboard/live/payouts`)
  const key = page.getByLabel('Secret key')
  for (const [typed, said] of [
    [program.publishable_key, 'Use the one that starts with sk_.'],
    [`${program.key.slice(0, -1)}${program.key.endsWith('0') ? 1 : 0}`, 'Check it for missing characters.'],
  ]) {
    await key.fill(typed)
    await key.press('Enter')
    await refused(page, said)
    assert.equal(await key.getAttribute('aria-invalid'), 'true')
    assert.equal(await key.inputValue(), '', 'a key is not sent back')
    assert.ok(await key.evaluate((field) => field === document.activeElement), 'it can be typed again at once')
  }
  await key.fill(program.key)
  await key.press('Enter')
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  assert.ok((await page.title()).includes('Fern & Field'))
  await page.context().close()
})

bothWays('who is signed in is listed, and ended from elsewhere', { timeout: 120_000 }, async (how) => {
  const program = await opened(world)
  const desk = await signedIn(world, chromium, program.key, how)
  const phone = await signedIn(world, chromium, program.key, { ...how, userAgent: PHONE, viewport: { width: 360, height: 740 } })
  await goes(desk, 'Settings')
  const sessions = desk.getByRole('region', { name: 'Sessions' }).getByRole('listitem')
  assert.equal(await sessions.count(), 2)
  assert.equal(await sessions.filter({ hasText: 'this one' }).getByRole('button').count(), 0)
  await sessions.filter({ hasText: 'Safari, iPhone' }).getByRole('button', { name: /^End ?: Safari, iPhone$/ }).click()
  await told(desk, 'The session has ended.')
  assert.equal(await sessions.count(), 1)
  await phone.reload()
  await phone.waitForURL(/\/dashboard\/sign-in$/)
  const { data } = await world.api('audit?limit=100', { key: program.key })
  assert.deepEqual(data.slice(0, 1).map(({ actor, action }) => [actor, action]), [['dashboard', 'session.ended']])
  await Promise.all([desk.context().close(), phone.context().close()])
})

/** The operator's list has a page of programs at a time. */
async function entered(page, name) {
  const program = page.getByRole('button', { name })
  await page.getByRole('heading', { name: 'Programs' }).waitFor()
  while (!await program.count()) {
    const after = page.url()
    await page.getByRole('link', { name: 'Older' }).click()
    await page.waitForURL((url) => url.href !== after)
  }
  await program.click()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
}

bothWays('the operator’s key opens every program, and one sign-out closes them all', { timeout: 120_000 }, async (how) => {
  const names = ['first', 'second'].map((name) => `The ${name} of ${Date.now()}`)
  const programs = [await opened(world, { name: names[0] }), await opened(world, { name: names[1] })]
  const page = await pageOf(await visitor(chromium, how))
  await page.goto(`${world.edge}/dashboard/sign-in`)
  await page.getByLabel('Secret key').fill(world.admin_key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  for (const [at, name] of names.entries()) {
    await entered(page, name)
    assert.ok((await page.title()).includes(name))
    await goes(page, 'Settings')
    await page.getByRole('link', { name: 'Audit log', exact: true }).click()
    await page.getByRole('row').filter({ hasText: 'Signed in' }).filter({ hasText: 'The operator' }).waitFor()
    const { data } = await world.api('audit', { key: programs[at].key })
    assert.equal(data[0].actor, 'operator', 'the merchant reads it, too')
    if (at === 0) await page.getByRole('link', { name: 'Other programs' }).click()
  }
  await page.getByRole('button', { name: 'Sign out' }).click()
  await told(page, 'You are signed out.')
  for (const path of ['/dashboard/live', '/dashboard/programs']) {
    await page.goto(world.edge + path)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  }
  await page.context().close()
})

bothWays('a language chosen at the door is spoken inside, and after leaving', { timeout: 120_000 }, async (how) => {
  const program = await opened(world)
  const page = await pageOf(await visitor(chromium, how))
  await page.goto(`${world.edge}/dashboard`)
  await page.getByRole('button', { name: 'Deutsch' }).click()
  await page.getByLabel('Geheimer Schlüssel').fill(program.key)
  await page.getByRole('button', { name: 'Anmelden' }).click()
  await page.getByRole('heading', { name: 'Überblick', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'Abmelden' }).click()
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor()
  assert.equal(await page.locator('html').getAttribute('lang'), 'de')
  await page.context().close()
})
