// Tells Goodword's panel who is logged in: now, with the token that came with the page, and again
// whenever it asks because a token is over. It stands before Goodword's own script, so that the panel
// knows from the start; calls wait until that is there.

window.goodword ??= Object.assign((...call) => goodword.q.push(call), { q: [] })
goodword('identify', { token: document.currentScript.dataset.token })

const again = async () => {
  const answer = await fetch('/goodword-token')
  const token = await answer.text()
  goodword('identify', token ? { token } : {})
}
document.addEventListener('goodword:identity-needed', () => {
  again().catch(() => {}) // without it the panel asks to sign in
})
