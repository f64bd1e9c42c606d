//! A form that two people have open. Beside what can be typed it says what it showed (`was.…`): what somebody left as it
//! was is not sent, so that what another desk made of it stays; what both changed is said before it is overwritten.

use crate::pages::desk::{Fault, Refusal};
use crate::pages::form::Form;
use crate::pages::words::Words;

/// A field of a form, with what is stored now.
pub(super) struct Field<'a> {
    pub(super) name: &'static str,
    /// What it is called on the page.
    pub(super) label: &'a str,
    pub(super) stored: String,
    /// The same in words.
    pub(super) said: String,
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn typed(form: &Form, name: &str) -> String {
    plain(form.text(name).unwrap_or_default())
}

/// What the page showed in a field; none where its form does not say so.
fn shown(form: &Form, name: &str) -> Option<String> {
    let was = format!("was.{name}");
    form.has(&was).then(|| typed(form, &was))
}

/// Whether there stands something else than the page showed.
pub(super) fn is_changed(form: &Form, name: &str) -> bool {
    shown(form, name).is_none_or(|was| was != typed(form, name))
}

/// What a field shows when its form comes back: what was typed, or what is stored where nobody typed.
pub(super) fn again(form: &Form, name: &str, stored: String) -> String {
    if is_changed(form, name) { form.text(name).unwrap_or_default().to_owned() } else { stored }
}

/// What this form changes and another desk has changed to something else since it was shown.
pub(super) fn overtaken(words: &Words, form: &Form, fields: &[Field<'_>]) -> Option<Refusal> {
    let fault = |field: &Field<'_>| {
        let (was, now) = (shown(form, field.name)?, plain(&field.stored));
        let is_overtaken = is_changed(form, field.name) && now != was && now != typed(form, field.name);
        is_overtaken.then(|| {
            let detail = match field.said.as_str() {
                "" => words.t("former.empty").to_owned(),
                said => words.with("former.now", said),
            };
            Fault::own(field.label, &detail)
        })
    };
    let errors: Vec<Fault> = fields.iter().filter_map(fault).collect();
    if errors.is_empty() {
        return None;
    }
    let mut refusal = Refusal::own(409, words.t("refusal.changed_meanwhile"));
    refusal.errors = errors;
    Some(refusal)
}
