// Where the edge is, read in one way by everything that calls it.

/** What the loader read from its script tag; see the end of goodword.js. */
export const settings = window.goodword?.settings ?? {}
const { apiHost = new URL(import.meta.url).origin } = settings

const address = (host) => {
  try { return new URL(host.includes('//') ? host : 'https://' + host).origin } catch { /* no host */ }
}

/** The edge's origin; nothing where `data-api-host` names none that can be. These files come from the edge, wherever the page does. */
export const api = address(apiHost)
