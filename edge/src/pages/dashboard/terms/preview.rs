//! A draft that was looked at: what it promises, what changes, what it would have granted.

use super::changes::{self, Change};
use crate::pages::desk::{Desk, Refusal};
use crate::pages::frame::Frame;
use crate::problem::Problem;
use referral::promise::Promise;
use serde_json::{Value, json};

/// Most conversions a draft is tried on.
const MOST: u32 = 1000;

/// What a draft would have granted: to whom, what it was, what it would be, how much more.
pub(in crate::pages::dashboard) struct Tried {
    pub(in crate::pages::dashboard) over: String,
    pub(in crate::pages::dashboard) rows: Vec<[String; 4]>,
}

/// A draft that was looked at.
pub(in crate::pages::dashboard) struct Preview {
    pub(in crate::pages::dashboard) promise: Promise,
    pub(in crate::pages::dashboard) changes: Vec<Change>,
    pub(in crate::pages::dashboard) tried: Option<Tried>,
    /// What is said where it was tried on nothing.
    pub(in crate::pages::dashboard) untried: &'static str,
    /// Where it is saved.
    pub(in crate::pages::dashboard) path: String,
}

impl Preview {
    /// Looks at what is wanted in place of what is in force, of a group or of the program. Nothing is stored.
    pub(in crate::pages::dashboard) async fn of(
        desk: &Desk<'_>,
        frame: &Frame,
        (in_force, wanted): (&Value, &Value),
        promise: Promise,
        group: Option<&str>,
    ) -> Result<Result<Self, Refusal>, Problem> {
        let body = json!({ "terms": wanted, "limit": MOST, "group_id": group });
        let answer = match desk.tell::<Value>("POST", "/v1/terms/simulate", None, &body).await? {
            Ok(answer) => answer,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let page = group.map(|id| format!("settings/groups/{id}"));
        Ok(Ok(Self {
            promise,
            changes: changes::between(frame, in_force, wanted),
            tried: tried(frame, &answer, group.is_some()),
            // Those of a group are looked for among the newest alone: there may be older ones.
            untried: match group {
                Some(_) => frame.t("groups.nothing_to_try"),
                None => frame.t("terms.nothing_to_try"),
            },
            path: frame.to(page.as_deref().unwrap_or("terms")),
        }))
    }
}

fn tried(frame: &Frame, answer: &Value, of_group: bool) -> Option<Tried> {
    let conversions = answer.get("conversions").and_then(Value::as_u64).filter(|count| *count > 0)?;
    let amount = |name: &str, side: &str| {
        answer.pointer(&format!("/{name}/{side}/amount")).and_then(Value::as_i64).unwrap_or(0)
    };
    let row = |label: &str, sides: &[&str]| {
        let sum = |name: &str| sides.iter().map(|side| amount(name, side)).sum::<i64>();
        let (granted, draft) = (sum("granted"), sum("draft"));
        let more = draft - granted;
        let sign = if more > 0 { "+" } else { "" };
        [
            frame.t(label).to_owned(),
            frame.money(granted),
            frame.money(draft),
            format!("{sign}{}", frame.money(more)),
        ]
    };
    let mut over = frame.words.counted("terms.tried", conversions);
    if of_group {
        over = format!("{over}, {}", frame.t("groups.tried"));
    }
    Some(Tried {
        over,
        rows: vec![
            row("terms.to_referrers", &["referrer"]),
            row("terms.to_friends", &["friend"]),
            row("terms.together", &["referrer", "friend"]),
        ],
    })
}
