//! The panel's texts: for each language one module of those everybody sees, `{locale}.js`, and one for
//! each part that is fetched later, `{locale}.{part}.js`. All are `export default` of lines `name=text`.
//!
//! A line `## part: …` of the English file begins what only that part says; wherever a text stands in
//! another language's file, it goes where English has it. A text that a language lacks is filled in
//! from English here, so that a browser fetches one file and has everything.

use anyhow::{Context, Result};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// The language that has every text.
const COMPLETE: &str = "en";
/// Plural categories other than `other`, which every language has (Unicode CLDR, cardinal numbers).
const PLURALS: [&str; 5] = ["zero", "one", "two", "few", "many"];

/// Writes the modules of each `{locale}.txt` of `source` into `output`.
pub(super) fn write(source: &Path, output: &Path) -> Result<()> {
    let read =
        |path: &Path| fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()));
    let english = read(&source.join(format!("{COMPLETE}.txt")))?;
    fs::create_dir_all(output).with_context(|| format!("{} cannot be created", output.display()))?;
    for entry in source.read_dir()? {
        let path = entry?.path();
        if let (Some(locale), true) = (path.file_stem(), path.extension().is_some_and(|end| end == "txt")) {
            let own = read(&path)?;
            for (part, english) in parts(&english) {
                let file = output.join(locale).with_extension(format!("{part}js"));
                fs::write(file, module(&completed(&own, &english))?)?;
            }
        }
    }
    Ok(())
}

fn module(text: &str) -> Result<String> {
    Ok(format!("export default {}\n", serde_json::to_string(text)?))
}

/// The English texts by part: the first has no name, the others' ends with a dot.
fn parts(english: &str) -> Vec<(String, String)> {
    let mut parts = vec![(String::new(), String::new())];
    for line in english.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let name = heading.split(':').next().unwrap_or(heading);
            parts.push((format!("{name}."), String::new()));
        } else if let Some((_, lines)) = parts.last_mut() {
            lines.push_str(line);
            lines.push('\n');
        }
    }
    parts
}

/// A language's texts in the order of the English ones, with those where it has none; plurals that
/// English does without come last.
fn completed(text: &str, english: &str) -> String {
    let own: HashMap<&str, &str> = pairs(text).collect();
    let names: Vec<&str> = pairs(english).map(|(name, _)| name).collect();
    let all = pairs(english).map(|(name, line)| *own.get(name).unwrap_or(&line));
    let more = pairs(text).filter(|(name, _)| !names.contains(name) && names.contains(&other(name).as_str()));
    all.chain(more.map(|(_, line)| line)).collect::<Vec<_>>().join("\n")
}

/// The name every language has for what this is a plural of, or the name itself.
fn other(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, category)) if PLURALS.contains(&category) => format!("{stem}.other"),
        _ => name.to_owned(),
    }
}

/// Name and whole line of each text. Empty lines and those that begin with `#` are for people.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some((line.split_once('=')?.0, line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_text_is_english_and_a_plural_that_only_it_has_stays() {
        let english = "copy=Copy\n\n# numbers\nclicks.other=Clicks\nsum=$1=$2\n";
        let polish = "clicks.few=Kliknięcia\nclicks.other=Kliknięć\nsum=$2=$1";
        assert_eq!(
            completed(polish, english),
            "copy=Copy\nclicks.other=Kliknięć\nsum=$2=$1\nclicks.few=Kliknięcia"
        );
        assert_eq!(completed("", english), "copy=Copy\nclicks.other=Clicks\nsum=$1=$2");
    }

    #[test]
    fn a_text_goes_where_english_has_it_with_all_its_plurals_and_stands_nowhere_else() {
        let parts = parts(
            "copy=Copy\n## details: unfolded\nx=X\ndays.other=$1 days\n## welcome: a friend\nhello=Hello\n",
        );
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["", "details.", "welcome."]);
        let polish = "hello=Witamy\ndays.few=$1 dni\n## details: nic\ncopy=Kopiuj\ndays.other=$1 dnia";
        let texts: Vec<String> = parts.iter().map(|(_, english)| completed(polish, english)).collect();
        assert_eq!(texts, ["copy=Kopiuj", "x=X\ndays.other=$1 dnia\ndays.few=$1 dni", "hello=Witamy"]);
    }

    #[test]
    fn the_parts_are_those_of_modules_that_are_fetched_later() {
        let english = fs::read_to_string(crate::workspace::at("widget/words/en.txt")).unwrap();
        let names: Vec<String> = parts(&english).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["", "details.", "welcome."]);
    }

    #[test]
    fn a_text_cannot_end_the_module_it_is_in() {
        let text = "a=\"quoted\" and \\ and `$1`\nb=</script>";
        let module = module(text).unwrap();
        let inside = module.strip_prefix("export default ").unwrap();
        assert_eq!(serde_json::from_str::<String>(inside).unwrap(), text);
        assert_eq!(module.lines().count(), 1);
    }
}
