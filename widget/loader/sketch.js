// Draws elements from an indented sketch. One line is one element:
//
//   div.row
//    input.link readonly= aria-label=@link
//    button.copy type=button :copy
//
// It is a child of the nearest line above with less indentation; `.name` is its class, and the part
// a page can style, `name=value` an attribute, `:name` its text. Texts, and attributes after `@`, are
// looked up, so a sketch holds no language; and nothing is ever parsed as HTML, so no text can become
// an element.

import { text } from './language.js'

/** Draws into `parent`, and answers the last of its new children. */
export const draw = (parent, sketch) => {
  const open = [parent]
  for (const line of sketch.trim().split('\n')) {
    const [, indent, tag, name, rest] = line.match(/^( *)([\w-]+)\.?([\w-]*)(.*)/)
    const svg = tag === 'svg' || tag === 'path'
    const element = document.createElementNS(`http://www.w3.org/${svg ? '2000/svg' : '1999/xhtml'}`, tag)
    if (name) {
      element.setAttribute('class', name)
      element.setAttribute('part', name)
    }
    for (const token of rest.split(' ')) {
      const [, attribute, lookUp, value] = token.match(/^([^:=]*)[:=](@?)(.*)/) ?? []
      if (attribute) element.setAttribute(attribute, lookUp ? text(value) : value)
      else if (value) element.textContent = text(value)
    }
    open.length = indent.length + 1
    open.at(-1).append(element)
    open.push(element)
  }
  return open[1]
}

/** Gives a shadow root a style sheet; old browsers get an element. */
export const dress = (root, styles) => {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(styles)
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
  } catch {
    draw(root, 'style').textContent = styles
  }
}
