//! What becomes of a link made in the browser when somebody signs in there.
//!
//! A link belongs to whoever has its secret. Signing in joins it to an account once and for all: the secret proves that
//! the person at this browser may do so, the token says whose account it is. A secret that has an account already is
//! left alone when somebody else signs in on the same computer.

/// Most links of one referrer. Each of them costs a look whenever the referrer asks for their numbers.
pub const MOST_LINKS: usize = 20;

/// Whose the secret is that came along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// No secret came along, or its code is taken by another one's.
    None,
    /// Nobody has joined with it.
    Unknown,
    /// A referrer who never signed in joined with it.
    Anonymous,
    /// It has an account already: this one's or another's.
    Settled,
}

/// Whether somebody is known by the merchant's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// Nobody is: they join now.
    New,
    /// A referrer is, with so many links besides their first.
    Known {
        /// Further codes, and referrers who were joined to this one.
        further_links: usize,
    },
}

/// What joining comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A referrer is made, with a code drawn for them.
    Create,
    /// A referrer is made, and the secret's code is theirs.
    CreateWithLink,
    /// The anonymous referrer is from now on known by the merchant's id.
    Identify,
    /// The secret's code becomes a further code of the referrer.
    AddLink,
    /// The anonymous referrer is joined to the known one: what was theirs shows there, what comes is credited there.
    Merge,
    /// Nothing changes.
    Nothing,
}

/// Decides what joining with an identity comes to.
pub const fn join(account: Account, link: Link) -> Step {
    match (account, link) {
        (Account::New, Link::None | Link::Settled) => Step::Create,
        (Account::New, Link::Unknown) => Step::CreateWithLink,
        (Account::New, Link::Anonymous) => Step::Identify,
        (Account::Known { .. }, Link::None | Link::Settled) => Step::Nothing,
        (Account::Known { further_links }, _) if further_links >= MOST_LINKS => Step::Nothing,
        (Account::Known { .. }, Link::Unknown) => Step::AddLink,
        (Account::Known { .. }, Link::Anonymous) => Step::Merge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(account: Account, link: Link, step: Step) {
        assert_eq!(join(account, link), step, "{account:?} {link:?}");
    }

    #[test]
    fn a_link_is_joined_to_whoever_signs_in_first() {
        let known = Account::Known { further_links: 0 };
        check(Account::New, Link::None, Step::Create);
        check(Account::New, Link::Unknown, Step::CreateWithLink);
        check(Account::New, Link::Anonymous, Step::Identify);
        check(known, Link::None, Step::Nothing);
        check(known, Link::Unknown, Step::AddLink);
        check(known, Link::Anonymous, Step::Merge);
    }

    #[test]
    fn a_link_that_has_an_account_stays_there_whoever_signs_in() {
        check(Account::New, Link::Settled, Step::Create);
        check(Account::Known { further_links: 0 }, Link::Settled, Step::Nothing);
    }

    #[test]
    fn nobody_gathers_links_without_end() {
        let one_less = Account::Known { further_links: MOST_LINKS - 1 };
        let full = Account::Known { further_links: MOST_LINKS };
        check(one_less, Link::Unknown, Step::AddLink);
        check(one_less, Link::Anonymous, Step::Merge);
        check(full, Link::Unknown, Step::Nothing);
        check(full, Link::Anonymous, Step::Nothing);
    }
}
