//! A program's whole ledger, out into a file and in again. The format is `referral::archive`'s; which tables there are,
//! and in which order their rows come, stands here.

pub(crate) mod export;
pub(crate) mod import;

use crate::sql::Whole;

/// The step of the schema whose tables these are. A file is taken in by an edge with the same step.
const SCHEMA: u32 = 18;

/// Tables of the ledger, each after those its triggers look at. Not among them: `program` (the first line says what
/// matters of it), `tally`, `day_total`, `payable`, `owed`, `balance`, `earning` and `ranking` (their triggers write them
/// anew), sessions, `idempotency` (answers of 48 hours), `unsealed`, where people were seen (salts and hashes of 48 hours,
/// which leave no ledger), and what belongs to exports and imports themselves.
const LEDGER: &[Whole] = &[
    Whole::numbered("terms", &["version"]),
    Whole::numbered("referrer_group", &["seq"]),
    Whole::numbered("group_terms", &["version"]),
    Whole::numbered("referrer", &["seq"]),
    Whole::numbered("membership", &["seq"]),
    Whole::keyed("further_code", &["code"]),
    Whole::keyed("joined_to", &["referrer_id"]),
    Whole::keyed("terms_accepted", &["referrer_id", "version"]),
    Whole::numbered("friend", &["seq"]),
    Whole::keyed("touch", &["friend_id", "click_id"]),
    Whole::numbered("conversion", &["seq"]),
    Whole::keyed("trace", &["conversion_id"]),
    Whole::keyed("runner_up", &["referrer_id", "conversion_seq"]),
    Whole::numbered("lead_stage", &["seq"]),
    Whole::keyed("exchange", &["conversion_id"]),
    Whole::numbered(CLAIM, &["seq"]),
    Whole::numbered("refund", &["seq"]),
    Whole::keyed("refund_applied", &["refund_id"]),
    Whole::numbered("reward", &["seq"]),
    Whole::numbered("reward_decision", &["seq"]),
    Whole::numbered("coupon", &["seq"]),
    Whole::numbered("flag", &["seq"]),
    Whole::numbered("fraud_settings", &["version"]),
    Whole::keyed("flag_decision", &["flag_id"]),
    Whole::numbered("suspension", &["seq"]),
    Whole::numbered(DISPUTE, &["seq"]),
    Whole::keyed("dispute_decision", &["dispute_id"]),
    Whole::numbered("reattribution", &["seq"]),
    Whole::numbered("rebinding", &["seq"]),
    Whole::numbered("entry", &["seq"]),
    Whole::numbered("payout", &["seq"]),
    Whole::numbered("payout_line", &["seq"]),
    Whole::keyed("payout_item", &["line_id", "reward_id"]),
    Whole::numbered("payout_schedule", &["seq"]),
    Whole::numbered("payout_due", &["due_at"]),
    Whole::numbered("link", &["seq"]),
    Whole::numbered("outbox", &["seq"]),
    Whole::numbered("audit", &["seq"]),
    Whole::numbered(API_KEY, &["id"]),
    Whole::numbered("clock", &["id"]),
    Whole::numbered("look", &["version"]),
    Whole::numbered("asset", &["seq"]),
    Whole::keyed("asset_retired", &["asset_id"]),
    Whole::numbered("readiness", &["seq"]),
];

/// Tables that name people, as they are when they are read; left out on wish.
const PERSONAL: &[Whole] = &[
    Whole::numbered("person", &["id"]),
    Whole::numbered("metadata", &["seq"]),
    Whole::numbered("message", &["seq"]),
    Whole::numbered("dispute_message", &["seq"]),
    Whole::numbered("payout_target", &["person_id"]),
    Whole::numbered("flag_note", &["seq"]),
    Whole::keyed("suspension_note", &["suspension_id"]),
    Whole::numbered("observation", &["conversion_seq"]),
    Whole::keyed("own_click", &["click_id"]),
];

/// Columns of other tables that hold words of a person about a person; left out on wish, too.
const WORDS: &[(&str, &str)] = &[
    (CLAIM, "email"),
    ("flag_decision", "note"),
    ("dispute_decision", "note"),
    ("reward_decision", "note"),
    ("lead_stage", "reason"),
    ("payout_line", "note"),
    (DISPUTE, "about"),
];

/// What a dispute is about is an id of ours, or words of the referrer's.
const DISPUTE: &str = "dispute";

/// Whether a table's rows may name somebody.
fn may_name(table: &Whole) -> bool {
    PERSONAL.iter().any(|personal| personal.name == table.name)
        || WORDS.iter().any(|(name, _)| *name == table.name)
}

/// Keys stay where they are: of a key its id, kind and times are exported, for the audit log to name it, not its hash.
const API_KEY: &str = "api_key";

/// Its `email` names a person.
const CLAIM: &str = "claim";

/// All tables, in the order of a file.
fn tables() -> impl Iterator<Item = Whole> {
    LEDGER.iter().chain(PERSONAL).copied()
}
