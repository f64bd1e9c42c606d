//! What happened around a conversion, in the order in which it happened.

use crate::ledger::desk::Case;
use crate::pages::desk::Names;
use crate::pages::frame::Frame;
use serde_json::Value;

/// Something that happened.
pub(super) struct Moment {
    /// The instant, for machines.
    pub(super) at: String,
    pub(super) when: String,
    pub(super) title: String,
    pub(super) detail: String,
    /// `won`, `lost`, `here`, `doubt` or nothing.
    pub(super) kind: &'static str,
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Every link that was followed, the conversion, refunds, doubts and decisions.
pub(super) fn of(frame: &Frame, names: &Names, case: &Case, kind: &str) -> Vec<Moment> {
    let mut moments = Vec::new();
    let mut add = |at: &str, title: String, detail: String, kind: &'static str| {
        if !at.is_empty() {
            moments.push(Moment { at: at.to_owned(), when: frame.words.time(at), title, detail, kind });
        }
    };
    for touch in case.trace.get("touches").and_then(Value::as_array).into_iter().flatten() {
        let outcome = text(touch, "outcome");
        let owner = match text(touch, "referrer_id") {
            "" => text(touch, "code").to_owned(),
            id => names.of(id),
        };
        let key =
            if touch.get("click_id").is_some_and(Value::is_null) { "moment.code" } else { "moment.click" };
        let detail = frame
            .words
            .known("outcome", outcome)
            .map_or_else(|| frame.words.of("reason", outcome), str::to_owned);
        add(
            text(touch, "clicked_at"),
            frame.words.with(key, &owner),
            detail,
            if outcome == "won" { "won" } else { "lost" },
        );
    }
    let conversion = &case.conversion;
    let happened = if kind == "sale" { "moment.sale" } else { "moment.lead" };
    let amount = conversion.get("amount").and_then(Value::as_i64);
    let detail =
        amount.map(|amount| frame.words.money(amount, text(conversion, "currency"))).unwrap_or_default();
    add(text(conversion, "occurred_at"), frame.t(happened).to_owned(), detail, "here");
    for refund in &case.refunds {
        let amount = refund.get("applied_amount").and_then(Value::as_i64).unwrap_or(0);
        let detail = frame.words.money(amount, text(conversion, "currency"));
        add(text(refund, "recorded_at"), frame.t("moment.refund").to_owned(), detail, "lost");
    }
    for flag in &case.flags {
        let rule = frame.words.of("flag", text(flag, "rule"));
        add(text(flag, "created_at"), frame.t("moment.flag").to_owned(), rule, "doubt");
        let decided = frame.words.of("moment.flag", text(flag, "status"));
        add(text(flag, "decided_at"), decided, text(flag, "note").to_owned(), "");
    }
    // RFC 3339 in UTC with the same digits sorts as text; what happened at once keeps its order.
    moments.sort_by(|one, other| one.at.cmp(&other.at));
    moments
}
