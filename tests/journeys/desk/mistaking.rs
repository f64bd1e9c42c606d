//! What is wrong with a draft of terms is named by its field, and nothing typed is lost: neither from the page, nor from the
//! terms without a word.

use super::drafting::{TERMS, in_force, program, saved};
use super::settling::{fields, with};
use serde_json::json;
use tests::desk::Desk;
use tests::house::House;

/// The choices of the form as the page shows them.
fn choices(page: &str) -> Vec<(String, String)> {
    let (_, form) = page.split_once("id=\"draft\"").expect("the form");
    let form = form.split("</form>").next().unwrap_or_default();
    let after = |text: &str, start: &str| {
        let (_, rest) = text.split_once(start)?;
        Some(rest.split('"').next().unwrap_or_default().to_owned())
    };
    let choice = |select: &str| {
        let options = select.split("</select>").next().unwrap_or_default();
        let mut options = options.split("<option ").skip(1);
        let first = options.next()?;
        let chosen = [first].into_iter().chain(options).find(|option| option.contains(" selected>"));
        Some((after(select, " name=\"")?, after(chosen.unwrap_or(first), "value=\"")?))
    };
    form.split("<select ").skip(1).filter_map(choice).collect()
}

/// What a field is described by is on the page.
#[track_caller]
fn is_described(page: &str) {
    let described = page.split(" aria-describedby=\"").skip(1);
    for id in described.flat_map(|rest| rest.split('"').next().unwrap_or_default().split(' ')) {
        assert!(page.contains(&format!(" id=\"{id}\"")), "{id}: {page}");
    }
}

/// A draft with these changes is refused with these words, at this field. Gives the pages that say so.
#[track_caller]
fn refused(
    desk: &mut Desk<'_>,
    form: &[(String, String)],
    changes: &[(&str, &str)],
    (words, field): (&str, &str),
) -> [String; 2] {
    let draft = with(form, changes);
    [TERMS.to_owned(), format!("{TERMS}/preview")].map(|path| {
        let answer = desk.post(&path, &draft);
        let text = answer.text();
        assert_eq!(answer.status, 422, "{changes:?}: {text}");
        assert!(text.contains(words), "{words}: {text}");
        let tag = text.split('<').find(|tag| tag.contains(&format!(" name=\"{field}\"")));
        let tag = tag.unwrap_or_else(|| panic!("{field}: {text}"));
        assert!(tag.contains("aria-invalid=\"true\""), "{field}: {tag}");
        is_described(&text);
        text
    })
}

/// So refused, and what was typed and chosen is still there.
#[track_caller]
fn is_refused(
    desk: &mut Desk<'_>,
    form: &[(String, String)],
    changes: &[(&str, &str)],
    words: &str,
    field: &str,
) {
    for text in refused(desk, form, changes, (words, field)) {
        let shown = [fields(&text, "draft"), choices(&text)].concat();
        for (name, typed) in changes {
            let value = shown.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
            assert_eq!(value, Some(*typed), "{name} of {changes:?}: {text}");
        }
    }
}

#[test]
fn what_is_wrong_is_named_by_its_field_and_line_and_nothing_typed_is_lost() {
    let house = House::shared();
    let program = program(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let form = fields(&desk.page(TERMS), "draft");
    let friend = [("new.to", "friend"), ("new.on", "sale")];
    let lead = [("new.to", "referrer"), ("new.on", "lead")];
    let joined = |a: &[(&'static str, &'static str)], b: &[(&'static str, &'static str)]| [a, b].concat();
    let steps = |unit: &'static str, steps: &'static str| vec![("unit.share", unit), ("steps.share", steps)];
    let cases = [
        (
            steps("count", "1: 5 %\nten: 8 %"),
            "Referrer, a sale · Steps</strong> needs a whole number before the colon in line 2",
            "steps.share",
        ),
        (
            steps("count", "1: 5 %\n10 = 8 %"),
            "Referrer, a sale · Steps</strong> needs a colon in line 2",
            "steps.share",
        ),
        (steps("amount_whole", "much: 5 %"), "needs an amount such as 5 or 5.00", "steps.share"),
        (steps("retention", "0: a lot"), "or a share such as 8% behind the colon in line 1", "steps.share"),
        (steps("count", "10: 5 %\n1: 8 %"), "must begin with more in line 2", "steps.share"),
        (steps("count", ""), "Referrer, a sale · Steps</strong> needs at least one step", "steps.share"),
        (
            steps("count", "0: 5 %"),
            "Referrer, a sale · Steps 1</strong> takes a number from 1",
            "steps.share",
        ),
        (steps("amount_marginal", "0: 5"), "takes shares alone", "steps.share"),
        (steps("retention", "0: 5 %\n12: 5 %"), "must give more with each step", "steps.share"),
        (
            vec![("unit.share", "perk"), ("rule.share", "")],
            "Referrer, a sale</strong> needs at least one character",
            "rule.share",
        ),
        (
            vec![("unit.share", "coupon"), ("rule.share", "pool")],
            "Referrer, a sale</strong> must be for the friend",
            "rule.share",
        ),
        (
            vec![("when.share", "every"), ("number.share", "often")],
            "Referrer, a sale · How many</strong> takes a whole number",
            "number.share",
        ),
        (
            vec![("when.share", "every"), ("number.share", "1")],
            "Referrer, a sale · How many</strong> takes a number from 2",
            "number.share",
        ),
        (
            joined(&friend, &[("new.value", "5"), ("new.when", "every"), ("new.number", "10")]),
            "Friend, a sale · Which of them</strong> must be for the referrer",
            "new.when",
        ),
        (
            joined(&friend, &[("new.unit", "count"), ("new.steps", "1: 5")]),
            "Friend, a sale · In</strong> must be for the referrer",
            "new.unit",
        ),
        (
            joined(&lead, &[("new.unit", "retention"), ("new.steps", "0: 5")]),
            "Referrer, a lead · In</strong> must be for a sale",
            "new.unit",
        ),
        (
            joined(&steps("count", "1: 5 %"), &[("when.share", "at"), ("number.share", "3")]),
            "Referrer, a sale · Which of them</strong> does not go with steps",
            "when.share",
        ),
    ];
    for (changes, words, field) in cases {
        is_refused(&mut desk, &form, &changes, words, field);
    }
    assert_eq!(in_force(&program)["version"], 1);
}

#[test]
fn caps_and_days_that_are_none_are_named_by_their_field() {
    let house = House::shared();
    let program = program(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let form = fields(&desk.page(TERMS), "draft");
    let cases = [
        (
            vec![("cap.referrer.day", "much")],
            "To one referrer in a day</strong> takes an amount",
            "cap.referrer.day",
        ),
        (
            vec![("cap.program.ever", "0")],
            "To everybody together in all</strong> takes an amount from",
            "cap.program.ever",
        ),
        (vec![("events", "demo\na/b")], "Events that qualify, one a line · a/b</strong>", "events"),
        (vec![("email_domains", "nowhere")], "one a line · nowhere</strong>", "email_domains"),
        (vec![("dispute_days", "soon")], "Days to decide a dispute</strong> takes a whole", "dispute_days"),
        (vec![("stand_down_minutes", "5000")], "takes a number from 0 to 1,440", "stand_down_minutes"),
    ];
    for (changes, words, field) in cases {
        is_refused(&mut desk, &form, &changes, words, field);
    }
    assert_eq!(in_force(&program)["version"], 1);
}

#[test]
fn what_a_choice_does_not_take_is_not_dropped_without_a_word() {
    let house = House::shared();
    let program = program(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page(TERMS);
    assert!(page.contains("role=\"group\" aria-label=\"One more reward\""), "{page}");
    for field in ["unit.share", "new.unit"] {
        assert!(page.contains(&format!(" aria-describedby=\"{field}.detail\"")), "{field}: {page}");
    }
    is_described(&page);
    let form = fields(&page, "draft");
    let friend = |more: &[(&'static str, &'static str)]| {
        [&[("new.to", "friend"), ("new.on", "sale")][..], more].concat()
    };
    let cases = [
        (
            vec![("steps.share", "1: 5 %")],
            "Referrer, a sale · In</strong> takes no steps, and some are filled in",
            "unit.share",
        ),
        (
            vec![("unit.share", "count"), ("rule.share", "12"), ("steps.share", "1: 5 %")],
            "Referrer, a sale · In</strong> takes steps in place of an amount, and one is filled in",
            "unit.share",
        ),
        (
            vec![("per.share", "month")],
            "Referrer, a sale · Steps are counted</strong> goes only with steps",
            "per.share",
        ),
        (
            vec![("number.share", "6")],
            "Referrer, a sale · Which of them</strong> takes no number, and one is filled in",
            "when.share",
        ),
        (friend(&[("new.steps", "1: 5 %")]), "One more reward · In</strong> takes no steps", "new.unit"),
        (
            friend(&[("new.value", "5"), ("new.steps", "1: 5 %\n10: 8 %")]),
            "One more reward · In</strong> takes no steps",
            "new.unit",
        ),
        (
            friend(&[("new.unit", "perk"), ("new.value", "A plant"), ("new.steps", "1: 5 %")]),
            "One more reward · In</strong> takes no steps",
            "new.unit",
        ),
        (
            friend(&[("new.unit", "count"), ("new.value", "5"), ("new.steps", "1: 5 %")]),
            "One more reward · In</strong> takes steps in place of an amount",
            "new.unit",
        ),
        (
            friend(&[("new.value", "5"), ("new.number", "3")]),
            "One more reward · Which of them</strong> takes no number",
            "new.when",
        ),
        (friend(&[("new.number", "3")]), "One more reward · Which of them</strong> takes no", "new.when"),
    ];
    for (changes, words, field) in cases {
        is_refused(&mut desk, &form, &changes, words, field);
    }
    assert_eq!(in_force(&program)["version"], 1);

    // What is there already goes along with another choice.
    let steps = [("unit.share", "count"), ("steps.share", "1: 5 %\r\n10: 8 %"), ("per.share", "month")];
    saved(&mut desk, &program, &steps);
    let form = [
        ("unit.share", "share"),
        ("rule.share", "12"),
        ("steps.share", "1: 5 %\r\n10: 8 %"),
        ("per.share", "month"),
    ];
    let terms = saved(&mut desk, &program, &form);
    assert_eq!(terms["rewards"][0]["pay"], json!({"share_bps": 1200}));
    saved(&mut desk, &program, &[("when.share", "every"), ("number.share", "10")]);
    let terms = saved(&mut desk, &program, &[("when.share", "always"), ("number.share", "10")]);
    assert_eq!(terms["rewards"][0].get("when"), None, "{terms}");
}

#[test]
fn a_figure_is_not_taken_along_into_another_unit() {
    let house = House::shared();
    let program = program(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let form = fields(&desk.page(TERMS), "draft");
    let figure = "Referrer, a sale</strong> is a figure alone. Write in words what the perk is";
    let cases = [
        (
            vec![("unit.share", "flat")],
            "Referrer, a sale</strong> still has the figure of the unit before. Type the amount anew, as in 5 EUR",
        ),
        (
            vec![("unit.share", "coupon")],
            "Referrer, a sale</strong> still has what it had in the unit before. Type anew what is given",
        ),
        (vec![("unit.share", "perk")], figure),
        (vec![("unit.share", "perk"), ("rule.share", "7.50")], figure),
        (vec![("unit.share", "perk"), ("rule.share", "5 %")], figure),
        (vec![("unit.share", "perk"), ("rule.share", "10 EUR")], figure),
    ];
    for (changes, words) in cases {
        is_refused(&mut desk, &form, &changes, words, "rule.share");
    }
    let perk = [("new.unit", "perk"), ("new.value", "10")];
    is_refused(&mut desk, &form, &perk, "One more reward</strong> is a figure alone", "new.value");
    assert_eq!(in_force(&program)["version"], 1);

    // The same figure is taken where its unit is typed with it.
    let terms = saved(&mut desk, &program, &[("unit.share", "flat"), ("rule.share", "10 EUR")]);
    assert_eq!(terms["rewards"][0]["pay"], json!({"flat": 1000}));
    let form = fields(&desk.page(TERMS), "draft");
    let words = "still has the figure of the unit before. Type the share anew, as in 5%";
    is_refused(&mut desk, &form, &[("unit.share", "share")], words, "rule.share");
    let terms = saved(&mut desk, &program, &[("unit.share", "share"), ("rule.share", "10%")]);
    assert_eq!(terms["rewards"][0]["pay"], json!({"share_bps": 1000}));
    let terms = saved(&mut desk, &program, &[("unit.share", "perk"), ("rule.share", "2 plants")]);
    assert_eq!(terms["rewards"][0]["pay"], json!({"perk": "2 plants"}));
}

#[test]
fn a_word_that_is_no_choice_is_refused_and_not_taken_for_another() {
    let house = House::shared();
    let program = program(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let form = fields(&desk.page(TERMS), "draft");
    let cases = [
        (vec![("unit.share", "euro")], "Referrer, a sale · In", "unit.share"),
        (vec![("unit.share", ""), ("rule.share", "5")], "Referrer, a sale · In", "unit.share"),
        (vec![("when.share", "never")], "Referrer, a sale · Which of them", "when.share"),
        (
            vec![("unit.share", "count"), ("steps.share", "1: 5 %"), ("per.share", "week")],
            "Referrer, a sale · Steps are counted",
            "per.share",
        ),
        (vec![("new.unit", "euro"), ("new.value", "5")], "One more reward · In", "new.unit"),
        (vec![("new.when", "never"), ("new.value", "5")], "One more reward · Which of them", "new.when"),
        (vec![("approval", "nobody")], "Who lets rewards pass", "approval"),
    ];
    for (changes, label, field) in cases {
        refused(&mut desk, &form, &changes, (&format!("{label}</strong> is none of the choices"), field));
    }
    assert_eq!(in_force(&program)["version"], 1);
}
