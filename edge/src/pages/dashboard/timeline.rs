//! What happened around a conversion, in the order in which it happened.

use super::conversions::given;
use crate::ledger::desk::Case;
use crate::pages::desk::Names;
use crate::pages::frame::Frame;
use crate::pages::moments::{Moment, Moments, list_of, text};
use serde_json::Value;

/// Every link that was followed, the conversion, refunds, doubts and decisions, where the credit went.
pub(super) fn of(frame: &Frame, names: &Names, case: &Case, kind: &str) -> Vec<Moment> {
    let mut moments = Moments::new(&frame.words);
    for touch in list_of(&case.trace, "touches") {
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
        moments.add(
            text(touch, "clicked_at"),
            &frame.words.with(key, &owner),
            detail,
            if outcome == "won" { "won" } else { "lost" },
        );
    }
    let conversion = &case.conversion;
    let happened = if kind == "sale" { "moment.sale" } else { "moment.lead" };
    let amount = conversion.get("amount").and_then(Value::as_i64);
    let detail =
        amount.map(|amount| frame.words.money(amount, text(conversion, "currency"))).unwrap_or_default();
    moments.add(text(conversion, "occurred_at"), frame.t(happened), detail, "here");
    moments.stages(&case.trace, "moment.stage");
    for refund in &case.refunds {
        let amount = refund.get("applied_amount").and_then(Value::as_i64).unwrap_or(0);
        let detail = frame.words.money(amount, text(conversion, "currency"));
        moments.add(text(refund, "recorded_at"), frame.t("moment.refund"), detail, "lost");
    }
    for flag in &case.flags {
        let rule = frame.words.of("flag", text(flag, "rule"));
        moments.add(text(flag, "created_at"), frame.t("moment.flag"), rule, "doubt");
        let decided = frame.words.of("moment.flag", text(flag, "status"));
        moments.add(text(flag, "decided_at"), &decided, text(flag, "note").to_owned(), "");
    }
    for decision in list_of(&case.trace, "decisions") {
        let title = frame.words.of("moment.decision", text(decision, "decision"));
        let detail = became(frame, names, &case.trace, text(decision, "reward_id"));
        moments.add(text(decision, "decided_at"), &title, detail, "");
    }
    for moved in list_of(&case.trace, "reattributions") {
        let to = names.of(text(moved, "referrer_id"));
        let title = match text(moved, "lost_by") {
            "" => frame.words.with("moment.given", &to),
            from => frame.words.with2("moment.moved", &names.of(from), &to),
        };
        moments.add(text(moved, "decided_at"), &title, frame.t("rule.dispute").to_owned(), "won");
    }
    moments.in_order()
}

/// Whose reward was decided about, how much it is, and how it stands since.
fn became(frame: &Frame, names: &Names, story: &Value, reward_id: &str) -> String {
    let reward = list_of(story, "rewards").find(|reward| text(reward, "id") == reward_id);
    let told = |reward| {
        let given = given(frame, names, reward);
        frame.words.filled("moment.reward", &[given.to, given.amount, given.state])
    };
    reward.and_then(told).unwrap_or_default()
}
