//! What a friend is told of the name of whoever sent them: the first name, and only what looks like one.
//!
//! The merchant's page shows it beside the merchant's own words, and a referrer writes it. So it must not be able to say
//! anything but a name: no address to go to, no mark-up, nothing that turns the letters around it.

use alloc::string::String;

/// Longest first name that is shown, in characters.
const LONGEST: usize = 30;

/// The first name in a name; `None` where what stands there is none.
pub fn first_name(name: &str) -> Option<String> {
    let visible: String = name.chars().filter(|c| !is_invisible(*c)).collect();
    let first = visible.split_whitespace().next()?;
    let says_more =
        |c: char| c.is_control() || c.is_numeric() || "<>@:/\\&\"`{}[]()=#%|;\u{2800}".contains(c);
    // "J." is a name, "evil.example" is none.
    let address = first.trim_end_matches(DOTS).contains(DOTS);
    let has_letter = first.chars().any(char::is_alphabetic);
    let fits = first.chars().count() <= LONGEST && has_letter && !address && !first.chars().any(says_more);
    fits.then(|| first.into())
}

/// What a browser reads as the dot of a host: the four of IDNA 2003 (RFC 3490, 3.1), and what NFKC makes a full stop of.
const DOTS: [char; 6] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}', '\u{2024}', '\u{fe52}'];

/// Characters that are not seen: Unicode's `Default_Ignorable_Code_Point` (fillers, directions, joins without width,
/// selectors of variants) and the marks of annotations. The two joiners that Persian and Indic names are written with stay.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(name: &str, shown: Option<&str>) {
        assert_eq!(first_name(name).as_deref(), shown, "{name:?}");
    }

    #[test]
    fn the_first_word_of_a_name_is_shown() {
        for (name, shown) in [
            ("Ada", "Ada"),
            ("Ada Lovelace", "Ada"),
            ("  Ada\u{a0}Lovelace", "Ada"),
            ("Anne-Marie Müller", "Anne-Marie"),
            ("D’Arcy O'Neill", "D’Arcy"),
            ("J. R. Hartley", "J."),
            ("李 小龍", "李"),
            ("محمد علی", "محمد"),
            ("علی\u{200c}رضا رضایی", "علی\u{200c}رضا"),
        ] {
            check(name, Some(shown));
        }
    }

    #[test]
    fn what_is_no_name_is_not_shown() {
        for name in [
            "",
            "   ",
            "evil.example",
            "https://evil.example/x",
            "evil.example/win Ada",
            "ada@mail.example",
            "<img src=x onerror=alert(1)>",
            "<b>Ada</b>",
            "javascript:alert(1)",
            "&lt;Ada",
            "\"Ada",
            "{{Ada}}",
            "100€",
            "1",
            "🎉",
            "\u{202e}\u{200b}",
            "\u{3164}",
            "\u{115f}\u{1160}",
            "\u{ffa0}\u{2800}",
            "Ada\u{2800}wins",
            "evil\u{ff0e}example",
            "evil\u{3002}example",
            "evil\u{ff61}example",
            "evil\u{2024}example",
            "evil\u{fe52}example",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            check(name, None);
        }
    }

    #[test]
    fn letters_cannot_be_turned_around() {
        check("\u{202e}Ada\u{202c} Lovelace", Some("Ada"));
        check("A\u{200b}d\u{feff}a", Some("Ada"));
    }

    #[test]
    fn nothing_unseen_is_shown_with_a_name() {
        check("\u{3164}Ada\u{3164}", Some("Ada"));
        check("A\u{34f}d\u{fe0f}a\u{e0100}", Some("Ada"));
        check("J\u{ff0e} R. Hartley", Some("J\u{ff0e}"));
    }

    proptest! {
        #[test]
        fn nothing_but_a_short_plain_word_comes_out(name in ".{0,80}") {
            if let Some(shown) = first_name(&name) {
                prop_assert!(shown.chars().count() <= LONGEST);
                prop_assert!(!shown.contains(['<', '>', '/', ':', '@', '&', '"', '\n', ' ']));
                prop_assert_eq!(first_name(&shown), Some(shown.clone()));
            }
        }
    }
}
