//! What the shop is told by its environment, checked before anything starts.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The shop's settings. Parsed once; nothing later reads the environment.
#[derive(Clone, Debug)]
pub struct Config {
    /// `SHOP_ADDR`: where to listen, for example `127.0.0.1:8788`.
    pub addr: SocketAddr,
    /// `SHOP_ORIGIN`: the origin visitors see, for example `http://localhost:8788`.
    pub origin: String,
    /// `GOODWORD_EDGE`: the origin Goodword answers on.
    pub edge: String,
    /// `GOODWORD_PUBLISHABLE_KEY`: printed into every page.
    pub publishable_key: String,
    /// `GOODWORD_SECRET_KEY`: never leaves the server.
    pub secret_key: SecretKey,
    /// `GOODWORD_IDENTITY_KEY`: signs who a customer is; never leaves the server.
    pub identity_key: SecretKey,
    /// `SHOP_DATA`: the folder of the database; made when missing.
    pub data: PathBuf,
}

/// A key that is a secret. Prints as dots, so that no log ever holds it.
#[derive(Clone)]
pub struct SecretKey(String);

impl SecretKey {
    /// The key itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Config {
    /// Reads the seven variables through `get`. An error is one sentence that says what to set.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let want = |name: &str, example: &str| {
            get(name)
                .filter(|value| !value.trim().is_empty())
                .map(|value| value.trim().to_owned())
                .ok_or_else(|| format!("{name} is not set: set it to {example}."))
        };
        let addr = want("SHOP_ADDR", "the address to listen on, for example 127.0.0.1:8788")?;
        let addr = addr.parse().map_err(|_| {
            format!("SHOP_ADDR is {addr:?}, which is not an address and port: set it to something like 127.0.0.1:8788.")
        })?;
        Ok(Self {
            addr,
            origin: origin(
                "SHOP_ORIGIN",
                &want("SHOP_ORIGIN", "the address visitors see, for example http://localhost:8788")?,
            )?,
            edge: origin(
                "GOODWORD_EDGE",
                &want("GOODWORD_EDGE", "Goodword's address, for example http://localhost:8787")?,
            )?,
            publishable_key: key(
                "GOODWORD_PUBLISHABLE_KEY",
                "pk_",
                want("GOODWORD_PUBLISHABLE_KEY", "the program's publishable key, pk_live_… or pk_test_…")?,
            )?,
            secret_key: SecretKey(key(
                "GOODWORD_SECRET_KEY",
                "sk_",
                want("GOODWORD_SECRET_KEY", "the program's secret key, sk_live_… or sk_test_…")?,
            )?),
            identity_key: SecretKey(key(
                "GOODWORD_IDENTITY_KEY",
                "ik_",
                want("GOODWORD_IDENTITY_KEY", "the program's identity key, ik_live_… or ik_test_…")?,
            )?),
            data: want("SHOP_DATA", "a folder for the shop's database")?.into(),
        })
    }
}

fn origin(name: &str, value: &str) -> Result<String, String> {
    let value = value.trim_end_matches('/');
    let host = value.strip_prefix("http://").or_else(|| value.strip_prefix("https://"));
    // The origin goes into a header and into pages: only characters a host and port have.
    let fits = |host: &str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    };
    if host.is_some_and(fits) {
        Ok(value.to_owned())
    } else {
        Err(format!(
            "{name} is {value:?}, which is not an origin: set it to http:// or https:// and a host, without a path."
        ))
    }
}

fn key(name: &str, prefix: &str, value: String) -> Result<String, String> {
    // The value is never repeated in the message: it may be the other, secret one.
    if value.starts_with(prefix) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        Ok(value)
    } else {
        Err(format!(
            "{name} does not look like a key that starts with {prefix}: were the two keys exchanged?"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn read(change: &[(&str, &str)]) -> Result<Config, String> {
        Config::read(|name| {
            if let Some((_, value)) = change.iter().find(|(n, _)| *n == name) {
                return Some((*value).to_owned());
            }
            let value = match name {
                "SHOP_ADDR" => "127.0.0.1:8788",
                "SHOP_ORIGIN" => "http://localhost:8788/",
                "GOODWORD_EDGE" => "http://localhost:8787",
                "GOODWORD_PUBLISHABLE_KEY" => "pk_live_1",
                "GOODWORD_SECRET_KEY" => "sk_live_1",
                "GOODWORD_IDENTITY_KEY" => "ik_live_1",
                "SHOP_DATA" => "data",
                _ => return None,
            };
            Some(value.to_owned())
        })
    }

    #[test]
    fn a_complete_environment_is_read_and_the_secret_is_not_printed() {
        let config = read(&[]).expect("complete");
        assert_eq!(config.origin, "http://localhost:8788");
        let printed = format!("{config:?}");
        assert!(!printed.contains("sk_live_1") && !printed.contains("ik_live_1"));
    }

    #[test]
    fn each_missing_or_wrong_variable_is_named_in_one_sentence() {
        for (name, value) in [
            ("SHOP_ADDR", ""),
            ("SHOP_ADDR", "8788"),
            ("SHOP_ORIGIN", "localhost:8788"),
            ("GOODWORD_EDGE", "http://localhost:8787/v1"),
            ("GOODWORD_EDGE", "http://x; script-src *"),
            ("GOODWORD_PUBLISHABLE_KEY", "sk_live_1"),
            ("GOODWORD_SECRET_KEY", "pk_live_1"),
            ("GOODWORD_IDENTITY_KEY", "sk_live_1"),
            ("SHOP_DATA", " "),
        ] {
            let message = read(&[(name, value)]).expect_err(name);
            assert!(message.starts_with(name), "{message}");
            assert!(message.ends_with(['.', '?']), "{message}");
            assert!(!message.contains("sk_live_1"), "{message}");
        }
    }
}
