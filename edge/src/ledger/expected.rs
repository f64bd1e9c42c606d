//! A change that was made for one version: whoever says which one they read overwrites nothing that came after it.

use crate::problem::Problem;
use serde_json::{Map, Value};

/// Takes the version that a call names as `name` out of its fields; without one any version will do.
///
/// # Errors
/// 409 `changed_meanwhile`: another version is in force.
pub(crate) fn take(
    fields: &mut Map<String, Value>,
    name: &str,
    current: impl Into<u64>,
    what: &str,
) -> Result<(), Problem> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(()),
        Some(version) if version.as_u64() == Some(current.into()) => Ok(()),
        Some(_) => Err(meanwhile(what)),
    }
}

/// Somebody else was quicker.
pub(crate) fn meanwhile(what: &str) -> Problem {
    let detail = format!("The {what} was changed by another call. Read it and try again.");
    Problem::conflict("changed_meanwhile", detail)
}
