//! Secrets that stand in several places.

use super::*;

/// One secret in `places` files, one of which is suppressed and one in the baseline; and one that stands alone.
fn spread(places: usize) -> Sample {
    let mut sample = Sample::new();
    for index in 0..=places {
        let alone = index == places;
        let (id, spans) = sample.file(
            &format!("services/number-{index}/compose.yaml"),
            &format!("a:\n  DB_PASSWORD: «{}»\n", if alone { "alone" } else { "hunter2-hunter2" }),
        );
        let found = sample.find(&LEAK, Place { source: id, span: spans[0] }, "`DB_PASSWORD` holds a secret in plain text", |finding| {
            finding.help("write `${DB_PASSWORD:?}` here");
            finding.path = LogicalPath::same("services.a.environment.DB_PASSWORD");
            finding.secret = Some(crate::secrets::Secret::new("x", "", None, true));
        });
        found.group = Some(if alone { 2 } else { 1 });
        found.suppressed = match index {
            1 => Some(Suppressed { by: By::Config, reason: String::new() }),
            2 => Some(Suppressed { by: By::Baseline, reason: String::new() }),
            _ => None,
        };
    }
    sample
}

#[test]
fn a_secret_says_where_else_it_stands_and_how_far_it_has_spread() {
    let text = written(&spread(6).report, at(100));
    let also = "\
high[github-actions/plaintext-secret]
  × `DB_PASSWORD` holds a secret in plain text
   ╭─[services/number-0/compose.yaml:2:16]
 1 │ a:
 2 │   DB_PASSWORD: ***************
   ·                ───────────────
   ╰────
  also in services/number-1/compose.yaml:2 (suppressed), services/number-2/compose.yaml:2 (in the
          baseline), services/number-3/compose.yaml:2 and 2 more
  help: write `${DB_PASSWORD:?}` here
";
    assert!(text.starts_with(also), "{text}");
    let end = "
spread:
  6 places in 6 files: `DB_PASSWORD`: services/number-0/compose.yaml:2,
  services/number-1/compose.yaml:2 (suppressed), services/number-2/compose.yaml:2 (in the baseline)
  and 3 more

5 findings: 5 high, 1 suppressed, 1 in the baseline
";
    assert!(text.contains(end), "{text}");
    assert_eq!(text.matches("also in").count(), 4, "what stands alone says nothing");
}

#[test]
fn what_has_spread_fits_narrow_terminals_and_twelve_lines() {
    for width in [60, 100] {
        for unicode in [true, false] {
            let mut sample = spread(9);
            let long = "a label that needs a line of its own because it is far from the place and says a lot of things";
            let place = sample.report.findings[8].finding.place;
            let range = sample.report.findings[8].range;
            for _ in 0..4 {
                let first = &mut sample.report.findings[0];
                first.finding.label(LabelKind::Hop, place, long);
                first.labels.push(crate::report::LabelPlace { file: "elsewhere".to_owned(), range });
            }
            let text = written(&sample.report, TerminalOptions { unicode, ..at(width) });
            let first = text.split("\n\n").next().unwrap();
            assert!(first.lines().count() <= 12, "{first}");
            assert!(text.lines().all(|line| line.width() <= width), "{text}");
        }
    }
}

#[test]
fn the_list_of_what_has_spread_is_short_and_the_furthest_comes_first() {
    let mut sample = Sample::new();
    for secret in 0..8u32 {
        for place in 0..secret + 2 {
            let (id, spans) = sample.file(&format!("{secret}-{place}.yml"), "k: «hunter2»\n");
            let found = sample.find(&LEAK, Place { source: id, span: spans[0] }, "said", |finding| {
                finding.secret = Some(crate::secrets::Secret::new("x", "", None, true));
            });
            found.group = Some(secret);
        }
    }
    let text = written(&sample.report, at(100));
    let list = text.split("spread:\n").nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    let expected = "\x20 9 places in 9 files: a secret: 7-0.yml:1, 7-1.yml:1, 7-2.yml:1 and 6 more
  8 places in 8 files: a secret: 6-0.yml:1, 6-1.yml:1, 6-2.yml:1 and 5 more
  7 places in 7 files: a secret: 5-0.yml:1, 5-1.yml:1, 5-2.yml:1 and 4 more
  6 places in 6 files: a secret: 4-0.yml:1, 4-1.yml:1, 4-2.yml:1 and 3 more
  5 places in 5 files: a secret: 3-0.yml:1, 3-1.yml:1, 3-2.yml:1 and 2 more
  and 3 more (`--verbose` lists them)";
    assert_eq!(list, expected);
    let all = written(&sample.report, TerminalOptions { verbose: true, ..at(100) });
    assert!(all.contains("  2 places in 2 files: a secret: 0-0.yml:1, 0-1.yml:1\n"), "{all}");
    assert!(!written(&sample.report, TerminalOptions { quiet: true, ..at(100) }).contains("spread"));
}
