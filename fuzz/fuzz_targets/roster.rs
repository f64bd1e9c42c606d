//! Lists of referrers from a stranger: whatever the file, each fault names a row that is there, what is taken keeps to
//! our rules, and a file that was taken in changes nothing when it comes again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referral::code::Code;
use referral::input::{LONGEST_NAME, is_email};
use referral::instant::Instant;
use referral::roster::{Field, Known, MOST_CODES, Owner, Person, Sheet, Verdict, decide, people, shape::SHAPES};

fn taken_in(people: &[Person]) -> Known {
    let mut known = Known::default();
    for person in people {
        let owner = Owner {
            id: format!("rfr_{}", person.row),
            external_id: person.external_id.clone(),
            email: person.email.clone(),
        };
        known.codes.extend(person.codes.iter().map(|code| (*code, owner.clone())));
        known.external_ids.extend(person.external_id.clone().map(|id| (id, owner.clone())));
        known.emails.extend(person.email.as_ref().map(|email| (email.to_lowercase(), owner)));
    }
    known
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(sheet) = Sheet::read(text) else { return };
    assert!(sheet.rows.iter().all(|row| row.is_empty() || row.len() == sheet.header.len()));
    let now = Instant::from_seconds(1_790_000_000);
    for shape in SHAPES {
        let fields: Vec<Option<Field>> = sheet.header.iter().map(|name| shape.field(name)).collect();
        let (mut people, faults) = people(&sheet, &fields, now);
        for fault in &faults {
            assert!(fault.row >= 2 && fault.row < sheet.rows.len() + 2 && !fault.detail.is_empty());
        }
        for person in &people {
            assert!(person.codes.len() <= MOST_CODES);
            assert!(person.codes.iter().all(|code| Code::parse(code.as_str()).is_ok()));
            assert!(person.email.as_ref().is_none_or(|email| is_email(email)));
            assert!(person.joined_at.is_none_or(|at| at <= now));
            assert!(person.name.as_ref().is_none_or(|name| name.chars().count() <= LONGEST_NAME));
            let said = [&person.external_id, &person.group];
            assert!(said.into_iter().flatten().all(|text| text.chars().count() <= 200));
        }
        if !faults.is_empty() {
            continue;
        }
        for person in &mut people {
            person.group = None;
        }
        let (first, _) = decide(&people, &Known::default());
        assert!(first.iter().all(|verdict| *verdict == Verdict::New));
        let (again, in_the_way) = decide(&people, &taken_in(&people));
        assert!(in_the_way.is_empty(), "{in_the_way:?}");
        assert!(again.iter().all(|verdict| matches!(verdict, Verdict::Known { codes, .. } if codes.is_empty())));
    }
});
