//! What an isolate keeps for its life: the bindings and variables of the deployment.

use crate::problem::Problem;
use referral::access::Policy;
use referral::api_key::{ApiKeys, sha256_hex};
use referral::root_keys::RootKeys;
use referral::session::Tokens;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use worker::worker_sys::{DurableObject, DurableObjectNamespace};

/// The deployment, read once per isolate.
pub(crate) struct Isolate {
    /// The deployment's secret keys; the first signs.
    pub(crate) root_keys: RootKeys,
    /// Makes and checks API keys.
    pub(crate) api_keys: ApiKeys,
    /// Makes and checks the secrets of sessions.
    pub(crate) sessions: Tokens,
    /// The operator's key.
    pub(crate) admin_key: String,
    /// Origin of the shared host, without a slash at the end: links start with it.
    pub(crate) public_origin: String,
    /// How many click shards a program has; may be raised, never lowered.
    pub(crate) click_shards: u32,
    /// The request header that carries the client's address, set by the platform or by your own proxy.
    pub(crate) client_ip_header: String,
    /// The request header that carries the client's country, two letters; where there is none, Cloudflare is asked.
    pub(crate) country_header: String,
    /// How often a key may call.
    pub(crate) calls_per_minute: CallsPerMinute,
    /// Whose assertions of Cloudflare Access are taken: `ACCESS_TEAM_DOMAIN` and `ACCESS_AUD`; none without them.
    pub(crate) access: Option<Policy>,
    ledgers: DurableObjectNamespace,
    click_shard_objects: DurableObjectNamespace,
    directories: DurableObjectNamespace,
    /// Serves files of `www`.
    pub(crate) assets: JsValue,
}

/// Calls a minute that one isolate answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallsPerMinute {
    /// Of a secret key: `SERVER_CALLS_PER_MINUTE`, or 5,000 a second, more than one object's ledger was ever seen to write.
    pub(crate) server: u32,
    /// Of a publishable key from one address: `PAGE_CALLS_PER_MINUTE`, or ten a second. An office or a phone network
    /// may stand behind one address.
    pub(crate) page: u32,
}

thread_local! {
    static ISOLATE: RefCell<Option<Rc<Isolate>>> = const { RefCell::new(None) };
}

/// The isolate's deployment; read from `env` on the first call.
///
/// # Errors
/// A variable is missing or malformed: a 500 whose log line names it.
pub(crate) fn isolate(env: &worker::Env) -> Result<Rc<Isolate>, Problem> {
    ISOLATE.with(|slot| {
        if let Some(known) = slot.borrow().as_ref() {
            return Ok(known.clone());
        }
        let read = Rc::new(Isolate::read(env)?);
        *slot.borrow_mut() = Some(read.clone());
        Ok(read)
    })
}

/// The deployment, in code that runs after [`isolate`] was first called with `env`.
pub(crate) fn current() -> Option<Rc<Isolate>> {
    ISOLATE.with(|slot| slot.borrow().clone())
}

fn binding(env: &worker::Env, name: &str) -> Result<JsValue, Problem> {
    let value = js_sys::Reflect::get(env, &JsValue::from_str(name))?;
    if value.is_undefined() {
        return Err(Problem::internal(&format!("binding {name} is missing; see wrangler.toml")));
    }
    Ok(value)
}

fn text(env: &worker::Env, name: &str) -> Result<String, Problem> {
    binding(env, name)?
        .as_string()
        .ok_or_else(|| Problem::internal(&format!("variable {name} is not a text")))
}

fn optional(env: &worker::Env, name: &str) -> Option<String> {
    js_sys::Reflect::get(env, &JsValue::from_str(name)).ok()?.as_string()
}

/// A whole number, where the variable is set.
fn number(env: &worker::Env, name: &str) -> Result<Option<u32>, Problem> {
    let malformed = |_| Problem::internal(&format!("variable {name} is not a whole number"));
    optional(env, name).map(|text| text.trim().parse().map_err(malformed)).transpose()
}

/// Both variables of Access or neither: half of them would leave a door that looks locked.
fn access(env: &worker::Env) -> Result<Option<Policy>, Problem> {
    let told = |name: &str| optional(env, name).filter(|text| !text.trim().is_empty());
    match (told("ACCESS_TEAM_DOMAIN"), told("ACCESS_AUD")) {
        (None, None) => Ok(None),
        (Some(team), Some(audience)) => match Policy::new(&team, &audience) {
            Some(policy) => Ok(Some(policy)),
            None => Err(Problem::internal(
                "ACCESS_TEAM_DOMAIN must be such as team.cloudflareaccess.com, ACCESS_AUD 64 hex digits",
            )),
        },
        _ => Err(Problem::internal("ACCESS_TEAM_DOMAIN and ACCESS_AUD go together")),
    }
}

impl Isolate {
    /// What is kept of the operator's key.
    pub(crate) fn operator_hash(&self) -> String {
        sha256_hex(self.admin_key.as_bytes())
    }

    fn read(env: &worker::Env) -> Result<Self, Problem> {
        let root_keys = RootKeys::parse(&text(env, "ROOT_KEYS")?)
            .map_err(|error| Problem::internal(&format!("ROOT_KEYS: {error}")))?;
        let click_shards = optional(env, "CLICK_SHARDS").and_then(|number| number.parse().ok()).unwrap_or(1);
        let calls_per_minute = CallsPerMinute {
            server: number(env, "SERVER_CALLS_PER_MINUTE")?.unwrap_or(300_000),
            page: number(env, "PAGE_CALLS_PER_MINUTE")?.unwrap_or(600),
        };
        Ok(Self {
            calls_per_minute,
            api_keys: ApiKeys::derive(&root_keys),
            sessions: Tokens::derive(&root_keys),
            root_keys,
            admin_key: text(env, "ADMIN_KEY")?,
            access: access(env)?,
            public_origin: text(env, "PUBLIC_ORIGIN")?.trim_end_matches('/').to_owned(),
            click_shards: click_shards.clamp(1, 64),
            client_ip_header: optional(env, "CLIENT_IP_HEADER")
                .unwrap_or_else(|| "cf-connecting-ip".to_owned()),
            country_header: optional(env, "COUNTRY_HEADER").unwrap_or_else(|| "cf-ipcountry".to_owned()),
            ledgers: binding(env, "LEDGER")?.unchecked_into(),
            click_shard_objects: binding(env, "CLICK_SHARD")?.unchecked_into(),
            directories: binding(env, "DIRECTORY")?.unchecked_into(),
            assets: binding(env, "ASSETS")?,
        })
    }

    /// Whether people reach this deployment over https, as its public origin says.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_origin.starts_with("https://")
    }

    /// The ledger object `{mode}/{uid}`. Call it only for a program that exists: an object leaves a file.
    pub(crate) fn ledger(&self, name: &str) -> Result<DurableObject, Problem> {
        Ok(self.ledgers.get_by_name(name)?)
    }

    /// The click shard `{mode}/{uid}/{number}`. Call it only for a program that exists.
    pub(crate) fn click_shard(&self, name: &str) -> Result<DurableObject, Problem> {
        Ok(self.click_shard_objects.get_by_name(name)?)
    }

    /// The directory shard of that name.
    pub(crate) fn directory(&self, name: &str) -> Result<DurableObject, Problem> {
        Ok(self.directories.get_by_name(name)?)
    }
}
