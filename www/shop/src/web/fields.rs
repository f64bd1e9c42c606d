//! A posted form. Fields may come twice (two snippets on a page add the same hidden field): the first one counts.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, Request};
use axum::http::StatusCode;

use super::page::Failure;

/// The fields of a posted form, in order.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first field of that name, when it was sent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A field's text without white space around it; empty when it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default().trim()
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(FormRejection::BytesRejection(_)) => Err(Failure::Refused(
                StatusCode::PAYLOAD_TOO_LARGE,
                "That was too much",
                "The form was larger than this shop reads. Go back and shorten what you typed.",
            )),
            Err(_) => Err(Failure::Refused(
                StatusCode::BAD_REQUEST,
                "That form could not be read",
                "Go back, reload the page and send it again.",
            )),
        }
    }
}

/// One labelled input, as it is shown again after a mistake.
pub(super) struct Input {
    /// Name and id.
    pub(super) name: &'static str,
    /// What it asks for.
    pub(super) label: &'static str,
    /// `text`, `email`, `password`, or `lines` for more than one.
    pub(super) kind: &'static str,
    /// For the browser's own filling in.
    pub(super) autocomplete: &'static str,
    /// A line under the label; may be empty.
    pub(super) hint: &'static str,
    /// What was typed: untrusted text.
    pub(super) value: String,
    /// What is wrong with it.
    pub(super) error: Option<String>,
}

impl Input {
    pub(super) fn new(
        name: &'static str,
        label: &'static str,
        kind: &'static str,
        autocomplete: &'static str,
    ) -> Self {
        Self { name, label, kind, autocomplete, hint: "", value: String::new(), error: None }
    }

    pub(super) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    pub(super) fn value(self, value: &str) -> Self {
        Self { value: value.to_owned(), ..self }
    }

    pub(super) fn error(self, error: Option<&str>) -> Self {
        Self { error: error.map(str::to_owned), ..self }
    }

    /// The ids of the lines that describe it.
    pub(super) fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.name));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.name));
        }
        ids.join(" ")
    }
}

/// Whether any of them has to be looked at again.
pub(super) fn mistaken(inputs: &[Input]) -> bool {
    inputs.iter().any(|input| input.error.is_some())
}
