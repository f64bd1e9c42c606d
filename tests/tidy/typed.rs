//! What people type may name somebody: of every column that holds texts it is decided what becomes of it when a person is
//! erased.

use crate::none;
use crate::tables::{ledger, texts};
use tests::source::file;

/// Words of people about people, with the statement that takes them out.
const TAKEN_OUT: &[(&str, &str)] = &[
    ("person.email", "person_delete"),
    ("person.name", "person_delete"),
    ("payout_target.name", "payout_target_delete"),
    ("payout_target.iban", "payout_target_delete"),
    ("claim.email", "claims_forget"),
    ("metadata.body", "metadata_delete"),
    ("message.body", "message_delete"),
    ("dispute_message.body", "dispute_message_empty"),
    ("dispute.about", "dispute_matters_empty"),
    ("dispute_decision.note", "dispute_decisions_empty"),
    ("flag_decision.note", "flag_decisions_empty"),
    ("flag_note.note", "flag_notes_delete"),
    ("suspension_note.body", "suspension_notes_delete"),
    ("reward_decision.note", "reward_decisions_empty"),
    ("lead_stage.reason", "lead_stages_empty"),
    ("payout_line.note", "payout_notes_empty"),
    ("observation.body", "observation_delete"),
    ("sighting.network", "sightings_forget"),
    ("sighting.browser", "sightings_forget"),
    ("idempotency.body", "answers_delete"),
    ("was.body", "was_notes_empty"),
];

/// What a merchant or a referrer wrote and stays, each for a reason.
const STAYS: &[(&str, &str)] = &[
    ("program.facts", "the program's own: no person"),
    ("program.body_hash", "a hash of it"),
    ("terms.body", "the same"),
    ("fraud_settings.body", "the same"),
    ("referrer_group.name", "the same"),
    ("coupon.code", "uploaded, given to ids"),
    ("coupon.pool", "the merchant's name for many codes"),
    ("referrer.code", "a code stands in links that were shared; no other may get it"),
    ("further_code.code", "the same"),
    ("friend.code", "the same"),
    ("touch.code", "the same"),
    ("claim.code", "the same"),
    ("rebinding.code", "the same"),
    ("reattribution.code", "the same"),
    ("conversion.natural_key", "orders are recognised by it"),
    ("conversion.metadata", "moved to `metadata` by step 3, and emptied"),
    ("dispute.message", "moved to `message` by step 3, and emptied"),
    ("staged.body", "an import under way, into a ledger with nobody in it"),
    ("imported.answer", "counts"),
    ("session.browser", "two words of ours"),
    ("portal_session.browser", "the same"),
    ("look.body", "the merchant's words for everybody: no person"),
    ("asset.title", "the same"),
    ("asset.body", "the same"),
    ("readiness.note", "the merchant's note on the program"),
    ("page_seen.origin", "a site, for 30 days"),
    ("picture.body", "the merchant's picture for everybody; gone with the last asset that shows it"),
];

/// What we write ourselves: words of ours, sums, numbers, traces of ids.
const OURS: &[&str] = &[
    "asset.locale",
    "asset.media",
    "asset.sum",
    "picture.media",
    "picture.sum",
    "readiness.point",
    "conversion.answer",
    "conversion.attribution",
    "conversion.reason",
    "exchange.rate",
    "flag.evidence",
    "flag.rule",
    "flag_note.actor",
    "idempotency.key",
    "idempotency.route",
    "import.reader",
    "imported.sum",
    "lead_stage.decided_by",
    "link.key",
    "outbox.data",
    "outbox.subject",
    "payout_schedule.every",
    "reading.bounds",
    "reattribution.attribution",
    "reattribution.rules",
    "refund.answer",
    "reward.approval",
    "reward.perk",
    "reward.reason",
    "reward.rule",
    "runner_up.outcome",
    "sighting_salt.salt",
    "suspension.cause",
    "rebinding.cause",
    "trace.body",
    "dispute.trace",
    "audit.action",
    "audit.actor",
    "audit.subject",
    "session.opener",
    "unsealed.key",
    "was.key",
    "was.source",
    "entry.account",
    "entry.movement",
    "entry.taken_back_by",
    "reattribution.lost_by",
    "reward.side",
    "dispute.opened_by",
    "dispute_message.author",
    "dispute_decision.decision",
    "flag_decision.decision",
    "reward_decision.decision",
    "lead_stage.stage",
    "tally.account",
    "ranking.account",
    "outbox.type",
];

/// Names of columns that hold an id, a hash, a day, a kind, a state or a currency, in any table. The merchant's own ids
/// stay, as orders and customers are recognised by them.
fn is_plain(column: &str) -> bool {
    column == "id"
        || ["_id", "_hash"].iter().any(|end| column.ends_with(end))
        || ["hash", "day", "kind", "state", "currency"].contains(&column)
}

#[test]
fn of_every_text_it_is_decided_what_becomes_of_it_when_a_person_is_erased() {
    let columns = texts(
        &ledger(),
        "SELECT t.name || '.' || c.name FROM pragma_table_list t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' AND c.type = 'TEXT' ORDER BY 1",
    );
    assert!(columns.len() > 150, "{} columns", columns.len());
    let listed = |column: &str| {
        let known = TAKEN_OUT.iter().chain(STAYS).map(|(known, _)| *known).chain(OURS.iter().copied());
        known.filter(|known| *known == column).count()
    };
    let name = |column: &str| column.split('.').next_back().unwrap_or_default().to_owned();
    let undecided: Vec<String> =
        columns.iter().filter(|column| listed(column) == 0 && !is_plain(&name(column))).cloned().collect();
    none("is it typed by people? say in tests/tidy/typed.rs", &undecided);
    let twice: Vec<String> = columns.iter().filter(|column| listed(column) > 1).cloned().collect();
    none("decided twice", &twice);
    let all = TAKEN_OUT.iter().chain(STAYS).map(|(known, _)| *known).chain(OURS.iter().copied());
    let gone: Vec<&str> = all.filter(|known| columns.iter().all(|column| column != known)).collect();
    assert_eq!(gone, [""; 0], "there is no such column");
}

#[test]
fn what_is_taken_out_is_taken_out_by_the_erasure() {
    let erasure = file("edge/src/ledger/erasure.rs").expect("the erasure").text;
    let mut wrong = Vec::new();
    for (column, statement) in TAKEN_OUT {
        let (table, column) = column.split_once('.').expect("table and column");
        let text =
            file(&format!("edge/sql/ledger/{statement}.sql")).map(|file| file.text).unwrap_or_default();
        let takes = text.contains(&format!("DELETE FROM {table}"))
            || text.contains(&format!("UPDATE {table} SET {column} = "));
        if !takes || !erasure.contains(&format!("\"ledger/{statement}\"")) {
            wrong.push(format!("{table}.{column}: {statement}"));
        }
    }
    none("stays after an erasure", &wrong);
}

#[test]
fn words_that_were_typed_with_a_decision_can_only_be_taken_out() {
    let database = ledger();
    let run = |statement: &str| database.execute_batch(statement).is_ok();
    for (table, column, key, row) in [
        ("flag_decision", "note", "flag_id", "('w', 'released', 'héllo', 1)"),
        ("dispute_decision", "note", "dispute_id", "('w', 'rejected', 'héllo', 1)"),
        ("reward_decision", "note", "id", "(NULL, 'w', 'r', 'void', 'héllo', 1)"),
        ("lead_stage", "reason", "lead_id", "(NULL, 'w', 'f', NULL, 'rejected', 'héllo', 'person', 1)"),
    ] {
        assert!(run(&format!("INSERT INTO {table} VALUES {row}")), "{table}");
        let set = |value: &str| run(&format!("UPDATE {table} SET {column} = {value} WHERE {key} = 'w'"));
        assert!(!set("'other'") && !set("'xxxxx'"), "{table}");
        assert!(set("'xxxxxx'"), "as many as it had bytes: {table}");
        assert!(!set("'héllo'"), "{table}");
        assert!(set("''"), "{table}");
        assert!(!set("'héllo'"), "what is gone is gone: {table}");
        assert!(!run(&format!("UPDATE {table} SET {key} = {key}")), "{table}");
    }
    assert!(run("INSERT INTO lead_stage VALUES (NULL, 'v', 'f', NULL, 'rejected', 'rule', 'rule', 1)"));
    assert!(!run("UPDATE lead_stage SET reason = 'xxxx' WHERE lead_id = 'v'"), "a rule names nobody");
    assert!(run("INSERT INTO dispute VALUES (NULL, 'w', 'r', 'my friend', '', 1, NULL, 'referrer', NULL)"));
    assert!(!run("UPDATE dispute SET about = 'x' WHERE id = 'w'"));
    assert!(run("UPDATE dispute SET about = id WHERE id = 'w'"));
}
