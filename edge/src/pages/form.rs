//! Forms as browsers send them.

use super::visit::Visit;
use crate::body;
use crate::js;
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

    /// Fields whose names begin with a text, without it.
    pub(super) fn below<'a>(&'a self, start: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(start)?, value.as_str())))
    }

    /// Whether a box is ticked.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

/// What kind of file a form may bring along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Upload {
    /// A picture: its field holds the bytes in base64.
    Picture,
    /// A table: its text is a field like any other. Of one that is not UTF-8 the field's name ends in `?`, and it is
    /// empty.
    Table,
}

impl Upload {
    /// The longest form with such a file, in bytes: somewhat more than the file itself may have, so that one a little too
    /// large is told so by whoever looks at it.
    const fn longest(self) -> u32 {
        match self {
            Self::Picture => 600_000,
            Self::Table => 4_500_000,
        }
    }

    fn too_long(self) -> Problem {
        match self {
            Self::Picture => {
                let detail = "A picture may have at most 512 KB. Go back, make it smaller and try again.";
                Problem::new(413, "body_too_long.picture", "The picture is too large", detail)
            }
            Self::Table => Problem::body_too_long(),
        }
    }
}

fn no_form() -> Problem {
    Problem::new(415, "not_a_form", "Not a form", "Send the page's own form.")
}

fn is(visit: &Visit, wanted: &str) -> bool {
    let media = visit.content_type.split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case(wanted)
}

/// Reads a form that may bring a file along.
pub(super) async fn read_with(
    upload: Upload,
    visit: &Visit,
    request: &web_sys::Request,
) -> Result<Form, Problem> {
    if !is(visit, "multipart/form-data") {
        return read(visit, request).await;
    }
    let read = js::form_with_file(request, upload.longest(), upload == Upload::Picture).await;
    if read.is_null() {
        return Err(upload.too_long());
    }
    let text = read.as_string().ok_or_else(no_form)?;
    Ok(Form(serde_json::from_str(&text)?))
}

/// Reads the form that came with a request.
pub(super) async fn read(visit: &Visit, request: &web_sys::Request) -> Result<Form, Problem> {
    if !is(visit, "application/x-www-form-urlencoded") {
        return Err(no_form());
    }
    let text = body::read(request).await?;
    Ok(Form(form_urlencoded::parse(text.as_bytes()).into_owned().collect()))
}
