//! How long customers are known: what a merchant sets, and whom it concerns, said before it is set.

use super::super::former::{self, Field};
use super::data;
use crate::ledger::erasure::retention::Concerned;
use crate::pages::desk::Desk;
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use serde_json::{Value, json};

/// The form on the page of what is kept.
pub(super) struct Keeping {
    /// What is typed, or stored.
    pub(super) months: String,
    /// What is stored.
    pub(super) was: String,
    /// What saving it would do, line by line; none before somebody has asked.
    pub(super) preview: Option<Vec<String>>,
}

fn written(frame: &Frame) -> String {
    frame.program.retention.customers_months.map(|months| months.to_string()).unwrap_or_default()
}

impl Keeping {
    /// The form as nobody has touched it.
    pub(super) fn stored(frame: &Frame) -> Self {
        let was = written(frame);
        Self { months: was.clone(), was, preview: None }
    }

    /// The form as somebody filled it in.
    fn typed(frame: &Frame, form: &Form) -> Self {
        let was = written(frame);
        Self { months: former::again(form, "months", was.clone()), was, preview: None }
    }
}

/// What saving a number of months does, in words.
fn said(frame: &Frame, months: Option<u64>, concerned: &Concerned) -> Vec<String> {
    let words = &frame.words;
    let Some(months) = months else { return vec![frame.t("retention.never").to_owned()] };
    let mut said = vec![
        words.with("retention.after", &words.counted("months", months)),
        words.counted("retention.due", concerned.due),
    ];
    if concerned.waiting > 0 {
        said.push(words.counted("retention.waiting", concerned.waiting));
    }
    said
}

/// Shows whom a number of months concerns, and sets it once somebody has seen that.
pub(in crate::pages) async fn change(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    let keeping = Keeping::typed(&frame, form);
    let stored = keeping.was.clone();
    let label = frame.t("retention.months");
    let field = Field { name: "months", label, said: stored.clone(), stored };
    if let Some(refusal) = former::overtaken(&frame.words, form, &[field]) {
        return data::with_retention(desk, frame.refused(refusal), keeping).await;
    }
    // What is no number is refused where it is read.
    let months = match keeping.months.as_str() {
        "" => Value::Null,
        typed => typed.parse::<u64>().map_or_else(|_| json!(typed), |months| json!(months)),
    };
    let retention = json!({ "customers_months": months });
    if !form.has("sure") {
        let outcome = desk.try_inside::<Concerned>("desk/retention", &retention.to_string()).await?;
        return match outcome {
            Ok(concerned) => {
                let preview = Some(said(&frame, months.as_u64(), &concerned));
                data::with_retention(desk, frame, Keeping { preview, ..keeping }).await
            }
            Err(refusal) => data::with_retention(desk, frame.refused(refusal), keeping).await,
        };
    }
    let body = json!({ "retention": retention, "version": frame.program.version });
    match desk.tell::<Value>("PATCH", "/v1/program", None, &body).await? {
        Ok(_) => {
            crate::facts::forget(&desk.signed.uid);
            Ok(Reply::see(&frame.to("settings/data?done=changed")))
        }
        Err(refusal) => data::with_retention(desk, frame.refused(refusal), keeping).await,
    }
}
