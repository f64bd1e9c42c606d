//! The visitor's query: what of it reaches the shop.
//!
//! Everything passes as it came, byte for byte where a header allows, except the parameters that the redirect sets
//! itself. Those never pass, however they are written: a visitor (or whoever made the visitor's link) cannot choose who
//! is credited.

use alloc::string::String;
use alloc::vec::Vec;

use crate::channel::Channel;

/// Most bytes of a visitor's query that pass; what would go over is dropped, parameter by parameter.
pub const MAX_PASSING_LEN: usize = 4096;

/// Carries the share channel; ends here.
const CHANNEL: &str = "gwc";

/// The parameters of a query as they stand, empty ones left out.
pub(crate) fn pieces(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|piece| !piece.is_empty())
}

/// The decoded name of a parameter.
pub(crate) fn name(piece: &str) -> Vec<u8> {
    let raw = piece.split('=').next().unwrap_or_default().as_bytes();
    let mut name = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        if let (b'%', Some(decoded)) = (byte, percent(raw.get(at + 1..at + 3))) {
            name.push(decoded);
            at += 3;
        } else {
            name.push(if byte == b'+' { b' ' } else { byte });
            at += 1;
        }
    }
    name
}

/// Whether a decoded name is one that the redirect sets, to any of the servers that may read it: case is folded, blanks
/// and control characters around it are cut, and so is what some frameworks cut (`via[]`, `via\0x`); `gw.click` and
/// `gw click` are `gw_click` to PHP.
pub(crate) fn is_reserved(name: &[u8]) -> bool {
    let cut = name.iter().position(|byte| matches!(byte, b'[' | 0)).unwrap_or(name.len());
    let mut name = name.get(..cut).unwrap_or_default();
    while let [b'\x01'..=b' ', rest @ ..] | [rest @ .., b'\x01'..=b' '] = name {
        name = rest;
    }
    let is = |word: &[u8]| {
        name.len() == word.len()
            && name.iter().zip(word).all(|(byte, expected)| match byte {
                b'.' | b' ' | b'-' => *expected == b'_',
                byte => byte.to_ascii_lowercase() == *expected,
            })
    };
    is(b"via") || is(b"gw_click") || is(b"gwc")
}

/// What of a visitor's query may pass; `owned` are the decoded names that the merchant has set.
pub(crate) fn pass(query: &str, owned: &[Vec<u8>]) -> String {
    let mut passed = String::with_capacity(query.len().min(MAX_PASSING_LEN));
    for piece in pieces(query) {
        // A few servers still split at semicolons.
        if piece.split(';').any(|part| is_reserved(&name(part))) || owned.contains(&name(piece)) {
            continue;
        }
        let before = passed.len();
        if before > 0 {
            passed.push('&');
        }
        for byte in piece.bytes() {
            push(&mut passed, byte);
            if passed.len() > MAX_PASSING_LEN {
                passed.truncate(before);
                return passed;
            }
        }
    }
    passed
}

/// Names and values of a query, decoded.
pub fn fields(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// The share channel a link names.
pub fn channel(query: &str) -> Channel {
    pieces(query)
        .find_map(|piece| piece.strip_prefix(CHANNEL)?.strip_prefix('='))
        .map_or(Channel::Direct, Channel::from_link)
}

/// Encodes what may not stand in a query, and therefore not in a header.
fn push(text: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if matches!(byte, 0x21 | 0x24..=0x26 | 0x28..=0x3B | 0x3D | 0x3F..=0x5B | 0x5D | 0x5F | 0x61..=0x7A | 0x7E)
    {
        text.push(char::from(byte));
    } else {
        text.push('%');
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

/// The byte that two hexadecimal digits stand for.
pub(crate) fn percent(digits: Option<&[u8]>) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match digits {
        Some([high, low]) => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_are_found_however_they_are_written() {
        for piece in [
            "via=x",
            "VIA=x",
            "Via",
            "%76ia=x",
            "v%69a=x",
            "%56%49%41=x",
            "via%00=x",
            "via%00y=x",
            "+via=x",
            "%20via=x",
            "via+=x",
            "via%20=x",
            "via%09=x",
            "%0avia=x",
            "via[]=x",
            "via[0]=x",
            "via%5B%5D=x",
            "gw_click=x",
            "GW_CLICK=x",
            "gw%5Fclick=x",
            "gw.click=x",
            "gw+click=x",
            "gw%20click=x",
            "gw-click=x",
            "gw_click[]=x",
            "gwc=x",
            "gwc",
            "%67wc=x",
        ] {
            assert!(is_reserved(&name(piece)), "{piece}");
            assert_eq!(pass(piece, &[]), "", "{piece}");
            assert_eq!(pass(&alloc::format!("a=1&{piece}&b=2"), &[]), "a=1&b=2", "{piece}");
        }
        for piece in [
            "vial=x",
            "avia=x",
            "vi=x",
            "viaa",
            "%2576ia=x",
            "gw=x",
            "gwclick=x",
            "ref=via",
            "a=via=b",
            "[via]=x",
            "v\u{131}a=1",
        ] {
            assert!(!is_reserved(&name(piece)), "{piece}");
        }
        assert_eq!(pass("a=1;via=evil&b=2", &[]), "b=2");
        assert_eq!(pass("a=1;b=2", &[]), "a=1;b=2");
    }

    #[test]
    fn everything_else_passes_as_it_came() {
        let check = |query: &str, expected: &str| assert_eq!(pass(query, &[]), expected, "{query}");
        check("", "");
        check("utm_source=news&utm_medium=email", "utm_source=news&utm_medium=email");
        check("a=1&a=2&b&c=&=d", "a=1&a=2&b&c=&=d");
        check("&&a=1&&b=2&", "a=1&b=2");
        check("q=%C3%BC&r=100%&s=%zz&t=a+b%20c", "q=%C3%BC&r=100%&s=%zz&t=a+b%20c");
        check("u=https://evil.example/?x=y@z", "u=https://evil.example/?x=y@z");
        check("a=\r\nSet-Cookie: x=y", "a=%0D%0ASet-Cookie:%20x=y");
        check("a=\u{fc}\u{2028}\0\"<>#", "a=%C3%BC%E2%80%A8%00%22%3C%3E%23");
        check("a=\\`{|}^'", "a=%5C%60%7B%7C%7D%5E%27");
    }

    #[test]
    fn the_merchants_own_parameters_win() {
        let owned = [name("utm_source=referral")];
        assert_eq!(pass("utm_source=evil&x=1&utm%5Fsource=evil", &owned), "x=1");
    }

    #[test]
    fn a_long_query_is_cut_between_parameters() {
        let long = "k=0123456789&".repeat(2000);
        let passed = pass(&long, &[]);
        assert!(passed.len() <= MAX_PASSING_LEN && passed.len() > MAX_PASSING_LEN - 20);
        assert!(passed.ends_with("k=0123456789"));
        assert_eq!(pass(&alloc::format!("a=1&b={}&c=3", "x".repeat(5000)), &[]), "a=1");
        assert_eq!(pass(&"\u{fc}".repeat(4000), &[]), "");
    }

    #[test]
    fn the_channel_is_read_from_the_link() {
        assert_eq!(channel("a=1&gwc=whatsapp"), Channel::Whatsapp);
        assert_eq!(channel("gwc=sms&gwc=qr"), Channel::Sms);
        assert_eq!(channel("gwc=%00"), Channel::Other);
        assert_eq!(channel("gwcx=sms"), Channel::Direct);
        assert_eq!(channel(""), Channel::Direct);
    }
}
