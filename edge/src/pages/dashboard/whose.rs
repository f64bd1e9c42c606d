//! Whose rows a list shows: everybody's, or those of a referrer who is named by id or code.

use crate::ledger::desk::Name;
use crate::pages::desk::Desk;
use crate::pages::frame::Frame;
use crate::problem::Problem;

/// The referrer that an address names, as far as a field takes it.
pub(super) fn asked(asked: impl Fn(&str) -> Option<String>) -> Option<String> {
    asked("referrer").map(|text| text.chars().take(100).collect())
}

/// The same as it goes on in links after a choice: `&referrer=ada`, or nothing.
pub(super) fn query(typed: Option<&str>) -> String {
    let Some(typed) = typed else { return String::new() };
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("referrer", typed).finish();
    format!("&{query}")
}

/// The field of a list's filter, and what it found.
pub(super) struct Whose {
    /// As it was typed; empty for everybody's.
    pub(super) typed: String,
    /// As [`query`] writes it.
    pub(super) query: String,
    /// Path and name of the referrer; none where nobody is called that.
    pub(super) referrer: Option<(String, String)>,
    /// The list's own path, and the choice that stays: its field and its word.
    pub(super) list: String,
    pub(super) choice: (&'static str, &'static str),
}

impl Whose {
    /// Looks for whom a list was asked.
    pub(super) async fn find(
        desk: &Desk<'_>,
        frame: &Frame,
        (list, choice): (&str, (&'static str, &'static str)),
        typed: Option<String>,
    ) -> Result<Self, Problem> {
        let list = frame.to(list);
        let Some(typed) = typed else {
            return Ok(Self { typed: String::new(), query: String::new(), referrer: None, list, choice });
        };
        let known: Option<Name> = desk.inside_text("desk/whose", &typed).await?;
        Ok(Self {
            query: query(Some(&typed)),
            referrer: known.map(|name| (frame.to(&format!("referrers/{}", name.id)), name.said())),
            typed,
            list,
            choice,
        })
    }

    pub(super) fn is_everybody(&self) -> bool {
        self.typed.is_empty()
    }
}
