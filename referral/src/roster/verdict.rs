//! Whether somebody is new, known already, or in the way.

use super::{Fault, Field, Person};
use crate::code::Code;
use crate::input::Put;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// A referrer of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// `rfr_…`
    pub id: String,
    /// The shop's own id.
    pub external_id: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// What the program knows of what a file names.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Referrers by the shop's own id.
    pub external_ids: BTreeMap<String, Owner>,
    /// Who has a code.
    pub codes: BTreeMap<Code, Owner>,
    /// Referrers by e-mail address in lower case.
    pub emails: BTreeMap<String, Owner>,
    /// Ids of groups by id and by name.
    pub groups: BTreeMap<String, String>,
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A referrer is made.
    New,
    /// It is this referrer, who stays as they are but for codes they have not yet.
    Known {
        /// `rfr_…`
        id: String,
        /// The codes to add.
        codes: Vec<Code>,
    },
}

fn same_email(one: Option<&String>, other: Option<&String>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.to_lowercase() == other.to_lowercase())
}

/// Whether a row means the referrer who has one of its codes: by the shop's own id, by the e-mail address, or because it
/// says nothing of the person but the code.
fn means(person: &Person, owner: &Owner) -> bool {
    match (&person.external_id, &owner.external_id) {
        (Some(one), Some(other)) => one == other,
        _ => {
            same_email(person.email.as_ref(), owner.email.as_ref())
                || (person.external_id.is_none() && person.email.is_none())
        }
    }
}

/// Who a row means, of those who are there.
fn found<'a>(person: &Person, known: &'a Known) -> Option<&'a Owner> {
    if let Some(owner) = person.external_id.as_ref().and_then(|id| known.external_ids.get(id)) {
        return Some(owner);
    }
    let owner = person.codes.iter().find_map(|code| known.codes.get(code));
    if let Some(owner) = owner {
        return Some(owner).filter(|owner| means(person, owner));
    }
    if person.external_id.is_some() || !person.codes.is_empty() {
        return None;
    }
    person.email.as_ref().and_then(|email| known.emails.get(&email.to_lowercase()))
}

/// What becomes of each row, and who is in the way.
pub fn decide(people: &[Person], known: &Known) -> (Vec<Verdict>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut verdicts = Vec::new();
    for person in people {
        let owner = found(person, known);
        let mut free = Vec::new();
        for code in &person.codes {
            match known.codes.get(code) {
                None => free.push(*code),
                Some(holder) if owner.is_some_and(|owner| owner.id == holder.id) => {}
                Some(holder) => faults.push(Fault {
                    row: person.row,
                    column: Field::Code.word().to_owned(),
                    code: "code_taken",
                    put: vec![Put::Text(code.to_string()), Put::Text(holder.id.clone())],
                    detail: format!(
                        "\u{201c}{code}\u{201d} belongs to another referrer ({}). Change it or take it out",
                        holder.id
                    ),
                }),
            }
        }
        let group = person.group.as_ref().filter(|group| !known.groups.contains_key(*group));
        if let Some(group) = group {
            let shown: String = group.chars().take(60).collect();
            faults.push(Fault {
                row: person.row,
                column: Field::Group.word().to_owned(),
                code: "unknown_group",
                put: vec![Put::Text(shown.clone())],
                detail: format!(
                    "there is no group \u{201c}{shown}\u{201d}. Make it first or leave the cell empty"
                ),
            });
        }
        verdicts.push(match owner {
            None => Verdict::New,
            Some(owner) => Verdict::Known { id: owner.id.clone(), codes: free },
        });
    }
    (verdicts, faults)
}
