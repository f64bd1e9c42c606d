//! What referrers may share besides their link: words, pictures, files of the merchant's. What is taken, and what not.

use crate::api_key::sha256_hex;
use crate::destination::Destination;
use crate::input::{FieldError, Input};
use crate::promise::Locale;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use url::Url;

/// Most bytes of a picture.
pub const LARGEST_PICTURE: usize = 512 * 1024;

/// Most pictures of a program that are not retired.
pub const MOST_PICTURES: u64 = 100;

/// Most assets of a program that are not retired.
pub const MOST: u64 = 300;

/// A picture that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its media type, as its first bytes say.
    pub media: &'static str,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sum: String,
    /// How many bytes.
    pub bytes: usize,
    /// The bytes in base64.
    pub body: String,
}

/// What an asset is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Words to share.
    Text(String),
    /// The address of a file on a host of the merchant's.
    File(String),
    /// A picture, and the words that stand for it.
    Picture(String, Picture),
}

impl Content {
    /// The kind, as JSON has it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::File(_) => "file",
            Self::Picture(..) => "picture",
        }
    }

    /// The words or the address.
    pub fn body(&self) -> &str {
        match self {
            Self::Text(text) | Self::File(text) | Self::Picture(text, _) => text,
        }
    }
}

/// An asset that somebody wants to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// What it is called in the library.
    pub title: String,
    /// What it is.
    pub content: Content,
    /// The language it is in; none where it is for all.
    pub locale: Option<String>,
    /// The group of referrers it is for; none where it is for all.
    pub group_id: Option<String>,
}

/// The media type that the first bytes of a picture say. Of pictures only those that hold nothing but pixels: no SVG.
pub fn media(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, _, _, _, _, b'I', b'H', b'D', b'R', ..] => {
            Some("image/png")
        }
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Whether a file stands at an `https` address of the merchant's: on the host that links lead to, one below it, or one
/// of the program's own.
pub fn is_own_file(address: &str, destination: &str, hosts: &[String]) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let Some(host) = url.host_str().filter(|_| url.scheme() == "https") else { return false };
    if !url.username().is_empty() || url.password().is_some() || url.port().is_some() {
        return false;
    }
    let home = Destination::parse(destination).ok().and_then(|_| Url::parse(destination).ok());
    let home = home.as_ref().and_then(Url::host_str).unwrap_or_default();
    let below = |home: &str| {
        !home.is_empty() && host.strip_suffix(home).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    below(home) || below(home.strip_prefix("www.").unwrap_or(home)) || hosts.iter().any(|own| own == host)
}

/// Reads an asset that a caller wants to add to a program that leads to this destination and has these hosts.
///
/// # Errors
/// Every field that is not right.
pub fn read(
    fields: &Map<String, Value>,
    destination: &str,
    hosts: &[String],
) -> Result<Asset, Vec<FieldError>> {
    let mut input = Input::new("", fields);
    input.require("kind");
    let kind = input.choice("kind", &[("text", 't'), ("file", 'f'), ("picture", 'p')]);
    let title = input.required_text("title", 1..=100);
    let locale = input.text("locale", 2..=2);
    if locale.as_deref().is_some_and(|tag| Locale::of_tag(tag).is_none()) {
        input.refuse("locale", "unknown_word", "is no language the panel speaks");
    }
    let group_id = input.text("group_id", 1..=40);
    let content = match kind {
        Some('t') => Some(Content::Text(input.required_lines("text", 1..=1000))),
        Some('f') => {
            let address = input.required_text("url", 1..=2000);
            if !address.is_empty() && !is_own_file(&address, destination, hosts) {
                let detail = "must be an https address on the host your links lead to, or on one of the program's hosts";
                input.refuse("url", "not_your_host", detail);
            }
            Some(Content::File(address))
        }
        Some(_) => {
            let alt = input.required_text("alt", 1..=300);
            read_picture(&mut input).map(|picture| Content::Picture(alt, picture))
        }
        None => None,
    };
    input.finish()?;
    let content = content.ok_or_else(Vec::new)?;
    Ok(Asset { title, content, locale, group_id })
}

fn read_picture(input: &mut Input<'_>) -> Option<Picture> {
    input.require("data");
    let data = input.value("data")?;
    let Some(bytes) = data.as_str().and_then(|data| STANDARD.decode(data).ok()) else {
        input.refuse("data", "not_base64", "must be a picture in base64");
        return None;
    };
    if bytes.len() > LARGEST_PICTURE {
        input.refuse("data", "too_long.picture", "has more than 512 KB; make the picture smaller");
        return None;
    }
    let Some(media) = media(&bytes) else {
        input.refuse("data", "not_a_picture", "must be a PNG, JPEG, WebP or GIF");
        return None;
    };
    let sum = sha256_hex(&bytes);
    Some(Picture { media, sum, bytes: bytes.len(), body: data.as_str().unwrap_or_default().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;
    use serde_json::json;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";

    fn reading(body: &Value) -> Result<Asset, Vec<FieldError>> {
        read(body.as_object().unwrap(), "https://www.shop.example/welcome", &["go.shop.example".to_owned()])
    }

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        for (bytes, found) in [
            (PNG, Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"GIF89a....", Some("image/gif")),
            (b"GIF87a....", Some("image/gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\0\0\0\0WAVEfmt ", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"<html><script>alert(1)</script>", None),
            (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", None),
            (b"GIF88a", None),
            (b"%PDF-1.7", None),
            (b"", None),
        ] {
            assert_eq!(media(bytes), found, "{bytes:?}");
        }
    }

    #[test]
    fn files_stand_on_the_merchants_own_hosts() {
        for (address, own) in [
            ("https://www.shop.example/kit.pdf", true),
            ("https://shop.example/kit.pdf", true),
            ("https://cdn.shop.example/kit.pdf", true),
            ("https://go.shop.example/kit.pdf", true),
            ("https://GO.shop.example/kit.pdf", true),
            ("http://www.shop.example/kit.pdf", false),
            ("https://evilshop.example/kit.pdf", false),
            ("https://shop.example.evil.example/kit.pdf", false),
            ("https://shop.example@evil.example/", false),
            ("https://evil.example@shop.example/", false),
            ("https://shop.example:444/", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("//shop.example/", false),
            ("", false),
        ] {
            let hosts = vec!["go.shop.example".to_owned()];
            assert_eq!(is_own_file(address, "https://www.shop.example/welcome", &hosts), own, "{address}");
        }
    }

    #[test]
    fn each_kind_has_its_fields_and_faults_name_them() {
        let png = STANDARD.encode(PNG);
        let text = json!({"kind": "text", "title": "Post", "text": "Have a look.", "locale": "de", "group_id": "grp_1"});
        assert_eq!(reading(&text).unwrap().content, Content::Text("Have a look.".to_owned()));
        let picture = json!({"kind": "picture", "title": "Banner", "alt": "A fern", "data": png});
        let Content::Picture(alt, read) = reading(&picture).unwrap().content else { panic!("no picture") };
        assert_eq!(
            (alt.as_str(), read.media, read.bytes, read.sum.len()),
            ("A fern", "image/png", PNG.len(), 64)
        );
        for (body, field, code) in [
            (json!({}), "kind", "required"),
            (json!({"kind": "video", "title": "x"}), "kind", "unknown_word"),
            (json!({"kind": "text", "title": "x"}), "text", "required"),
            (json!({"kind": "text", "text": "x"}), "title", "required"),
            (json!({"kind": "text", "title": "x", "text": "x", "url": "x"}), "url", "unknown_field"),
            (json!({"kind": "file", "title": "x", "url": "https://evil.example/"}), "url", "not_your_host"),
            (json!({"kind": "picture", "title": "x", "data": png}), "alt", "required"),
            (json!({"kind": "picture", "title": "x", "alt": "x"}), "data", "required"),
            (json!({"kind": "picture", "title": "x", "alt": "x", "data": "?"}), "data", "not_base64"),
            (
                json!({"kind": "picture", "title": "x", "alt": "x", "data": STANDARD.encode("<svg/>")}),
                "data",
                "not_a_picture",
            ),
            (
                json!({"kind": "picture", "title": "x", "alt": "x", "data": STANDARD.encode(vec![0; LARGEST_PICTURE + 1])}),
                "data",
                "too_long",
            ),
            (json!({"kind": "text", "title": "x", "text": "x", "locale": "xx"}), "locale", "unknown_word"),
        ] {
            let errors = reading(&body).expect_err("a fault");
            assert_eq!((errors[0].field.as_str(), crate::input::told(errors[0].code)), (field, code));
        }
    }

    proptest! {
        #[test]
        fn nothing_is_a_picture_and_markup(text in "[ \t\r\n]{0,3}<[a-z!?]{1,20}.*") {
            prop_assert_eq!(media(text.as_bytes()), None);
        }
    }
}
