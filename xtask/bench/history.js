// Years of a program, into the objects of a stopped edge: the same rows for the same counts, only the days move. It runs
// over the edge's own files, under the names of the edge's own objects, which have made their tables before. What the
// edge's triggers add up, they add up here too.
const CHUNK = 10_000;
const DAY = 86_400_000;
const NUMBERS = "WITH RECURSIVE n(i) AS (SELECT CAST(?1 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?2)";
const FIRST = ["Ada", "Bo", "Chiara", "Dana", "Emil", "Farah", "Greta", "Hugo", "Ines", "Jonas", "Karim", "Lena", "Mina",
  "Noor", "Otto", "Petra", "Quinn", "Rosa", "Sven", "Tarek", "Uma", "Vera", "Wim", "Xenia", "Yusuf", "Zoe"];
const LAST = ["Adler", "Bauer", "Costa", "Duarte", "Evans", "Fischer", "Garcia", "Hassan", "Ivanova", "Jansen", "Keller",
  "Lopez", "Meyer", "Novak", "Olsen", "Park", "Quist", "Rossi", "Sato", "Tanaka", "Ueda", "Vogel", "Weber", "Xu", "Young", "Zanetti"];

// A number below 2^20 that looks like chance: of the row, in SQL and in JavaScript.
const mixed = (salt) => `((i * 2654435761 + ${salt} * 40503) >> 7 & 1048575)`;
const mix = (i, salt) => Number(((BigInt(i) * 2654435761n + BigInt(salt) * 40503n) >> 7n) & 1048575n);

class Seeded {
  constructor(state) {
    this.storage = state.storage;
    this.sql = state.storage.sql;
  }

  async fetch(request) {
    const { part, from, to, now, counts } = await request.json();
    for (let first = from; first <= to; first += CHUNK) {
      const last = Math.min(to, first + CHUNK - 1);
      this.storage.transactionSync(() => this.fill(part, first, last, now, counts));
    }
    return new Response(null, { status: 204 });
  }
}

const numbered = (prefix, number = "i") => `'${prefix}_' || printf('%016d', ${number})`;

const audit = (numbers, action, subject, at, rows) => `INSERT INTO audit (at, actor, action, subject, request_id) ${numbers}
  SELECT ${at}, (SELECT id FROM api_key WHERE kind = 'secret' ORDER BY created_at LIMIT 1), ${action}, ${subject}, ${numbered("req")} ${rows}`;

export class Ledger extends Seeded {
  fill(part, first, last, now, counts) {
    for (const statement of this[part](now, counts)) this.sql.exec(statement, first, last);
  }

  // They join over four months, the first of them before anything else happens.
  referrers(now, { referrers }) {
    const joined = `${now - 120 * DAY} + i * ${119 * DAY} / ${referrers}`;
    const name = `json_extract('${JSON.stringify(FIRST)}', '$[' || (${mixed(1)} % ${FIRST.length}) || ']') || ' ' ||
      json_extract('${JSON.stringify(LAST)}', '$[' || (${mixed(2)} % ${LAST.length}) || ']')`;
    return [
      // Of those who bring nobody, two in three have shared all the same.
      `INSERT INTO referrer (id, code, external_id, created_at, shared_at) ${NUMBERS}
       SELECT ${numbered("rfr")}, printf('s-%07d', i), 'user-' || i, ${joined},
         iif(${mixed(3)} % 3, ${joined} + ${mixed(3)} % ${DAY}, NULL) FROM n`,
      `INSERT INTO person (id, email, name) ${NUMBERS}, named(i, name) AS (SELECT i, ${name} FROM n)
       SELECT ${numbered("rfr")}, lower(replace(name, ' ', '.')) || '.' || i || '@mail.example', name FROM named`,
      audit(NUMBERS, "'referrer.created'", numbered("rfr"), joined, "FROM n"),
      `INSERT INTO outbox (id, type, subject, at, data) ${NUMBERS}
       SELECT 'evt_r' || printf('%015d', i), 'referrer.joined', ${numbered("rfr")}, ${joined},
         json_object('id', ${numbered("rfr")}, 'code', printf('s-%07d', i), 'external_id', 'user-' || i) FROM n`,
    ];
  }

  // Ninety days, a friend each; every tenth is a lead, of every seventh nobody is credited with it. Few referrers bring most.
  conversions(now, { conversions, referrers }) {
    const there = `(${referrers} * (29 * ${conversions} + 90 * i) / (119 * ${conversions}))`;
    const facts = `facts AS MATERIALIZED (
      SELECT i, iif(i % 10 = 0, 'lead', 'sale') AS kind, iif(i % 10 = 0, 'led_', 'sal_') || printf('%016d', i) AS id,
        i % 7 <> 0 AS credited, ${now - 90 * DAY} + i * ${90 * DAY} / ${conversions} - 1000 AS at,
        (190 + ${mixed(3)} % 1800) * 10 AS amount,
        1 + (((${mixed(4)} * ${mixed(5)}) >> 20) * max(${there} - 1, 0) >> 20) AS owner
      FROM n
    )`;
    const from = `${NUMBERS}, ${facts}`;
    const owner = numbered("rfr", "owner");
    const code = "printf('s-%07d', owner)";
    const clicked = "at - 3600000 - i % 86400000";
    const click = "'gwc_' || printf('%051d', i)";
    const at = (ms) => `strftime('%Y-%m-%dT%H:%M:%fZ', (${ms}) / 1000.0, 'unixepoch')`;
    const name = "'clk_' || printf('%018d', i)";
    const attribution = `iif(credited,
      json_object('status', 'attributed', 'referrer_id', ${owner}, 'code', ${code}, 'click_id', ${name}, 'clicked_at', ${at(clicked)},
        'rule', 'last_click', 'terms_version', 1),
      json_object('status', 'unattributed', 'reason', 'no_click'))`;
    const touches = `iif(credited, json_array(json_object('code', ${code}, 'click_id', ${name}, 'clicked_at', ${at(clicked)},
      'referrer_id', ${owner}, 'terms_version', 1, 'outcome', 'won')), json_array())`;
    const trace = `json_object('attribution', json(${attribution}),
      'because', iif(credited, 'This was the last referral link that counted within the window.', 'No referral link was followed before this.'),
      'occurred_at', ${at("at")}, 'model', 'last_click', 'stand_down_minutes', 0, 'window_days', 90, 'first_customer_only', json('false'),
      'terms_version', 1, 'touches', json(${touches}), 'conversion_id', id, 'rules_without_reward', json_array(), 'rules_cut', json_array(),
      'flags', json_array())`;
    const reward = "iif(kind = 'lead', 100, amount / 10)";
    const rule = "iif(kind = 'lead', 'lead_fee', 'referrer_share')";
    const entry = (account, sign) => `INSERT INTO entry (movement, account, currency, amount, reward_id, created_at) ${from}
      SELECT ${numbered("rwd")}, ${account}, 'EUR', ${sign}${reward}, ${numbered("rwd")}, at FROM facts WHERE credited`;
    return [
      `INSERT INTO friend (id, customer_id, referrer_id, code, click_id, clicked_at, created_at) ${from}
       SELECT ${numbered("frd")}, 'customer-' || i, iif(credited, ${owner}, NULL), iif(credited, ${code}, NULL),
         iif(credited, ${click}, NULL), iif(credited, ${clicked}, NULL), at FROM facts`,
      `INSERT INTO touch (friend_id, click_id, code, clicked_at, told_at) ${from}
       SELECT ${numbered("frd")}, ${click}, ${code}, ${clicked}, at FROM facts WHERE credited`,
      `INSERT INTO conversion (id, kind, natural_key, friend_id, customer_id, amount, currency, occurred_at, recorded_at,
         referrer_id, reason, attribution, terms_version, answer) ${from}
       SELECT id, kind, iif(kind = 'lead', 'sign_up customer-' || i, 'S-' || (100000 + i)), ${numbered("frd")}, 'customer-' || i,
         iif(kind = 'sale', amount, NULL), iif(kind = 'sale', 'EUR', NULL), at, at, iif(credited, ${owner}, NULL),
         iif(credited, NULL, 'no_click'), ${attribution}, 1, json_object('id', id, 'attribution', json(${attribution})) FROM facts`,
      `INSERT INTO trace (conversion_id, body) ${from} SELECT id, ${trace} FROM facts`,
      `INSERT INTO reward (id, conversion_id, rule, side, person_id, amount, currency, state, available_at, created_at) ${from}
       SELECT ${numbered("rwd")}, id, ${rule}, 'referrer', ${owner}, ${reward}, 'EUR', 'pending', at + ${30 * DAY}, at FROM facts WHERE credited`,
      entry("'program'", "-"),
      entry(owner, ""),
      // Chained when the ledger is opened, as rows from before the chain are.
      `WITH done(first, last) AS (SELECT ?1, ?2) INSERT INTO unsealed (kind, key)
       SELECT 'entry', seq FROM entry WHERE seq > coalesce((SELECT max(CAST(key AS INTEGER)) FROM unsealed), 0)
       AND (SELECT last FROM done) > 0`,
      audit(from, "kind || '.recorded'", "id", "at", "FROM facts"),
      `INSERT INTO outbox (id, type, subject, at, data) ${from}
       SELECT 'evt_c' || printf('%015d', i), kind || '.recorded', id, at, json_object('id', id, 'customer_id', 'customer-' || i) FROM facts`,
      `INSERT INTO outbox (id, type, subject, at, data) ${from}
       SELECT 'evt_w' || printf('%015d', i), 'reward.granted', ${numbered("rwd")}, at,
         json_object('id', ${numbered("rwd")}, 'conversion_id', id, 'person_id', ${owner}, 'amount', ${reward}, 'currency', 'EUR')
       FROM facts WHERE credited`,
    ];
  }
}

const CHANNELS = ["direct", "whatsapp", "email", "copy", "native", "qr", "x", "facebook", "telegram", "sms", "other"];
const COUNTRIES = ["DE", "US", "FR", "ES", "GB", "NL", "AT", "CH", "IT", "PL", "SE", "JP", "BR", ""];
const HOSTS = ["", "www.example.com", "news.example", "blog.example", "forum.example"];
const DEVICES = ["mobile", "desktop", "tablet"];
// The first often, the last seldom.
const some = (list, number) => list[Math.floor(list.length * (number / 1048576) ** 2.2)];

const SYMBOLS = "0123456789abcdefghjkmnpqrstvwxyz";
function clickName(seconds, nonce) {
  let low = (seconds % 4) * 2 ** 48 + nonce, high = Math.floor(seconds / 4), name = "";
  for (let at = 0; at < 10; at += 1, low = Math.floor(low / 32)) name = SYMBOLS[low % 32] + name;
  for (let at = 0; at < 8; at += 1, high = Math.floor(high / 32)) name = SYMBOLS[high % 32] + name;
  return "clk_" + name;
}

export class ClickShard extends Seeded {
  fill(part, first, last, now, { clicks, referrers }) {
    const rows = [];
    for (let i = first; i <= last; i += 1) {
      const at = now - 90 * DAY + Math.floor((i * 90 * DAY) / clicks) - 1000;
      const there = Math.max(1, Math.floor((referrers * (29 + (90 * i) / clicks)) / 119));
      const owner = 1 + Math.floor((mix(i, 4) / 1048576) * (mix(i, 5) / 1048576) * there);
      rows.push([clickName(Math.floor(at / 1000), i), Math.floor(at / DAY), `s-${String(owner).padStart(7, "0")}`,
        some(CHANNELS, mix(i, 6)), some(DEVICES, mix(i, 7)), some(COUNTRIES, mix(i, 8)), some(HOSTS, mix(i, 9))]);
    }
    this.sql.exec(`INSERT INTO click (id, day, code, channel, device, country, referring_host)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?)`, JSON.stringify(rows));
  }
}

export default {
  fetch(request, env) {
    const url = new URL(request.url);
    const namespace = env[url.searchParams.get("objects")];
    return namespace.get(namespace.idFromName(url.searchParams.get("name"))).fetch(request);
  },
};
