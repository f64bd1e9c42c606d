// Draws QR codes; fetched when somebody wants one. `outline` is the glue wasm-bindgen wrote for `qr/`.

import start, { outline } from 'outline'

await start()

export { outline }
