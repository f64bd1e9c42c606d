//! The right person, the right group and every version of the terms are found in a program that has many.

use super::streaming::seed;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;

/// What a page links to by its pager's word, as a path.
fn pager(page: &str, word: &str) -> Option<String> {
    let (_, pager) = page.split_once("<p class=\"pager\">")?;
    let link = pager.split("</p>").next()?.split("<a href=\"").find(|link| link.contains(word))?;
    link.split('"').next().map(|link| link.replace("&#38;", "&"))
}

/// Every page of a list, from the newest on.
fn pages(desk: &mut Desk<'_>, path: &str) -> Vec<String> {
    let mut pages = vec![desk.page(path)];
    while let Some(older) = pager(&pages[pages.len() - 1], "Older") {
        let older = older.split('#').next().unwrap_or_default();
        pages.push(desk.page(&format!("{path}{older}")));
        assert!(pages.len() < 20, "the list ends");
    }
    pages
}

/// Ten thousand referrers whom a shop has numbered, as it has numbered their addresses.
const NUMBERED: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO referrer (id, code, external_id, created_at)
    SELECT printf('rfr_%016d', i), printf('numbered-%d', i), i || '', 1760000000000 + i FROM n;
    INSERT INTO person (id, email, name)
    SELECT id, 'user' || external_id || '@mail.example', 'User ' || external_id FROM referrer WHERE code LIKE 'numbered-%'";

#[test]
fn a_person_is_found_by_the_shops_own_id_among_ten_thousand_who_are_like_them() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    seed(&house, &program, NUMBERED);
    let server = program.server();
    let long = "shop/".repeat(40);
    server.post("/v1/referrers", &json!({"external_id": long, "name": "Long Id"})).expect(201);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let subject = "/dashboard/live/settings/data/subject";
    let erasure = "/dashboard/live/settings/data/erasure";
    let file = desk.post(subject, &[("by", "external_id"), ("who", "42")]);
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"subject.json\""));
    assert!(file.text().contains("\"user42@mail.example\"") && !file.text().contains("user420"));
    let file = desk.post(subject, &[("by", "external_id"), ("who", &long)]);
    assert!(file.status == 200 && file.text().contains("Long Id"), "{}", file.text());
    // A part of an id, or what is somebody's in another way, is nobody's id.
    for who in ["0042", "user42@mail.example", "numbered-42", "10001"] {
        assert_eq!(desk.post(subject, &[("by", "external_id"), ("who", who)]).status, 422, "{who}");
    }
    let done = desk.post(erasure, &[("by", "external_id"), ("who", "42"), ("again", "42")]);
    assert!(done.status == 200 && done.text().contains("Names and addresses"), "{}", done.text());
    let mail = |number: u32| {
        let one = server.get(&format!("/v1/referrers/rfr_{number:016}")).expect(200);
        (one["external_id"].clone(), one["email"].clone())
    };
    assert_eq!(mail(42), (json!("42"), Value::Null));
    for number in [4, 142, 420, 4242] {
        let kept = format!("user{number}@mail.example");
        assert_eq!(mail(number), (json!(number.to_string()), json!(kept)));
    }
    // A search has whoever it is first.
    let found = server.get("/v1/referrers?limit=5&q=77").expect(200)["data"].take();
    let ids: Vec<&str> =
        found.as_array().into_iter().flatten().filter_map(|one| one["external_id"].as_str()).collect();
    assert_eq!(ids, ["77", "9977", "9877", "9779", "9778"]);
    let found = server.get("/v1/referrers?limit=2&q=USER77@MAIL.example").expect(200)["data"].take();
    assert_eq!(
        found.as_array().map(|found| (found.len(), &found[0]["external_id"])),
        Some((1, &json!("77")))
    );
}

#[test]
fn a_link_is_of_the_person_it_was_asked_for_by_or_of_nobody_until_one_is_chosen() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let ann = json!({"code": "ann", "external_id": "42", "email": "ann@mail.example", "name": "A. Byron"});
    let id = server.post("/v1/referrers", &ann).expect(201)["id"].as_str().expect("an id").to_owned();
    for number in 1..10 {
        let name = format!("Hannah {number}");
        let email = format!("jo{number}.42.ann@mail.example");
        let hannah = json!({"code": format!("hannah-{number}"), "name": name, "email": email});
        server.post("/v1/referrers", &hannah).expect(201);
    }
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let mut asked = |who: &str| desk.page(&format!("/dashboard/live/links?who={who}"));
    let built = |page: &str, code: &str| {
        let link = format!("<code>{}</code>", program.link(code));
        page.split_once("id=\"built\"").is_some_and(|(_, rest)| rest.contains(&link))
    };
    let is_unclear = |page: &str| {
        page.contains("Several people fit.") && !page.contains("id=\"built\"") && !page.contains("qr.svg")
    };
    for who in ["ann", "ANN", "42", "ann@mail.example", "Ann@Mail.Example", &id, "byron"] {
        let page = asked(who);
        assert!(built(&page, "ann") && !is_unclear(&page), "{who}: {page}");
    }
    assert!(asked("ann").contains("Others who fit:"));
    for who in ["hann", "mail.example", "jo"] {
        assert!(is_unclear(&asked(who)), "{who}");
    }
    assert!(built(&asked("Hannah+3"), "hannah-3"), "one fits");
    // Whoever is chosen is the one.
    let page = asked("hann");
    let (_, choices) = page.split_once("Several people fit.").expect("a question");
    let before = choices.split("</a> (hannah-7)").next().expect("their name");
    let link = before.rsplit("<a href=\"").next().and_then(|link| link.split('"').next()).expect("a link");
    let who = link.split_once("who=").and_then(|(_, rest)| rest.split("&#38;").next()).expect("an id");
    assert!(who.starts_with("rfr_") && built(&asked(who), "hannah-7"), "{link}");
    // What is one's code and another's id at the shop names neither.
    server.post("/v1/referrers", &json!({"code": "other", "external_id": "ann"})).expect(201);
    let page = asked("ann");
    assert!(is_unclear(&page) && page.contains("(ann)") && page.contains("(other)"), "{page}");
    assert!(built(&asked(&id), "ann"));
    let picture = desk.get(&format!("/dashboard/live/links/qr.svg?who={id}&code=ann"));
    assert_eq!(picture.status, 200);
}

/// Two hundred groups after those that are there, each with terms of its own.
const GROUPS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
    INSERT INTO referrer_group (id, name, created_at) SELECT printf('grp_%016d', i), 'Group ' || i, 1760000000000 + i FROM n;
    INSERT INTO terms (version, body, created_at)
    SELECT g.seq + 1, (SELECT body FROM terms WHERE version = 1), g.created_at FROM referrer_group g WHERE g.name LIKE 'Group %';
    INSERT INTO group_terms (version, group_id) SELECT seq + 1, id FROM referrer_group WHERE name LIKE 'Group %'";

#[test]
fn the_oldest_of_many_groups_is_shown_chosen_and_filtered_by_like_the_newest() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let server = program.server();
    let ada = program.referrer("ada")["id"].as_str().expect("an id").to_owned();
    program.referrer("eve");
    let terms = json!({"hold_days": 11, "rewards": [{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1700}}]});
    let first = server.post("/v1/groups", &json!({"name": "Founders", "terms": terms})).expect(201);
    let first = first["id"].as_str().expect("an id").to_owned();
    seed(&house, &program, GROUPS);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let groups = "/dashboard/live/settings/groups";
    let list = pages(&mut desk, groups);
    assert_eq!(list.len(), 5, "fifty a page");
    assert!(list[0].contains(">Group 200</a>") && !list[0].contains("Founders"));
    assert!(list[4].contains(">Founders</a>") && !list[4].contains(">Group 1</a>"));
    assert_eq!(pager(&list[4], "Newest").as_deref(), Some(groups));
    assert_eq!(pager(&list[0], "Newest"), None);
    let start = format!("href=\"{groups}/");
    let paths: Vec<&str> = list
        .iter()
        .flat_map(|page| page.split(start.as_str()).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let once: BTreeSet<&str> = paths.iter().copied().collect();
    assert_eq!((paths.len(), once.len()), (201, 201), "every group once");

    let page = desk.page(&format!("{groups}/{first}"));
    assert!(page.contains("Founders") && page.contains("17%"), "{page}");
    assert!(desk.page(&format!("{groups}/grp_{:016}", 1)).contains("Group 1<"));
    let referrer = format!("/dashboard/live/referrers/{ada}");
    let option = format!("<option value=\"{first}\">Founders</option>");
    for path in [referrer.as_str(), "/dashboard/live/referrers", "/dashboard/live/links"] {
        let page = desk.page(path);
        assert!(page.contains(&option) && page.contains(">Group 1</option>"), "{path}");
        assert!(page.contains(">Group 200</option>"), "{path}");
    }
    assert_eq!(desk.post(&format!("{referrer}/group"), &[("group_id", &first)]).status, 303);
    let chosen = format!("<option value=\"{first}\" selected>Founders</option>");
    assert!(desk.page(&referrer).contains(&chosen));
    let members = desk.page(&format!("/dashboard/live/referrers?group={first}"));
    assert!(
        members.contains(&chosen) && members.contains("ext-ada") && !members.contains("ext-eve"),
        "{members}"
    );
}

/// A hundred and twenty versions of the program's terms, a group's between them.
const VERSIONS: &str = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 121)
    INSERT INTO terms (version, body, created_at)
    SELECT i, json_set((SELECT body FROM terms WHERE version = 1), '$.hold_days', i % 60), 1760000000000 + i FROM n;
    INSERT INTO referrer_group (id, name, created_at) VALUES ('grp_0000000000000001', 'Partners', 1);
    INSERT INTO group_terms (version, group_id) VALUES (60, 'grp_0000000000000001')";

#[test]
fn every_version_of_the_terms_is_read_and_laid_beside_any_other() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    seed(&house, &program, VERSIONS);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let terms = "/dashboard/live/terms";
    let list = pages(&mut desk, terms);
    let numbers = |page: &str| -> Vec<u32> {
        let titles = page.split("<summary>version ").skip(1);
        titles.filter_map(|rest| rest.split(' ').next()?.parse().ok()).collect()
    };
    let shown: Vec<u32> = list.iter().flat_map(|page| numbers(page)).collect();
    let own: Vec<u32> = (1..=121).rev().filter(|number| *number != 60).collect();
    assert_eq!(shown, own, "newest first, each once, and none of a group's");
    assert_eq!(list.iter().map(|page| numbers(page).len()).collect::<Vec<_>>(), [50, 50, 20]);
    assert_eq!(pager(&list[1], "Newest").as_deref(), Some("/dashboard/live/terms#former"));
    // The last of a page is compared with the first of the next one.
    assert!(list[0].contains("?old=71&#38;new=72#compared"));
    assert!(list[1].contains("?before=72&#38;old=59&#38;new=61#compared"));
    assert!(!list[2].contains("old=0"));
    let page = desk.page(&format!("{terms}?before=72&old=1&new=121"));
    let (_, compared) = page.split_once("id=\"compared\"").expect("the two of them");
    assert!(compared.contains("From version 1 to version 121") && compared.contains("<ins>1</ins>"));
    assert!(compared.contains("<option selected>121</option>") && compared.contains("<option>2</option>"));
    assert_eq!(numbers(&page)[0], 71, "and the list stays where it was");
    for none in ["old=1&new=60", "old=0&new=1", "old=1&new=122", "old=1&new=4294967295"] {
        assert!(!desk.page(&format!("{terms}?{none}")).contains("id=\"compared\""), "{none}");
    }
}
