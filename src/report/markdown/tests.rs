use super::super::sample::{LEAK, Sample};
use super::*;

#[test]
fn a_summary_says_what_where_and_how() {
    let text = text(&Sample::small().report, TABLE);
    assert!(text.starts_with("## caulk: 1 finding (1 high)\n\n2 files linted, 3 read as text, 1 suppressed\n\n| severity |"), "{text}");
    assert!(
        text.contains(
            "| 🔴 high | <code>\\.github/workflows/ci\\.yml\\:3</code> | a token stands in plain text in <code>TOKEN</code><br>→ write "
        ),
        "{text}"
    );
    assert!(text.contains("- <code>prod\\.tfstate</code>: cannot be read\\: permission denied\n"), "{text}");
    assert!(text.contains("<details><summary>A secret stands in a workflow</summary>\n\nEverybody who can read the repository can use it.\n\n**Fix.** Store it as a secret.\n\n</details>"), "{text}");
}

#[test]
fn nothing_from_a_file_means_anything() {
    let hostile = "`|<img src=x>\n# @team [x](https://example.net) ` ::error::";
    let mut sample = Sample::new();
    let (id, _) = sample.file(hostile, "x\n");
    let place = sample.place(id, "x");
    sample.find(&LEAK, place, hostile, |finding| _ = finding.help(format!("`{hostile}")));
    let text = text(&sample.report, TABLE);
    let row = text.lines().find(|line| line.contains("🔴")).unwrap();
    let bars = row.match_indices('|').filter(|(at, _)| !row[..*at].ends_with('\\')).count();
    assert_eq!(bars, 4, "{row}");
    assert!(!row.contains("<img") && !row.contains("@team") && !row.contains("[x](") && !row.contains('\n'), "{row}");
}

#[test]
fn a_long_table_is_cut_and_says_so() {
    let mut sample = Sample::new();
    let (id, _) = sample.file("a.yml", "x\n");
    let place = sample.place(id, "x");
    for _ in 0..100 {
        sample.find(&LEAK, place, "leaks", |_| {});
    }
    let text = text(&sample.report, 2_000);
    let rows = text.matches("🔴").count();
    assert!((5..100).contains(&rows));
    assert!(text.contains(&format!("\n{} less severe ones are not shown.\n", 100 - rows)));
}

#[test]
fn nothing_found_is_short() {
    assert_eq!(text(&Report::default(), TABLE), "## caulk: nothing found\n\n0 files linted\n");
}
