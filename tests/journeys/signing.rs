//! The guide's code to sign an identity token, run as it is printed there, in every language, against a real edge.

use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::source::file;
use xtask::{children, workspace};

/// What the guide prints under a name, as a person would copy it.
fn snippet(name: &str) -> String {
    let page = file("www/guide/identity/index.html").expect("the page of the guide").text;
    let start = format!("data-snippet=\"{name}\"><code>");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("the guide has no {name}"));
    let (text, _) = rest.split_once("</code>").expect("its end");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The program that runs a snippet in `folder`.
fn program_of(name: &str, folder: &Path) -> Command {
    let (file, program, arguments): (&str, &str, &[&str]) = match name {
        "node" => ("sign.mjs", "node", &["sign.mjs"]),
        "python" => ("sign.py", "python3", &["sign.py"]),
        "php" => ("sign.php", "php", &["sign.php"]),
        "ruby" => ("sign.rb", "ruby", &["sign.rb"]),
        "go" => ("sign.go", "go", &["run", "sign.go"]),
        "rust" => ("src/main.rs", "cargo", &["run", "--quiet", "--offline"]),
        other => panic!("nobody knows how to run {other}"),
    };
    fs::create_dir_all(folder.join("src")).expect("a folder");
    fs::write(folder.join(file), snippet(name)).expect("the snippet is written");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    if name == "rust" {
        let manifest =
            "[package]\nname = \"sign\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n";
        fs::write(folder.join("Cargo.toml"), format!("{manifest}{}\n", snippet("rust-manifest")))
            .expect("a manifest");
        // The same versions as ours, which are on this machine already.
        fs::copy(workspace::at("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock");
        command.env("CARGO_TARGET_DIR", workspace::at("target/guide"));
    }
    command
}

fn check(name: &str) {
    let house = House::shared();
    let program = Program::open(&house);
    let folder = house.beside(&format!("signing-{name}"));
    let mut command = program_of(name, &folder);
    command.env("GOODWORD_PROGRAM", &program.slug).env("GOODWORD_IDENTITY_KEY", program.key("identity_live"));
    let language = command.get_program().display().to_string();
    let output = children::output(command).unwrap_or_else(|error| {
        panic!("The guide's code in {name} needs {language}, which did not start ({error}): install it, or let cargo xtask test do so.")
    });
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let token = String::from_utf8(output.stdout).expect("a token is text");
    let send = |request: Request| program.page().send(request.header("goodword-identity", token.trim()));
    let joined = send(Request::post("/v1/widget/join", &json!({}))).expect(201);
    let shown = send(Request::get("/v1/widget/me")).expect(200);
    let mine = &shown["referrer"];
    assert_eq!(
        (&mine["id"], &mine["name"], &mine["email"]),
        (&joined["id"], &json!("Zoë"), &json!("zoe@example.com")),
        "{name}"
    );
    let known = program.server().post("/v1/referrers", &json!({"external_id": "cus_17"})).expect(200);
    assert_eq!(known["id"], joined["id"], "{name}");
}

#[test]
fn the_guides_code_in_node_signs_what_the_edge_accepts() {
    check("node");
}

#[test]
fn the_guides_code_in_python_signs_what_the_edge_accepts() {
    check("python");
}

#[test]
fn the_guides_code_in_php_signs_what_the_edge_accepts() {
    check("php");
}

#[test]
fn the_guides_code_in_ruby_signs_what_the_edge_accepts() {
    check("ruby");
}

#[test]
fn the_guides_code_in_go_signs_what_the_edge_accepts() {
    check("go");
}

#[test]
fn the_guides_code_in_rust_signs_what_the_edge_accepts() {
    check("rust");
}

#[test]
fn every_snippet_of_the_guide_is_tried() {
    let page = file("www/guide/identity/index.html").expect("the page of the guide").text;
    let printed: Vec<&str> =
        page.split("data-snippet=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(printed, ["node", "python", "php", "ruby", "go", "rust-manifest", "rust"]);
}
