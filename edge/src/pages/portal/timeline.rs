//! What happened around a conversion, as far as it is a referrer's to know, in the order in which it happened.

use super::conversions::{list_of, text};
use super::frame::Frame;
use crate::pages::moments::{Moment, Moments};
use serde_json::Value;

/// Links that were followed, the conversion, what was decided, refunds, where the credit went.
pub(super) fn of(frame: &Frame, story: &Value) -> Vec<Moment> {
    let mut moments = Moments::new(&frame.words);
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
            // Of whoever won first, the same to everybody.
            "won" | "reattributed" => frame.words.of("outcome", outcome),
            outcome => frame.words.of("portal.reason", outcome),
        };
        moments.add(text(touch, "clicked_at"), title, detail, kind);
    }
    let happened = if text(story, "kind") == "sale" { "portal.moment.sale" } else { "portal.moment.lead" };
    moments.add(text(story, "occurred_at"), frame.t(happened), String::new(), "here");
    moments.stages(story, "portal.moment.stage");
    for refund in list_of(story, "refunds") {
        moments.add(text(refund, "applied_at"), frame.t("portal.moment.refund"), String::new(), "lost");
    }
    for flag in list_of(story, "flags") {
        let title = frame.words.of("portal.moment.flag", text(flag, "status"));
        moments.add(text(flag, "decided_at"), &title, String::new(), "");
    }
    for decision in list_of(story, "decisions") {
        let title = frame.words.of("portal.moment.decision", text(decision, "decision"));
        moments.add(text(decision, "decided_at"), &title, String::new(), "");
    }
    for moved in list_of(story, "reattributions") {
        let mine = moved.get("referrer_id").is_some_and(|id| !id.is_null());
        let title = frame.t(if mine { "portal.moment.moved" } else { "portal.moment.lost" });
        moments.add(text(moved, "decided_at"), title, String::new(), if mine { "won" } else { "lost" });
    }
    moments.in_order()
}
