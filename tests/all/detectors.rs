//! `caulk detectors`, and `caulk explain` of token formats.

use caulk::secrets::{PAGES, formats};

use crate::ran::Folder;

fn said(arguments: &[&str]) -> String {
    let ran = Folder::new().caulk(arguments);
    ran.ends_with(0);
    assert!(ran.stderr.is_empty(), "{}", ran.text());
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn every_token_format_is_listed_under_its_provider() {
    let text = said(&["detectors"]);
    let json: serde_json::Value = serde_json::from_str(&said(&["detectors", "--format", "json"])).unwrap();
    let markdown = said(&["detectors", "--format", "markdown"]);
    let rows = json.as_array().unwrap();
    assert_eq!(rows.len(), formats().len());
    for format in formats() {
        assert!(text.contains(&format!("  {} ", format.id)), "{}", format.id);
        assert!(markdown.contains(&format!("| [`{}`](checks/{}.md) |", format.id, format.page.id)), "{}", format.id);
        let row = rows.iter().find(|row| row["id"] == format.id.as_str()).unwrap();
        assert_eq!((row["provider"].as_str(), row["severity"].as_str()), (Some(format.provider()), Some(format.severity.name())));
    }
    for page in &PAGES {
        assert!(text.lines().any(|line| line == page.title()), "{}", page.id);
    }
    let token = rows.iter().find(|row| row["id"] == "secrets/github/personal-access-token").unwrap();
    assert_eq!((&token["begins_with"], &token["checksum"], &token["provider"]), (&"ghp_".into(), &true.into(), &"github".into()));
}

#[test]
fn a_token_format_is_explained_with_its_facts_first() {
    let text = said(&["explain", "secrets/github/personal-access-token"]);
    let facts = "secrets/github/personal-access-token · a GitHub personal access token\n\
        severity     critical\n\
        looks like   `ghp_`, 36 of letters and digits\n\
        checked      its last 6 characters are the CRC-32 of the body, in base 62\n\
        https://";
    assert!(text.starts_with(facts), "{text}");
    assert!(text.contains("\n# GitHub\n") && text.contains("\n## Revoke\n"), "{text}");
    assert_eq!(said(&["explain", "github/personal-access-token"]), text);
}

#[test]
fn every_token_format_and_every_provider_has_its_explanation() {
    // Through the library: a process for each would take a minute.
    for format in formats() {
        let facts = caulk::secrets::facts(format);
        assert!(facts.len() >= 2 && facts.iter().all(|(_, fact)| !fact.is_empty() && !fact.contains('⟦')), "{}", format.id);
    }
    let page = said(&["explain", "secrets/aws"]);
    assert!(page.starts_with("secrets/aws/access-key-id · medium · ") && page.contains("## Revoke"), "{page}");
}

#[test]
fn what_is_unknown_is_met_with_the_nearest_check_or_token() {
    for (typed, nearest) in [
        ("secrets/github/personal-acess-token", "secrets/github/personal-access-token"),
        ("secrets/githab", "secrets/github"),
        ("kubernetes/plaintext-secrets", "kubernetes/plaintext-secret"),
    ] {
        let ran = Folder::new().caulk(&["explain", typed]);
        ran.ends_with(2);
        assert!(ran.text().contains(&format!("did you mean `{nearest}`?")), "{}", ran.text());
    }
}
