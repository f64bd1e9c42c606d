//! Scripts and style sheets, bundled and minified by esbuild.

use super::super::wasm_command;
use super::integrity::sha384;
use crate::progress::Step;
use crate::workspace;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The scripts that are fetched by themselves, each a module; the others in `widget/loader` are
/// parts of these. The last is the element, because the loader names its sum.
const MODULES: [&str; 7] = ["qr", "plain", "details", "dialog", "doctor", "welcome", "widget"];

/// Two folders, and what scripts may import and mention.
pub(super) struct Scripts<'a> {
    /// Where wasm-bindgen has left its glue.
    work: &'a Path,
    /// What is published.
    output: &'a Path,
    /// A bare name and the file it stands for.
    aliases: Vec<(String, PathBuf)>,
    /// An identifier and the string it stands for.
    defines: Vec<(&'static str, String)>,
}

impl<'a> Scripts<'a> {
    /// Both wasm files must be in `output` already.
    pub(super) fn new(work: &'a Path, output: &'a Path) -> Result<Self> {
        Ok(Self {
            work,
            output,
            aliases: vec![
                ("panel".to_owned(), work.join("widget.js")),
                ("outline".to_owned(), work.join("qr.js")),
            ],
            defines: vec![
                ("VERSION", workspace::VERSION.to_owned()),
                ("INTEGRITY_WASM", sha384(&output.join("widget_bg.wasm"))?),
                ("INTEGRITY_QR", sha384(&output.join("qr_bg.wasm"))?),
            ],
        })
    }

    /// Minifies every style sheet, for scripts to import.
    pub(super) fn styles(&mut self, step: &mut Step) -> Result<()> {
        let folder = workspace::at("widget/styles");
        for entry in folder.read_dir().with_context(|| format!("{} cannot be read", folder.display()))? {
            let sheet = entry?.path();
            if sheet.extension().is_none_or(|ending| ending != "css") {
                continue;
            }
            let name = sheet.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let outfile = self.work.join("styles").join(&name);
            // Without a target: what is nested stays nested.
            let esbuild = minifier(&sheet, &outfile);
            step.run(esbuild, &format!("esbuild could not minify {name}"))?;
            self.aliases.push((format!("styles/{name}"), outfile));
        }
        self.aliases.push(("styles".to_owned(), self.work.join("styles/panel.css")));
        Ok(())
    }

    /// Bundles the modules, each with what it imports.
    pub(super) fn modules(&mut self, step: &mut Step) -> Result<()> {
        for name in MODULES {
            let entry = workspace::at(format!("widget/loader/{name}.js"));
            let mut esbuild = minifier(&entry, &self.output.join(format!("{name}.js")));
            esbuild.args(["--bundle", "--format=esm", "--target=es2022"]);
            esbuild.args(["--loader:.css=text", "--loader:.txt=text"]);
            for (name, file) in &self.aliases {
                esbuild.arg(format!("--alias:{name}={}", file.display()));
            }
            self.define(&mut esbuild);
            step.run(esbuild, &format!("esbuild could not bundle {name}.js"))?;
        }
        self.defines.push(("INTEGRITY", sha384(&self.output.join("widget.js"))?));
        Ok(())
    }

    /// Minifies the loader, which imports nothing before it is needed.
    pub(super) fn loader(&self, step: &mut Step) -> Result<()> {
        let mut esbuild = minifier(&super::loader_source(), &self.output.join("goodword.js"));
        esbuild.arg("--target=es2022");
        self.define(&mut esbuild);
        step.run(esbuild, "esbuild could not minify the loader")
    }

    fn define(&self, esbuild: &mut Command) {
        for (name, value) in &self.defines {
            esbuild.arg(format!("--define:{name}=\"{value}\""));
        }
    }
}

fn minifier(source: &Path, outfile: &Path) -> Command {
    let mut esbuild = wasm_command(workspace::npm_program("esbuild"));
    esbuild
        .arg(source)
        .args(["--minify", "--charset=utf8", "--log-level=warning"])
        .arg(format!("--outfile={}", outfile.display()));
    esbuild
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn every_script_is_a_module_or_part_of_one() {
        let folder = workspace::at("widget/loader");
        let read = |path: &Path| fs::read_to_string(path).unwrap();
        let all: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        for path in &all {
            let name = path.file_stem().unwrap().to_string_lossy();
            let imported = all.iter().any(|other| read(other).contains(&format!("'./{name}.js'")));
            assert!(name == "goodword" || MODULES.contains(&name.as_ref()) || imported, "{name}.js is lost");
        }
    }
}
