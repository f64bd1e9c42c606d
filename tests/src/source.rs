//! The clone's own files, for the invariants of the architecture.

use std::fs;
use std::path::Path;
use xtask::workspace;

/// One text file of the clone.
#[derive(Clone, Debug)]
pub struct File {
    /// From the root of the clone, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Folders that hold what others wrote or what builds leave behind.
const NOT_OURS: [&str; 4] = ["target", "node_modules", "build", "build-failpoints"];

/// Every text file under a folder of the clone whose name ends like one of these.
pub fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    walk(&workspace::at(folder), endings, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn walk(folder: &Path, endings: &[&str], files: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            let published = path == workspace::at("www/w");
            if !name.starts_with('.') && !NOT_OURS.contains(&name.as_str()) && !published {
                walk(&path, endings, files);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            files.extend(read(&path));
        }
    }
}

fn read(path: &Path) -> Option<File> {
    let text = fs::read_to_string(path).ok()?;
    let path = path.strip_prefix(workspace::root()).unwrap_or(path);
    let path = path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    Some(File { path, text })
}

/// One file of the clone; none where it is missing.
pub fn file(path: &str) -> Option<File> {
    read(&workspace::at(path))
}

impl File {
    /// The file's name without its folder.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The lines that are code: line comments are cut, with what looks like one in a text kept where it is quoted.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| {
            let code = match line.find("//") {
                // `https://` in a text is no comment.
                Some(start) if !line[..start].ends_with(':') => &line[..start],
                _ => line,
            };
            (at + 1, code)
        })
    }

    /// `path:line` of every line of code that names this word.
    pub fn naming(&self, word: &str) -> Vec<String> {
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let names = |line: &str| {
            line.match_indices(word).any(|(at, _)| {
                !is_part(line[..at].chars().next_back()) && !is_part(line[at + word.len()..].chars().next())
            })
        };
        self.code().filter(|(_, line)| names(line)).map(|(at, _)| format!("{}:{at}", self.path)).collect()
    }
}
