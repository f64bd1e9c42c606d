//! How a link was passed on: the share channel.
//!
//! It travels in the link as `?gwc=whatsapp`, in the click id as one byte, and in JSON by name, so that
//! channels can be compared from the click to the sale.

use serde::{Deserialize, Serialize};

macro_rules! channels {
    ($($(#[$doc:meta])* $variant:ident = $number:literal $name:literal),* $(,)?) => {
        /// A share channel. A closed list: whatever else a link says is [`Channel::Other`], so that no
        /// stranger can fill a merchant's statistics with names of their own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Channel {
            $($(#[$doc])* $variant = $number),*
        }

        impl Channel {
            /// Every channel, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name used in links and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The byte used in click ids. Numbers are never given to another channel.
            pub fn number(self) -> u8 {
                match self { $(Self::$variant => $number),* }
            }

            /// The channel with this number.
            pub fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }

            /// Reads the value of `gwc` in a link, whatever it is.
            pub fn from_link(value: &str) -> Self {
                match value { "" => Self::Direct, $($name => Self::$variant,)* _ => Self::Other }
            }
        }
    };
}

channels! {
    /// The link says nothing: typed, or copied from somewhere.
    #[default]
    Direct = 0 "direct",
    /// A channel this version does not know.
    Other = 1 "other",
    /// Copied with the widget's button.
    Copy = 2 "copy",
    /// The device's own share sheet.
    Native = 3 "native",
    /// A scanned QR code.
    Qr = 4 "qr",
    /// E-mail.
    Email = 5 "email",
    /// A text message.
    Sms = 6 "sms",
    /// `WhatsApp`.
    Whatsapp = 7 "whatsapp",
    /// Telegram.
    Telegram = 8 "telegram",
    /// Facebook Messenger.
    Messenger = 9 "messenger",
    /// X, formerly Twitter.
    X = 10 "x",
    /// Facebook.
    Facebook = 11 "facebook",
    /// `LinkedIn`.
    Linkedin = 12 "linkedin",
    /// Reddit.
    Reddit = 13 "reddit",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_reads_back_from_its_name_and_number() {
        for (number, channel) in (0..).zip(Channel::ALL) {
            assert_eq!(channel.number(), number);
            assert_eq!(Channel::from_number(number), Some(*channel));
            assert_eq!(Channel::from_link(channel.as_str()), *channel);
            let json = serde_json::to_string(channel).unwrap();
            assert_eq!(json.trim_matches('"'), channel.as_str());
        }
        assert_eq!(Channel::from_number(14), None);
        assert_eq!(Channel::from_number(255), None);
    }

    #[test]
    fn what_strangers_write_is_other_and_silence_is_direct() {
        assert_eq!(Channel::from_link("<script>"), Channel::Other);
        assert_eq!(Channel::from_link("WhatsApp"), Channel::Other);
        assert_eq!(Channel::from_link(""), Channel::Direct);
    }
}
