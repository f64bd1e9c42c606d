//! The panel's texts, one module for each language: `export default` of lines `name=text`.
//!
//! A text that a language lacks is filled in from English here, so that a browser fetches one file
//! and has everything.

use anyhow::{Context, Result};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// The language that has every text.
const COMPLETE: &str = "en";

/// Writes `{locale}.js` into `output` for each `{locale}.txt` of `source`.
pub(super) fn write(source: &Path, output: &Path) -> Result<()> {
    let read =
        |path: &Path| fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()));
    let english = read(&source.join(format!("{COMPLETE}.txt")))?;
    fs::create_dir_all(output).with_context(|| format!("{} cannot be created", output.display()))?;
    for entry in source.read_dir()? {
        let path = entry?.path();
        if let (Some(locale), true) = (path.file_stem(), path.extension().is_some_and(|end| end == "txt")) {
            let file = output.join(locale).with_extension("js");
            fs::write(file, module(&completed(&read(&path)?, &english))?)?;
        }
    }
    Ok(())
}

fn module(text: &str) -> Result<String> {
    Ok(format!("export default {}\n", serde_json::to_string(text)?))
}

/// A language's texts in the order of the English ones, with those where it has none; what only it
/// has (a plural that English does without) comes last.
fn completed(text: &str, english: &str) -> String {
    let own: HashMap<&str, &str> = pairs(text).collect();
    let names: Vec<&str> = pairs(english).map(|(name, _)| name).collect();
    let all = pairs(english).map(|(name, line)| *own.get(name).unwrap_or(&line));
    let more = pairs(text).filter(|(name, _)| !names.contains(name)).map(|(_, line)| line);
    all.chain(more).collect::<Vec<_>>().join("\n")
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
    fn a_missing_text_is_english_and_one_that_only_it_has_stays() {
        let english = "copy=Copy\n\n# numbers\nclicks=Clicks\nsum=$1=$2\n";
        let polish = "clicks.few=Kliknięcia\nclicks=Kliknięć\nsum=$2=$1";
        assert_eq!(
            completed(polish, english),
            "copy=Copy\nclicks=Kliknięć\nsum=$2=$1\nclicks.few=Kliknięcia"
        );
        assert_eq!(completed("", english), "copy=Copy\nclicks=Clicks\nsum=$1=$2");
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
