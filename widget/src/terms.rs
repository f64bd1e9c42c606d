//! Says a program's terms in plain words, and which version of them was accepted.

use crate::page::Page;

/// Whether the terms have changed since the referrer accepted them, or were never accepted.
pub fn are_new(page: &impl Page) -> bool {
    let version = page.read("program.terms_version");
    !version.is_empty() && page.read("referrer.terms_accepted") != version
}

/// Shows the line about accepting, and below it the terms, the offer first.
pub fn show(page: &impl Page, offer: &str) {
    let version = page.read("program.terms_version");
    if version.is_empty() {
        return;
    }
    let line = if are_new(page) { "terms.accept" } else { "terms.accepted" };
    page.write(".accept", &page.text(line, &version, ""));
    page.write(".terms ul", "");
    let say = |text: &str| {
        if !text.is_empty() {
            page.line(".terms ul", text);
        }
    };
    say(offer);
    say(&page.count("terms.window", "program.window_days"));
    let hold = page.read("program.hold_days");
    if hold != "0" {
        say(&page.count("terms.hold", "program.hold_days"));
    }
    if !matches!(page.read("program.minimum_order").as_str(), "" | "0") {
        let least = page.amount("program.minimum_order", &page.read("program.currency"));
        say(&page.text("terms.minimum", &least, ""));
    }
    say(&page.text("terms.returns", "", ""));
    say(&page.text("terms.own", "", ""));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::memory::MemoryPage;

    const FACTS: [(&str, &str); 5] = [
        ("program.terms_version", "3"),
        ("program.window_days", "90"),
        ("program.hold_days", "1"),
        ("program.minimum_order", "2000"),
        ("program.currency", "EUR"),
    ];

    #[test]
    fn the_terms_stand_in_plain_words_below_the_line_that_accepts_them() {
        let page = MemoryPage::default();
        page.answers(&FACTS);
        show(&&page, "You get 10% of what they spend.");
        assert_eq!(page.shows(".accept"), "By sharing you accept the terms (version 3)");
        assert_eq!(
            page.shows(".terms ul"),
            "You get 10% of what they spend.\n\
             An order counts within 90 days of following your link.\n\
             A reward is approved 1 day after the order.\n\
             Orders below EUR 20.00 do not count.\n\
             If an order is returned, its reward is taken back.\n\
             Your own orders do not count.\n"
        );
    }

    #[test]
    fn terms_are_accepted_by_version() {
        let page = MemoryPage::default();
        page.answers(&FACTS);
        assert!(are_new(&&page));
        page.answers(&[FACTS[0], ("referrer.terms_accepted", "3")]);
        assert!(!are_new(&&page));
        show(&&page, "");
        assert_eq!(page.shows(".accept"), "The terms you accepted (version 3)");
        page.answers(&[FACTS[0], ("referrer.terms_accepted", "2")]);
        assert!(are_new(&&page));
        page.answers(&[]);
        assert!(!are_new(&&page), "an answer without terms asks for nothing");
    }
}
