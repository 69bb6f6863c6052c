//! Bad input: a clear message with file and place, the rest of the run unharmed, what can still be read is linted.

mod cut;
mod deep;
mod encodings;
mod fixtures;
mod kinds;
mod names;
mod odd;

use crate::ran::Folder;

#[test]
fn a_long_file_of_manifests_is_linted_and_a_long_text_is_not() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: Zk8uT2pq9zW4\n";
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: text\n---\n";
    let text = "password: Zk8uT2pq9zW4\n";
    let folder = Folder::with(&[
        ("all.yaml", &format!("{}{secret}", map.repeat(20_000))),
        ("text.yaml", &text.repeat(60_000)),
        ("text.txt", &text.repeat(60_000)),
    ]);
    let report = folder.lint(&["."]).json();
    let found: Vec<_> = report["findings"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(found, ["all.yaml"]);
}
