// What a camera reads in a picture of a link: a browser turns it into pixels, a decoder that is not ours reads them.

import decode from 'qr/decode.js'

/** The text in a QR picture, given as bytes. `page` is any page whose policy lets it show one. */
export async function scanned(page, picture, type) {
  const side = 400
  const pixels = await page.evaluate(async ([address, side]) => {
    const image = new Image(side, side)
    image.src = address
    await image.decode()
    const paper = new OffscreenCanvas(side, side).getContext('2d')
    paper.drawImage(image, 0, 0, side, side)
    return [...paper.getImageData(0, 0, side, side).data.filter((_, at) => at % 4 === 1)] // Green will do.
  }, [`data:${type};base64,${picture.toString('base64')}`, side])
  const data = Uint8ClampedArray.from({ length: 4 * side * side }, (_, at) => at % 4 === 3 ? 255 : pixels[at >> 2])
  return decode({ width: side, height: side, data })
}
