// Reads one of our QR pictures on standard input and writes what an independent decoder finds in it.

import decode from 'qr/decode.js'
import { text } from 'node:stream/consumers'

const svg = await text(process.stdin)
const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)[1])
const scale = 4
const width = side * scale
const data = new Uint8Array(width * width).fill(255)
// The last path is the dark modules: rows of one module's height.
for (const [, x, y, run] of svg.split('<path').pop().matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
  for (let row = y * scale; row < (+y + 1) * scale; row++)
    data.fill(0, row * width + x * scale, row * width + (+x + +run) * scale)

const pixels = new Uint8Array(width * width * 4).fill(255)
data.forEach((value, at) => pixels.fill(value, at * 4, at * 4 + 3))
process.stdout.write(decode({ width, height: width, data: pixels }))
