//! The lists are complete: a page without a line, or a line without a page, fails by name.

use std::collections::BTreeSet;
use std::path::Path;

use caulk::literal::Role;

/// Every page on disk below the folders of formats, as an id.
fn pages_on_disk() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks");
    let mut ids = BTreeSet::new();
    for folder in std::fs::read_dir(&root).unwrap().flatten().filter(|folder| folder.path().is_dir() && folder.file_name() != "secrets") {
        for page in std::fs::read_dir(folder.path()).unwrap().flatten() {
            let name = page.file_name().into_string().unwrap();
            ids.insert(format!("{}/{}", folder.file_name().into_string().unwrap(), name.trim_end_matches(".md")));
        }
    }
    ids
}

#[test]
fn every_page_is_listed_and_every_check_has_its_page() {
    let listed: BTreeSet<String> = caulk::checks::all().map(|check| check.page.id.to_owned()).collect();
    assert_eq!(pages_on_disk(), listed);
    assert_eq!(caulk::checks::all().count(), listed.len(), "a check is listed twice");
}

#[test]
fn every_role_is_owned_by_a_check_that_exists() {
    for role in Role::ALL {
        assert!(
            caulk::checks::all().any(|check| check.page.id == role.check()),
            "{role:?} belongs to `{}`, which does not exist",
            role.check()
        );
    }
}

#[test]
fn a_check_lives_in_a_file_of_its_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
    for check in caulk::checks::all() {
        let path = root.join(format!("{}.rs", check.page.id.replace('-', "_")));
        assert!(path.exists(), "{} should live in {}", check.page.id, path.display());
    }
}
