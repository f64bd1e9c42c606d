-- What answers show of the ledger, and who has what now. Made anew whenever this file has changed; a step never speaks of
-- a view.

CREATE VIEW friend_bound AS
SELECT f.id, f.customer_id, f.created_at,
  iif(b.seq IS NULL, f.referrer_id, b.referrer_id) AS referrer_id,
  iif(b.seq IS NULL, f.code, b.code) AS code,
  iif(b.seq IS NULL, f.click_id, iif(b.referrer_id IS NULL, NULL, b.click_id)) AS click_id,
  iif(b.seq IS NULL, f.clicked_at, b.clicked_at) AS clicked_at,
  b.seq IS NOT NULL AND b.referrer_id IS NULL AS unbound
FROM friend f LEFT JOIN rebinding b ON b.seq = (SELECT max(n.seq) FROM rebinding n WHERE n.friend_id = f.id);

-- Every credited conversion, with whom it is credited to now.
CREATE VIEW credit AS
SELECT c.seq, c.id, c.kind, c.friend_id, c.customer_id, c.occurred_at, c.recorded_at, c.referrer_id, c.terms_version, c.attribution
FROM conversion c
WHERE c.referrer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = c.id)
UNION ALL
SELECT c.seq, c.id, c.kind, c.friend_id, c.customer_id, c.occurred_at, c.recorded_at, x.referrer_id, x.terms_version, x.attribution
FROM reattribution x JOIN conversion c ON c.id = x.conversion_id
WHERE NOT EXISTS (SELECT 1 FROM reattribution y WHERE y.conversion_id = x.conversion_id AND y.number > x.number);

-- What lists show, as JSON texts.
CREATE VIEW reward_shown AS
SELECT r.seq, r.id, r.conversion_id, r.person_id, json_object(
  'id', r.id,
  'conversion_id', r.conversion_id,
  'rule', r.rule,
  'to', r.side,
  'person_id', r.person_id,
  'amount', r.amount,
  'currency', r.currency,
  'perk', r.perk,
  'coupon', (SELECT c.code FROM coupon c WHERE c.reward_id = r.id),
  'state', iif(r.perk IS NOT NULL AND r.state = 'paid', 'fulfilled', r.state),
  'reason', r.reason,
  'needs_approval', json(iif(r.approval = 'manual' AND r.state IN ('pending', 'held'), 'true', 'false')),
  'reversed_amount', (
    SELECT coalesce(-sum(e.amount), 0) FROM entry e
    WHERE e.reward_id = r.id AND e.account <> 'program' AND e.taken_back_by IS NOT NULL
  ),
  'available_at', strftime('%Y-%m-%dT%H:%M:%fZ', r.available_at / 1000.0, 'unixepoch'),
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', r.created_at / 1000.0, 'unixepoch')
) AS body
FROM reward r;

CREATE VIEW lead_shown AS
SELECT c.seq, c.id, json_object(
  'id', c.id,
  'customer_id', c.customer_id,
  'event', substr(c.natural_key, 1, instr(c.natural_key, ' ') - 1),
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  'recorded_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.recorded_at / 1000.0, 'unixepoch'),
  'stage', coalesce((SELECT s.stage FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1), 'new'),
  'stage_reason', (SELECT nullif(s.reason, '') FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1),
  'attribution', json(coalesce(
    (SELECT x.attribution FROM reattribution x WHERE x.conversion_id = c.id ORDER BY x.number DESC LIMIT 1), c.attribution
  )),
  'rewards', (SELECT json_group_array(json(r.body)) FROM (SELECT body FROM reward_shown WHERE conversion_id = c.id ORDER BY seq) r),
  'metadata', (SELECT json(m.body) FROM metadata m WHERE m.conversion_id = c.id)
) AS body
FROM conversion c
WHERE c.kind = 'lead';

CREATE VIEW sale_shown AS
SELECT c.seq, c.id, json_object(
  'id', c.id,
  'order_id', c.natural_key,
  'customer_id', c.customer_id,
  'amount', c.amount,
  'currency', c.currency,
  'exchange_rate', (SELECT x.rate FROM exchange x WHERE x.conversion_id = c.id),
  'refunded_amount', (SELECT coalesce(sum(a.amount), 0) FROM refund_applied a WHERE a.conversion_id = c.id),
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  'recorded_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.recorded_at / 1000.0, 'unixepoch'),
  'attribution', json(coalesce(
    (SELECT x.attribution FROM reattribution x WHERE x.conversion_id = c.id ORDER BY x.number DESC LIMIT 1), c.attribution
  )),
  'rewards', (SELECT json_group_array(json(r.body)) FROM (SELECT body FROM reward_shown WHERE conversion_id = c.id ORDER BY seq) r),
  'metadata', (SELECT json(m.body) FROM metadata m WHERE m.conversion_id = c.id)
) AS body
FROM conversion c
WHERE c.kind = 'sale';

-- Leads and sales in one list.
CREATE VIEW conversion_shown AS
SELECT c.seq, c.id, json_object(
  'id', c.id,
  'kind', c.kind,
  'order_id', iif(c.kind = 'sale', c.natural_key, NULL),
  'event', iif(c.kind = 'lead', substr(c.natural_key, 1, instr(c.natural_key, ' ') - 1), NULL),
  'customer_id', c.customer_id,
  'amount', c.amount,
  'currency', c.currency,
  'refunded_amount', (SELECT coalesce(sum(a.amount), 0) FROM refund_applied a WHERE a.conversion_id = c.id),
  'occurred_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.occurred_at / 1000.0, 'unixepoch'),
  'referrer_id', coalesce((SELECT x.referrer_id FROM reattribution x WHERE x.conversion_id = c.id ORDER BY x.number DESC LIMIT 1), c.referrer_id),
  'reason', iif(EXISTS (SELECT 1 FROM reattribution x WHERE x.conversion_id = c.id), NULL, c.reason),
  'stage', iif(c.kind = 'lead', coalesce((SELECT s.stage FROM lead_stage s WHERE s.lead_id = c.id ORDER BY s.seq DESC LIMIT 1), 'new'), NULL),
  'flagged', json(iif(EXISTS (
    SELECT 1 FROM flag f WHERE f.conversion_id = c.id AND NOT EXISTS (SELECT 1 FROM flag_decision d WHERE d.flag_id = f.id)
  ), 'true', 'false'))
) AS body
FROM conversion c;

CREATE VIEW refund_shown AS
SELECT f.seq, f.id, json_object(
  'id', f.id,
  'refund_id', f.refund_id,
  'order_id', f.order_id,
  'amount', f.amount,
  'status', iif(a.refund_id IS NULL, 'waiting', 'applied'),
  'applied_amount', a.amount,
  'sale_id', a.conversion_id,
  'recorded_at', strftime('%Y-%m-%dT%H:%M:%fZ', f.recorded_at / 1000.0, 'unixepoch')
) AS body
FROM refund f LEFT JOIN refund_applied a ON a.refund_id = f.refund_id;

CREATE VIEW claim_shown AS
SELECT c.seq, c.id, json_object(
  'id', c.id,
  'status', iif(f.id IS NULL, 'unverified', 'confirmed'),
  'code', c.code,
  'click_id', c.click_id,
  'clicked_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.clicked_at / 1000.0, 'unixepoch'),
  'customer_id', c.customer_id,
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.created_at / 1000.0, 'unixepoch')
) AS body
FROM claim c LEFT JOIN friend f ON f.customer_id = c.customer_id;

CREATE VIEW flag_shown AS
SELECT f.seq, f.id, f.rule, f.weight, f.referrer_id, coalesce(d.decision, 'open') AS status, f.created_at, json_object(
  'id', f.id,
  'conversion_id', f.conversion_id,
  'referrer_id', f.referrer_id,
  'rule', f.rule,
  'weight', f.weight,
  'evidence', json(f.evidence),
  'settings_version', f.settings_version,
  'status', coalesce(d.decision, 'open'),
  'unbound', json(iif(EXISTS (SELECT 1 FROM rebinding b WHERE b.cause = f.id), 'true', 'false')),
  'note', d.note,
  'notes', (
    SELECT json_group_array(json_object(
      'note', n.note,
      'by', n.actor,
      'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', n.created_at / 1000.0, 'unixepoch')
    ) ORDER BY n.seq) FROM flag_note n WHERE n.flag_id = f.id
  ),
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', f.created_at / 1000.0, 'unixepoch'),
  'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', d.decided_at / 1000.0, 'unixepoch')
) AS body
FROM flag f LEFT JOIN flag_decision d ON d.flag_id = f.id;

-- A dispute is open until somebody answers, then waits for the other side, then is decided. Those without a day of their own
-- are due after 14. The trace is shown by what reads this.
CREATE VIEW dispute_shown AS
SELECT d.seq, d.id, d.referrer_id, e.decision, coalesce(d.due_at, d.created_at + 1209600000) AS due_at, json_object(
  'id', d.id,
  'referrer_id', d.referrer_id,
  'about', d.about,
  'opened_by', d.opened_by,
  'message', (SELECT m.body FROM message m WHERE m.dispute_id = d.id),
  'messages', (
    SELECT json_group_array(json_object(
      'id', m.id,
      'by', m.author,
      'message', nullif(m.body, ''),
      'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', m.created_at / 1000.0, 'unixepoch')
    ))
    FROM (SELECT * FROM dispute_message WHERE dispute_id = d.id ORDER BY seq) m
  ),
  'status', coalesce(e.decision, (
    SELECT iif(m.author = 'merchant', 'waiting_for_referrer', 'waiting_for_merchant')
    FROM dispute_message m WHERE m.dispute_id = d.id ORDER BY m.seq DESC LIMIT 1
  ), 'open'),
  'note', nullif(e.note, ''),
  'reattribution', json((
    SELECT json_object('conversion_id', x.conversion_id, 'lost_by', x.lost_by, 'referrer_id', x.referrer_id)
    FROM reattribution x WHERE x.dispute_id = d.id
  )),
  'due_at', strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(d.due_at, d.created_at + 1209600000) / 1000.0, 'unixepoch'),
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', d.created_at / 1000.0, 'unixepoch'),
  'decided_at', strftime('%Y-%m-%dT%H:%M:%fZ', e.decided_at / 1000.0, 'unixepoch')
) AS body, coalesce(d.trace, (SELECT t.body FROM trace t WHERE t.conversion_id = d.about)) AS trace
FROM dispute d LEFT JOIN dispute_decision e ON e.dispute_id = d.id;

-- Whoever is joined to another has everything of theirs shown there.
CREATE VIEW referrer_shown AS
SELECT r.seq, r.id, r.code, json_object(
  'id', r.id,
  'code', r.code,
  'further_codes', (
    SELECT json_group_array(o.code) FROM (
      SELECT f.code FROM further_code f WHERE f.referrer_id = r.id
      UNION ALL
      SELECT a.code FROM joined_to k JOIN referrer a ON a.id = k.referrer_id WHERE k.identified_id = r.id
    ) o
  ),
  'external_id', r.external_id,
  'joined_to', j.identified_id,
  'email', p.email,
  'name', p.name,
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', r.created_at / 1000.0, 'unixepoch'),
  'shared_at', strftime('%Y-%m-%dT%H:%M:%fZ', nullif(r.shared_at, 0) / 1000.0, 'unixepoch'),
  'friends', (
    SELECT coalesce(sum(t.friends), 0) FROM tally t WHERE t.account IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ),
  'leads', (
    SELECT coalesce(sum(t.leads), 0) FROM tally t WHERE t.account IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ),
  'sales', (
    SELECT coalesce(sum(t.sales), 0) FROM tally t WHERE t.account IN (
      SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
    )
  ),
  'balances', (
    SELECT json_group_array(json_object('currency', b.currency, 'pending', b.pending, 'approved', b.approved, 'paid', b.paid, 'held', b.held))
    FROM (
      SELECT w.currency,
        sum(iif(w.state = 'pending', w.amount, 0)) AS pending,
        sum(iif(w.state = 'approved', w.amount, 0)) AS approved,
        sum(iif(w.state = 'paid', w.amount, 0)) AS paid,
        sum(iif(w.state = 'held', w.amount, 0)) AS held
      FROM balance w
      WHERE w.person_id IN (
        SELECT r.id WHERE j.identified_id IS NULL UNION ALL SELECT k.referrer_id FROM joined_to k WHERE k.identified_id = r.id
      )
      GROUP BY w.currency
    ) b
  )
) AS body
FROM referrer r
LEFT JOIN person p ON p.id = r.id
LEFT JOIN joined_to j ON j.referrer_id = r.id;

CREATE VIEW event_shown AS
SELECT o.seq, o.id, o.type, json_object(
  'id', o.id,
  'type', o.type,
  'at', strftime('%Y-%m-%dT%H:%M:%fZ', o.at / 1000.0, 'unixepoch'),
  'subject', o.subject,
  'data', json(o.data)
) AS body
FROM outbox o;

-- Who did it may be the program itself, or a person at the dashboard: a merchant's session, or `operator/` and a session of the operator's, or
-- a person whom Cloudflare Access let in.
CREATE VIEW audit_shown AS
SELECT n.seq, n.id, n.actor, n.about, json_object(
  'id', n.id,
  'at', strftime('%Y-%m-%dT%H:%M:%fZ', n.at / 1000.0, 'unixepoch'),
  'actor', n.actor,
  'key_id', n.key_id,
  'session_id', n.session_id,
  'person', n.person,
  'action', n.action,
  'subject', n.subject,
  'request_id', n.request_id
) AS body
FROM (
  SELECT a.seq, 'aud_' || a.seq AS id, a.at, a.action, a.subject, a.request_id, k.id AS key_id,
    substr(a.action, 1, instr(a.action, '.') - 1) AS about,
    CASE k.kind
      WHEN 'secret' THEN 'server'
      WHEN 'publishable' THEN 'page'
      ELSE CASE substr(a.actor, 1, 4) WHEN 'ses_' THEN 'dashboard' WHEN 'prs_' THEN 'referrer' WHEN 'prog' THEN 'program' ELSE 'operator' END
    END AS actor,
    CASE
      WHEN substr(a.actor, 1, 4) IN ('ses_', 'prs_') THEN a.actor
      WHEN substr(a.actor, 1, 13) = 'operator/ses_' THEN substr(a.actor, 10)
    END AS session_id,
    iif(substr(a.actor, 1, 13) = 'operator/acc_', substr(a.actor, 10), NULL) AS person
  FROM audit a LEFT JOIN api_key k ON k.id = a.actor
) n;

CREATE VIEW coupon_shown AS
SELECT c.seq, c.code, json_object(
  'code', c.code,
  'pool', c.pool,
  'friend_id', c.friend_id,
  'reward_id', c.reward_id,
  'uploaded_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.uploaded_at / 1000.0, 'unixepoch'),
  'given_at', strftime('%Y-%m-%dT%H:%M:%fZ', c.given_at / 1000.0, 'unixepoch')
) AS body
FROM coupon c;

CREATE VIEW group_shown AS
SELECT g.seq, g.id, json_object(
  'id', g.id,
  'name', g.name,
  'terms', json((
    SELECT json_set(json(t.body), '$.version', t.version, '$.created_at', strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at / 1000.0, 'unixepoch'))
    FROM group_terms v JOIN terms t ON t.version = v.version WHERE v.group_id = g.id ORDER BY v.version DESC LIMIT 1
  )),
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', g.created_at / 1000.0, 'unixepoch')
) AS body
FROM referrer_group g;

CREATE VIEW payout_shown AS
SELECT p.seq, p.id, json_object(
  'id', p.id,
  'currency', p.currency,
  'minimum_amount', p.minimum_amount,
  'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', p.created_at / 1000.0, 'unixepoch'),
  'lines', (SELECT count(*) FROM payout_line l WHERE l.payout_id = p.id),
  'amount', (SELECT coalesce(sum(l.amount), 0) FROM payout_line l WHERE l.payout_id = p.id),
  'created_amount', (SELECT coalesce(sum(l.amount), 0) FROM payout_line l WHERE l.payout_id = p.id AND l.state = 'created'),
  'paid_amount', (SELECT coalesce(sum(l.amount), 0) FROM payout_line l WHERE l.payout_id = p.id AND l.state = 'paid'),
  'failed_amount', (SELECT coalesce(sum(l.amount), 0) FROM payout_line l WHERE l.payout_id = p.id AND l.state = 'failed'),
  'returned_amount', (SELECT coalesce(sum(l.amount), 0) FROM payout_line l WHERE l.payout_id = p.id AND l.state = 'returned')
) AS body
FROM payout p;
