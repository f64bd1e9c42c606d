//! Whether friend and referrer could be one person, by what they are called.

use super::lists;
use alloc::string::String;
use alloc::vec::Vec;

/// Name and address of somebody, where told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person<'a> {
    /// E-mail address.
    pub email: Option<&'a str>,
    /// Name.
    pub name: Option<&'a str>,
}

/// Shortest local part of an address that says something when another one is like it, in letters and digits: there are
/// many whose name has seven.
const TELLING: usize = 8;

/// Whether two people have one mailbox, written differently or not.
pub fn same_mailbox(one: Person<'_>, other: Person<'_>) -> bool {
    match (one.email, other.email) {
        (Some(one), Some(other)) => mailbox(one) == mailbox(other),
        _ => false,
    }
}

/// Whether they have addresses at one domain that is not open to everybody.
pub fn same_domain(one: Person<'_>, other: Person<'_>) -> bool {
    match (one.email.and_then(domain), other.email.and_then(domain)) {
        (Some(one), Some(other)) => one == other && !lists::public_mail(&one),
        _ => false,
    }
}

/// Whether their addresses or names are nearly the same, or each other turned around.
pub fn similar(one: Person<'_>, other: Person<'_>) -> bool {
    let addresses = match (one.email, other.email) {
        (Some(one), Some(other)) => similar_addresses(one, other),
        _ => false,
    };
    let names = match (one.name, other.name) {
        (Some(one), Some(other)) => same_words(one, other),
        _ => false,
    };
    addresses || names
}

/// Whether an address is one that is thrown away.
pub fn disposable(person: Person<'_>) -> bool {
    person.email.and_then(domain).is_some_and(|domain| lists::disposable_mail(&domain))
}

/// The mailbox behind an address: letter case and `+tag` do not make another one; at Gmail dots do not either.
///
/// Source: [Gmail help, "Dots don't matter"](https://support.google.com/mail/answer/7436150); sub-addressing as in
/// RFC 5233. Letter case in the local part could by RFC 5321 tell two boxes apart; no provider of note does.
fn mailbox(address: &str) -> String {
    let address = address.trim().to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return address };
    let local = local.split('+').next().unwrap_or(local);
    match domain {
        "gmail.com" | "googlemail.com" => alloc::format!("{}@gmail.com", local.replace('.', "")),
        _ => alloc::format!("{local}@{domain}"),
    }
}

fn domain(address: &str) -> Option<String> {
    local_and_domain(address).map(|(_, domain)| domain)
}

/// The part before the `@`, without a `+tag`, and the domain in lower case.
fn local_and_domain(address: &str) -> Option<(&str, String)> {
    let (local, domain) = address.trim().rsplit_once('@')?;
    Some((local.split('+').next().unwrap_or(local), domain.to_lowercase()))
}

/// `anna.schmidt@…` and `schmidt_anna@…`; `annaschmidt@…` at two providers; `annaschmidt1@…` and `annaschmidt2@…` at one.
fn similar_addresses(one: &str, other: &str) -> bool {
    let (Some((one, at)), Some((other, other_at))) = (local_and_domain(one), local_and_domain(other)) else {
        return false;
    };
    let plain =
        |local: &str| local.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<Vec<char>>();
    let (plain_one, plain_other) = (plain(one), plain(other));
    let telling = plain_one.len().min(plain_other.len()) >= TELLING;
    let alike =
        telling && (plain_one == plain_other || at == other_at && one_apart(&plain_one, &plain_other));
    alike || same_words(one, other)
}

/// Whether two texts have the same words, two of them or more, in whatever order.
fn same_words(one: &str, other: &str) -> bool {
    let words = |text: &str| {
        let text = text.to_lowercase();
        let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().nth(1).is_some());
        let mut words: Vec<String> = words.map(String::from).collect();
        words.sort();
        words
    };
    let words_of_one = words(one);
    words_of_one.len() >= 2 && words_of_one == words(other)
}

/// Whether one character was added, taken out or changed.
fn one_apart(one: &[char], other: &[char]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let rest = |text: &[char], after: usize| text.get(after..).map(<[char]>::to_vec);
    match long.len() - short.len() {
        0 => rest(short, same + 1) == rest(long, same + 1),
        1 => rest(short, same) == rest(long, same + 1),
        _ => false,
    }
}
