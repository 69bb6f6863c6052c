//! A secret stands in text that no format reads.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::text::TextFile;
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("core/plaintext-secret"), runs: &[Run::Text(check)] };

fn check(text: &Unit<TextFile<'_>>, findings: &mut Findings) {
    for leak in text.leaks(findings.page()) {
        findings.leak(leak).help("revoke it, and let whatever reads this file take the new one from its environment or a secret store");
    }
}
