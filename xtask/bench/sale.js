// What `POST /v1/sales` is measured against: a Worker and an object in plain JavaScript that store a sale.
//
// The same as in the edge: the schema with its triggers, every statement and its order (the files themselves, from
// edge/sql), the rows down to the length of their ids, the look-ups before, one transactionSync around the writes, the
// answer's body and headers, one hop from the Worker to the object, the request's body passed on as it comes in.
// What is left out, in this side's favour: keys, validation, the click's signature, idempotency keys, terms that vary,
// the hashes of the chain, which are random bytes here.
import schema1 from "schema_1.sql";
import schema2 from "schema_2.sql";
import schema3 from "schema_3.sql";
import schema4 from "schema_4.sql";
import schema5 from "schema_5.sql";
import schema6 from "schema_6.sql";
import schema7 from "schema_7.sql";
import schema8 from "schema_8.sql";
import schema9 from "schema_9.sql";
import schema10 from "schema_10.sql";
import schema11 from "schema_11.sql";
import schema12 from "schema_12.sql";
import schema13 from "schema_13.sql";
import schema14 from "schema_14.sql";
import schema15 from "schema_15.sql";
import schema16 from "schema_16.sql";
import schema17 from "schema_17.sql";
import schema18 from "schema_18.sql";
import views from "views.sql";
import conversionByNaturalKey from "conversion_by_natural_key.sql";
import friendByCustomer from "friend_by_customer.sql";
import touches from "touches.sql";
import referrersByCodes from "referrers_by_codes.sql";
import refundsWaiting from "refunds_waiting.sql";
import friendInsert from "friend_insert.sql";
import touchInsert from "touch_insert.sql";
import conversionInsert from "conversion_insert.sql";
import traceInsert from "trace_insert.sql";
import rewardsInsert from "rewards_insert.sql";
import entriesInsert from "entries_insert.sql";
import auditInsert from "audit_insert.sql";
import metadataInsert from "metadata_insert.sql";
import linksInsert from "links_insert.sql";
import outboxInsert from "outbox_insert.sql";
import referrerInsert from "referrer_insert.sql";
import doubt from "doubt.sql";
import knownAs from "known_as.sql";
import amounts from "amounts.sql";
import observationInsert from "observation_insert.sql";

const SYMBOLS = "0123456789abcdefghjkmnpqrstvwxyz";
const DAY_MS = 86_400_000;

function newId(prefix) {
  let id = prefix + "_";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += SYMBOLS[byte & 31];
  return id;
}

function newHash() {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The code and the time in a click id, taken at their word. The bench's codes are vanity codes: they stand there as they are.
function readClick(clickId) {
  const text = atob(clickId.slice(4).replaceAll("-", "+").replaceAll("_", "/"));
  let seconds = 0;
  for (let at = 1; at < 6; at += 1) seconds = seconds * 256 + text.charCodeAt(at);
  return { code: text.slice(13, -16), clickedAt: seconds * 1000 };
}

export default {
  fetch(request, env) {
    const ledger = env.LEDGER.get(env.LEDGER.idFromName("live/baseline"));
    return ledger.fetch(request.url, { method: request.method, headers: { meta: newId("req") }, body: request.body });
  },
};

export class Ledger {
  constructor(state) {
    this.storage = state.storage;
    this.sql = state.storage.sql;
    if (this.sql.exec("SELECT 1 FROM sqlite_schema LIMIT 1").toArray().length === 0) {
      const steps = [
        schema1, schema2, schema3, schema4, schema5, schema6, schema7, schema8, schema9, schema10, schema11, schema12, schema13,
        schema14, schema15, schema16, schema17, schema18,
      ];
      for (const step of [...steps, views]) this.sql.exec(step);
    }
    this.links = 0;
    this.entries = 0;
  }

  async fetch(request) {
    const body = await request.json();
    const requestId = request.headers.get("meta");
    if (new URL(request.url).pathname === "/referrers") {
      this.sql.exec(referrerInsert, newId("rfr"), body.code, null, null, Date.now());
      return new Response(null, { status: 201 });
    }
    const extra = Number(new URL(request.url).searchParams.get("extra") ?? 0);
    return new Response(this.record(body, requestId, extra), {
      status: 201,
      headers: {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-request-id": requestId,
      },
    });
  }

  rows(statement, ...bindings) {
    return [...this.sql.exec(statement, ...bindings).raw()];
  }

  // `extra`: rewards beside the usual two.
  record(body, requestId, extra) {
    const now = Date.now();
    const occurredAt = body.occurred_at ? Date.parse(body.occurred_at) : now;
    const [known] = this.rows(conversionByNaturalKey, "sale", body.order_id);
    if (known) return known[4];
    const [friend] = this.rows(friendByCustomer, body.customer_id);
    const told = this.rows(touches, friend ? friend[0] : "", body.customer_id);
    const considered = told.map(([code, clickId, clickedAt]) => ({ code, clickId, clickedAt }));
    if (body.click_id) considered.push({ clickId: body.click_id, ...readClick(body.click_id) });
    if (body.code) considered.push({ code: body.code, clickId: null, clickedAt: occurredAt });
    const codes = considered.map((touch) => touch.code);
    const owners = this.rows(referrersByCodes, JSON.stringify(codes));
    const touch = considered.at(-1);
    const owner = owners.find(([code]) => code === touch.code);
    if (!owner) throw new Error("nobody has joined with " + touch.code);
    const [code, referrerId] = owner;
    const rule = touch.clickId ? "last_click" : "code";
    const attribution = {
      status: "attributed", referrer_id: referrerId, code, click_id: touch.clickId,
      clicked_at: new Date(touch.clickedAt).toISOString(), rule, terms_version: 1,
    };
    const waiting = this.rows(refundsWaiting, body.order_id);
    if (waiting.length > 0) throw new Error("the bench sends no refunds");

    const friendId = friend ? friend[0] : newId("frd");
    // What is doubted: nothing, after the same look-ups. The median of what was paid lately, as the edge takes it.
    const [[short, long]] = this.rows(doubt, referrerId, occurredAt, touch.clickId);
    const known_as = this.rows(knownAs, referrerId, friendId);
    const lately = JSON.parse(this.rows(amounts, body.currency)[0][0]).sort((a, b) => a - b);
    const facts = JSON.stringify({
      in_30_minutes: short + 1, in_24_hours: long + 1, known: known_as.length, amount: body.amount,
      median: lately[lately.length >> 1] ?? null, click_age_ms: touch.clickId ? occurredAt - touch.clickedAt : null,
    });
    const id = newId("sal");
    const availableAt = occurredAt + 30 * DAY_MS;
    const available = new Date(availableAt).toISOString();
    const shown = (rule, to, personId, amount) => ({
      id: newId("rwd"), rule, to, person_id: personId, amount, currency: body.currency, perk: null, coupon: null,
      state: "pending", reason: null, needs_approval: false, reversed_amount: 0, available_at: available,
    });
    const rewards = [
      shown("referrer_share", "referrer", referrerId, Math.floor((body.amount * 1000) / 10_000)),
      shown("friend_gift", "friend", friendId, 500),
      ...Array.from({ length: extra }, (_, at) => shown("extra_" + at, "referrer", referrerId, 100)),
    ];
    const answer = JSON.stringify({
      id, order_id: body.order_id, customer_id: body.customer_id, amount: body.amount, currency: body.currency,
      exchange_rate: null, refunded_amount: 0, occurred_at: new Date(occurredAt).toISOString(), attribution, rewards,
    });
    const trace = JSON.stringify({
      occurred_at: new Date(occurredAt).toISOString(), model: "last_click", stand_down_minutes: 60, window_days: 90, first_customer_only: true, terms_version: 1,
      touches: considered.map((touch) => ({
        code: touch.code, click_id: touch.clickId, clicked_at: new Date(touch.clickedAt).toISOString(),
        referrer_id: referrerId, outcome: "won",
      })),
      attribution, because: "The last click within 90 days decides, and this one won.", conversion_id: id, rules_without_reward: [],
      rules_cut: [], flags: [],
    });
    const rewardRows = rewards.map((r) => [
      r.id, id, r.rule, r.to, r.person_id, r.amount, r.currency, null, r.state, r.reason, "automatic", availableAt, now,
    ]);
    const lines = rewards.flatMap((r) => [
      [r.id, "program", r.currency, -r.amount, r.id, null, now],
      [r.id, r.person_id, r.currency, r.amount, r.id, null, now],
    ]);

    const links = lines.map(() => [(this.links += 1), "entry", String((this.entries += 1)), newHash()]);
    const grants = rewards.map((r) => [newId("evt"), "reward.granted", r.id, now, { conversion_id: id, ...r }]);
    const events = [[newId("evt"), "sale.recorded", id, now, JSON.parse(answer)], ...grants];

    this.storage.transactionSync(() => {
      const { sql } = this;
      if (!friend) sql.exec(friendInsert, friendId, body.customer_id, referrerId, code, touch.clickId, touch.clickedAt, now);
      if (body.click_id) sql.exec(touchInsert, friendId, body.click_id, code, touch.clickedAt, now);
      sql.exec(
        conversionInsert, id, "sale", body.order_id, friendId, body.customer_id, body.amount, body.currency, occurredAt, now,
        referrerId, null, JSON.stringify(attribution), 1, answer,
      );
      if (body.metadata) sql.exec(metadataInsert, id, JSON.stringify(body.metadata));
      sql.exec(traceInsert, id, trace);
      sql.exec(observationInsert, id, facts);
      sql.exec(rewardsInsert, JSON.stringify(rewardRows));
      sql.exec(entriesInsert, JSON.stringify(lines));
      sql.exec(linksInsert, JSON.stringify(links));
      sql.exec(auditInsert, now, "key_0123456789abcdef", "sale.recorded", id, requestId);
      sql.exec(outboxInsert, JSON.stringify(events));
    });
    return answer;
  }
}
