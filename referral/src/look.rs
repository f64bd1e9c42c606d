//! What a merchant sets of how the program looks and sounds: the words people share, and the panel's colours.

pub mod colour;

use crate::channel::Channel;
use crate::input::{FieldError, Input, Put};
use crate::promise::Locale;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use colour::Colour;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Channels that take words with the link. The others take nothing but an address.
pub const SPEAKING: [Channel; 7] = [
    Channel::Whatsapp,
    Channel::Telegram,
    Channel::Email,
    Channel::X,
    Channel::Reddit,
    Channel::Sms,
    Channel::Native,
];

/// Stands in a text for the program's name.
pub const PROGRAM: &str = "{program}";

/// Stands in a text for what the friend gets.
pub const GIFT: &str = "{gift}";

/// Most texts: seven channels and the one for all of them, in ten languages and the one for all of those.
const MOST_TEXTS: usize = 88;

/// Characters that are kept for an amount in the place of [`GIFT`].
const GIFT_TAKES: usize = 12;

/// How many characters a text may have on a channel, or on all of them. A post on X holds 280, of which a link takes 23
/// and the line that discloses the reward up to 60; a title on Reddit holds 300; text messages are cut into parts.
pub const fn longest(channel: Option<Channel>) -> usize {
    match channel {
        Some(Channel::X) => 190,
        Some(Channel::Reddit) => 230,
        Some(Channel::Sms) => 240,
        _ => 500,
    }
}

/// The words of one channel in one language; of every channel, in every language, where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The channel.
    pub channel: Option<Channel>,
    /// The language tag.
    pub locale: Option<String>,
    /// The words.
    pub text: String,
}

/// How round corners are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corners {
    /// As the panel's own.
    Round,
    /// A little.
    Soft,
    /// Not at all.
    Square,
}

/// Whether the panel is light or dark whatever the page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The panel's colours and corners; what is not set is the panel's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// Buttons and marks.
    pub accent: Option<Colour>,
    /// Background.
    pub paper: Option<Colour>,
    /// Text.
    pub ink: Option<Colour>,
    /// Corners.
    pub corners: Option<Corners>,
    /// Light or dark; as the page where it says nothing.
    pub scheme: Option<Scheme>,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Words to share, each pair of channel and language once.
    pub texts: Vec<Text>,
    /// Colours and corners.
    pub theme: Theme,
}

/// Two colours of a theme that are too close for many people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    /// Which: `ink` on paper, or `accent` on paper.
    pub word: &'static str,
    /// The contrast in hundredths, and what WCAG 2.2 AA asks for: 4.5 for text (1.4.3), 3 for buttons (1.4.11).
    pub contrast: u64,
    /// As above.
    pub needed: u64,
}

/// How many characters a text has once the program's name and a gift stand in it.
pub fn length(text: &str, program: &str) -> usize {
    let count = |text: &str| text.chars().count();
    let (names, gifts) = (text.matches(PROGRAM).count(), text.matches(GIFT).count());
    let bare = count(text) - names * PROGRAM.len() - gifts * GIFT.len();
    bare + names * count(program) + gifts * GIFT_TAKES
}

impl Look {
    /// This look with what a caller named: `texts` and `theme` each take the place of what was.
    ///
    /// # Errors
    /// Every field that is not right.
    pub fn changed(&self, fields: &Map<String, Value>, program: &str) -> Result<Self, Vec<FieldError>> {
        let mut input = Input::new("", fields);
        let texts = read_texts(&mut input, program).unwrap_or_else(|| self.texts.clone());
        let theme = read_theme(&mut input).unwrap_or_else(|| self.theme.clone());
        input.finish()?;
        Ok(Self { texts, theme })
    }

    /// The words set for exactly this channel and language.
    pub fn text(&self, channel: Option<Channel>, locale: Option<&str>) -> Option<&str> {
        let found = self.texts.iter().find(|one| one.channel == channel && one.locale.as_deref() == locale);
        found.map(|one| one.text.as_str())
    }

    /// The words a referrer who reads this language shares on a channel, or on all of them; none where the panel's own
    /// are used. Their language counts more than the channel. A text that is too long there, or that names a gift where
    /// there is none, is passed over.
    pub fn said(
        &self,
        channel: Option<Channel>,
        locale: &str,
        program: &str,
        has_gift: bool,
    ) -> Option<&str> {
        let fits =
            |text: &&str| length(text, program) <= longest(channel) && (has_gift || !text.contains(GIFT));
        let order = [(channel, Some(locale)), (None, Some(locale)), (channel, None), (None, None)];
        order.into_iter().filter_map(|(channel, locale)| self.text(channel, locale)).find(fits)
    }

    /// The same for every channel that takes words, by its name; for all the others under `every`.
    pub fn messages(&self, locale: &str, program: &str, has_gift: bool) -> BTreeMap<&'static str, &str> {
        let every = [None].into_iter().chain(SPEAKING.map(Some));
        let said = every.filter_map(|channel| {
            let text = self.said(channel, locale, program, has_gift)?;
            Some((channel.map_or("every", Channel::as_str), text))
        });
        said.collect()
    }
}

fn read_texts(input: &mut Input<'_>, program: &str) -> Option<Vec<Text>> {
    let Some(list) = input.value("texts")?.as_array() else {
        input.refuse("texts", "wrong_type", "must be a list of texts");
        return None;
    };
    if list.len() > MOST_TEXTS {
        let put = alloc::vec![Put::number(MOST_TEXTS)];
        input.refuse_with("texts", "too_long.entries", put, format!("takes at most {MOST_TEXTS} texts"));
        return None;
    }
    let mut texts: Vec<Text> = Vec::new();
    for (at, value) in list.iter().enumerate() {
        let place = format!("texts[{at}]");
        let Some(fields) = value.as_object() else {
            input.refuse(&place, "wrong_type", "must be an object with channel, locale and text");
            continue;
        };
        let mut one = Input::new(&input.path_of(&place), fields);
        let words = SPEAKING.map(|channel| (channel.as_str(), channel));
        let channel = one.choice("channel", &words);
        let locale = one.text("locale", 2..=2);
        if locale.as_deref().is_some_and(|tag| Locale::of_tag(tag).is_none()) {
            one.refuse("locale", "unknown_word", "is no language the panel speaks");
        }
        let text = one.required_text("text", 1..=1000);
        let most = longest(channel);
        if length(&text, program) > most {
            let put = alloc::vec![Put::number(most)];
            let detail = format!("has more than {most} characters on this channel");
            one.refuse_with("text", "too_long.filled", put, detail);
        }
        if texts.iter().any(|known| known.channel == channel && known.locale == locale) {
            one.refuse("text", "twice", "is the second for this channel and language");
        }
        match one.finish() {
            Ok(()) => texts.push(Text { channel, locale, text }),
            Err(errors) => input.absorb(errors),
        }
    }
    Some(texts)
}

fn read_theme(input: &mut Input<'_>) -> Option<Theme> {
    let Some(fields) = input.value("theme")?.as_object() else {
        input.refuse("theme", "wrong_type", "must be an object");
        return None;
    };
    let mut one = Input::new(&input.path_of("theme"), fields);
    let mut colour = |name: &'static str| {
        let text = one.text(name, 0..=20)?;
        let colour = Colour::parse(&text);
        if colour.is_none() {
            one.refuse(name, "not_a_colour", "must be a colour such as #17624a");
        }
        colour
    };
    let (accent, paper, ink) = (colour("accent"), colour("paper"), colour("ink"));
    let corners = [("round", Corners::Round), ("soft", Corners::Soft), ("square", Corners::Square)];
    let corners = one.choice("corners", &corners);
    let scheme = one.choice("scheme", &[("light", Scheme::Light), ("dark", Scheme::Dark)]);
    if let Err(errors) = one.finish() {
        input.absorb(errors);
    }
    Some(Theme { accent, paper, ink, corners, scheme })
}

/// The colours the panel itself has, on light and on dark, in the order of [`NAMES`].
const OWN: [[Colour; 7]; 2] = [
    [
        Colour([0x17, 0x62, 0x4A]),
        Colour::WHITE,
        Colour::WHITE,
        Colour([0x1C, 0x24, 0x20]),
        Colour([0x5B, 0x66, 0x60]),
        Colour([0xDF, 0xE4, 0xE0]),
        Colour([0xF4, 0xF6, 0xF3]),
    ],
    [
        Colour([0x8F, 0xD6, 0xB4]),
        Colour::INK,
        Colour([0x16, 0x1B, 0x18]),
        Colour([0xEE, 0xF2, 0xEF]),
        Colour([0xA3, 0xAE, 0xA8]),
        Colour([0x2F, 0x38, 0x33]),
        Colour([0x1E, 0x25, 0x21]),
    ],
];

/// What the panel calls its colours.
pub const NAMES: [&str; 7] = ["accent", "on-accent", "paper", "ink", "faint", "line", "wash"];

impl Theme {
    /// The panel's colours where it is light, or dark, in the order of [`NAMES`]. Paper and ink are set for one of the
    /// two: for dark where the panel always is, else for light; an accent is moved until it is seen on the other.
    pub fn colours(&self, dark: bool) -> [Colour; 7] {
        let own = OWN[usize::from(dark)];
        let [accent, on_accent, paper, ink, faint, line, wash] = own;
        let is_theirs = dark == (self.scheme == Some(Scheme::Dark));
        let (paper, ink, faint, line, wash) = if is_theirs && (self.paper.is_some() || self.ink.is_some()) {
            let (paper, ink) = (self.paper.unwrap_or(paper), self.ink.unwrap_or(ink));
            let faint = paper.mixed(ink, 70).until_seen(ink, paper, 450);
            (paper, ink, faint, paper.mixed(ink, 15), paper.mixed(ink, 5))
        } else {
            (paper, ink, faint, line, wash)
        };
        let (accent, on_accent) = match self.accent {
            Some(own) if is_theirs => (own, own.text_on()),
            Some(own) => {
                let seen = own.until_seen(if dark { Colour::WHITE } else { Colour::INK }, paper, 450);
                (seen, seen.text_on())
            }
            None => (accent, on_accent),
        };
        [accent, on_accent, paper, ink, faint, line, wash]
    }

    /// How round corners are, in a length of style sheets; none where they are the panel's own.
    pub const fn round(&self) -> Option<&'static str> {
        match self.corners {
            Some(Corners::Soft) => Some(".5em"),
            Some(Corners::Square) => Some("0px"),
            Some(Corners::Round) | None => None,
        }
    }

    /// The panel's custom properties, `set-…` where it is light, `dark-…` where it is dark; none of what is its own.
    pub fn properties(&self) -> BTreeMap<String, String> {
        let mut set = BTreeMap::new();
        for (prefix, dark) in [("set", false), ("dark", true)] {
            let own = OWN[usize::from(dark)];
            for ((name, colour), own) in NAMES.into_iter().zip(self.colours(dark)).zip(own) {
                if colour != own {
                    set.insert(format!("{prefix}-{name}"), colour.to_string());
                }
            }
        }
        if let Some(round) = self.round() {
            set.insert("set-round".to_owned(), round.to_owned());
        }
        set
    }

    /// What many people could not read or see.
    pub fn too_close(&self) -> Vec<Close> {
        let [accent, _, paper, ink, ..] = self.colours(self.scheme == Some(Scheme::Dark));
        let pairs = [("ink", ink.contrast(paper), 450), ("accent", accent.contrast(paper), 300)];
        let close = pairs.into_iter().filter(|(_, contrast, needed)| contrast < needed);
        close.map(|(word, contrast, needed)| Close { word, contrast, needed }).collect()
    }
}

#[cfg(test)]
mod tests;
