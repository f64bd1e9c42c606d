//! What the panel says by itself when a link is shared, in its own languages and from its own files.

use referral::promise::Locale;

/// The panel's texts of a locale.
macro_rules! words {
    ($($tag:literal),*) => {
        [$(($tag, include_str!(concat!("../../../widget/words/", $tag, ".txt")))),*]
    };
}

const WORDS: [(&str, &str); 10] = words!["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "ar"];

fn text(locale: Locale, key: &str) -> &'static str {
    let own = WORDS.into_iter().find(|(tag, _)| *tag == locale.tag());
    let find = |words: &'static str| {
        words.lines().filter_map(|line| line.split_once('=')).find(|(known, _)| *known == key)
    };
    own.and_then(|(_, words)| find(words)).or_else(|| find(WORDS[0].1)).map_or("", |(_, text)| text)
}

/// The message that is shared where nobody has set another, before the link.
pub(super) fn message(locale: Locale, program: &str, gift: Option<&str>) -> String {
    let text = text(locale, if gift.is_some() { "message.gift" } else { "message" });
    // At once, so that what is put in is not looked through again.
    let (before, after) = text.split_once("$1").unwrap_or((text, ""));
    let filled = |part: &str| part.replace("$2", gift.unwrap_or_default());
    format!("{}{program}{}", filled(before), filled(after))
}

/// The line that discloses the reward.
pub(super) fn disclosure(locale: Locale) -> &'static str {
    text(locale, "disclosure")
}
