// A shop with the panel, its edge and a browser for a file of tests (stand.mjs): there before its first, gone after its last.

import { after } from 'node:test'
import { stand } from './stand.mjs'

export const place = await stand()
export const { world } = place

after(() => place.close())
