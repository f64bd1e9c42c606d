// The doctor: what works on this page, what is blocked, and why. Fetched for `?goodword_debug=1`
// in the address, or `goodword('doctor')`, which answers the findings.
//
// It only reads: it keeps nothing in the browser, and of the edge it asks whether it is up and
// whether it knows the page's publishable key.

import { examine } from './examine.js'
import { open } from './findings.js'

/** Answers `[{ name, state, says, todo? }]`, state being `ok`, `attention` or `broken`, and shows it. */
export const doctor = async () => {
  const show = open(doctor)
  const findings = await examine()
  show(findings)
  return findings
}
