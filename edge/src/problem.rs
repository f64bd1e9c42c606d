//! Errors as RFC 9457 problem documents, each with a stable code.

use referral::input::{FieldError, Put, told};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;

/// A refusal with all a caller needs to mend the call.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    /// Stable; behind a dot stands which of its sentences is meant, as in [`FieldError`].
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) errors: Vec<FieldError>,
    /// What is filled into the sentence.
    pub(crate) put: Vec<Put>,
}

impl Problem {
    pub(crate) fn new(
        status: u16,
        code: &'static str,
        title: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, code, title, detail: detail.into(), errors: Vec::new(), put: Vec::new() }
    }

    /// With what is filled into the sentence.
    pub(crate) fn put(self, put: Vec<Put>) -> Self {
        Self { put, ..self }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(
            404,
            "not_found",
            "Not found",
            "There is nothing here that this key may see. Check the path and the id.",
        )
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            405,
            "method_not_allowed",
            "Method not allowed",
            "This address does not answer this method. See the API reference.",
        )
    }

    pub(crate) fn body_too_long() -> Self {
        Self::new(
            413,
            "body_too_long",
            "The body is too long",
            "A body may have at most 65,536 bytes, one with a picture 720,896, a file of referrers 2,000,000.",
        )
    }

    pub(crate) fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(409, code, "Conflict", detail)
    }

    pub(crate) fn idempotency_key_reused() -> Self {
        Self::new(
            422,
            "idempotency_key_reused",
            "Idempotency-Key used again",
            "This Idempotency-Key came before with another body. Use a new key for a new call.",
        )
    }

    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.first() {
            Some(first) => format!("{}: {}", first.field, first.detail),
            None => "The body is not what this call takes.".to_owned(),
        };
        Self { errors, ..Self::new(422, "validation_failed", "The request is not valid", detail) }
    }

    /// A fault of one field.
    pub(crate) fn field(field: &str, code: &'static str, detail: &str) -> Self {
        Self::invalid(vec![FieldError::new(field, code, detail)])
    }

    /// Our fault: logged with the cause, told without it.
    pub(crate) fn internal(cause: &str) -> Self {
        worker::console_error!("internal: {cause}");
        Self::new(
            500,
            "internal",
            "Something broke on our side",
            "Nothing was stored. Try again with the same Idempotency-Key.",
        )
    }

    /// What pages of ours are told, which have words of their own: no sentence, but all that one needs.
    pub(crate) fn for_page(&self) -> String {
        let error =
            |error: &FieldError| json!({ "field": error.field, "code": error.code, "put": error.put });
        let errors: Vec<Value> = self.errors.iter().map(error).collect();
        json!({ "code": self.code, "put": self.put, "errors": errors }).to_string()
    }

    /// The document, `application/problem+json`.
    pub(crate) fn body(&self, request_id: &str) -> String {
        #[derive(Serialize)]
        struct Document<'a> {
            r#type: String,
            title: &'a str,
            status: u16,
            detail: &'a str,
            code: &'a str,
            request_id: &'a str,
            errors: &'a [FieldError],
        }
        let document = Document {
            r#type: format!("urn:goodword:problem:{}", told(self.code)),
            title: self.title,
            status: self.status,
            detail: &self.detail,
            code: told(self.code),
            request_id,
            errors: &self.errors,
        };
        serde_json::to_string(&document).unwrap_or_default()
    }
}

impl From<crate::sql::SqlError> for Problem {
    fn from(error: crate::sql::SqlError) -> Self {
        Self::internal(&error.0)
    }
}

impl From<getrandom::Error> for Problem {
    fn from(error: getrandom::Error) -> Self {
        Self::internal(&error.to_string())
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(&error.to_string())
    }
}

impl From<wasm_bindgen::JsValue> for Problem {
    fn from(thrown: wasm_bindgen::JsValue) -> Self {
        let text: String = js_sys::Error::from(thrown).message().into();
        Self::internal(&text)
    }
}
