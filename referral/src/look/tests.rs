use super::*;
use proptest::prelude::*;
use serde_json::json;

fn changed(body: &Value) -> Result<Look, Vec<FieldError>> {
    Look::default().changed(body.as_object().expect("an object"), "Fern & Field")
}

fn look(body: &Value) -> Look {
    changed(body).expect("a look")
}

#[test]
fn faults_name_their_field() {
    for (body, field, code) in [
        (json!({"texts": 1}), "texts", "wrong_type"),
        (json!({"texts": [1]}), "texts[0]", "wrong_type"),
        (json!({"texts": [{}]}), "texts[0].text", "required"),
        (json!({"texts": [{"channel": "facebook", "text": "x"}]}), "texts[0].channel", "unknown_word"),
        (json!({"texts": [{"channel": "direct", "text": "x"}]}), "texts[0].channel", "unknown_word"),
        (json!({"texts": [{"locale": "xx", "text": "x"}]}), "texts[0].locale", "unknown_word"),
        (json!({"texts": [{"locale": "de-AT", "text": "x"}]}), "texts[0].locale", "too_long"),
        (json!({"texts": [{"text": "a\nb"}]}), "texts[0].text", "control_character"),
        (json!({"texts": [{"text": "a"}, {"text": "b"}]}), "texts[1].text", "twice"),
        (json!({"texts": [{"channel": "x", "text": "a".repeat(191)}]}), "texts[0].text", "too_long"),
        (json!({"texts": [{"text": "a", "colour": "b"}]}), "texts[0].colour", "unknown_field"),
        (json!({"theme": []}), "theme", "wrong_type"),
        (json!({"theme": {"accent": "red"}}), "theme.accent", "not_a_colour"),
        (json!({"theme": {"paper": "#ffffff;}"}}), "theme.paper", "not_a_colour"),
        (json!({"theme": {"corners": "oval"}}), "theme.corners", "unknown_word"),
        (json!({"theme": {"scheme": "auto"}}), "theme.scheme", "unknown_word"),
        (json!({"logo": "x"}), "logo", "unknown_field"),
    ] {
        let errors = changed(&body).expect_err("a fault");
        assert_eq!((errors[0].field.as_str(), crate::input::told(errors[0].code)), (field, code), "{body}");
    }
}

#[test]
fn what_is_not_named_stays() {
    let first = look(&json!({"texts": [{"text": "a"}], "theme": {"accent": "#aa0000"}}));
    let theme = json!({"theme": {"corners": "soft"}});
    let second = first.changed(theme.as_object().unwrap(), "").unwrap();
    assert_eq!(second.texts, first.texts);
    assert_eq!((second.theme.accent, second.theme.corners), (None, Some(Corners::Soft)));
}

#[test]
fn a_name_counts_as_long_as_it_is() {
    let text = format!("{PROGRAM}{}", "a".repeat(180));
    let body = json!({"texts": [{"channel": "x", "text": text}]});
    let fields = body.as_object().unwrap();
    assert!(Look::default().changed(fields, "Fern&Field").is_ok());
    assert!(Look::default().changed(fields, "Fern&Fields").is_err());
}

#[test]
fn the_readers_language_counts_more_than_the_channel() {
    let look = look(&json!({"texts": [
        {"text": "every"},
        {"channel": "whatsapp", "text": "whatsapp"},
        {"locale": "de", "text": "alle"},
        {"locale": "de", "channel": "sms", "text": "kurz"},
        {"locale": "fr", "text": format!("{GIFT} pour vous")},
    ]}));
    let said = |channel, locale, has_gift| look.said(channel, locale, "Fern", has_gift);
    for (channel, locale, has_gift, text) in [
        (None, "en", true, "every"),
        (Some(Channel::Email), "en", true, "every"),
        (Some(Channel::Whatsapp), "en", true, "whatsapp"),
        (Some(Channel::Whatsapp), "de", true, "alle"),
        (Some(Channel::Sms), "de", true, "kurz"),
        (Some(Channel::Email), "fr", true, "{gift} pour vous"),
        (Some(Channel::Email), "fr", false, "every"),
    ] {
        assert_eq!(said(channel, locale, has_gift), Some(text), "{channel:?} {locale}");
    }
    assert_eq!(Look::default().said(None, "en", "Fern", true), None);
    let names: Vec<&str> = look.messages("en", "Fern", false).into_keys().collect();
    assert_eq!(names, ["email", "every", "native", "reddit", "sms", "telegram", "whatsapp", "x"]);
}

#[test]
fn a_text_for_all_channels_is_passed_over_where_it_is_too_long() {
    let look = look(&json!({"texts": [{"text": "a".repeat(300)}]}));
    assert!(look.said(None, "en", "Fern", true).is_some());
    assert!(look.said(Some(Channel::Whatsapp), "en", "Fern", true).is_some());
    assert_eq!(look.said(Some(Channel::X), "en", "Fern", true), None);
}

#[test]
fn nothing_set_is_nothing_sent() {
    assert!(Theme::default().properties().is_empty());
    assert!(Theme::default().too_close().is_empty(), "the panel's own colours can be read");
    assert!(Look::default().messages("en", "Fern", true).is_empty());
}

#[test]
fn paper_and_ink_are_those_of_the_panel_they_are_set_for() {
    let theme = look(&json!({"theme": {"paper": "#102030", "ink": "#ffffff", "scheme": "dark"}})).theme;
    let set = theme.properties();
    assert_eq!(set["dark-paper"], "#102030");
    assert!(!set.contains_key("set-paper"), "a page that is light all the same has the panel's own");
    let light = Theme { scheme: None, ..theme }.properties();
    assert_eq!(light["set-paper"], "#102030");
    assert!(!light.contains_key("dark-paper"), "dark stays the panel's own");
}

#[test]
fn what_cannot_be_read_is_said() {
    let theme = look(&json!({"theme": {"ink": "#999999", "accent": "#ffee00"}})).theme;
    let words: Vec<_> = theme.too_close().iter().map(|close| (close.word, close.contrast)).collect();
    assert_eq!(words, [("ink", 284), ("accent", 120)]);
}

fn colour() -> impl Strategy<Value = Option<Colour>> {
    proptest::option::of(any::<[u8; 3]>().prop_map(Colour))
}

proptest! {
    #[test]
    fn whatever_is_chosen_the_other_scheme_can_be_read(accent in colour(), paper in colour(), ink in colour(), always_dark: bool) {
        let scheme = always_dark.then_some(Scheme::Dark);
        let theme = Theme { accent, paper, ink, corners: None, scheme };
        let [accent, _, paper, ink, ..] = theme.colours(!always_dark);
        prop_assert!(accent.contrast(paper) >= 300 && ink.contrast(paper) >= 450);
    }

    #[test]
    fn no_property_is_anything_but_a_colour_or_a_length(accent in colour(), paper in colour(), ink in colour()) {
        let theme = Theme { accent, paper, ink, corners: Some(Corners::Soft), scheme: None };
        for (name, value) in theme.properties() {
            prop_assert!(name.starts_with("set-") || name.starts_with("dark-"));
            prop_assert!(value == ".5em" || Colour::parse(&value).is_some(), "{value}");
        }
    }

    #[test]
    fn a_text_that_is_said_fits(text in "[a-z{}]{1,400}", channel in 0..7_usize) {
        let look = Look { texts: alloc::vec![Text { channel: None, locale: None, text }], ..Look::default() };
        let channel = Some(SPEAKING[channel]);
        if let Some(text) = look.said(channel, "en", "Fern", true) {
            prop_assert!(length(text, "Fern") <= longest(channel));
        }
    }
}
