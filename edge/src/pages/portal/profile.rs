//! What they say of themselves, where their money is sent, where they are in, and everything that is known of them.

use super::file::{Files, Short};
use super::frame::{Frame, Section};
use super::seat::Seat;
use crate::ledger::portal::door::Listed;
use crate::ledger::portal::own::Profile;
use crate::pages::form::Form;
use crate::pages::refusal::Refusal;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde_json::{Value, json};

struct SessionRow {
    id: String,
    browser: String,
    seen: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "portal/profile.html")]
struct Page {
    name: String,
    email: String,
    /// The shop said who they are: its address for them stands.
    email_stands: bool,
    show_name: bool,
    target: Option<(String, String)>,
    target_name: String,
    sessions: Vec<SessionRow>,
    files: Files,
    frame: Frame,
}

pub(super) async fn show(seat: &Seat<'_>) -> Result<Reply, Problem> {
    page(seat, None, &Form::default()).await
}

/// What somebody says of themselves.
const OWN: [&str; 2] = ["name", "email"];

/// The page; `typed` is what was filled in and refused. An account number is not sent back.
async fn page(seat: &Seat<'_>, refusal: Option<Refusal>, typed: &Form) -> Result<Reply, Problem> {
    let is_refused = refusal.is_some();
    let frame = seat.frame(Section::Profile).await?.refused(refusal);
    let profile: Profile = seat.inside("portal/profile", &()).await?;
    let sessions: Vec<Listed> = seat.inside("portal/sessions", &()).await?;
    let now = sessions.iter().map(|session| session.seen_at).max().unwrap_or(frame.now);
    let row = |session: &Listed| SessionRow {
        id: session.id.clone(),
        browser: frame.words.browser(&session.browser),
        seen: frame.words.ago(session.seen_at, now.max(session.seen_at)),
        is_own: session.id == seat.signed.entered.id,
    };
    let again = |name: &str, stored: Option<String>| {
        if is_refused && typed.has(name) {
            typed.text(name).unwrap_or_default().to_owned()
        } else {
            stored.unwrap_or_default()
        }
    };
    // A box that is not ticked is not sent: which form came says another field of it.
    let is_own_form = is_refused && OWN.iter().any(|name| typed.has(name));
    let page = Page {
        email_stands: seat.signed.entered.identified && profile.email.is_some(),
        name: again("name", profile.name),
        email: again("email", profile.email),
        show_name: if is_own_form { typed.has("show_name") } else { profile.show_name },
        target: profile.target,
        target_name: again("holder", None),
        sessions: sessions.iter().map(row).collect(),
        files: Files::short(&frame, Short::Sessions, ""),
        frame,
    };
    Reply::page(page.frame.status(), &page)
}

/// Where they are in, as rows of a file.
pub(super) async fn rows(seat: &Seat<'_>) -> Result<Vec<Value>, Problem> {
    let sessions: Vec<Listed> = seat.inside("portal/sessions", &()).await?;
    let row = |session: &Listed| {
        json!({
            "browser": session.browser,
            "created_at": session.created_at,
            "seen_at": session.seen_at,
            "own": session.id == seat.signed.entered.id,
        })
    };
    Ok(sessions.iter().map(row).collect())
}

/// Name, e-mail, and whether friends may see the name. What is there already can be changed, not left out: an empty field is
/// sent along, so that nothing is called saved that is not.
pub(super) async fn change(seat: &Seat<'_>, form: &Form) -> Result<Reply, Problem> {
    let profile: Profile = seat.inside("portal/profile", &()).await?;
    let mut body = json!({ "show_name": form.has("show_name") });
    if let Some(fields) = body.as_object_mut() {
        for (name, stored) in OWN.iter().zip([&profile.name, &profile.email]) {
            let text = form.text(name).or(stored.as_ref().filter(|_| form.has(name)).map(|_| ""));
            if let Some(text) = text {
                fields.insert((*name).to_owned(), json!(text));
            }
        }
    }
    match seat.tell::<Value>("PATCH", "/v1/widget/me", form.text("once"), &body).await? {
        Ok(_) => Ok(Reply::see(&format!("{}?done=saved", seat.to("profile")))),
        Err(refusal) => page(seat, Some(refusal), form).await,
    }
}

/// Where their money is sent.
pub(super) async fn change_target(seat: &Seat<'_>, form: &Form) -> Result<Reply, Problem> {
    let text = |name: &str| form.text(name).unwrap_or_default();
    let body = json!({ "name": text("holder"), "iban": text("iban") }).to_string();
    match seat.try_inside::<bool>("portal/target", &body).await? {
        Ok(_) => Ok(Reply::see(&format!("{}?done=target", seat.to("profile")))),
        Err(mut refusal) => {
            // The page has another name above.
            for fault in refusal.errors.iter_mut().filter(|fault| fault.field == "name") {
                "holder".clone_into(&mut fault.field);
            }
            page(seat, Some(refusal), form).await
        }
    }
}

/// Ends another session of theirs.
pub(super) async fn end_session(seat: &Seat<'_>, id: &str) -> Result<Reply, Problem> {
    let _: bool = seat.inside_text("portal/session_end", id).await?;
    Ok(Reply::see(&format!("{}?done=session_ended", seat.to("profile"))))
}

/// Everything that is known of them, as a file.
pub(super) async fn export(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let body = seat.inside_file("portal/export", "").await?;
    let name = format!("{}-my-data.json", seat.program.facts.slug);
    Ok(Reply::download(name, "application/json", body))
}
