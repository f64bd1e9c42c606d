//! What becomes of a link made in the browser when somebody signs in there.
//!
//! A link belongs to whoever has its secret. Signing in joins it to an account once and for all: the secret proves that
//! the person at this browser may do so, the token says whose account it is. A secret that has an account already is
//! left alone when somebody else signs in on the same computer.

/// Most links of one referrer. Each of them costs a look whenever the referrer asks for their numbers.
pub const MOST_LINKS: usize = 20;

/// Whose the secret is that came along. `S` is the secret, `L` the link somebody has joined with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link<S, L> {
    /// No secret came along, or its code is taken by another one's.
    None,
    /// Nobody has joined with it.
    Unknown(S),
    /// A referrer who never signed in joined with it.
    Anonymous(L),
    /// It has an account already: this one's or another's.
    Settled,
}

/// Whether somebody is known by the merchant's id. `A` is their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account<A> {
    /// Nobody is: they join now.
    New,
    /// A referrer is, with so many links besides their first.
    Known {
        /// Who it is.
        account: A,
        /// Further codes, and referrers who were joined to this one.
        further_links: usize,
    },
}

/// What joining comes to, with whom and what it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<A, S, L> {
    /// A referrer is made, with a code drawn for them.
    Create,
    /// A referrer is made, and the secret's code is theirs.
    CreateWithLink(S),
    /// The anonymous referrer is from now on known by the merchant's id.
    Identify(L),
    /// The secret's code becomes a further code of the referrer.
    AddLink {
        /// Who gets it.
        account: A,
        /// What it follows from.
        secret: S,
    },
    /// The anonymous referrer is joined to the known one: what was theirs shows there, what comes is credited there.
    Merge {
        /// Whose the anonymous link is from now on.
        account: A,
        /// The anonymous link.
        link: L,
    },
    /// Nothing changes for the known one.
    Nothing(A),
}

/// Decides what joining with an identity comes to.
pub fn join<A, S, L>(account: Account<A>, link: Link<S, L>) -> Step<A, S, L> {
    match (account, link) {
        (Account::New, Link::None | Link::Settled) => Step::Create,
        (Account::New, Link::Unknown(secret)) => Step::CreateWithLink(secret),
        (Account::New, Link::Anonymous(link)) => Step::Identify(link),
        (Account::Known { account, .. }, Link::None | Link::Settled) => Step::Nothing(account),
        (Account::Known { account, further_links }, _) if further_links >= MOST_LINKS => {
            Step::Nothing(account)
        }
        (Account::Known { account, .. }, Link::Unknown(secret)) => Step::AddLink { account, secret },
        (Account::Known { account, .. }, Link::Anonymous(link)) => Step::Merge { account, link },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: Link<&str, &str> = Link::Unknown("secret");
    const ANONYMOUS: Link<&str, &str> = Link::Anonymous("link");

    fn known(further_links: usize) -> Account<&'static str> {
        Account::Known { account: "ada", further_links }
    }

    fn check(account: Account<&str>, link: Link<&str, &str>, step: Step<&str, &str, &str>) {
        assert_eq!(join(account, link), step, "{account:?} {link:?}");
    }

    #[test]
    fn a_link_is_joined_to_whoever_signs_in_first() {
        check(Account::New, Link::None, Step::Create);
        check(Account::New, UNKNOWN, Step::CreateWithLink("secret"));
        check(Account::New, ANONYMOUS, Step::Identify("link"));
        check(known(0), Link::None, Step::Nothing("ada"));
        check(known(0), UNKNOWN, Step::AddLink { account: "ada", secret: "secret" });
        check(known(0), ANONYMOUS, Step::Merge { account: "ada", link: "link" });
    }

    #[test]
    fn a_link_that_has_an_account_stays_there_whoever_signs_in() {
        check(Account::New, Link::Settled, Step::Create);
        check(known(0), Link::Settled, Step::Nothing("ada"));
    }

    #[test]
    fn nobody_gathers_links_without_end() {
        let one_less = known(MOST_LINKS - 1);
        let full = known(MOST_LINKS);
        check(one_less, UNKNOWN, Step::AddLink { account: "ada", secret: "secret" });
        check(one_less, ANONYMOUS, Step::Merge { account: "ada", link: "link" });
        check(full, UNKNOWN, Step::Nothing("ada"));
        check(full, ANONYMOUS, Step::Nothing("ada"));
    }
}
