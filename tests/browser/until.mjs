// Waiting for something to become true, instead of for some time to pass.

import { setTimeout as pause } from 'node:timers/promises'

/** Waits over the end of an hour (UTC) that is nearer than this, so that what comes next lies in one hour, and so in one day. */
export async function inOneHour(seconds) {
  const left = 3_600_000 - Date.now() % 3_600_000
  if (left < seconds * 1000) await pause(left + 50)
}

/**
 * Asks again and again until the answer is true (or, for an assertion, until it no longer throws),
 * and gives that answer; fails with what it was waiting for and the last answer.
 */
export async function until(what, ask, { within = 15_000 } = {}) {
  const began = Date.now()
  for (;;) {
    let answer, fault
    try {
      answer = await ask()
    } catch (error) {
      fault = error
    }
    if (!fault && (answer || answer === undefined)) return answer
    if (Date.now() - began > within) {
      throw new Error(`${what}: not within ${within} ms; last: ${fault?.message ?? JSON.stringify(answer)}`, { cause: fault })
    }
    await pause(40)
  }
}
