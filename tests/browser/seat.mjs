// Referrers by their names, and their own pages, where what a merchant does must be seen.

import { at, entered, joined as enrolled } from './referrer.mjs'

/** Somebody who joined from the panel; of the same initial is one in a program. */
export const joined = (world, program, name, letter = name[0]) => enrolled(world, program, letter, { name })

/** A page of a browser in which a referrer is at their own pages. `at` opens one of them. */
export async function seated(world, chromium, program, person, options) {
  const page = await entered({ world, chromium }, program, person, options)
  page.at = (part) => page.goto(at(world, program, part))
  return page
}
