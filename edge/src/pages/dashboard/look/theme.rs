//! The panel's colours: a draft of them, and the panel itself in these colours, on a page of its own in a frame.

use super::super::former;
use crate::ledger;
use crate::ledger::desk::Offer;
use crate::pages::desk::Desk;
use crate::pages::form::Form;
use crate::pages::frame::{Assets, Frame};
use crate::pages::reply::{self, Reply};
use crate::pages::words::Words;
use crate::problem::Problem;
use askama::Template;
use referral::look::colour::Colour;
use referral::look::{Close, Corners, NAMES, Scheme, Theme};
use std::fmt::Write as _;

/// The fields of a theme, as forms and addresses name them.
pub(super) const FIELDS: [&str; 5] = ["accent", "paper", "ink", "corners", "scheme"];

/// What is filled in, in the order of [`FIELDS`], and the panel that shows it.
pub(super) struct ThemeForm {
    pub(super) values: [String; 5],
    /// What is stored of it.
    pub(super) was: [String; 5],
    /// What a colour is while nothing is set.
    pub(super) own: [String; 3],
    /// The address of the panel in these colours.
    pub(super) panel: String,
    pub(super) path: String,
}

fn typed(name: &str, text: &str) -> String {
    format!("{name}={}", form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>())
}

impl ThemeForm {
    /// What was typed, else what is asked for in the address, else what is stored.
    pub(super) fn of(desk: &Desk<'_>, frame: &Frame, stored: &Theme, form: Option<&Form>) -> Self {
        let colour = |colour: Option<Colour>| colour.map(|colour| colour.to_string()).unwrap_or_default();
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let stored = [
            colour(stored.accent),
            colour(stored.paper),
            colour(stored.ink),
            word(serde_json::json!(stored.corners)),
            word(serde_json::json!(stored.scheme)),
        ];
        let is_draft = desk.visit.asked("draft").is_some();
        let was = stored.clone();
        let mut values = stored;
        for (name, value) in FIELDS.into_iter().zip(&mut values) {
            if let Some(form) = form.filter(|form| form.has(name)) {
                *value = former::again(form, name, std::mem::take(value));
            } else if is_draft {
                *value = desk.visit.asked(name).unwrap_or_default();
            }
        }
        let pairs: Vec<String> =
            FIELDS.into_iter().zip(&values).map(|(name, value)| typed(name, value)).collect();
        let path = frame.to("look/panel");
        let [accent, _, paper, ink, ..] = Theme::default().colours(false);
        Self {
            panel: format!("{path}?{}", pairs.join("&")),
            own: [accent, paper, ink].map(|own| own.to_string()),
            values,
            was,
            path,
        }
    }
}

/// The theme an address names. What is no colour is none.
fn asked(desk: &Desk<'_>) -> Theme {
    let colour = |name| desk.visit.asked(name).as_deref().and_then(Colour::parse);
    Theme {
        accent: colour("accent"),
        paper: colour("paper"),
        ink: colour("ink"),
        corners: match desk.visit.asked("corners").as_deref() {
            Some("soft") => Some(Corners::Soft),
            Some("square") => Some(Corners::Square),
            Some("round") => Some(Corners::Round),
            _ => None,
        },
        scheme: match desk.visit.asked("scheme").as_deref() {
            Some("light") => Some(Scheme::Light),
            Some("dark") => Some(Scheme::Dark),
            _ => None,
        },
    }
}

#[derive(Template)]
#[template(path = "dashboard/look_panel.html")]
struct Panel {
    words: Words,
    assets: Assets,
    style: String,
    key: Option<String>,
    /// Light, dark, or as the page.
    scheme: &'static str,
    /// What many people could not read.
    close: Vec<String>,
}

/// A ratio in hundredths: `4.5`.
fn ratio(words: &Words, hundredths: u64) -> String {
    words.locale.tenths(hundredths / 10)
}

/// The panel in the colours an address names.
pub(in crate::pages) async fn panel(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let theme = asked(desk);
    let (status, body) =
        ledger::client::call(desk.isolate, &desk.signed.uid, desk.mode.word(), "offer", "").await?;
    if status != 200 {
        return Err(Problem::internal(&format!("the ledger answered {status} to its offer")));
    }
    let offer: Offer = serde_json::from_str(&body)?;
    let words = desk.words.clone();
    let say = |close: &Close| {
        let key = format!("look.close.{}", close.word);
        words.with2(&key, &ratio(&words, close.contrast), &ratio(&words, close.needed))
    };
    let pairs: Vec<String> = FIELDS
        .into_iter()
        .filter_map(|name| desk.visit.asked(name).map(|value| typed(name, &value)))
        .collect();
    let page = Panel {
        assets: Assets,
        style: format!("/dashboard/{}/look/panel.css?{}", desk.mode.word(), pairs.join("&")),
        key: offer.key,
        scheme: match theme.scheme {
            Some(Scheme::Light) => "light",
            Some(Scheme::Dark) => "dark",
            None => "page",
        },
        close: theme.too_close().iter().map(say).collect(),
        words: words.clone(),
    };
    Ok(Reply::page(200, &page)?.under(reply::FRAMED))
}

/// The style sheet of that panel: every colour is said, so that none of those in force shows through.
pub(in crate::pages) fn style(desk: &Desk<'_>) -> Reply {
    let theme = asked(desk);
    let mut text = "goodword-widget {\n".to_owned();
    for ((name, light), dark) in NAMES.into_iter().zip(theme.colours(false)).zip(theme.colours(true)) {
        let _ = writeln!(text, "  --goodword-{name}: light-dark({light}, {dark});");
    }
    let _ = writeln!(text, "  --goodword-round: {};\n}}", theme.round().unwrap_or("1.25em"));
    Reply::part("text/css; charset=utf-8", text)
}
