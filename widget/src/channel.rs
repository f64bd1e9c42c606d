//! Where a link can be shared, and the address that does it.

use alloc::string::String;

/// One way to share. The address has `$l` for the link, `$t` for the message, `$s` for a subject.
#[derive(Debug)]
pub struct Channel {
    /// Travels in the link as `?gwc=…`, so that channels can be compared.
    pub name: &'static str,
    address: &'static str,
}

/// In the order shown. Facebook and `LinkedIn` take nothing but an address. Messenger's page for the web
/// wants an application registered with Facebook, so its own address is used, which opens where the
/// app is: the panel shows it, like text messages, only on devices with a touch screen.
pub const CHANNELS: &[Channel] = &[
    Channel { name: "whatsapp", address: "https://wa.me/?text=$t%0A$l" },
    Channel { name: "telegram", address: "https://t.me/share/url?url=$l&text=$t" },
    Channel { name: "facebook", address: "https://www.facebook.com/sharer/sharer.php?u=$l" },
    Channel { name: "email", address: "mailto:?subject=$s&body=$t%0A%0A$l" },
    Channel { name: "x", address: "https://x.com/intent/post?url=$l&text=$t" },
    Channel { name: "linkedin", address: "https://www.linkedin.com/sharing/share-offsite/?url=$l" },
    Channel { name: "reddit", address: "https://www.reddit.com/submit?url=$l&title=$t" },
    Channel { name: "messenger", address: "fb-messenger://share/?link=$l" },
    Channel { name: "sms", address: "sms:?&body=$t%0A$l" },
];

impl Channel {
    /// The address that opens this channel with the message and the link in it.
    pub fn address(&self, link: &str, subject: &str, message: &str) -> String {
        let link = tagged(link, self.name);
        let mut address = String::new();
        let mut marked = false;
        for byte in self.address.bytes() {
            match (marked, byte) {
                (true, b'l') => encode(&mut address, &link),
                (true, b's') => encode(&mut address, subject),
                (true, _) => encode(&mut address, message),
                (false, b'$') => {}
                (false, _) => address.push(char::from(byte)),
            }
            marked = byte == b'$';
        }
        address
    }
}

/// A link that says through which channel it was shared.
pub fn tagged(link: &str, channel: &str) -> String {
    let mut tagged = String::from(link);
    tagged.push_str("?gwc=");
    tagged.push_str(channel);
    tagged
}

/// Percent-encodes like JavaScript's `encodeURIComponent`, RFC 3986's unreserved characters aside.
fn encode(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str) -> String {
        let channel = CHANNELS.iter().find(|channel| channel.name == name).unwrap();
        channel.address("https://x.example/r/demo/ada", "Fern & Field", "50 % off, voilà")
    }

    #[test]
    fn the_link_says_through_which_channel_it_went() {
        for channel in CHANNELS {
            let address = address(channel.name);
            assert!(address.contains("https%3A%2F%2Fx.example%2Fr%2Fdemo%2Fada%3Fgwc%3D"), "{address}");
            assert!(
                address.ends_with(channel.name) || address.contains(&[channel.name, "&"].concat()),
                "{address}"
            );
        }
    }

    #[test]
    fn every_channel_is_one_the_edge_can_tell_apart() {
        for channel in CHANNELS {
            assert_eq!(referral::channel::Channel::from_link(channel.name).as_str(), channel.name);
        }
    }

    #[test]
    fn texts_cannot_add_parameters_or_lines() {
        assert_eq!(
            address("email"),
            "mailto:?subject=Fern%20%26%20Field&body=50%20%25%20off%2C%20voil%C3%A0%0A%0A\
             https%3A%2F%2Fx.example%2Fr%2Fdemo%2Fada%3Fgwc%3Demail"
        );
        let mut encoded = String::new();
        encode(&mut encoded, "&?#=+ \r\n\"<>'/\\%");
        assert_eq!(encoded, "%26%3F%23%3D%2B%20%0D%0A%22%3C%3E%27%2F%5C%25");
    }
}
