//! A program's book: its database and what of it stays in memory.

use super::archive;
use super::chain::{self, Head};
use super::event;
use super::fraud::{self, InForce};
use super::live::Audience;
use super::look;
use super::request::Request;
use crate::answer::Answer;
use crate::isolate::{self, Isolate};
use crate::platform;
use crate::problem::Problem;
use crate::route::Access;
use crate::sql::{Database, Failpoint, Writes, sql};
use referral::click_token::ClickKeys;
use referral::event::Event;
use referral::facts::ProgramFacts;
use referral::instant::Instant;
use referral::money::Currency;
use referral::terms::Terms;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How many rewards one transaction approves.
const APPROVED_AT_A_TIME: u32 = 200;

/// A key as the ledger keeps it.
#[derive(Clone, Debug)]
pub(crate) struct StoredKey {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) hash: String,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<i64>,
}

/// The program as it stands; read once, dropped when it changes.
pub(crate) struct Loaded {
    pub(crate) facts: ProgramFacts,
    pub(crate) currency: Currency,
    pub(crate) created_at: Instant,
    pub(crate) terms: Terms,
    pub(crate) terms_version: u32,
    /// The newest version of all, those of groups included.
    pub(crate) last_version: u32,
    /// Whether any group of referrers has terms of its own.
    pub(crate) has_groups: bool,
    pub(crate) terms_created_at: Instant,
    pub(crate) fraud: InForce,
    pub(crate) look: look::InForce,
    pub(crate) keys: Vec<StoredKey>,
    pub(crate) click_keys: ClickKeys,
}

impl Loaded {
    /// The code and the time of a click id that proves itself.
    pub(crate) fn verify(&self, click_id: &str, now: Instant) -> Option<(String, Instant)> {
        let click = self.click_keys.verify(click_id, now.seconds()).ok()?;
        Some((click.code.as_str().to_owned(), Instant::from_seconds(click.clicked_at)))
    }
}

pub(crate) struct Book {
    pub(crate) database: Database,
    /// Open pages that want to hear of changes.
    pub(crate) audience: Audience,
    /// Whether this is a test twin, as the last request said.
    pub(crate) is_test: Cell<bool>,
    env: worker::Env,
    opened: Cell<bool>,
    loaded: RefCell<Option<Rc<Loaded>>>,
    /// When the next hold ends; none while unknown.
    next_due: Cell<Option<i64>>,
    /// How far this ledger's clock runs ahead of the real one, in milliseconds; above 0 only in a test twin.
    ahead_ms: Cell<i64>,
    /// Where the chain ends; none while unknown.
    head: Cell<Option<Head>>,
    /// When to be woken by the real clock, once what this command writes is stored.
    pub(crate) wake_at: Cell<Option<i64>>,
    /// When to look again who is due to be erased, by the real clock; none while unknown.
    pub(crate) retention_at: Cell<Option<i64>>,
}

impl Book {
    pub(crate) fn new(database: Database, audience: Audience, env: worker::Env) -> Self {
        Self {
            database,
            audience,
            is_test: Cell::new(false),
            env,
            opened: Cell::new(false),
            loaded: RefCell::new(None),
            next_due: Cell::new(None),
            ahead_ms: Cell::new(0),
            head: Cell::new(None),
            wake_at: Cell::new(None),
            retention_at: Cell::new(None),
        }
    }

    /// Brings the schema up to date, once per life of the object.
    pub(crate) fn open(&self) -> Result<(), Problem> {
        if !self.opened.get() {
            self.database.migrate(
                &[
                    include_str!("../../sql/ledger/schema_1.sql"),
                    include_str!("../../sql/ledger/schema_2.sql"),
                    include_str!("../../sql/ledger/schema_3.sql"),
                    include_str!("../../sql/ledger/schema_4.sql"),
                    include_str!("../../sql/ledger/schema_5.sql"),
                    include_str!("../../sql/ledger/schema_6.sql"),
                    include_str!("../../sql/ledger/schema_7.sql"),
                    include_str!("../../sql/ledger/schema_8.sql"),
                    include_str!("../../sql/ledger/schema_9.sql"),
                    include_str!("../../sql/ledger/schema_10.sql"),
                    include_str!("../../sql/ledger/schema_11.sql"),
                    include_str!("../../sql/ledger/schema_12.sql"),
                    include_str!("../../sql/ledger/schema_13.sql"),
                    include_str!("../../sql/ledger/schema_14.sql"),
                    include_str!("../../sql/ledger/schema_15.sql"),
                    include_str!("../../sql/ledger/schema_16.sql"),
                    include_str!("../../sql/ledger/schema_17.sql"),
                    include_str!("../../sql/ledger/schema_18.sql"),
                ],
                include_str!("../../sql/ledger/views.sql"),
            )?;
            chain::seal_old(self)?;
            self.read_clock()?;
            archive::export::forget_old(self)?;
            archive::import::forget_old(self)?;
            self.opened.set(true);
        }
        Ok(())
    }

    fn read_clock(&self) -> Result<(), Problem> {
        let ahead: Option<(i64,)> = self.database.row(sql!("ledger/clock"), &[(); 0])?;
        self.ahead_ms.set(ahead.map_or(0, |(ahead,)| ahead));
        Ok(())
    }

    /// The time in this ledger. Nothing else in the ledger asks for the time.
    pub(crate) fn now(&self) -> Instant {
        Instant::from_ms(platform::now_ms() + self.ahead_ms.get())
    }

    /// The real time, for tokens that a merchant's server signs by its own clock.
    pub(crate) fn real_now(&self) -> Instant {
        self.now().plus_ms(-self.ahead_ms.get())
    }

    /// How far [`Book::now`] runs ahead of the real clock, in milliseconds.
    pub(crate) fn ahead_ms(&self) -> i64 {
        self.ahead_ms.get()
    }

    pub(crate) fn isolate(&self) -> Result<Rc<Isolate>, Problem> {
        isolate::isolate(&self.env)
    }

    /// Drops what is in memory, so that the next request reads what is stored.
    pub(crate) fn forget(&self) {
        *self.loaded.borrow_mut() = None;
        self.next_due.set(None);
        self.head.set(None);
        // The clock is read again with everything else.
        self.opened.set(false);
        self.wake_at.set(None);
        self.retention_at.set(None);
    }

    /// The program; none where it was never created.
    pub(crate) fn stored(&self) -> Result<Option<Rc<Loaded>>, Problem> {
        if let Some(loaded) = self.loaded.borrow().as_ref() {
            return Ok(Some(Rc::clone(loaded)));
        }
        let Some(loaded) = self.load()? else {
            return Ok(None);
        };
        let loaded = Rc::new(loaded);
        *self.loaded.borrow_mut() = Some(Rc::clone(&loaded));
        Ok(Some(loaded))
    }

    /// The program, in a call that has been authenticated.
    pub(crate) fn program(&self) -> Result<Rc<Loaded>, Problem> {
        self.stored()?.ok_or_else(Problem::not_found)
    }

    fn load(&self) -> Result<Option<Loaded>, Problem> {
        let program: Option<(String, String, String, i64)> =
            self.database.row(sql!("ledger/program"), &[(); 0])?;
        let Some((_, facts, currency, created_at)) = program else {
            return Ok(None);
        };
        let terms: Option<(u32, String, i64, u32, u8)> =
            self.database.row(sql!("ledger/terms_newest"), &[(); 0])?;
        let Some((terms_version, terms, terms_created_at, last_version, groups)) = terms else {
            return Ok(None);
        };
        let facts: ProgramFacts = serde_json::from_str(&facts)?;
        let keys: Vec<(String, String, String, i64, Option<i64>)> =
            self.database.rows(sql!("ledger/keys"), &[(); 0])?;
        let click_keys = ClickKeys::derive(&self.isolate()?.root_keys, facts.uid.as_bytes());
        Ok(Some(Loaded {
            currency: Currency::parse(&currency)
                .ok_or_else(|| Problem::internal("the stored currency is unknown"))?,
            created_at: Instant::from_ms(created_at),
            terms: serde_json::from_str(&terms)?,
            terms_version,
            last_version,
            has_groups: groups == 1,
            terms_created_at: Instant::from_ms(terms_created_at),
            fraud: fraud::load(&self.database)?,
            look: look::load(&self.database)?,
            keys: keys
                .into_iter()
                .map(|(id, kind, hash, created_at, expires_at)| StoredKey {
                    id,
                    kind,
                    hash,
                    created_at,
                    expires_at,
                })
                .collect(),
            click_keys,
            facts,
        }))
    }

    /// Holds a caller's key against the ledger.
    pub(crate) fn authenticate(&self, request: &Request, access: Access) -> Result<(), Problem> {
        let unknown = || {
            Problem::new(
                401,
                "key_unknown",
                "Unknown key",
                "This key is not, or no longer, a key of a program. Check it, or rotate it.",
            )
        };
        let program = self.stored()?.ok_or_else(unknown)?;
        if request.meta.session.is_some() && access != Access::Publishable {
            // The Worker has asked where the session is kept: see `crate::pages`.
            return Ok(());
        }
        if request.meta.portal.is_some() && access != Access::Secret {
            // The same of a referrer's: it may what their proof may.
            return Ok(());
        }
        let now = self.now().ms();
        let key = program
            .keys
            .iter()
            .find(|key| key.hash == request.meta.key_hash && key.expires_at.is_none_or(|end| now < end))
            .ok_or_else(unknown)?;
        let fits = match access {
            Access::Secret => key.kind == "secret",
            Access::Publishable => key.kind == "publishable",
            // Nobody sends the key they sign with.
            Access::Either => key.kind != "identity",
        };
        let needed = match access {
            Access::Publishable => {
                "This call takes a publishable key (pk_…). A secret key never belongs in a page."
            }
            _ => "This call takes a secret key (sk_…), sent from your server.",
        };
        if fits { Ok(()) } else { Err(Problem::new(403, "key_wrong_kind", "Wrong kind of key", needed)) }
    }

    /// The id and kind of the key a request came with.
    pub(crate) fn caller(&self, request: &Request) -> Option<StoredKey> {
        let program = self.stored().ok()??;
        program.keys.iter().find(|key| key.hash == request.meta.key_hash).cloned()
    }

    /// Approves rewards whose hold has ended.
    pub(crate) fn approve_due(&self) -> Result<(), Problem> {
        let now = self.now();
        let next = if let Some(next) = self.next_due.get() {
            next
        } else {
            let next: Option<(Option<i64>,)> = self.database.row(sql!("ledger/reward_next_due"), &[(); 0])?;
            next.and_then(|(next,)| next).unwrap_or(i64::MAX)
        };
        self.next_due.set(Some(next));
        if next <= now.ms() {
            while self.approve_some(now)? {}
            self.next_due.set(None);
        }
        Ok(())
    }

    /// Approves some of the rewards whose hold has ended; false once none is left.
    fn approve_some(&self, now: Instant) -> Result<bool, Problem> {
        type Due = (String, String, String, i64, String, Option<String>);
        let due: Vec<Due> =
            self.database.rows(sql!("ledger/rewards_due"), &(now.ms(), APPROVED_AT_A_TIME))?;
        if due.is_empty() {
            return Ok(false);
        }
        let mut writes = Writes::default();
        let ids: Vec<&str> = due.iter().map(|(id, ..)| id.as_str()).collect();
        writes.add(sql!("ledger/rewards_approve"), &[serde_json::to_string(&ids)?])?;
        for (id, conversion_id, person_id, amount, currency, perk) in &due {
            let data = json!({
                "id": id,
                "conversion_id": conversion_id,
                "person_id": person_id,
                "amount": amount,
                "currency": currency,
                "perk": perk,
            });
            event::emit(&mut writes, Event::RewardApproved, id, now, &data)?;
        }
        self.commit(writes, None)?;
        Ok(true)
    }

    /// Notes that a reward will be due.
    pub(crate) fn due_at(&self, at: i64) {
        if let Some(next) = self.next_due.get() {
            self.next_due.set(Some(next.min(at)));
        }
    }

    /// Forgets when the next reward is due: states were changed by hand.
    pub(crate) fn forget_due(&self) {
        self.next_due.set(None);
    }

    /// The answer first given under an `Idempotency-Key`.
    pub(crate) fn remembered(
        &self,
        route: &str,
        key: &str,
        body_hash: &str,
    ) -> Result<Option<Answer>, Problem> {
        let known: Option<(String, u16, String)> =
            self.database.row(sql!("ledger/idempotency"), &(route, key))?;
        match known {
            None => Ok(None),
            Some((hash, status, body)) if hash == body_hash => Ok(Some(Answer { status, body })),
            Some(_) => Err(Problem::idempotency_key_reused()),
        }
    }

    /// Who does what a request asks for, as the audit log names them.
    pub(crate) fn actor(&self, request: &Request) -> String {
        let session = request.meta.session.clone();
        let session = session.map(|id| if request.meta.operator { format!("operator/{id}") } else { id });
        let portal = request.meta.portal.as_ref().map(|entered| entered.id.clone());
        let actor = session.or(portal).or_else(|| self.caller(request).map(|key| key.id));
        actor.unwrap_or_else(|| "operator".to_owned())
    }

    pub(crate) fn audit(
        &self,
        writes: &mut Writes,
        request: &Request,
        action: &str,
        subject: &str,
    ) -> Result<(), Problem> {
        self.audit_at(self.now(), writes, request, action, subject)
    }

    /// The same with the time of what it is about, where that is found by it.
    pub(crate) fn audit_at(
        &self,
        at: Instant,
        writes: &mut Writes,
        request: &Request,
        action: &str,
        subject: &str,
    ) -> Result<(), Problem> {
        let row = (at.ms(), self.actor(request), action, subject, &request.meta.request_id);
        Ok(writes.add(sql!("ledger/audit_insert"), &row)?)
    }

    /// Stores all writes of a command in one transaction, with the links of those that belong into the chain.
    pub(crate) fn commit(&self, mut writes: Writes, failpoint: Option<Failpoint>) -> Result<(), Problem> {
        let head = self.head.get().map_or_else(|| Head::stored(self), Ok)?;
        let head = head.seal(&mut writes)?;
        self.database.commit(writes, failpoint)?;
        self.head.set(Some(head));
        self.audience.note();
        Ok(())
    }
}

/// A new id: the prefix of its kind and 80 random bits.
pub(crate) fn new_id(prefix: &str) -> Result<String, Problem> {
    Ok(format!("{prefix}_{}", referral::api_key::uid(platform::random()?)))
}
