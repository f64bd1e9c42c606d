//! Forms as browsers send them.

use super::visit::Visit;
use crate::body;
use crate::problem::Problem;

/// The fields of a form, in the order they came.
#[derive(Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// A field's text, trimmed; none where it is empty or absent.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.trim()).filter(|text| !text.is_empty())
    }

    /// Every value of a field that may come more than once.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

/// Reads the form that came with a request.
pub(super) async fn read(visit: &Visit, request: &web_sys::Request) -> Result<Form, Problem> {
    let media = visit.content_type.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Problem::new(415, "media_type_not_supported", "Not a form", "Send the page's own form."));
    }
    let text = body::read(request).await?;
    Ok(Form(form_urlencoded::parse(text.as_bytes()).into_owned().collect()))
}
