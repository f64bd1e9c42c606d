//! What must hold in every ledger, as queries.

/// What must hold in every ledger, whatever happened to it: each query gives the rows that break the rule.
pub const INVARIANTS: &[(&str, &str)] = &[
    (
        "the entries of a movement add up to nothing",
        "SELECT movement, currency, sum(amount) FROM entry GROUP BY movement, currency HAVING sum(amount) <> 0",
    ),
    (
        "a reward is taken back at most whole",
        "SELECT r.id FROM reward r JOIN entry e ON e.reward_id = r.id AND e.account = r.person_id
         GROUP BY r.id HAVING sum(e.amount) < 0 OR sum(e.amount) > r.amount",
    ),
    (
        "a reward is granted by one entry of its whole amount",
        "SELECT r.id FROM reward r WHERE r.perk IS NULL AND 1 <> (SELECT count(*) FROM entry e
         WHERE e.reward_id = r.id AND e.account = r.person_id AND e.taken_back_by IS NULL AND e.amount = r.amount)",
    ),
    (
        "one reward per conversion, rule and person, once for each time the credit came to them, and one that stands",
        "SELECT conversion_id FROM reward GROUP BY conversion_id, rule, person_id, credit_number HAVING count(*) > 1
         UNION ALL
         SELECT r.conversion_id FROM reward r JOIN conversion c ON c.id = r.conversion_id
         WHERE (r.perk IS NULL AND (SELECT sum(e.amount) FROM entry e WHERE e.reward_id = r.id AND e.account = r.person_id) > 0)
           OR (r.perk IS NOT NULL AND r.state <> 'voided')
         GROUP BY r.conversion_id, r.rule, r.person_id HAVING count(*) > 1",
    ),
    (
        "the rewards of a sale are at most the sale, a milestone's flat prize aside",
        "SELECT c.id FROM conversion c JOIN reward r ON r.conversion_id = c.id LEFT JOIN exchange x ON x.conversion_id = c.id
         WHERE c.kind = 'sale' AND NOT EXISTS (
           SELECT 1 FROM terms t, json_each(t.body, '$.rewards') rule
           WHERE t.version IN (SELECT c.terms_version UNION SELECT m.terms_version FROM reattribution m WHERE m.conversion_id = c.id)
           AND rule.value ->> '$.id' = r.rule AND rule.value ->> '$.pay.flat' IS NOT NULL
           AND coalesce(rule.value ->> '$.when.every', rule.value ->> '$.when.at') IS NOT NULL)
         AND (r.side = 'friend' OR r.credit_number = (SELECT coalesce(max(number), 0) FROM reattribution WHERE conversion_id = c.id))
         GROUP BY c.id HAVING sum(r.amount) > coalesce(x.amount, c.amount)",
    ),
    (
        "a perk has no entries",
        "SELECT r.id FROM reward r JOIN entry e ON e.reward_id = r.id WHERE r.perk IS NOT NULL",
    ),
    (
        "a line pays its rewards and what it carries",
        "SELECT l.id FROM payout_line l
         WHERE l.amount <> l.carried_amount + (SELECT coalesce(sum(i.amount), 0) FROM payout_item i WHERE i.line_id = l.id)",
    ),
    (
        "a reward is paid by one line of its person, or of whom they are joined to, and a perk by none",
        "SELECT r.id FROM reward r LEFT JOIN payout_item i ON i.reward_id = r.id AND i.freed_at IS NULL
         LEFT JOIN payout_line l ON l.id = i.line_id
         WHERE (r.state = 'paid' AND r.perk IS NULL AND (l.state IS NULL OR l.state NOT IN ('paid', 'returned')
           OR l.person_id <> r.person_id AND NOT EXISTS (SELECT 1 FROM joined_to j WHERE j.referrer_id = r.person_id AND j.identified_id = l.person_id)))
         OR (r.perk IS NOT NULL AND i.reward_id IS NOT NULL)",
    ),
    (
        "what steps and caps count is what is there",
        "WITH there (account, day, leads, qualified_leads, sales, sold_amount, granted_amount, friends) AS (
           SELECT k.referrer_id, date(c.occurred_at / 1000, 'unixepoch'), c.kind = 'lead', 0, c.kind = 'sale',
             iif(c.currency = (SELECT currency FROM program), c.amount, coalesce(x.amount, 0)), 0, 0
           FROM credit k JOIN conversion c ON c.id = k.id LEFT JOIN exchange x ON x.conversion_id = c.id
           UNION ALL
           SELECT c.referrer_id, date(c.occurred_at / 1000, 'unixepoch'), 0, 1, 0, 0, 0, 0
           FROM lead_stage s JOIN credit c ON c.id = s.lead_id
             WHERE s.seq = (SELECT min(seq) FROM lead_stage WHERE friend_id = s.friend_id AND stage = 'qualified')
           UNION ALL
           SELECT e.account, date(c.occurred_at / 1000, 'unixepoch'), 0, 0, 0, 0, iif(e.account = 'program', -e.amount, e.amount), 0
           FROM entry e JOIN reward r ON r.id = e.reward_id JOIN conversion c ON c.id = r.conversion_id
           WHERE e.account = 'program' OR r.side = 'referrer'
           UNION ALL
           SELECT b.referrer_id, date(b.created_at / 1000, 'unixepoch'), 0, 0, 0, 0, 0, 1 FROM friend_bound b WHERE b.referrer_id IS NOT NULL
           UNION ALL
           SELECT account, day, -leads, -qualified_leads, -sales, -sold_amount, -granted_amount, -friends FROM tally
         )
         SELECT account || ' ' || day FROM there GROUP BY account, day
         HAVING sum(leads) <> 0 OR sum(qualified_leads) <> 0 OR sum(sales) <> 0 OR sum(sold_amount) <> 0 OR sum(granted_amount) <> 0
           OR sum(friends) <> 0",
    ),
    (
        "what referrers earned, day by day, is what the entries say",
        "WITH there AS (
           SELECT account AS person_id, date(created_at / 1000, 'unixepoch') AS day, currency,
             iif(taken_back_by IS NULL, amount, 0) AS granted, iif(taken_back_by IS NULL, 0, amount) AS taken_back
           FROM entry WHERE account GLOB 'rfr_*'
           UNION ALL
           SELECT person_id, day, currency, -granted_amount, -taken_back_amount FROM earning
         )
         SELECT person_id || ' ' || day FROM there GROUP BY person_id, day, currency
         HAVING sum(granted) <> 0 OR sum(taken_back) <> 0",
    ),
    (
        "who has most of late is who has it day by day",
        "WITH there AS (
           SELECT account, leads, sales, sold_amount, granted_amount FROM tally
           WHERE account <> 'program' AND day >= (SELECT day FROM ranking_since)
           UNION ALL
           SELECT account, -leads, -sales, -sold_amount, -granted_amount FROM ranking
         )
         SELECT account FROM there GROUP BY account
         HAVING sum(leads) <> 0 OR sum(sales) <> 0 OR sum(sold_amount) <> 0 OR sum(granted_amount) <> 0",
    ),
    (
        "a report counts what is there",
        "WITH there AS (
           SELECT strftime('%Y-%m-%d', occurred_at / 1000.0, 'unixepoch') AS day, coalesce(currency, '') AS currency,
             (kind = 'lead') AS leads, (kind = 'sale') AS sales, (kind = 'lead' AND credited) AS leads_attributed,
             (kind = 'sale' AND credited) AS sales_attributed, coalesce(amount, 0) AS amount,
             iif(credited, coalesce(amount, 0), 0) AS attributed_amount,
             (kind = 'lead' AND EXISTS (SELECT 1 FROM lead_stage s WHERE s.lead_id = c.id AND s.stage = 'qualified')) AS leads_qualified,
             (kind = 'lead' AND EXISTS (SELECT 1 FROM reward r WHERE r.conversion_id = c.id)) AS leads_rewarded,
             (kind = 'sale' AND EXISTS (SELECT 1 FROM reward r WHERE r.conversion_id = c.id)) AS sales_rewarded,
             0 AS rewards, 0 AS granted_amount
           FROM (SELECT *, EXISTS (SELECT 1 FROM credit n WHERE n.id = conversion.id) AS credited FROM conversion) c
           UNION ALL
           SELECT strftime('%Y-%m-%d', created_at / 1000.0, 'unixepoch'), currency, 0, 0, 0, 0, 0, 0, 0, 0, 0, taken_back_by IS NULL, amount
           FROM entry WHERE account <> 'program'
           UNION ALL
           SELECT day, currency, -leads, -sales, -leads_attributed, -sales_attributed, -amount, -attributed_amount,
             -leads_qualified, -leads_rewarded, -sales_rewarded, -rewards, -granted_amount FROM day_total
         )
         SELECT day || ' ' || currency FROM there GROUP BY day, currency
         HAVING sum(leads) <> 0 OR sum(sales) <> 0 OR sum(leads_attributed) <> 0 OR sum(sales_attributed) <> 0
           OR sum(amount) <> 0 OR sum(attributed_amount) <> 0 OR sum(leads_qualified) <> 0 OR sum(leads_rewarded) <> 0
           OR sum(sales_rewarded) <> 0 OR sum(rewards) <> 0 OR sum(granted_amount) <> 0",
    ),
    (
        "what is owed is what is there",
        "WITH left_of AS (SELECT reward_id, sum(amount) AS amount FROM entry WHERE account <> 'program' GROUP BY reward_id),
         there (person_id, ready, carried) AS (
           SELECT r.person_id, coalesce(o.amount, 0), 0 FROM reward r LEFT JOIN left_of o ON o.reward_id = r.id
           WHERE r.state = 'approved' AND r.perk IS NULL
             AND NOT EXISTS (SELECT 1 FROM payout_item i WHERE i.reward_id = r.id AND i.freed_at IS NULL)
           UNION ALL
           SELECT l.person_id, 0, coalesce(o.amount, 0) - i.amount
           FROM payout_line l JOIN payout_item i ON i.line_id = l.id LEFT JOIN left_of o ON o.reward_id = i.reward_id
           WHERE l.state IN ('paid', 'returned')
           UNION ALL
           SELECT l.person_id, 0, iif(l.state = 'returned', l.amount, 0) - l.carried_amount FROM payout_line l WHERE l.state <> 'failed'
         ),
         sums AS (
           SELECT coalesce(j.identified_id, t.person_id) AS person_id, sum(ready) AS ready, sum(carried) AS carried
           FROM there t LEFT JOIN joined_to j ON j.referrer_id = t.person_id GROUP BY 1
         )
         SELECT coalesce(s.person_id, p.person_id) FROM sums s FULL JOIN payable p ON p.person_id = s.person_id
         WHERE coalesce(s.ready, 0) <> coalesce(p.ready_amount, 0) OR coalesce(s.carried, 0) <> coalesce(p.carried_amount, 0)
         UNION ALL
         SELECT 'all' FROM owed o, (SELECT count(*) AS people, coalesce(sum(ready + carried), 0) AS amount FROM sums WHERE ready + carried > 0) s
         WHERE o.people <> s.people OR o.amount <> s.amount",
    ),
    (
        "a balance is what its rewards come to",
        "WITH sums AS (
           SELECT r.person_id, r.currency, r.state, count(DISTINCT r.id) AS rewards, sum(e.amount) AS amount
           FROM reward r JOIN entry e ON e.reward_id = r.id AND e.account = r.person_id GROUP BY 1, 2, 3
         )
         SELECT coalesce(s.person_id, b.person_id)
         FROM sums s FULL JOIN balance b ON b.person_id = s.person_id AND b.currency = s.currency AND b.state = s.state
         WHERE coalesce(s.rewards, 0) <> coalesce(b.rewards, 0) OR coalesce(s.amount, 0) <> coalesce(b.amount, 0)",
    ),
    (
        "every reward has its credited conversion",
        "SELECT r.id FROM reward r LEFT JOIN credit c ON c.id = r.conversion_id WHERE c.referrer_id IS NULL",
    ),
    (
        "whoever brought a friend is known to have shared, or to be forgotten",
        "SELECT r.id FROM referrer r JOIN friend f ON f.referrer_id = r.id WHERE r.shared_at IS NULL",
    ),
    (
        "every conversion has its trace and its friend",
        "SELECT c.id FROM conversion c LEFT JOIN trace t ON t.conversion_id = c.id LEFT JOIN friend f ON f.id = c.friend_id
         WHERE t.conversion_id IS NULL OR f.id IS NULL",
    ),
    (
        "every entry has its reward",
        "SELECT e.seq FROM entry e LEFT JOIN reward r ON r.id = e.reward_id WHERE r.id IS NULL",
    ),
    (
        "what was refunded of a sale is at most the sale",
        "SELECT c.id FROM conversion c JOIN refund_applied a ON a.conversion_id = c.id
         GROUP BY c.id HAVING sum(a.amount) > c.amount",
    ),
    (
        "a refund whose sale is there has met it",
        "SELECT f.refund_id FROM refund f JOIN conversion c ON c.kind = 'sale' AND c.natural_key = f.order_id
         LEFT JOIN refund_applied a ON a.refund_id = f.refund_id AND a.conversion_id = c.id WHERE a.refund_id IS NULL",
    ),
    (
        "what is taken back of a reward is the refunded share of it, to the minor unit, unless a person took it back",
        "SELECT r.id FROM reward r JOIN conversion c ON c.id = r.conversion_id AND c.kind = 'sale' AND c.amount > 0
         WHERE abs(
           (SELECT coalesce(-sum(e.amount), 0) FROM entry e WHERE e.reward_id = r.id AND e.account = r.person_id AND e.taken_back_by IS NOT NULL) * c.amount
           - (SELECT coalesce(sum(a.amount), 0) FROM refund_applied a WHERE a.conversion_id = c.id) * r.amount) >= c.amount
         AND NOT EXISTS (SELECT 1 FROM flag g JOIN flag_decision d ON d.flag_id = g.id
           WHERE g.conversion_id = c.id AND d.decision = 'confirmed')
         AND NOT EXISTS (SELECT 1 FROM reward_decision d WHERE d.reward_id = r.id AND d.decision = 'void')
         AND (r.side = 'friend' OR r.credit_number = (SELECT coalesce(max(number), 0) FROM reattribution WHERE conversion_id = c.id))",
    ),
    (
        "every command left one audit row",
        "SELECT s.subject FROM (
           SELECT c.id AS subject FROM conversion c UNION ALL SELECT f.id FROM refund f UNION ALL
           SELECT r.id FROM referrer r UNION ALL SELECT k.id FROM claim k) s
         LEFT JOIN audit a ON a.subject = s.subject AND a.action NOT IN
           ('referrer.changed', 'referrer.identified', 'referrer.link_added', 'referrer.joined_to', 'lead.qualified', 'lead.rejected',
            'sale.rate_told', 'referrer.grouped', 'referrer.target_changed', 'referrer.suspended', 'referrer.reinstated', 'referrer.browser_told', 'person.erased',
            'portal.link_made', 'portal.entered')
         GROUP BY s.subject HAVING count(a.seq) <> 1
         UNION ALL
         SELECT s.lead_id FROM lead_stage s WHERE s.decided_by = 'person'
           AND 1 <> (SELECT count(*) FROM audit a WHERE a.subject = s.lead_id AND a.action = 'lead.' || s.stage)
         UNION ALL
         SELECT s.referrer_id FROM suspension s GROUP BY s.referrer_id, s.state
         HAVING count(*) <> (SELECT count(*) FROM audit a WHERE a.subject = s.referrer_id AND a.action = 'referrer.' || s.state)
         UNION ALL
         SELECT d.reward_id FROM reward_decision d WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.subject = d.reward_id)",
    ),
    (
        "whoever is joined to another is anonymous, the other is identified, and the audit log says when",
        "SELECT j.referrer_id FROM joined_to j LEFT JOIN referrer a ON a.id = j.referrer_id LEFT JOIN referrer b ON b.id = j.identified_id
         WHERE a.external_id IS NOT NULL OR b.external_id IS NULL
         OR 1 <> (SELECT count(*) FROM audit u WHERE u.subject = j.referrer_id AND u.action = 'referrer.joined_to')",
    ),
    (
        "a conversion tells everybody once whose link it met",
        "SELECT u.conversion_seq FROM runner_up u LEFT JOIN conversion c ON c.seq = u.conversion_seq
         WHERE c.seq IS NULL OR c.referrer_id = u.referrer_id",
    ),
    (
        "the credit goes on from whoever had it, by an upheld dispute of whoever gets it, and the customer goes with it",
        "SELECT x.id FROM reattribution x JOIN conversion c ON c.id = x.conversion_id
         LEFT JOIN reattribution b ON b.conversion_id = x.conversion_id AND b.number = x.number - 1
         WHERE x.lost_by IS NOT coalesce(b.referrer_id, c.referrer_id) OR (x.number > 1 AND b.seq IS NULL)
           OR x.lost_by IS x.referrer_id OR x.friend_id <> c.friend_id OR x.kind <> c.kind
           OR NOT EXISTS (
             SELECT 1 FROM dispute d JOIN dispute_decision e ON e.dispute_id = d.id LEFT JOIN joined_to j ON j.referrer_id = d.referrer_id
             WHERE d.id = x.dispute_id AND e.decision = 'upheld' AND e.decided_at = x.decided_at
               AND x.referrer_id IN (d.referrer_id, j.identified_id))
           OR 1 <> (SELECT count(*) FROM audit a WHERE a.subject = x.dispute_id AND a.action = 'dispute.decided')",
    ),
    (
        "nothing is left to whoever lost the credit",
        "SELECT r.id FROM reward r JOIN conversion c ON c.id = r.conversion_id
         WHERE r.side = 'referrer' AND r.credit_number < (SELECT coalesce(max(number), 0) FROM reattribution WHERE conversion_id = c.id)
           AND ((r.perk IS NULL AND (r.state NOT IN ('paid', 'voided')
               OR 0 <> (SELECT sum(e.amount) FROM entry e WHERE e.reward_id = r.id AND e.account = r.person_id)))
             OR (r.perk IS NOT NULL AND r.state NOT IN ('paid', 'voided')))",
    ),
    (
        "every message of a dispute left an audit row",
        "SELECT m.dispute_id FROM dispute_message m GROUP BY m.dispute_id
         HAVING count(*) <> (SELECT count(*) FROM audit a WHERE a.subject = m.dispute_id AND a.action = 'dispute.message')",
    ),
    (
        "sequences have no gaps",
        "SELECT 'conversion ' || max(seq) FROM conversion HAVING max(seq) <> count(*) UNION ALL
         SELECT 'reattribution ' || max(seq) FROM reattribution HAVING max(seq) <> count(*) UNION ALL
         SELECT 'dispute_message ' || max(seq) FROM dispute_message HAVING max(seq) <> count(*) UNION ALL
         SELECT 'reward ' || max(seq) FROM reward HAVING max(seq) <> count(*) UNION ALL
         SELECT 'lead_stage ' || max(seq) FROM lead_stage HAVING max(seq) <> count(*) UNION ALL
         SELECT 'reward_decision ' || max(seq) FROM reward_decision HAVING max(seq) <> count(*) UNION ALL
         SELECT 'entry ' || max(seq) FROM entry HAVING max(seq) <> count(*) UNION ALL
         SELECT 'audit ' || max(seq) FROM audit HAVING max(seq) <> count(*) UNION ALL
         SELECT 'link ' || max(seq) FROM link HAVING max(seq) <> count(*) UNION ALL
         SELECT 'outbox ' || max(seq) FROM outbox HAVING max(seq) <> count(*)",
    ),
    (
        "every event has its cause",
        "SELECT o.type, o.subject FROM outbox o WHERE NOT CASE o.type
           WHEN 'referrer.joined' THEN EXISTS (SELECT 1 FROM referrer WHERE id = o.subject)
           WHEN 'lead.recorded' THEN EXISTS (SELECT 1 FROM conversion WHERE id = o.subject AND kind = 'lead')
           WHEN 'lead.qualified' THEN EXISTS (SELECT 1 FROM lead_stage WHERE lead_id = o.subject AND stage = 'qualified')
           WHEN 'sale.recorded' THEN EXISTS (SELECT 1 FROM conversion WHERE id = o.subject AND kind = 'sale')
           WHEN 'sale.refunded' THEN EXISTS (SELECT 1 FROM refund_applied WHERE refund_id = o.subject)
           WHEN 'reward.granted' THEN EXISTS (SELECT 1 FROM reward WHERE id = o.subject)
           WHEN 'reward.held' THEN EXISTS (SELECT 1 FROM reward w WHERE w.id = o.subject AND (
             EXISTS (SELECT 1 FROM flag g WHERE g.conversion_id = w.conversion_id)
             OR EXISTS (SELECT 1 FROM suspension s WHERE s.at <= o.at AND s.state = 'suspended' AND (
               s.referrer_id = w.person_id OR s.referrer_id IN (SELECT referrer_id FROM joined_to WHERE identified_id = w.person_id)))))
           WHEN 'reward.approved' THEN EXISTS (SELECT 1 FROM reward WHERE id = o.subject AND available_at <= o.at
             AND (state <> 'pending' OR conversion_id IN (SELECT g.conversion_id FROM flag g JOIN flag_decision d ON d.flag_id = g.id)))
           WHEN 'reward.voided' THEN EXISTS (SELECT 1 FROM reward WHERE id = o.subject AND state = 'voided')
           WHEN 'reward.paid' THEN EXISTS (SELECT 1 FROM reward WHERE id = o.subject AND state = 'paid')
           WHEN 'flag.opened' THEN EXISTS (SELECT 1 FROM flag WHERE id = o.subject)
           WHEN 'flag.decided' THEN EXISTS (SELECT 1 FROM flag_decision WHERE flag_id = o.subject)
           WHEN 'dispute.opened' THEN EXISTS (SELECT 1 FROM dispute WHERE id = o.subject)
           WHEN 'dispute.decided' THEN EXISTS (SELECT 1 FROM dispute_decision WHERE dispute_id = o.subject)
           WHEN 'payout.created' THEN EXISTS (SELECT 1 FROM payout WHERE id = o.subject)
           WHEN 'payout.paid' THEN EXISTS (SELECT 1 FROM payout_line WHERE id = o.subject AND state IN ('paid', 'returned'))
           WHEN 'terms.changed' THEN EXISTS (SELECT 1 FROM terms WHERE version = CAST(o.subject AS INTEGER) AND version > 1)
           ELSE 0 END",
    ),
    (
        "every cause has its one event",
        "SELECT c.type, c.subject FROM (
           SELECT 'referrer.joined' AS type, id AS subject FROM referrer UNION ALL
           SELECT kind || '.recorded', id FROM conversion UNION ALL
           SELECT 'sale.refunded', refund_id FROM refund_applied UNION ALL
           SELECT 'reward.granted', id FROM reward UNION ALL
           SELECT 'reward.voided', id FROM reward WHERE state = 'voided' UNION ALL
           SELECT 'lead.qualified', lead_id FROM lead_stage WHERE stage = 'qualified' UNION ALL
           SELECT 'reward.paid', id FROM reward WHERE state = 'paid' UNION ALL
           SELECT 'payout.created', id FROM payout UNION ALL
           SELECT 'payout.paid', id FROM payout_line WHERE state IN ('paid', 'returned') UNION ALL
           SELECT 'flag.opened', id FROM flag UNION ALL
           SELECT 'flag.decided', flag_id FROM flag_decision UNION ALL
           SELECT 'dispute.opened', id FROM dispute UNION ALL
           SELECT 'dispute.decided', dispute_id FROM dispute_decision UNION ALL
           SELECT 'terms.changed', version || '' FROM terms WHERE version > 1) c
         LEFT JOIN outbox o ON +o.type = c.type AND o.subject = c.subject
         GROUP BY c.type, c.subject HAVING count(o.seq) <> 1",
    ),
    (
        "who is owed a reward was told so",
        "SELECT r.id FROM reward r WHERE r.state IN ('approved', 'paid')
         AND r.id NOT IN (SELECT subject FROM outbox WHERE type = 'reward.approved')",
    ),
    (
        "nothing happens to a reward after it was voided",
        "SELECT o.subject FROM outbox o
         JOIN (SELECT subject, min(seq) AS at FROM outbox WHERE type = 'reward.voided' GROUP BY subject) v ON v.subject = o.subject
         WHERE o.type LIKE 'reward.%' AND o.seq > v.at",
    ),
];
