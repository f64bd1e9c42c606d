// The edge and a browser for a file of tests: there before its first, gone after its last.

import { after } from 'node:test'
import { browser } from './people.mjs'
import { open } from './world.mjs'

export const [world, chromium] = await Promise.all([open(), browser()])

after(async () => {
  await chromium.close()
  await world.close()
})
