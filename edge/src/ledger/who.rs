//! Who calls from a page: by the proof of a link, by an identity token, or nobody in particular.
//!
//! A token wins over a proof. A proof alone speaks for a link and for whoever joined with it anonymously; once the link
//! belongs to somebody who signs in, their numbers need their token. Otherwise whoever had the secret before (a shared
//! computer, a copied browser profile) could go on reading an account that is not theirs.

use super::book::Book;
use super::proof;
use super::request::Request;
use crate::problem::Problem;
use crate::sql::sql;
use referral::code::Code;

/// A referrer a caller may speak for.
pub(crate) struct Account {
    pub(crate) id: String,
    /// The code of the link they are shown.
    pub(crate) code: String,
}

/// What is known of a caller.
#[derive(Default)]
pub(crate) struct Who {
    pub(crate) account: Option<Account>,
    /// The code of the link that is the caller's, joined with or not.
    pub(crate) code: Option<String>,
    /// A token says who it is: name and e-mail may be shown.
    pub(crate) identified: bool,
    /// The link belongs to somebody who signs in, and no token came.
    pub(crate) signed_out: bool,
}

/// The referrer of this external id.
pub(crate) fn by_external_id(book: &Book, external_id: &str) -> Result<Option<Account>, Problem> {
    let row: Option<(String, String)> =
        book.database.row(sql!("ledger/referrer_by_external_id"), &[external_id])?;
    Ok(row.map(|(id, code)| Account { id, code }))
}

pub(crate) fn who(book: &Book, request: &Request) -> Result<Who, Problem> {
    if let Some(entered) = &request.meta.portal {
        let code: Option<(String,)> =
            book.database.row(sql!("ledger/portal_code"), &[&entered.referrer_id])?;
        let (code,) = code.ok_or_else(Problem::not_found)?;
        let account = Account { id: entered.referrer_id.clone(), code: code.clone() };
        return Ok(Who {
            account: Some(account),
            code: Some(code),
            identified: entered.identified,
            signed_out: false,
        });
    }
    if let Some(identity) = &request.identity
        && let Some(account) = by_external_id(book, &identity.sub)?
    {
        let code = Some(account.code.clone());
        return Ok(Who { account: Some(account), code, identified: true, signed_out: false });
    }
    let Some(secret) = proof::secret(request) else { return Ok(Who::default()) };
    Ok(match proof::link(book, &secret)? {
        // Nothing is stored of it yet: the code follows from the secret.
        None => Who { code: Some(Code::from_secret(secret.bytes()).as_str().to_owned()), ..Who::default() },
        Some(link) if !link.identified => {
            let code = Some(link.code.clone());
            Who { account: Some(Account { id: link.referrer_id, code: link.code }), code, ..Who::default() }
        }
        // Somebody else has signed in here.
        Some(_) if request.identity.is_some() => Who::default(),
        Some(link) => Who { code: Some(link.code), signed_out: true, ..Who::default() },
    })
}

/// The referrer a caller speaks for, where the call makes no sense without.
pub(crate) fn account(book: &Book, request: &Request) -> Result<Account, Problem> {
    let who = who(book, request)?;
    who.account.ok_or_else(|| {
        if who.signed_out {
            return Problem::new(
                401,
                "identity_missing",
                "Signed out",
                "This link belongs to somebody who signs in. Send their token in the Goodword-Identity header.",
            );
        }
        Problem::new(
            401,
            "proof_missing",
            "No proof",
            "Send the secret of the referrer's link in the Goodword-Proof header or their token in Goodword-Identity, and join first.",
        )
    })
}
