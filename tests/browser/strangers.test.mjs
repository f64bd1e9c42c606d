// What pages of other sites can do to somebody who is in at their own pages and at the dashboard: nothing. A stranger's page
// on another site, and one on the same site but another origin, to which the browser gives our cookies along.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { signedIn } from './desk.mjs'
import { pageOf, visitor } from './people.mjs'
import { opened } from './programs.mjs'
import { ask, at, entered, joined } from './referrer.mjs'
import { place, world } from './shopfront.mjs'
import { until } from './until.mjs'

const PORTAL = ['', 'why', 'disputes', 'terms', 'profile', 'leave']
const DASHBOARD = ['', 'review', 'disputes', 'rewards', 'payouts', 'terms', 'look', 'links', 'readiness', 'settings', 'settings/fraud', 'settings/groups', 'settings/calendar', 'settings/data']

let program, ada, eve, strangers, context, page

before(async () => {
  place.shop.show('/evil', '<h1>You have won</h1>')
  strangers = [`${place.shop.origin}/evil`, `${place.shop.stranger}/evil`]
  program = await opened(world, { destination: `${place.shop.origin}/` })
  ada = await joined(world, program, 'A', { name: 'Ada Byron', email: 'ada@mail.example' })
  eve = await joined(world, program, 'E', { name: 'Eve Moneypenny' })
  const { id } = await program.tell('sales', { order_id: 'o-1', customer_id: 'c-1', amount: 9900, currency: 'EUR', code: ada.code })
  const question = await ask(world, program, ada.proof, 'disputes', { about: id, message: 'It was more.' })
  await program.tell('leads', { customer_id: 'c-2', code: ada.code, email: 'ada+x@mail.example' })
  // One browser that is in at both, as of somebody who runs the shop and shares it, too.
  const desk = await signedIn(world, place.chromium, program.key)
  context = desk.context()
  page = await entered(place, program, ada, { context })
  PORTAL.push(`conversions/${id}`, `disputes/${question.id}`)
})

/** A page of a stranger's in the same browser. */
async function stranger(address) {
  const evil = await pageOf(context)
  await evil.goto(address)
  return evil
}

/** Every form of a page that changes something, as it would be sent: each button may lead elsewhere or decide something else. */
const forms = () => page.locator('form[method=post]').evaluateAll((forms) => forms.flatMap((form) => {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === 'string').map(([name, value]) => [name, value || '1'])
  const to = (element, name) => new URL(element.getAttribute(name), location).href.split('#')[0]
  const sent = (button) => ({
    action: button?.hasAttribute('formaction') ? to(button, 'formaction') : to(form, 'action'),
    fields: button?.name ? [...fields, [button.name, button.value]] : fields,
  })
  return [sent(), ...[...form.elements].filter(({ type }) => type === 'submit').map(sent)]
}))

const everything = async () => {
  const found = []
  for (const part of PORTAL) { await page.goto(at(world, program, part)); found.push(...await forms()) }
  for (const part of DASHBOARD) { await page.goto(`${world.edge}/dashboard/live${part && `/${part}`}`); found.push(...await forms()) }
  const unlike = new Map(found.map((form) => [JSON.stringify([form.action, form.fields.filter(([name]) => name !== 'once')]), form]))
  return [...unlike.values()]
}

const audit = () => program.list('audit?limit=100')

/** She is still in at both, as herself. */
async function isIn() {
  await page.goto(at(world, program, 'profile'))
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Ada Byron')
  await page.goto(`${world.edge}/dashboard/live`)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

test('no form of ours that a stranger’s page sends is carried out', { timeout: 120_000 }, async () => {
  const all = await everything()
  // Leaving, closing and signing in as somebody else are among what is sent.
  const { url } = await ask(world, program, eve.proof, 'widget/portal', {})
  all.push({ action: `${at(world, program)}/enter`, fields: [['key', new URL(url).searchParams.get('key')]] })
  all.push({ action: `${world.edge}/dashboard/sign-in`, fields: [['key', program.key]] })
  all.push({ action: `${at(world, program)}/leave`, fields: [['word', 'leave']] })
  all.push({ action: `${at(world, program)}/profile/target`, fields: [['holder', 'Eve'], ['iban', 'GB82WEST12345698765432']] })
  for (const wanted of ['/leave', '/close', '/profile', '/target', '/messages', '/withdraw', '/sign-out', '/terms', '/settings/program']) {
    assert.ok(all.some(({ action }) => action.endsWith(wanted)), `${wanted} is among ${all.map(({ action }) => action)}`)
  }
  const before = await audit()
  for (const address of strangers) {
    const evil = await stranger(address)
    for (const { action, fields } of all) {
      const sending = evil.waitForResponse((answer) => answer.url() === action && answer.request().method() === 'POST')
      await evil.evaluate(({ action, fields }) => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action })
        for (const [name, value] of fields) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
        document.body.append(form)
        HTMLFormElement.prototype.submit.call(form)
      }, { action, fields })
      // 405: an address that only the form's buttons replace by theirs.
      const status = (await sending).status()
      assert.ok(status === 403 || status === 405, `${status}: ${action} from ${address}`)
      await evil.getByRole('heading', { level: 1 }).waitFor()
      await evil.goto(address)
    }
    await evil.close()
  }
  assert.deepEqual(await audit(), before, 'nothing was written')
  await isIn()
})

test('no page of ours shows itself in a stranger’s frame', { timeout: 60_000 }, async () => {
  const parts = [...PORTAL, 'enter?key=x', 'goodbye'].map((part) => at(world, program, part))
  const pages = [...parts, ...DASHBOARD.map((part) => `${world.edge}/dashboard/live/${part}`), `${world.edge}/dashboard/sign-in`, `${world.edge}/join/${program.slug}`]
  for (const address of strangers) {
    const evil = await stranger(address)
    await evil.evaluate((pages) => {
      for (const src of pages) document.body.append(Object.assign(document.createElement('iframe'), { src }))
    }, pages)
    const frames = () => evil.frames().slice(1)
    await until('each is refused', () => frames().length === pages.length && frames().every((frame) => frame.url().startsWith('chrome-error:')))
    for (const frame of frames()) assert.doesNotMatch(await frame.locator('body').innerText(), /Ada|Your link|Overview|Leave/)
    // What cannot be framed is not embedded either.
    for (const element of ['object', 'embed']) {
      const seen = await evil.evaluate(([element, address]) => new Promise((done) => {
        const one = Object.assign(document.createElement(element), element === 'object' ? { data: address, type: 'text/html' } : { src: address, type: 'text/html' })
        one.onload = one.onerror = () => { let text; try { text = one.contentDocument?.body.innerText } catch { text = '' } done(text ?? '') }
        document.body.append(one)
      }), [element, at(world, program)])
      assert.equal(seen, '', element)
    }
    await evil.close()
  }
  await isIn()
})

test('a stranger’s page reads nothing: not by fetch, not as a script or picture, not through a window it opened', { timeout: 60_000 }, async () => {
  const private_ = ['data.json', 'statement.csv', 'link.svg', 'profile'].map((part) => at(world, program, part))
  for (const address of strangers) {
    const evil = await stranger(address)
    for (const target of private_) {
      const got = await evil.evaluate(async (target) => {
        const as = (element) => new Promise((done) => {
          Object.assign(element, { onload: () => done('loaded'), onerror: () => done('refused'), src: target })
          document.body.append(element)
        })
        return [
          await fetch(target, { credentials: 'include' }).then((answer) => answer.text(), () => 'refused'),
          await fetch(target, { credentials: 'include', mode: 'no-cors' }).then((answer) => answer.text(), () => 'refused').then((text) => text || 'refused'),
          await as(document.createElement('script')),
          await as(new Image()),
        ]
      }, target)
      assert.deepEqual(got, ['refused', 'refused', 'refused', 'refused'], `${target} from ${address}`)
    }
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      evil.evaluate((target) => { window.victim = window.open(target) }, at(world, program)),
    ])
    await popup.getByRole('heading', { name: 'Your link, and what came of it' }).waitFor()
    assert.equal(await popup.evaluate(() => window.opener), null)
    await until('the window is out of reach', () => evil.evaluate(() => window.victim.closed))
    for (const one of [popup, evil]) await one.close()
  }
  await isIn()
})

test('a session that a stranger planted is not the one somebody gets, and ends', { timeout: 60_000 }, async () => {
  const mallory = await entered(place, program, eve)
  // Another port of this host may set a cookie for it; over https the name `__Host-` forbids what comes nearest.
  const planted = (await mallory.context().cookies()).find(({ name }) => name.startsWith('goodword_portal'))
  const victim = await pageOf(await visitor(place.chromium))
  await victim.goto(strangers[0])
  await victim.evaluate(({ name, value }) => { document.cookie = `${name}=${value}; path=/` }, planted)
  const { url } = await ask(world, program, ada.proof, 'widget/portal', {})
  await victim.goto(url)
  await victim.getByRole('button', { name: 'Open my page' }).click()
  await victim.waitForURL(at(world, program))
  await victim.getByRole('banner').getByText('Ada Byron').waitFor()
  const own = (await victim.context().cookies()).filter(({ name }) => name.startsWith('goodword_portal'))
  assert.deepEqual(own.map(({ value, httpOnly }) => [value === planted.value, httpOnly]), [[false, true]])
  await mallory.goto(at(world, program, 'profile'))
  await mallory.getByText('Your page is closed').first().waitFor()
  for (const one of [victim, mallory]) await one.context().close()
})

test('a link into somebody else’s page does not put out who is in', { timeout: 60_000 }, async () => {
  const { url } = await ask(world, program, eve.proof, 'widget/portal', {})
  const evil = await stranger(strangers[1])
  await evil.evaluate((url) => { location.href = url }, url)
  await evil.getByRole('button', { name: 'Open my page' }).waitFor()
  await evil.waitForLoadState('networkidle')
  assert.ok(evil.url().includes('/enter?key='), 'nobody pressed the button')
  await evil.close()
  await isIn()
})
