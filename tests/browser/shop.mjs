// What people do in the demo shop, in the words it uses on its pages.

/** Creates an account, from wherever the visitor is; ends on the account page. */
export async function signUp(page, shop, name, email) {
  await page.goto(`${shop}/signup`)
  await fillIn(page, name, email)
  await page.waitForURL('**/account')
}

export async function fillIn(page, name, email) {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill('a long password')
  await page.getByRole('button', { name: 'Create account' }).click()
}

/** Puts one of a product into the cart; ends on the cart's page. */
export async function pick(page, product) {
  await page.getByRole('link', { name: product }).first().click()
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.waitForURL('**/cart')
}

/** Pays for the cart; ends on the page of the order and answers its number. */
export async function pay(page) {
  await page.getByLabel('Delivery address').fill('1 Hedge Row, Marrow')
  await page.getByRole('button', { name: 'Place order' }).click()
  await page.waitForURL('**/orders/*')
  return new URL(page.url()).pathname.split('/').at(-1)
}

/** The share panel as people see it: by labels and words. */
export const panel = (page) => {
  const element = page.locator('goodword-widget')
  const beside = (term) => element.locator('dl div', { has: page.getByText(term, { exact: true }) }).locator('dd')
  return {
    element,
    link: element.getByLabel('Your personal link'),
    copy: element.getByRole('button', { name: /^Cop(y|ied)$/ }),
    qr: element.getByRole('button', { name: 'QR code' }),
    /** A number, by the word beside it: Clicks, Friends, Sign-ups, Orders, Pending, … */
    number: (term) => beside(term).textContent(),
    activity: element.getByText('Activity'),
    conversions: element.locator('.list > li'),
  }
}
