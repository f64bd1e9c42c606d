use super::*;
use crate::code::Code;
use crate::input::{LONGEST_NAME, told};
use crate::instant::Instant;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

fn now() -> Instant {
    Instant::parse("2026-11-21T09:30:00Z").expect("an instant")
}

fn read(shape: Shape, text: &str) -> (Vec<Person>, Vec<Fault>) {
    let sheet = Sheet::read(text).expect("a file");
    let fields: Vec<Option<Field>> = sheet.header.iter().map(|name| shape.field(name)).collect();
    people(&sheet, &fields, now())
}

fn faults(shape: Shape, text: &str) -> Vec<(usize, String, &'static str)> {
    read(shape, text).1.into_iter().map(|fault| (fault.row, fault.column, told(fault.code))).collect()
}

fn codes(person: &Person) -> Vec<&str> {
    person.codes.iter().map(Code::as_str).collect()
}

#[test]
fn each_system_names_its_columns_in_its_own_way() {
    for (shape, text, code, name, external_id) in [
        (
            Shape::Rewardful,
            "First Name,Last Name,Email,Token\nAda,Byron,a@x.example,ada",
            "ada",
            "Ada Byron",
            None,
        ),
        (
            Shape::FirstPromoter,
            "id,cust_id,email,first_name,last_name,ref_id\n7,u7,a@x.example,Ada,Byron,ADA",
            "ada",
            "Ada Byron",
            Some("u7"),
        ),
        (
            Shape::GrowSurf,
            "id,firstName,lastName,email,shareUrl\n1cca8d,Ada,Byron,a@x.example,https://x.example/?grsf=1cca8d",
            "1cca8d",
            "Ada Byron",
            None,
        ),
        (
            Shape::Dub,
            "ID,Name,Email,Country,Status,Enrolled at,Link\npn_1,Ada Byron,a@x.example,GB,approved,2025-01-02T03:04:05.000Z,https://x.link/ada",
            "ada",
            "Ada Byron",
            None,
        ),
        (
            Shape::Goodword,
            "id;code;further_codes;external_id;name\nrfr_1;ada;;u7;Ada Byron",
            "ada",
            "Ada Byron",
            Some("u7"),
        ),
        (Shape::Other, "E-Mail\tName\tReferral Code\na@x.example\tAda Byron\tada", "ada", "Ada Byron", None),
    ] {
        let (people, faults) = read(shape, text);
        assert_eq!(faults, [], "{shape:?}");
        let [person] = people.as_slice() else { panic!("{shape:?}: {people:?}") };
        assert_eq!(codes(person), [code], "{shape:?}");
        assert_eq!(person.name.as_deref(), Some(name), "{shape:?}");
        assert_eq!(person.external_id.as_deref(), external_id, "{shape:?}");
    }
}

#[test]
fn a_row_that_cannot_be_taken_says_where_and_what_to_do() {
    let long = "x".repeat(LONGEST_NAME + 1);
    for (text, expected) in [
        ("name\nAda", vec![(2, "", "required")]),
        ("email,code\nnobody,ada", vec![(2, "email", "not_an_email")]),
        ("code\nno_such", vec![(2, "code", "not_a_code")]),
        ("code\nadmin", vec![(2, "code", "not_a_code")]),
        // Eleven characters that could be a code of ours.
        ("code\njohnathan12", vec![(2, "code", "not_a_code")]),
        ("code\nada\n\nAda", vec![(3, "code", "not_unique")]),
        ("code\nada\n\" \"\nAda", vec![(4, "code", "not_unique")]),
        ("email\na@x.example\nA@X.example", vec![(3, "email", "not_unique")]),
        ("code,external_id\na-1,u\na-2,u", vec![(3, "external_id", "not_unique")]),
        ("code,joined_at\nada,12/11/2026", vec![(2, "joined_at", "not_an_instant")]),
        ("code,joined_at\nada,2026-11-22", vec![(2, "joined_at", "out_of_range")]),
        (&format!("code,name\nada,{long}"), vec![(2, "name", "too_long")]),
        (&format!("code,last name\nada,{}", &long[..150]), vec![(2, "last name", "too_long")]),
        ("code,name\nada,\"Ada\nByron\"", vec![(2, "name", "control_character")]),
        (
            "code\nx\nada\ny y",
            vec![(2, "code", "not_a_code"), (4, "code", "not_a_code"), (4, "code", "not_a_code")],
        ),
    ] {
        let found = faults(Shape::Other, text);
        let found: Vec<(usize, &str, &str)> =
            found.iter().map(|(row, column, code)| (*row, column.as_str(), *code)).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn the_longest_names_are_names() {
    let (whole, part) = ("ن".repeat(LONGEST_NAME), "x".repeat(149));
    let text = format!("code,name,first name,last name\nada,{whole},,\nbob,,{part},{part}");
    let (people, faults) = read(Shape::Other, &text);
    assert_eq!(faults, Vec::new());
    let names: Vec<&str> = people.iter().filter_map(|person| person.name.as_deref()).collect();
    assert_eq!(names, [whole, format!("{part} {part}")]);
}

#[test]
fn a_cell_may_hold_links_several_codes_and_days_of_many_kinds() {
    let (people, faults) = read(
        Shape::Other,
        "code,joined\n\"https://x.example/?utm=1&via=Ada, ada-2|x-3;ada\",2025-01-02\nbob,2025-01-02 03:04:05 UTC\ncy-1,1735786800000\n,\ndan,2025-01-02T03:04:05+01:00\n",
    );
    assert_eq!(faults, []);
    assert_eq!(codes(&people[0]), ["ada", "ada-2", "x-3"]);
    let joined: Vec<_> =
        people.iter().map(|one| one.joined_at.map(|at| at.to_string()).unwrap_or_default()).collect();
    assert_eq!(
        joined,
        [
            "2025-01-02T00:00:00.000Z",
            "2025-01-02T03:04:05.000Z",
            "2025-01-02T03:00:00.000Z",
            "2025-01-02T02:04:05.000Z"
        ]
    );
    assert_eq!(people[3].row, 6, "an empty row is counted, as a spreadsheet does");
}

#[test]
fn a_file_that_is_none_or_too_much_is_refused_as_a_whole() {
    assert_eq!(Sheet::read(""), Err(SheetError::Empty));
    assert_eq!(Sheet::read("code\n"), Err(SheetError::Empty));
    assert_eq!(Sheet::read("code,name\n,\n"), Err(SheetError::Empty));
    assert_eq!(Sheet::read(&"x".repeat(LONGEST + 1)), Err(SheetError::TooLong));
    assert_eq!(
        Sheet::read(&format!("code\n{}", "ada\n".repeat(MOST_ROWS + 1))),
        Err(SheetError::TooManyRows)
    );
    assert_eq!(
        Sheet::read(&format!("code\n{}", "ada\n".repeat(MOST_ROWS))).map(|sheet| sheet.rows.len()),
        Ok(MOST_ROWS)
    );
    assert_eq!(Sheet::read(&format!("{}\nx", ",".repeat(MOST_COLUMNS))), Err(SheetError::TooManyColumns));
    assert_eq!(
        Sheet::read("\u{feff}code\r\n\"'=1\"\r\n").map(|sheet| sheet.rows),
        Ok(vec![vec!["=1".to_owned()]])
    );
}

fn owner(id: &str, external_id: Option<&str>, email: Option<&str>) -> Owner {
    Owner {
        id: id.to_owned(),
        external_id: external_id.map(ToOwned::to_owned),
        email: email.map(ToOwned::to_owned),
    }
}

fn known() -> Known {
    let ada = owner("rfr_ada", Some("u-ada"), Some("ada@x.example"));
    let bob = owner("rfr_bob", None, Some("bob@x.example"));
    let code = |text| Code::parse(text).expect("a code");
    Known {
        external_ids: BTreeMap::from([("u-ada".to_owned(), ada.clone())]),
        codes: BTreeMap::from([(code("ada"), ada.clone()), (code("bob"), bob.clone())]),
        emails: BTreeMap::from([("ada@x.example".to_owned(), ada), ("bob@x.example".to_owned(), bob)]),
        groups: BTreeMap::from([("Partners".to_owned(), "grp_1".to_owned())]),
    }
}

#[test]
fn whoever_is_there_is_known_by_id_then_code_then_address() {
    for (row, expected) in [
        ("u-ada,,,", Ok(Some("rfr_ada"))),
        ("u-ada,ada,,", Ok(Some("rfr_ada"))),
        ("u-new,eve,,", Ok(None)),
        (",bob,BOB@x.example,", Ok(Some("rfr_bob"))),
        (",bob,,", Ok(Some("rfr_bob"))),
        (",,Bob@x.example,", Ok(Some("rfr_bob"))),
        (",,eve@x.example,", Ok(None)),
        // The same address with another code is another row of another person until somebody says otherwise.
        (",eve,bob@x.example,", Ok(None)),
        (",bob,eve@x.example,", Err("code_taken")),
        ("u-eve,ada,ada@x.example,", Err("code_taken")),
        ("u-eve,bob,,", Err("code_taken")),
        ("u-ada,bob,,", Err("code_taken")),
        (",ada bob,ada@x.example,", Err("code_taken")),
        ("u-new,eve,,Partners", Ok(None)),
        ("u-new,eve,,Nobody", Err("unknown_group")),
    ] {
        let text = format!("external_id,code,email,group\n{row}\n");
        let (people, wrong) = read(Shape::Goodword, &text);
        assert_eq!(wrong, [], "{row}");
        let (verdicts, faults) = decide(&people, &known());
        let verdict = match (&faults[..], &verdicts[..]) {
            ([], [Verdict::New]) => Ok(None),
            ([], [Verdict::Known { id, .. }]) => Ok(Some(id.as_str())),
            ([fault, ..], _) => Err(fault.code),
            _ => panic!("{row}"),
        };
        assert_eq!(verdict, expected, "{row}");
    }
}

#[test]
fn somebody_who_is_known_gets_the_codes_they_have_not_yet() {
    let (people, _) = read(Shape::Goodword, "external_id,code\nu-ada,ada ada-2\n");
    let (verdicts, faults) = decide(&people, &known());
    assert_eq!(faults, []);
    let codes = vec![Code::parse("ada-2").expect("a code")];
    assert_eq!(verdicts, [Verdict::Known { id: "rfr_ada".to_owned(), codes }]);
}

/// What a program knows once a file was taken in.
fn taken_in(people: &[Person], known: &mut Known) {
    let (verdicts, _) = decide(people, known);
    for (person, verdict) in people.iter().zip(verdicts) {
        let owner = match &verdict {
            Verdict::New => Owner {
                id: format!("rfr_{}", person.row),
                external_id: person.external_id.clone(),
                email: person.email.clone(),
            },
            Verdict::Known { id, .. } => {
                let mut all =
                    known.codes.values().chain(known.external_ids.values()).chain(known.emails.values());
                all.find(|owner| owner.id == *id).cloned().expect("known")
            }
        };
        known.codes.extend(person.codes.iter().map(|code| (*code, owner.clone())));
        if verdict == Verdict::New {
            known.external_ids.extend(owner.external_id.clone().map(|id| (id, owner.clone())));
            known.emails.extend(owner.email.clone().map(|email| (email.to_lowercase(), owner.clone())));
        }
    }
}

proptest! {
    #[test]
    fn nothing_in_a_file_makes_the_reader_panic_and_every_fault_names_a_row(text in "[a-c\",;\n\t' =@.0-9-]{0,200}") {
        if let Ok(sheet) = Sheet::read(&text) {
            for shape in shape::SHAPES {
                let fields: Vec<Option<Field>> = sheet.header.iter().map(|name| shape.field(name)).collect();
                let (people, faults) = people(&sheet, &fields, now());
                for fault in &faults {
                    prop_assert!(fault.row >= 2 && fault.row < sheet.rows.len() + 2 && !fault.detail.is_empty());
                }
                prop_assert_eq!(people.len(), sheet.rows.iter().filter(|row| !row.is_empty()).count());
            }
        }
    }

    #[test]
    fn a_file_that_was_taken_in_changes_nothing_when_it_comes_again(
        rows in proptest::collection::vec(("(u[0-9]{0,2})?", "([a-d][0-9][0-9]( e[0-9][0-9])?)?", "([a-d]@x\\.example)?"), 1..8)
    ) {
        let lines: Vec<_> = rows.iter().map(|(id, code, email)| format!("{id},{code},{email}")).collect();
        let text = format!("external_id,code,email\n{}\n", lines.join("\n"));
        let Ok(sheet) = Sheet::read(&text) else { return Ok(()) };
        let fields: Vec<Option<Field>> = sheet.header.iter().map(|name| Shape::Goodword.field(name)).collect();
        let (people, wrong) = people(&sheet, &fields, now());
        let mut program = known();
        let (_, in_the_way) = decide(&people, &program);
        if !wrong.is_empty() || !in_the_way.is_empty() { return Ok(()) }
        taken_in(&people, &mut program);
        let (again, faults) = decide(&people, &program);
        prop_assert_eq!(faults, vec![]);
        for verdict in again {
            prop_assert!(matches!(&verdict, Verdict::Known { codes, .. } if codes.is_empty()), "{verdict:?}");
        }
    }
}
