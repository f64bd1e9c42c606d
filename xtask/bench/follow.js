// What `GET /r/{program}/{code}` is measured against: a Worker in plain JavaScript that answers every request with the
// same redirect and cookie, as long as the edge's and with the edge's headers. It reads nothing and counts nothing.
const CLICK_ID = "gwc_EQBrAW6THmy30JjNAKj2FuBGHgCRAL1LPUgvBQotcoHfeRTk";
const headers = {
  location: "http://localhost:9/?via=n3v1dr263r0&gw_click=" + CLICK_ID,
  "cache-control": "no-store",
  "referrer-policy": "strict-origin-when-cross-origin",
  "set-cookie": "gw_click=" + CLICK_ID + "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=7776000",
};

export default {
  fetch() {
    return new Response(null, { status: 302, headers });
  },
};
