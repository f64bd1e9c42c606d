//! Lists of domains that ship with the program: sorted lines under a head of comments, searched by halves.
//!
//! Source, licence and date of each stand in its head, or why there is no source; `cargo xtask domains` writes the first
//! two anew.

const DISPOSABLE_MAIL: &str = include_str!("../../data/disposable_mail.txt");
const PUBLIC_MAIL: &str = include_str!("../../data/public_mail.txt");
const COUPON_HOSTS: &str = include_str!("../../data/coupon_hosts.txt");

/// Whether mail to this domain is meant to be thrown away.
pub fn disposable_mail(domain: &str) -> bool {
    within(DISPOSABLE_MAIL, domain)
}

/// Whether everybody can have an address at this domain, so that sharing it says nothing.
///
/// Names that [RFC 2606](https://www.rfc-editor.org/rfc/rfc2606) keeps for documentation are nobody's either.
pub fn public_mail(domain: &str) -> bool {
    let last = domain.rsplit('.').next().unwrap_or_default();
    matches!(last, "example" | "test" | "invalid" | "localhost")
        || matches!(domain, "example.com" | "example.net" | "example.org")
        || within(PUBLIC_MAIL, domain)
        || within(DISPOSABLE_MAIL, domain)
}

/// Whether this host lives of vouchers.
pub fn coupon_host(host: &str) -> bool {
    within(COUPON_HOSTS, host)
}

/// Whether a host is another one or below it.
pub fn below(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a name or one it is below of stands in a list.
fn within(list: &str, name: &str) -> bool {
    let mut rest = Some(name);
    while let Some(name) = rest.filter(|name| name.contains('.')) {
        if has_line(list, name) {
            return true;
        }
        rest = name.split_once('.').map(|(_, parent)| parent);
    }
    false
}

/// Whether a line stands among sorted ones; comments stand above them.
fn has_line(list: &str, line: &str) -> bool {
    let mut lines = list;
    while lines.starts_with('#') {
        lines = lines.split_once('\n').map_or("", |(_, rest)| rest);
    }
    while !lines.is_empty() {
        let middle = lines.as_bytes().iter().take(lines.len() / 2).rposition(|byte| *byte == b'\n');
        let (before, rest) = lines.split_at(middle.map_or(0, |at| at + 1));
        let (here, after) = rest.split_once('\n').unwrap_or((rest, ""));
        match line.cmp(here) {
            core::cmp::Ordering::Equal => return true,
            core::cmp::Ordering::Less => lines = before,
            core::cmp::Ordering::Greater => lines = after,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_list_is_found_and_nothing_between_them_is() {
        for list in [DISPOSABLE_MAIL, PUBLIC_MAIL, COUPON_HOSTS] {
            let mut before = "";
            for line in list.lines().filter(|line| !line.starts_with('#')) {
                assert!(before < line, "{line} is out of order");
                assert!(has_line(list, line), "{line}");
                before = line;
            }
            for absent in ["", "!", "a", "zzzz.zzzz", "gmail.co", "#", "\u{10ffff}"] {
                assert!(!has_line(list, absent), "{absent}");
            }
        }
    }

    #[test]
    fn lists_say_where_they_are_from_and_when() {
        for list in [DISPOSABLE_MAIL, PUBLIC_MAIL, COUPON_HOSTS] {
            let head: alloc::string::String = list.lines().take_while(|line| line.starts_with('#')).collect();
            assert!(head.contains("202"), "{head}");
        }
    }

    #[test]
    fn hosts_below_a_listed_one_are_listed_and_lookalikes_are_not() {
        assert!(disposable_mail("mailinator.com") && disposable_mail("x.y.mailinator.com"));
        assert!(
            !disposable_mail("amailinator.example") && !disposable_mail("gmail.com") && !disposable_mail("")
        );
        assert!(public_mail("gmail.com") && public_mail("gmx.de") && public_mail("mail.example"));
        assert!(!public_mail("siemens.com") && !public_mail("com"));
        assert!(
            coupon_host("retailmenot.com") && coupon_host("de.coupert.com") && !coupon_host("example.com")
        );
        assert!(
            below("a.b.example", "b.example")
                && !below("ab.example", "b.example")
                && below("b.example", "b.example")
        );
    }
}
