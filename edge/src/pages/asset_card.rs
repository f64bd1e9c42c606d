//! An asset as pages show it: the merchant's library and the referrer's page alike.

use super::words::Words;
use crate::ledger::asset::Shown;

/// One asset; what its kind has not is empty.
pub(super) struct Card {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) url: String,
    /// The picture, on this origin.
    pub(super) picture: String,
    pub(super) alt: String,
    /// Kind, language and whatever else its page says of it.
    pub(super) about: String,
}

impl Card {
    /// `origin` is this edge's, with a slash at its end.
    pub(super) fn new(words: &Words, mut about: Vec<String>, asset: Shown, origin: &str) -> Self {
        let url = asset.url.unwrap_or_default();
        let own = url.strip_prefix(origin).filter(|_| asset.kind == "picture");
        about.extend(asset.locale.map(|tag| words.of("language", &tag)));
        Self {
            picture: own.map(|rest| format!("/{rest}")).unwrap_or_default(),
            id: asset.id,
            kind: asset.kind,
            title: asset.title,
            text: asset.text.unwrap_or_default(),
            alt: asset.alt.unwrap_or_default(),
            about: about.join(" · "),
            url,
        }
    }
}
