// Fills the objects of a stopped edge with what years would bring. It runs over the edge's own files, under the names
// of the edge's own objects, which have made their tables before.
const CHUNK = 20_000;
const NUMBERS = "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)";

class Seeded {
  constructor(state) {
    this.sql = state.storage.sql;
  }

  async fetch(request) {
    const { from, to, entries } = await request.json();
    const now = Date.now();
    for (let first = from; first <= to; first += CHUNK) {
      const last = Math.min(to, first + CHUNK - 1);
      const statements = entries ? this.bookings(now) : this.statements(now);
      for (const statement of statements) this.sql.exec(statement, first, last);
    }
    return new Response(null, { status: 204 });
  }
}

const id = (prefix) => `'${prefix}_' || printf('%016d', i)`;
const code = "printf('b-%07d', i)";

export class Ledger extends Seeded {
  // A thousand referrers and a sale for every number, with one reward and its two entries.
  bookings(now) {
    const yesterday = now - 86_400_000;
    const owner = "'rfr_' || printf('%016d', i % 1000)";
    const attribution = JSON.stringify({ status: "attributed", padding: "x".repeat(150) });
    return [
      `INSERT INTO referrer (id, code, external_id, created_at) ${NUMBERS}
       SELECT 'rfr_' || printf('%016d', i % 1000), printf('b-%07d', i % 1000), 'user-' || (i % 1000), ${yesterday} FROM n
       WHERE i <= 1000`,
      `INSERT INTO friend (id, customer_id, referrer_id, code, clicked_at, created_at) ${NUMBERS}
       SELECT ${id("frd")}, 'old-customer-' || i, ${owner}, printf('b-%07d', i % 1000), ${yesterday}, ${yesterday} FROM n`,
      `INSERT INTO conversion (id, kind, natural_key, friend_id, customer_id, amount, currency, occurred_at, recorded_at,
         referrer_id, attribution, terms_version, answer) ${NUMBERS}
       SELECT ${id("sal")}, 'sale', 'old-order-' || i, ${id("frd")}, 'old-customer-' || i, 4999, 'EUR', ${yesterday}, ${yesterday},
         ${owner}, '${attribution}', 1, '{}' FROM n`,
      `INSERT INTO reward (id, conversion_id, rule, side, person_id, amount, currency, state, available_at, created_at) ${NUMBERS}
       SELECT ${id("rwd")}, ${id("sal")}, 'referrer_share', 'referrer', ${owner}, 499, 'EUR', 'pending',
         ${now + 30 * 86_400_000}, ${yesterday} FROM n`,
      `INSERT INTO entry (movement, account, currency, amount, reward_id, created_at) ${NUMBERS}
       SELECT ${id("rwd")}, 'program', 'EUR', -499, ${id("rwd")}, ${yesterday} FROM n`,
      `INSERT INTO entry (movement, account, currency, amount, reward_id, created_at) ${NUMBERS}
       SELECT ${id("rwd")}, ${owner}, 'EUR', 499, ${id("rwd")}, ${yesterday} FROM n`,
      ...this.unsealed(),
    ];
  }

  // Chained when the ledger is opened, as rows from before the chain are.
  unsealed() {
    return [
      `WITH done(first, last) AS (SELECT ?1, ?2) INSERT INTO unsealed (kind, key)
       SELECT 'entry', seq FROM entry WHERE seq > coalesce((SELECT max(seq) FROM unsealed), 0)
       AND (SELECT last FROM done) > 0`,
    ];
  }

  statements(now) {
    const yesterday = now - 86_400_000;
    // One in ten referrers has brought a friend who bought.
    const some = "FROM n WHERE i % 10 = 0";
    const answer = JSON.stringify({ id: "sal_0000000000000000", padding: "x".repeat(750) });
    const attribution = JSON.stringify({ status: "attributed", padding: "x".repeat(150) });
    const trace = JSON.stringify({ touches: [{ padding: "x".repeat(600) }] });
    return [
      `INSERT INTO referrer (id, code, external_id, created_at) ${NUMBERS}
       SELECT ${id("rfr")}, ${code}, 'user-' || i, ${yesterday} FROM n`,
      `INSERT INTO person (id, email, name) ${NUMBERS} SELECT ${id("rfr")}, 'user-' || i || '@example.com', 'User ' || i FROM n`,
      `INSERT INTO friend (id, customer_id, referrer_id, code, clicked_at, created_at) ${NUMBERS}
       SELECT ${id("frd")}, 'old-customer-' || i, ${id("rfr")}, ${code}, ${yesterday}, ${yesterday} ${some}`,
      `INSERT INTO touch (friend_id, click_id, code, clicked_at, told_at) ${NUMBERS}
       SELECT ${id("frd")}, 'gwc_' || printf('%051d', i), ${code}, ${yesterday}, ${yesterday} ${some}`,
      `INSERT INTO conversion (id, kind, natural_key, friend_id, customer_id, amount, currency, occurred_at, recorded_at,
         referrer_id, attribution, terms_version, answer) ${NUMBERS}
       SELECT ${id("sal")}, 'sale', 'old-order-' || i, ${id("frd")}, 'old-customer-' || i, 4999, 'EUR', ${yesterday}, ${yesterday},
         ${id("rfr")}, '${attribution}', 1, '${answer}' ${some}`,
      `INSERT INTO trace (conversion_id, body) ${NUMBERS} SELECT ${id("sal")}, '${trace}' ${some}`,
      `INSERT INTO reward (id, conversion_id, rule, side, person_id, amount, currency, state, available_at, created_at) ${NUMBERS}
       SELECT ${id("rwd")}, ${id("sal")}, 'referrer_share', 'referrer', ${id("rfr")}, 499, 'EUR', 'pending',
         ${now + 30 * 86_400_000}, ${yesterday} ${some}`,
      `INSERT INTO entry (movement, account, currency, amount, reward_id, created_at) ${NUMBERS}
       SELECT ${id("rwd")}, 'program', 'EUR', -499, ${id("rwd")}, ${yesterday} ${some}`,
      `INSERT INTO entry (movement, account, currency, amount, reward_id, created_at) ${NUMBERS}
       SELECT ${id("rwd")}, ${id("rfr")}, 'EUR', 499, ${id("rwd")}, ${yesterday} ${some}`,
      ...this.unsealed(),
      `INSERT INTO audit (at, actor, action, subject, request_id) ${NUMBERS}
       SELECT ${yesterday}, 'key_0000000000000000', 'sale.recorded', ${id("sal")}, ${id("req")} ${some}`,
    ];
  }
}

export class ClickShard extends Seeded {
  statements(now) {
    // Yesterday's clicks: who was counted then is forgotten, what was counted is not.
    const day = Math.floor(now / 86_400_000) - 1;
    return [
      `INSERT INTO click (id, day, code, channel, device, country, referring_host) ${NUMBERS}
       SELECT 'clk_' || printf('%018d', i), ${day}, ${code}, '', 'desktop', 'DE', 'www.example.com' FROM n`,
      `INSERT INTO rollup (day, code, country, device, referring_host, channel, clicks) ${NUMBERS}
       SELECT ${day}, ${code}, 'DE', 'desktop', 'www.example.com', '', 1 FROM n`,
      `INSERT INTO total (code, clicks) ${NUMBERS} SELECT ${code}, 1 FROM n WHERE true
       ON CONFLICT (code) DO UPDATE SET clicks = clicks + 1`,
      `WITH done(first, last) AS (SELECT ?1, ?2) UPDATE rolled_up SET seq = (SELECT max(seq) FROM click) WHERE (SELECT last FROM done) > 0`,
    ];
  }
}

export default {
  fetch(request, env) {
    const url = new URL(request.url);
    const namespace = env[url.searchParams.get("objects")];
    return namespace.get(namespace.idFromName(url.searchParams.get("name"))).fetch(request);
  },
};
