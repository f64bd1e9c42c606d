//! Which tables there are as files: their columns, and where their rows come from.

use super::super::book::Book;
use super::super::desk::{self, Logged, Name, Wanted};
use super::super::dossier;
use super::super::list;
use super::super::payout;
use super::super::referrer;
use super::super::request::Request;
use super::super::review;
use crate::click_shard;
use crate::problem::Problem;
use crate::sql::{Statement, sql};
use referral::money::LARGEST_AMOUNT;
use referral::table::{Column, Format, Kind, column, money, renamed, text};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// A table of the dashboard or a list of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Conversions,
    Referrers,
    Flags,
    Disputes,
    Rewards,
    Payouts,
    /// Lines of one payout.
    Lines,
    Terms,
    Audit,
    Refunds,
    Claims,
    Coupons,
    Groups,
    Events,
}

/// Every table that is a file of its own; lines are files of their payout.
pub(crate) const TABLES: &[Table] = &[
    Table::Conversions,
    Table::Referrers,
    Table::Flags,
    Table::Disputes,
    Table::Rewards,
    Table::Payouts,
    Table::Refunds,
    Table::Claims,
    Table::Coupons,
    Table::Groups,
    Table::Terms,
    Table::Events,
    Table::Audit,
];

/// A row with its place in the list.
type Placed = (i64, Value);

impl Table {
    /// The word in paths and file names.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Conversions => "conversions",
            Self::Referrers => "referrers",
            Self::Flags => "flags",
            Self::Disputes => "disputes",
            Self::Rewards => "rewards",
            Self::Payouts => "payouts",
            Self::Lines => "lines",
            Self::Terms => "terms",
            Self::Audit => "audit",
            Self::Refunds => "refunds",
            Self::Claims => "claims",
            Self::Coupons => "coupons",
            Self::Groups => "groups",
            Self::Events => "events",
        }
    }

    /// The table of a word.
    pub(crate) fn named(word: &str) -> Option<Self> {
        TABLES.iter().copied().chain([Self::Lines]).find(|table| table.word() == word)
    }

    /// The table and the format of a file's name, `rewards.csv`.
    pub(crate) fn file(name: &str) -> Option<(Self, Format)> {
        let (word, ending) = name.split_once('.')?;
        Some((Self::named(word).filter(|table| *table != Self::Lines)?, Format::named(ending)?))
    }

    /// The columns of the file.
    pub(crate) const fn columns(self) -> &'static [Column] {
        match self {
            Self::Conversions => CONVERSIONS,
            Self::Referrers => REFERRERS,
            Self::Flags => FLAGS,
            Self::Disputes => DISPUTES,
            Self::Rewards => REWARDS,
            Self::Payouts => PAYOUTS,
            Self::Lines => LINES,
            Self::Terms => TERMS,
            Self::Audit => AUDIT,
            Self::Refunds => REFUNDS,
            Self::Claims => CLAIMS,
            Self::Coupons => COUPONS,
            Self::Groups => GROUPS,
            Self::Events => EVENTS,
        }
    }

    /// At most so many rows, as wanted, in the order of the list.
    pub(crate) async fn rows(
        self,
        book: &Book,
        request: &Request,
        filter: &Value,
        most: usize,
    ) -> Result<Vec<Placed>, Problem> {
        let before = filter.get("before").and_then(Value::as_i64).unwrap_or(LARGEST_AMOUNT);
        let wanted = || -> Result<Wanted, Problem> { Ok(Wanted::deserialize(filter)?) };
        let older = |statement: Statement| -> Result<Vec<Placed>, Problem> {
            parsed(book.database.rows(statement, &(before, most))?)
        };
        match self {
            Self::Conversions => {
                with_names(book, parsed(desk::conversions(book, &wanted()?, most)?)?, "referrer")
            }
            Self::Referrers => referrers(book, request, &dossier::Fits::deserialize(filter)?, most).await,
            Self::Flags => with_names(
                book,
                parsed(review::rows(book, &review::Fits::deserialize(filter)?, most)?)?,
                "referrer",
            ),
            Self::Disputes => with_names(book, parsed(desk::disputes(book, &wanted()?, most)?)?, "referrer"),
            Self::Rewards => with_names(book, parsed(desk::rewards(book, &wanted()?, most)?)?, "person"),
            Self::Payouts => older(list::PAYOUTS.older),
            Self::Lines => {
                let id = wanted()?.kind.unwrap_or_default();
                let there: Option<(i64, String)> = book.database.row(list::PAYOUTS.by_id, &[&id])?;
                there.ok_or_else(Problem::not_found)?;
                with_names(book, parsed(payout::lines_of(book, &id, Some(before), most)?)?, "person")
            }
            Self::Terms => older(sql!("ledger/file_terms")),
            Self::Audit => parsed(desk::logged(book, &Logged::deserialize(filter)?, most)?),
            Self::Refunds => older(sql!("ledger/file_refunds")),
            Self::Claims => older(list::CLAIMS.older),
            Self::Coupons => older(list::COUPONS.older),
            Self::Groups => older(list::GROUPS.older),
            Self::Events => older(sql!("ledger/events_older")),
        }
    }
}

fn parsed(rows: Vec<(i64, String, String)>) -> Result<Vec<Placed>, Problem> {
    rows.into_iter().map(|(seq, _, body)| Ok((seq, serde_json::from_str(&body)?))).collect()
}

/// Puts code and name of whom a row is about beside the id in `{of}_id`.
fn with_names(book: &Book, mut rows: Vec<Placed>, of: &str) -> Result<Vec<Placed>, Problem> {
    let field = format!("{of}_id");
    let id = |row: &Value| row.get(&field).and_then(Value::as_str).map(str::to_owned);
    let mut ids: Vec<String> = rows.iter().filter_map(|(_, row)| id(row)).collect();
    ids.sort();
    ids.dedup();
    let names: HashMap<String, Name> = desk::names(book, &serde_json::to_string(&ids)?)?
        .into_iter()
        .map(|name| (name.id.clone(), name))
        .collect();
    for (_, row) in &mut rows {
        let name = id(row).and_then(|id| names.get(&id)).cloned().unwrap_or_default();
        if let Some(fields) = row.as_object_mut() {
            fields.insert(format!("{of}_code"), json!(name.code));
            fields.insert(format!("{of}_name"), json!(name.called));
        }
    }
    Ok(rows)
}

/// Referrers with their clicks, which are not the ledger's, and the balance in the program's currency.
async fn referrers(
    book: &Book,
    request: &Request,
    fits: &dossier::Fits,
    most: usize,
) -> Result<Vec<Placed>, Problem> {
    let mut rows = parsed(dossier::rows(book, fits, most)?)?;
    let codes: Vec<String> = rows.iter().flat_map(|(_, row)| referrer::codes_of(row)).collect();
    let (isolate, program) = (book.isolate()?, book.program()?);
    let clicks =
        click_shard::client::counts(isolate.as_ref(), &request.meta.uid, request.meta.mode(), &codes).await?;
    let currency = program.currency.code();
    for (_, row) in &mut rows {
        let count: u64 = referrer::codes_of(row).iter().filter_map(|code| clicks.get(code)).sum();
        let Some(fields) = row.as_object_mut() else { continue };
        let balance = fields.get("balances").and_then(Value::as_array).into_iter().flatten();
        let balance = balance
            .filter_map(Value::as_object)
            .find(|sums| sums.get("currency").and_then(Value::as_str) == Some(currency));
        let balance: Map<String, Value> = balance.cloned().unwrap_or_default();
        for state in ["pending", "held", "approved", "paid"] {
            let amount = balance.get(state).cloned().unwrap_or(json!(0));
            fields.insert(format!("{state}_amount"), amount);
        }
        fields.insert("currency".to_owned(), json!(currency));
        fields.insert("clicks".to_owned(), json!(count));
    }
    Ok(rows)
}

const CURRENCY: Column = column("currency", Kind::Text);
const ID: Column = column("id", Kind::Text);
const CREATED: Column = column("created_at", Kind::Text);
const CONVERSION: Column = column("conversion_id", Kind::Text);
const REFERRER: [Column; 3] = [
    column("referrer_id", Kind::Text),
    column("referrer_code", Kind::Text),
    column("referrer_name", Kind::Text),
];

const CONVERSIONS: &[Column] = &[
    ID,
    text("kind"),
    text("order_id"),
    text("event"),
    text("customer_id"),
    money("amount"),
    CURRENCY,
    money("refunded_amount"),
    text("occurred_at"),
    REFERRER[0],
    REFERRER[1],
    REFERRER[2],
    text("reason"),
    text("stage"),
    column("flagged", Kind::Flag),
];
const REFERRERS: &[Column] = &[
    ID,
    text("code"),
    column("further_codes", Kind::Words),
    text("external_id"),
    text("email"),
    text("name"),
    text("group_id"),
    text("group"),
    text("joined_to"),
    CREATED,
    text("shared_at"),
    column("clicks", Kind::Count),
    column("friends", Kind::Count),
    column("leads", Kind::Count),
    column("sales", Kind::Count),
    money("pending_amount"),
    money("held_amount"),
    money("approved_amount"),
    money("paid_amount"),
    CURRENCY,
    column("balances", Kind::Json),
];
const FLAGS: &[Column] = &[
    ID,
    CONVERSION,
    REFERRER[0],
    REFERRER[1],
    REFERRER[2],
    text("rule"),
    column("weight", Kind::Count),
    column("evidence", Kind::Json),
    column("settings_version", Kind::Count),
    text("status"),
    column("unbound", Kind::Flag),
    text("note"),
    column("notes", Kind::Json),
    CREATED,
    text("decided_at"),
];
const DISPUTES: &[Column] = &[
    ID,
    REFERRER[0],
    REFERRER[1],
    REFERRER[2],
    text("about"),
    text("opened_by"),
    text("message"),
    column("messages", Kind::Json),
    text("status"),
    text("note"),
    column("reattribution", Kind::Json),
    text("due_at"),
    CREATED,
    text("decided_at"),
];
const REWARDS: &[Column] = &[
    ID,
    CONVERSION,
    text("rule"),
    text("to"),
    text("person_id"),
    text("person_code"),
    text("person_name"),
    money("amount"),
    CURRENCY,
    money("reversed_amount"),
    text("perk"),
    text("coupon"),
    text("state"),
    text("reason"),
    column("needs_approval", Kind::Flag),
    text("available_at"),
    CREATED,
];
const PAYOUTS: &[Column] = &[
    ID,
    CREATED,
    column("lines", Kind::Count),
    money("amount"),
    CURRENCY,
    money("minimum_amount"),
    money("created_amount"),
    money("paid_amount"),
    money("failed_amount"),
    money("returned_amount"),
];
const LINES: &[Column] = &[
    ID,
    text("payout_id"),
    text("person_id"),
    text("person_code"),
    text("person_name"),
    text("account_name"),
    text("iban"),
    text("email"),
    money("amount"),
    CURRENCY,
    money("carried_amount"),
    text("state"),
    text("note"),
    text("decided_at"),
];
const TERMS: &[Column] =
    &[column("version", Kind::Count), text("group_id"), text("group"), CREATED, column("terms", Kind::Json)];
const AUDIT: &[Column] = &[
    ID,
    text("at"),
    text("actor"),
    text("key_id"),
    text("session_id"),
    text("person"),
    text("action"),
    text("subject"),
    text("request_id"),
];
const REFUNDS: &[Column] = &[
    ID,
    text("refund_id"),
    text("order_id"),
    money("amount"),
    CURRENCY,
    text("status"),
    money("applied_amount"),
    text("sale_id"),
    text("recorded_at"),
];
const CLAIMS: &[Column] =
    &[ID, text("status"), text("code"), text("click_id"), text("clicked_at"), text("customer_id"), CREATED];
const COUPONS: &[Column] = &[
    text("code"),
    text("pool"),
    text("friend_id"),
    text("reward_id"),
    text("uploaded_at"),
    text("given_at"),
];
const GROUPS: &[Column] = &[
    ID,
    text("name"),
    renamed("terms_version", "terms.version", Kind::Count),
    column("terms", Kind::Json),
    CREATED,
];
const EVENTS: &[Column] = &[ID, text("type"), text("at"), text("subject"), column("data", Kind::Json)];
