//! Keys and sessions as rows of files.

use super::own_key;
use crate::ledger::session::EVERY;
use crate::pages::desk::Desk;
use crate::pages::frame::Frame;
use crate::problem::Problem;
use serde::Serialize;
use serde_json::{Value, json};

/// A row that says whether it is what the page was opened with.
fn row(of: &impl Serialize, is_own: bool) -> Result<Value, Problem> {
    let mut row = serde_json::to_value(of)?;
    if let Some(fields) = row.as_object_mut() {
        fields.insert("own".to_owned(), json!(is_own));
    }
    Ok(row)
}

/// The keys that are good now, as the page shows them: none of them whole that is a secret.
pub(in crate::pages::dashboard) async fn keys(desk: &Desk<'_>, frame: &Frame) -> Result<Vec<Value>, Problem> {
    let keys = super::keys(desk).await?;
    let good = keys.iter().filter(|key| !key.is_over(frame.now));
    good.map(|key| row(key, own_key(desk) == Some(key.id.as_str()))).collect()
}

/// The sessions that are good now.
pub(in crate::pages::dashboard) async fn sessions(desk: &Desk<'_>) -> Result<Vec<Value>, Problem> {
    let sessions = super::sessions(desk, EVERY).await?.sessions;
    sessions.iter().map(|session| row(session, session.id == desk.signed.session.id)).collect()
}
