// Where the edge is, read in one way by everything that calls it.

const { apiHost = new URL(import.meta.url).origin } = window.goodword?.settings ?? {}

const address = (host) => {
  try { return new URL(host.includes('//') ? host : 'https://' + host).origin } catch { /* no host */ }
}

/** The edge's origin; nothing where `data-api-host` names none that can be. These files come from the edge, wherever the page does. */
export const api = address(apiHost)
