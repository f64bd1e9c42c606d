//! What can be published to npm agrees with the clone.

use serde_json::Value;
use tests::source::file;
use xtask::workspace;

#[test]
fn the_npm_package_has_the_version_of_the_workspace() {
    let manifest = file("widget/npm/package.json").expect("the manifest of the npm package");
    let manifest: Value = serde_json::from_str(&manifest.text).expect("a manifest is JSON");
    assert_eq!(manifest["version"], workspace::VERSION);
    assert_eq!(manifest["license"], "Apache-2.0 OR MIT");
}

#[test]
fn the_guide_names_the_file_that_packing_makes() {
    let chapter = file("www/guide/react/index.html").expect("the chapter about frameworks");
    let packed = format!("./goodword-widget-{}.tgz", workspace::VERSION);
    assert!(chapter.text.contains(&packed), "the chapter does not name {packed}");
}
