// Every page of the dashboard in the states in which there is much, as quality.test.mjs looks at the others. They take longest,
// so they begin first: files run in the order of their names, two at a time.

import { STATES } from './pages.mjs'
import { looksRight } from './state.mjs'

for (const state of STATES.filter(({ much }) => much)) looksRight(state)
