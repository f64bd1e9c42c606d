//! `POST /v1/programs`: the operator opens a program. First the directory reserves its names, then its ledger and the
//! test twin are opened, then the names are confirmed. A try that broke off can be made again.

use crate::answer::Answer;
use crate::body;
use crate::directory;
use crate::isolate::Isolate;
use crate::ledger;
use crate::platform;
use crate::problem::Problem;
use referral::api_key::{self, ApiKey, KeyKind, Mode};
use referral::destination::{self, Destination};
use referral::facts::{Consent, Kind, ProgramFacts, Share};
use referral::fraud::Settings;
use referral::input::{self, Input, Put};
use referral::money::Currency;
use referral::retention::Retention;
use referral::root_keys::RootKeys;
use referral::terms::{Model, Terms};
use serde_json::{Value, json};

/// Most hosts of one program.
const MOST_HOSTS: usize = 10;

/// What the operator sends, parsed.
struct NewProgram {
    facts: ProgramFacts,
    currency: Currency,
    terms: Terms,
    fraud: Option<Settings>,
}

/// Where a program's random parts come from. With an `Idempotency-Key` they follow from it and the root keys, so that
/// the same call again gives the same program and the same keys, which nobody has to keep.
enum Source<'a> {
    Fresh,
    Repeatable { root: &'a RootKeys, key: &'a str },
}

impl Source<'_> {
    fn draw<const N: usize>(&self, part: &str) -> Result<[u8; N], Problem> {
        match self {
            Self::Fresh => Ok(platform::random()?),
            Self::Repeatable { root, key } => {
                let bytes = root.signing().derive(&format!("program {part}"), key.as_bytes());
                bytes
                    .first_chunk()
                    .copied()
                    .ok_or_else(|| Problem::internal("a part is longer than what is derived"))
            }
        }
    }
}

pub(crate) async fn create(
    isolate: &Isolate,
    request: &web_sys::Request,
    idempotency_key: Option<&str>,
) -> Result<Answer, Problem> {
    let body = body::read(request).await?;
    let source = match idempotency_key {
        Some(key) => Source::Repeatable { root: &isolate.root_keys, key },
        None => Source::Fresh,
    };
    let uid = api_key::uid(source.draw("uid")?);
    let program = read(&body, &uid)?;
    directory::client::reserve(isolate, &program.facts).await?;
    let mut keys = serde_json::Map::new();
    let mut shown = Value::Null;
    for mode in [Mode::Test, Mode::Live] {
        let mut stored = Vec::new();
        let malformed = || Problem::internal("a fresh uid is malformed");
        let name = format!("{}_{}", KeyKind::Secret.word(), mode.word());
        let key =
            isolate.api_keys.mint(KeyKind::Secret, mode, &uid, source.draw(&name)?).ok_or_else(malformed)?;
        let id = format!("key_{}", api_key::uid(platform::random()?));
        stored.push((id, KeyKind::Secret.word().to_owned(), key.hash()));
        keys.insert(name, json!(key.text()));
        // Tokens are verified with the identity key itself, and the dashboard shows the publishable one in its snippet.
        // Nobody keeps either: they follow from their ids.
        for kind in [KeyKind::Publishable, KeyKind::Identity] {
            let name = format!("{}_{}", kind.word(), mode.word());
            let id = format!("key_{}", api_key::uid(source.draw(&name)?));
            let key =
                ApiKey::of_id(isolate.root_keys.signing(), kind, mode, &uid, &id).ok_or_else(malformed)?;
            stored.push((id, kind.word().to_owned(), key.hash()));
            keys.insert(name, json!(key.text()));
        }
        let opening = ledger::Opening {
            facts: program.facts.clone(),
            currency: program.currency.code().to_owned(),
            terms: program.terms.clone(),
            fraud: program.fraud.clone(),
            created_at: platform::now_ms(),
            body_hash: api_key::sha256_hex(body.as_bytes()),
            keys: stored,
        };
        let opening = serde_json::to_string(&opening)?;
        shown = match ledger::client::call(isolate, &uid, mode.word(), "create", &opening).await? {
            (201, body) => serde_json::from_str(&body)?,
            (422, _) => return Err(Problem::idempotency_key_reused()),
            (status, _) => {
                return Err(Problem::internal(&format!(
                    "the {} ledger answered {status} to its opening",
                    mode.word()
                )));
            }
        };
    }
    directory::client::confirm(isolate, &program.facts).await?;
    crate::facts::forget(&uid);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("keys".to_owned(), Value::Object(keys));
    }
    Answer::json(201, &shown)
}

fn read(body: &str, uid: &str) -> Result<NewProgram, Problem> {
    let fields = input::object(body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let slug = input.required_text("slug", 2..=40);
    let well_formed =
        slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !slug.starts_with('-')
            && !slug.ends_with('-');
    if !slug.is_empty() && !well_formed {
        input.refuse("slug", "unknown_character", "takes lower-case letters, digits and inner hyphens");
    }
    // A name of sixteen characters could be another program's uid, which links may carry in its place.
    if slug.len() == 16 && !slug.contains('-') {
        input.refuse("slug", "reserved", "of sixteen characters needs a hyphen");
    }
    for required in ["name", "kind", "destination", "currency", "terms"] {
        input.require(required);
    }
    let currency = input.currency("currency");
    let terms = read_terms(&mut input);
    let fraud = read_fraud(&mut input);
    let mut facts = ProgramFacts {
        id: format!("prg_{uid}"),
        uid: uid.to_owned(),
        slug,
        name: String::new(),
        kind: Kind::Referral,
        destination: String::new(),
        hosts: Vec::new(),
        cookie_domain: None,
        consent: Consent::Implied,
        attribution: terms.as_ref().map_or(Model::LastClick, |terms| terms.attribution),
        stand_down_minutes: terms.as_ref().map_or(0, |terms| terms.stand_down_minutes),
        window_days: terms.as_ref().map_or(90, |terms| terms.window_days),
        share: Share::default(),
        retention: Retention::default(),
        version: 1,
    };
    read_changes(&mut input, &mut facts);
    input.finish().map_err(Problem::invalid)?;
    match (currency, terms) {
        (Some(currency), Some(terms)) => Ok(NewProgram { facts, currency, terms, fraud }),
        _ => Err(Problem::invalid(Vec::new())),
    }
}

/// Reads `terms`, where they are given and valid.
pub(crate) fn read_terms(input: &mut Input<'_>) -> Option<Terms> {
    let Some(fields) = input.value("terms")?.as_object() else {
        input.refuse("terms", "wrong_type", "must be an object");
        return None;
    };
    Terms::read("terms", fields).map_err(|errors| input.absorb(errors)).ok()
}

/// Reads `fraud`, where it is given: the usual settings with what it names.
fn read_fraud(input: &mut Input<'_>) -> Option<Settings> {
    let Some(fields) = input.value("fraud")?.as_object() else {
        input.refuse("fraud", "wrong_type", "must be an object");
        return None;
    };
    Settings::default().changed("fraud", fields).map_err(|errors| input.absorb(errors)).ok()
}

/// Reads what may also change later: what is named replaces what was.
pub(crate) fn read_changes(input: &mut Input<'_>, facts: &mut ProgramFacts) {
    if let Some(name) = input.text("name", 1..=100) {
        facts.name = name;
    }
    if let Some(kind) = input.choice("kind", &[("referral", Kind::Referral), ("partner", Kind::Partner)]) {
        facts.kind = kind;
    }
    if let Some(text) = input.text("destination", 1..=2000) {
        match Destination::parse(&text) {
            Ok(destination) => facts.destination = destination.to_string(),
            Err(error) => input.refuse("destination", error.code(), error.to_string()),
        }
    }
    if let Some(consent) =
        input.choice("consent", &[("implied", Consent::Implied), ("required", Consent::Required)])
    {
        facts.consent = consent;
    }
    if let Some(hosts) = read_hosts(input) {
        facts.hosts = hosts;
    }
    if let Some(text) = input.text("cookie_domain", 1..=253) {
        match destination::cookie_domain(&text) {
            Ok(domain) => facts.cookie_domain = Some(domain),
            Err(error) => input.refuse("cookie_domain", "not_a_domain", error.to_string()),
        }
    }
    if let Some(share) = read_share(input) {
        facts.share = share;
    }
    if let Some(retention) = read_retention(input) {
        facts.retention = retention;
    }
}

fn read_retention(input: &mut Input<'_>) -> Option<Retention> {
    let Some(fields) = input.value("retention")?.as_object() else {
        input.refuse("retention", "wrong_type", "must be an object with customers_months");
        return None;
    };
    let path = input.path_of("retention");
    Retention::read(&path, fields).map_err(|errors| input.absorb(errors)).ok()
}

fn read_hosts(input: &mut Input<'_>) -> Option<Vec<String>> {
    let Some(list) = input.value("hosts")?.as_array() else {
        input.refuse("hosts", "wrong_type", "must be a list of host names");
        return None;
    };
    if list.len() > MOST_HOSTS {
        let put = vec![Put::number(MOST_HOSTS)];
        input.refuse_with("hosts", "too_long.entries", put, format!("takes at most {MOST_HOSTS} hosts"));
        return None;
    }
    let mut hosts: Vec<String> = Vec::new();
    for (at, host) in list.iter().enumerate() {
        match host.as_str().map(destination::link_host) {
            Some(Ok(host)) if hosts.contains(&host) => {}
            Some(Ok(host)) => hosts.push(host),
            Some(Err(error)) => input.refuse(&format!("hosts[{at}]"), "not_a_host", error.to_string()),
            None => input.refuse(&format!("hosts[{at}]"), "wrong_type", "must be a text"),
        }
    }
    Some(hosts)
}

fn read_share(input: &mut Input<'_>) -> Option<Share> {
    let Some(fields) = input.value("share")?.as_object() else {
        input.refuse("share", "wrong_type", "must be an object with title, text and image");
        return None;
    };
    let mut share = Input::new(&input.path_of("share"), fields);
    let read = Share {
        title: share.text("title", 1..=120),
        text: share.text("text", 1..=300),
        image: share.text("image", 1..=2000),
    };
    if read.image.as_deref().is_some_and(|image| !image.starts_with("https://")) {
        share.refuse("image", "not_a_picture.address", "must be an address that starts with https://");
    }
    if let Err(errors) = share.finish() {
        input.absorb(errors);
    }
    Some(read)
}
