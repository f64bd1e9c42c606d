// A link that is followed by a browser without the browser: `fetch` says of itself that it is a script, which nobody counts.

import { get } from 'node:http'

/** Follows a link with these headers. Answers where it leads. */
export const followed = (link, headers) => new Promise((done, failed) => {
  get(link, { headers }, (answer) => {
    answer.resume()
    done(answer.headers.location ?? '')
  }).on('error', failed)
})
