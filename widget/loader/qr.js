// Draws QR codes; fetched when somebody wants one. `outline` is the glue wasm-bindgen wrote for `qr/`.

import { begin, imports, outline } from 'outline'

const { instance } = await WebAssembly.instantiateStreaming(fetch(new URL('qr_bg.wasm', import.meta.url), {
  __proto__: null,
  credentials: 'omit',
  integrity: INTEGRITY_QR,
  signal: AbortSignal.timeout(10_000),
}), imports())
begin(instance)

/** Light modules around the code, as `outline` counts them. */
const QUIET = 4
/** Pixels of one module in a picture that can be printed. */
const PIXELS = 16

/** The QR code of a text: its side in modules, its SVG path, and files of both kinds. */
export const codeOf = (content) => {
  const [side, path] = outline(content).split(/ (.*)/)
  return {
    side,
    path,
    svg: () => new Blob([
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-${QUIET} -${QUIET} ${side} ${side}" shape-rendering="crispEdges">` +
      `<path fill="#fff" d="M-${QUIET}-${QUIET}h${side}v${side}h-${side}z"/><path d="${path}"/></svg>`,
    ], { type: 'image/svg+xml' }),
    // Drawn, not loaded: a policy about pictures has no say in it.
    png: () => {
      const canvas = document.createElement('canvas')
      canvas.width = canvas.height = side * PIXELS
      const paper = canvas.getContext('2d')
      paper.fillStyle = '#fff'
      paper.fillRect(0, 0, canvas.width, canvas.height)
      paper.scale(PIXELS, PIXELS)
      paper.translate(QUIET, QUIET)
      paper.fillStyle = '#000'
      paper.fill(new Path2D(path))
      // At once: `toBlob` waits for an idle page, and a busy one never is.
      const bytes = atob(canvas.toDataURL().split(',')[1])
      return new Blob([Uint8Array.from(bytes, (byte) => byte.charCodeAt())], { type: 'image/png' })
    },
  }
}
