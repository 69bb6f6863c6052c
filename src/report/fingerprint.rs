//! What makes two findings of two runs the same one: not their lines.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::secrets::{hex, keyed_hash};

/// The domain of findings' fingerprints. Public and fixed; a change of it reopens every accepted finding.
const DOMAIN: &[u8] = b"caulk/v1/finding";

/// 128 bits over the check, the file below the repository's root, the place in the document's structure and the secret,
/// in hexadecimal. The secret takes part only where it is strong: a dictionary would open the hash of a short password.
#[must_use]
pub fn fingerprint(finding: &Finding, root_path: &str) -> String {
    let secret = finding.secret.as_ref().and_then(|secret| secret.fingerprint()).unwrap_or_default();
    hex(&keyed_hash(DOMAIN, &[finding.page.id.as_bytes(), root_path.as_bytes(), finding.path.stable.as_bytes(), secret.as_bytes()]))
}

/// Tells equal fingerprints of a run apart, in their order: the second gets `:2`, the third `:3`.
pub fn number<'f>(fingerprints: impl IntoIterator<Item = &'f mut String>) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for fingerprint in fingerprints {
        let count = seen.entry(fingerprint.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            fingerprint.push_str(&format!(":{count}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Page;
    use crate::finding::Findings;
    use crate::literal::LogicalPath;
    use crate::secrets::Secret;
    use crate::source::Place;

    static PAGE: Page = Page::new("core/plaintext-secret", "");
    static OTHER: Page = Page::new("core/other", "");

    fn finding(page: &'static Page, path: &str, value: &str, strong: bool) -> Finding {
        let mut findings = Findings::new(page);
        findings.report(Place::default(), "said").at(LogicalPath { shown: "shown".to_owned(), stable: path.to_owned() });
        let mut finding = findings.into_list().remove(0);
        finding.secret = Some(Secret::new(value, "", None, strong));
        finding
    }

    #[test]
    fn each_part_counts_and_nothing_else() {
        let base = fingerprint(&finding(&PAGE, "a.b", "one", true), "x.yml");
        assert_eq!((base.len(), base.bytes().all(|b| b.is_ascii_hexdigit())), (32, true));
        let mut moved = finding(&PAGE, "a.b", "one", true);
        moved.place.span.start = 0;
        moved.message = "said otherwise".to_owned();
        moved.path.shown = "a[0]".to_owned();
        assert_eq!(fingerprint(&moved, "x.yml"), base);
        let others = [
            fingerprint(&finding(&OTHER, "a.b", "one", true), "x.yml"),
            fingerprint(&finding(&PAGE, "a.c", "one", true), "x.yml"),
            fingerprint(&finding(&PAGE, "a.b", "two", true), "x.yml"),
            fingerprint(&finding(&PAGE, "a.b", "one", true), "y.yml"),
            // The border between two fields is no part of either.
            fingerprint(&finding(&PAGE, "la.b", "one", true), "x.ym"),
        ];
        assert!(!others.contains(&base));
    }

    #[test]
    fn a_weak_secret_takes_no_part() {
        let of = |value| fingerprint(&finding(&PAGE, "a", value, false), "x.yml");
        assert_eq!(of("one"), of("two"));
    }

    #[test]
    fn equal_ones_are_numbered_in_order() {
        let mut list = ["a", "b", "a", "a", "b"].map(str::to_owned);
        number(&mut list);
        assert_eq!(list, ["a", "b", "a:2", "a:3", "b:2"]);
    }
}
