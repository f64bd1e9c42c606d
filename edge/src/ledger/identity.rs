//! Who is signed in, by the token the merchant's server signed.

use super::book::Book;
use super::request::Request;
use crate::problem::Problem;
use crate::route::Call;
use referral::api_key::{ApiKey, KeyKind};
use referral::identity::{self, Identity};

/// Every cause there is, told for each of them.
const CAUSES: &str = "A token is accepted only if all of this holds: it is a JWT in compact form with the header {\"alg\":\"HS256\",\"typ\":\"JWT\"}; \
    it is signed with a live identity key of this program, the test key (ik_test_) where the page has a test key (pk_test_), the live one where it has a live key; \
    iss is the program's slug or id; aud is the text goodword, not a list; sub is a text of 1 to 200 characters; \
    iat and exp are whole seconds, exp at most 3600 after iat; and it has not expired. Make a new one on your server; the guide says how.";

/// Whoever calls, where the call asks. What is only counted is counted under any token: one that proves nothing is nobody's.
pub(crate) fn of(book: &Book, request: &Request, call: &Call) -> Result<Option<Identity>, Problem> {
    match call {
        Call::WidgetEvents => Ok(read(book, request).unwrap_or_default()),
        call if call.identifies() => read(book, request),
        _ => Ok(None),
    }
}

/// Verifies the token that came with a request, if one did. The key it is signed with is kept nowhere: it follows from
/// its id and the root keys, and the stored hash says whether it is the one.
fn read(book: &Book, request: &Request) -> Result<Option<Identity>, Problem> {
    let Some(token) = &request.meta.identity else { return Ok(None) };
    let (program, isolate) = (book.program()?, book.isolate()?);
    let issuers = [program.facts.slug.as_str(), program.facts.id.as_str()];
    let now = book.real_now();
    let live = |end: Option<i64>| end.is_none_or(|end| now.ms() < end);
    let (mode, uid) = (request.meta.key_mode(), request.meta.uid.as_str());
    for stored in program.keys.iter().filter(|key| key.kind == KeyKind::Identity.word()) {
        for root in isolate.root_keys.iter().filter(|_| live(stored.expires_at)) {
            if let Some(key) = ApiKey::of_id(root, KeyKind::Identity, mode, uid, &stored.id)
                && key.hash() == stored.hash
                && let Ok(identity) = identity::verify(key.text().as_bytes(), token, now.seconds(), &issuers)
            {
                return Ok(Some(identity));
            }
        }
    }
    // The same for every cause: a forger learns nothing from it.
    Err(Problem::new(401, "identity_invalid", "The identity token proves nothing", CAUSES))
}
