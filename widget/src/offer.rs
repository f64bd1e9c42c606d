//! Says a program's offer: a headline, a sentence for both sides, a message to share.

use alloc::string::String;

use crate::page::{Page, item};

/// Most rules of one side that are read, so that a broken answer cannot fill the page.
const MOST_RULES: u8 = 9;

/// A program's offer in words.
#[derive(Debug, PartialEq, Eq)]
pub struct Offer {
    /// `Give €5, get 10%`
    pub title: String,
    /// `Your friend gets €5 when they buy. You get 10% of what they spend.`
    pub sentence: String,
    /// What a referrer says to a friend.
    pub message: String,
    /// The line that discloses the reward; empty when the referrer gets none.
    pub disclosure: String,
}

impl Offer {
    /// The offer of the program in the answer; while there is none, what can always be said.
    pub fn read(page: &impl Page, site: &str) -> Self {
        let referrer = Side::read(page, "referrer");
        let friend = Side::read(page, "friend");
        let title = match (friend.headline.as_str(), referrer.headline.as_str()) {
            ("", "") => page.text("title.none", "", ""),
            ("", get) => page.text("title.referrer", get, ""),
            (give, "") => page.text("title.friend", give, ""),
            (give, get) => page.text("title.both", give, get),
        };
        let mut sentence = friend.sentence;
        if !sentence.is_empty() && !referrer.sentence.is_empty() {
            sentence.push(' ');
        }
        sentence.push_str(&referrer.sentence);
        let gift = friend.headline.as_str();
        let message = page.text(if gift.is_empty() { "message" } else { "message.gift" }, site, gift);
        // As long as nothing is known of the offer, a reward is likely.
        let unpaid = referrer.headline.is_empty() && !page.read("program.name").is_empty();
        let disclosure = if unpaid { String::new() } else { page.text("disclosure", "", "") };
        Self { title, sentence, message, disclosure }
    }
}

/// What one side gets.
#[derive(Default)]
struct Side {
    /// The most telling amount: of a sale if there is one.
    headline: String,
    /// All of it: `You get 10% of what they spend, and €1 when they sign up.`
    sentence: String,
}

impl Side {
    fn read(page: &impl Page, side: &str) -> Self {
        let mut read = Self::default();
        for index in 0..MOST_RULES {
            let rule = ["program.offer.", side].concat();
            let rule = item(&[&rule, "."].concat(), index, "");
            let on = page.read(&[&rule, ".on"].concat());
            if on.is_empty() {
                break;
            }
            let (flat, share) = ([&rule, ".pay.flat"].concat(), [&rule, ".pay.share_bps"].concat());
            let (amount, kind) = if !page.read(&flat).is_empty() {
                (page.amount(&flat, &page.read(&[&rule, ".currency"].concat())), "flat")
            } else if !page.read(&share).is_empty() {
                (page.amount(&share, "%"), "share")
            } else {
                continue; // a kind of reward this version has no words for yet
            };
            let phrase = page.text(&[side, ".", &on, ".", kind].concat(), &amount, "");
            if phrase.is_empty() {
                continue; // a rule this version has no words for yet
            }
            read.sentence =
                if read.sentence.is_empty() { phrase } else { page.text("list", &read.sentence, &phrase) };
            if read.headline.is_empty() || on == "sale" {
                read.headline = amount;
            }
        }
        if !read.sentence.is_empty() {
            read.sentence = page.text(&["sentence.", side].concat(), &read.sentence, "");
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::memory::MemoryPage;

    fn read(facts: &[(&str, &str)]) -> Offer {
        let page = MemoryPage::default();
        page.answers(facts);
        Offer::read(&&page, "Fern & Field")
    }

    fn check(facts: &[(&str, &str)], title: &str, sentence: &str, message: &str) {
        let offer = read(facts);
        assert_eq!(
            (offer.title.as_str(), offer.sentence.as_str(), offer.message.as_str()),
            (title, sentence, message)
        );
    }

    #[test]
    fn who_gets_a_reward_says_so_and_who_gets_none_does_not() {
        let said = "I get a reward if you buy.";
        let sale = ("program.offer.referrer.0.on", "sale");
        let share = ("program.offer.referrer.0.pay.share_bps", "2000");
        assert_eq!(read(&[]).disclosure, said);
        assert_eq!(read(&[("program.name", "x"), sale, share]).disclosure, said);
        assert_eq!(read(&[("program.name", "x")]).disclosure, "");
    }

    #[test]
    fn both_sides_stand_in_one_headline() {
        check(
            &[
                ("program.offer.referrer.0.on", "lead"),
                ("program.offer.referrer.0.pay.flat", "100"),
                ("program.offer.referrer.0.currency", "EUR"),
                ("program.offer.referrer.1.on", "sale"),
                ("program.offer.referrer.1.pay.share_bps", "1000"),
                ("program.offer.friend.0.on", "sale"),
                ("program.offer.friend.0.pay.flat", "500"),
                ("program.offer.friend.0.currency", "EUR"),
            ],
            "Give EUR 5.00, get 10%",
            "Your friend gets EUR 5.00 when they buy. You get EUR 1.00 when they sign up, and 10% of what they spend.",
            "I like Fern & Field. With my link you get EUR 5.00.",
        );
    }

    #[test]
    fn an_offer_may_have_one_side_or_none() {
        check(
            &[("program.offer.referrer.0.on", "sale"), ("program.offer.referrer.0.pay.share_bps", "2000")],
            "Share your link, get 20%",
            "You get 20% of what they spend.",
            "I like Fern & Field. Have a look: I think you will, too.",
        );
        check(
            &[],
            "Share your personal link",
            "",
            "I like Fern & Field. Have a look: I think you will, too.",
        );
    }

    #[test]
    fn a_rule_without_words_is_left_out() {
        check(
            &[
                ("program.offer.friend.0.on", "solstice"),
                ("program.offer.friend.0.pay.flat", "1"),
                ("program.offer.friend.1.on", "sale"),
                ("program.offer.friend.1.pay.perk", "Early access"),
                ("program.offer.friend.2.on", "lead"),
                ("program.offer.friend.2.pay.flat", "200"),
                ("program.offer.friend.2.currency", "EUR"),
            ],
            "Give your friends EUR 2.00",
            "Your friend gets EUR 2.00 for signing up.",
            "I like Fern & Field. With my link you get EUR 2.00.",
        );
    }
}
