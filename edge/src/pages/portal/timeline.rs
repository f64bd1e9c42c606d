//! What happened around a conversion, as far as it is a referrer's to know, in the order in which it happened.

use super::conversions::{list_of, text};
use super::frame::Frame;
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

/// Links that were followed, the conversion, what was decided, refunds, where the credit went.
pub(super) fn of(frame: &Frame, story: &Value) -> Vec<Moment> {
    let mut moments = Vec::new();
    let mut add = |at: &str, title: &str, detail: String, kind: &'static str| {
        if !at.is_empty() {
            let (at, when, title) = (at.to_owned(), frame.words.time(at), title.to_owned());
            moments.push(Moment { at, when, title, detail, kind });
        }
    };
    // Which touches were clicks is the merchant's to know; that a code won is said beside it.
    let by_code = story.get("attribution").is_some_and(|credit| text(credit, "rule") == "code");
    for touch in list_of(story, "touches") {
        let mine = touch.get("referrer_id").is_some_and(|id| !id.is_null());
        let outcome = text(touch, "outcome");
        let title = frame.t(match (mine, by_code && outcome == "won") {
            (true, true) => "portal.moment.code",
            (true, false) => "portal.moment.own",
            (false, _) => "portal.moment.other",
        });
        let kind = if outcome == "won" { "won" } else { "lost" };
        let detail = match outcome {
            "won" => frame.t("outcome.won").to_owned(),
            outcome => frame.words.of("portal.reason", outcome),
        };
        add(text(touch, "clicked_at"), title, detail, kind);
    }
    let happened = if text(story, "kind") == "sale" { "portal.moment.sale" } else { "portal.moment.lead" };
    add(text(story, "occurred_at"), frame.t(happened), String::new(), "here");
    for step in list_of(story, "stages") {
        let title = frame.words.of("portal.moment.stage", text(step, "stage"));
        add(text(step, "decided_at"), &title, text(step, "reason").to_owned(), "");
    }
    for refund in list_of(story, "refunds") {
        add(text(refund, "applied_at"), frame.t("portal.moment.refund"), String::new(), "lost");
    }
    for flag in list_of(story, "flags") {
        let title = frame.words.of("portal.moment.flag", text(flag, "status"));
        add(text(flag, "decided_at"), &title, String::new(), "");
    }
    for decision in list_of(story, "decisions") {
        let title = frame.words.of("portal.moment.decision", text(decision, "decision"));
        add(text(decision, "decided_at"), &title, String::new(), "");
    }
    for moved in list_of(story, "reattributions") {
        let lost = moved.get("lost_by").is_some_and(|id| !id.is_null());
        let title = frame.t(if lost { "portal.moment.lost" } else { "portal.moment.moved" });
        add(text(moved, "decided_at"), title, String::new(), if lost { "lost" } else { "won" });
    }
    // RFC 3339 in UTC with the same digits sorts as text; what happened at once keeps its order.
    moments.sort_by(|one, other| one.at.cmp(&other.at));
    moments
}
