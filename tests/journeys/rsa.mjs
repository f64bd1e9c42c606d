// An identity provider with a key made just now: signs what is asked for, and says its public keys. Reads a JSON list of
// `{header, claims, with}` on standard input, where `with` is `ours`, `theirs`, `second`, or `public`: HMAC with our
// public key as the secret. Writes `{keys, second, tokens}`.

import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { json } from 'node:stream/consumers'

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const pairs = { ours: pair(), second: pair(), theirs: pair() }
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const pem = pairs.ours.publicKey.export({ type: 'spki', format: 'pem' })

const tokens = (await json(process.stdin)).map(({ header, claims, with: by }) => {
  const signed = `${encode(header)}.${encode(claims)}`
  if (by === 'public') return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(pairs[by].privateKey).toString('base64url')}`
})
const jwk = (name, kid) => ({ kid, alg: 'RS256', use: 'sig', ...pairs[name].publicKey.export({ format: 'jwk' }) })
process.stdout.write(JSON.stringify({ keys: [jwk('ours', 'k1')], second: jwk('second', 'k2'), tokens }))
