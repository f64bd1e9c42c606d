//! The way into a referrer's page. The panel asks for a link that is good once; opening it changes nothing, since whatever
//! looks at links before people do would use it up: a button does, and then a session's secret stands in a cookie that no
//! script reads. It is made here and never taken from a browser, so nobody can be made to use one that somebody else knows.

use crate::facts::Program;
use crate::isolate::Isolate;
use crate::ledger::Meta;
use crate::ledger::portal::Entered;
use crate::ledger::portal::door::Entry;
use crate::limit;
use crate::pages::caller::Caller;
use crate::pages::form::Form;
use crate::pages::frame::Assets;
use crate::pages::reply::Reply;
use crate::pages::session::{self, portal};
use crate::pages::visit::Visit;
use crate::pages::words::{self, Words};
use crate::platform;
use crate::problem::Problem;
use askama::Template;
use referral::api_key::Mode;
use referral::browser;
use referral::session::{Home, Token};

/// A browser that is in.
pub(super) struct Signed {
    pub(super) mode: Mode,
    pub(super) entered: Entered,
}

/// The ledger of a program, asked in nobody's name yet.
fn ledger<'a>(isolate: &'a Isolate, visit: &Visit, uid: &str, mode: Mode) -> Caller<'a> {
    let meta = Meta {
        request_id: visit.request_id.clone(),
        uid: uid.to_owned(),
        test: mode == Mode::Test,
        fail_after: visit.fail_after,
        ..Meta::default()
    };
    Caller::new(isolate, meta)
}

/// The session of this program's that a browser holds, and at which of its ledgers; none of another program's, whatever the
/// cookie is called.
fn held(isolate: &Isolate, visit: &Visit, program: &Program) -> Option<(Token, Mode)> {
    let token = visit.cookie(portal(&program.facts.uid)).and_then(|text| isolate.sessions.parse(text))?;
    match token.home.clone() {
        Home::Referrer(mode, uid) if uid == program.facts.uid => Some((token, mode)),
        _ => None,
    }
}

/// A way in of this program's, as it was made.
fn way_in(isolate: &Isolate, program: &Program, text: &str) -> Option<(Token, Mode)> {
    let token = isolate.sessions.parse(text)?;
    match token.home.clone() {
        Home::WayIn(mode, uid) if uid == program.facts.uid => Some((token, mode)),
        _ => None,
    }
}

impl Signed {
    /// Asks the session's home whether it is good; none where there is none, or no longer.
    pub(super) async fn of(
        isolate: &Isolate,
        visit: &Visit,
        program: &Program,
    ) -> Result<Option<Self>, Problem> {
        let Some((token, mode)) = held(isolate, visit, program) else { return Ok(None) };
        let ledger = ledger(isolate, visit, &program.facts.uid, mode);
        let used = ledger.try_inside("portal/use", &token.hash()).await?;
        Ok(used.ok().map(|entered| Self { mode, entered }))
    }
}

#[derive(Template)]
#[template(path = "portal/enter.html")]
struct Enter<'a> {
    words: Words,
    assets: Assets,
    name: &'a str,
    slug: &'a str,
    key: &'a str,
    /// Where a language is chosen.
    chooser: String,
    /// The language that was chosen on the page that led here, where these pages would be in another one.
    chosen: Option<&'static str>,
    /// Script may press the button: the shop's own page led here, so nobody was sent to somebody else's page by a link of
    /// a stranger's, and nobody is in here who would be put out by it.
    at_once: bool,
}

#[derive(Template)]
#[template(path = "portal/closed.html")]
struct Closed<'a> {
    words: Words,
    assets: Assets,
    name: &'a str,
    /// Where a language is chosen.
    chooser: String,
    destination: &'a str,
    /// What has just happened.
    notice: Option<&'static str>,
    fault: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "portal/goodbye.html")]
struct Goodbye<'a> {
    words: Words,
    assets: Assets,
    name: &'a str,
    /// Where a language is chosen.
    chooser: String,
    destination: &'a str,
}

/// Where a language is chosen for the pages of a program.
fn chooser(program: &Program) -> String {
    format!("/p/{}/language", program.facts.slug)
}

fn out(visit: &Visit, program: &Program, status: u16, fault: Option<&str>) -> Result<Reply, Problem> {
    let words = Words::preferred(&visit.language);
    let notice = visit.asked("done").filter(|word| word == "closed").map(|_| words.t("portal.done.closed"));
    let page = Closed {
        name: &program.facts.name,
        chooser: chooser(program),
        destination: &program.facts.destination,
        notice,
        fault: fault.map(|key| words.t(key)),
        assets: Assets,
        words,
    };
    Reply::page(status, &page)
}

/// How one gets in, for whoever is not.
pub(super) fn closed(visit: &Visit, program: &Program) -> Result<Reply, Problem> {
    out(visit, program, 200, None)
}

/// The same answer for every way in that is none: forged, used, too old, another program's.
fn spent(visit: &Visit, program: &Program) -> Result<Reply, Problem> {
    out(visit, program, 410, Some("portal.spent"))
}

/// Whether the shop's own page led here, or the public page with the panel on it. No other page of ours does, though it may
/// be on a host within the shop's: whoever chooses a language on the way in is led back to it, also to a stranger's.
fn is_led_by_shop(isolate: &Isolate, visit: &Visit, program: &Program) -> bool {
    visit.is_led_by(program.destination.origin())
        && visit.came_from(isolate).is_none_or(|(path, _)| path.starts_with("/join/"))
}

/// `GET enter?key=`: a button, and nothing has happened yet.
pub(super) async fn show(isolate: &Isolate, visit: &Visit, program: &Program) -> Result<Reply, Problem> {
    let left = limit::spend_entry(&visit.address);
    if left.exceeded {
        return Err(limit::exceeded(left));
    }
    let key = visit.asked("key").unwrap_or_default();
    let Some((token, mode)) = way_in(isolate, program, &key) else { return spent(visit, program) };
    let ledger = ledger(isolate, visit, &program.facts.uid, mode);
    let is_good: bool = ledger.inside_text("portal/look", &token.hash()).await?;
    if !is_good {
        return spent(visit, program);
    }
    let page = Enter {
        words: Words::preferred(&visit.language),
        assets: Assets,
        name: &program.facts.name,
        slug: &program.facts.slug,
        key: &key,
        chooser: chooser(program),
        chosen: visit.chosen(),
        at_once: is_led_by_shop(isolate, visit, program)
            && visit.cookie(portal(&program.facts.uid)).is_none(),
    };
    Reply::page(200, &page)
}

/// `POST enter {key}`: burns the way in and lets the browser in.
pub(super) async fn enter(
    isolate: &Isolate,
    visit: &Visit,
    program: &Program,
    form: &Form,
) -> Result<Reply, Problem> {
    let left = limit::spend_entry(&visit.address);
    if left.exceeded {
        return Err(limit::exceeded(left));
    }
    let key = form.text("key").unwrap_or_default();
    let Some((token, mode)) = way_in(isolate, program, key) else { return spent(visit, program) };
    let uid = program.facts.uid.as_str();
    let home = Home::Referrer(mode, uid.to_owned());
    let fresh = isolate.sessions.mint(home.clone(), platform::random()?).ok_or_else(Problem::not_found)?;
    let former = held(isolate, visit, program).map(|(token, _)| token);
    let (here, elsewhere) = match former {
        Some(former) if former.home == home => (Some(former.hash()), None),
        former => (None, former),
    };
    let entry = Entry {
        way_in: token.hash(),
        hash: fresh.hash(),
        browser: browser::name(&visit.user_agent),
        former: here,
    };
    let ledger = ledger(isolate, visit, uid, mode);
    let entered = ledger.try_inside::<Entered>("portal/enter", &serde_json::to_string(&entry)?).await?;
    if entered.is_err() {
        return spent(visit, program);
    }
    if let Some(former) = elsewhere {
        session::leave(isolate, &former).await?;
    }
    let home = format!("/p/{}", program.facts.slug);
    if let Some(tag) = form.text("language").and_then(words::spoken) {
        visit.give(session::PORTAL_LANGUAGE.passing(isolate, tag));
    }
    Ok(Reply::see(&home).with_cookie(portal(uid).line(isolate, fresh.text())))
}

/// `POST close`: the session of this browser ends, here and where it is kept.
pub(super) async fn close(isolate: &Isolate, visit: &Visit, program: &Program) -> Result<Reply, Problem> {
    if let Some((token, _)) = held(isolate, visit, program) {
        session::leave(isolate, &token).await?;
    }
    let home = format!("/p/{}?done=closed", program.facts.slug);
    Ok(Reply::see(&home).with_cookie(portal(&program.facts.uid).line(isolate, "")))
}

/// For whoever has left.
pub(super) fn goodbye(visit: &Visit, program: &Program) -> Result<Reply, Problem> {
    let page = Goodbye {
        words: Words::preferred(&visit.language),
        assets: Assets,
        name: &program.facts.name,
        chooser: chooser(program),
        destination: &program.facts.destination,
    };
    Reply::page(200, &page)
}
