//! `--config-from`: only what a revision accepts is accepted.

use super::{LEAK, committed, leak, lint, repository, run, run_in};
use crate::ran::{Folder, Ran};

const NEW: &str = "core/new-suppression";
const WORKFLOW: &str = ".github/workflows/a.yml";
const PLAIN: &str = "github-actions/plaintext-secret";

fn trusted(folder: &Folder, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["--config-from", "HEAD"].into_iter().chain(arguments.iter().copied()).collect();
    lint(folder, &all)
}

fn workflow(lines: &[&str]) -> String {
    let lines: Vec<String> =
        lines.iter().enumerate().map(|(at, comment)| format!("  B{at}: plain\n  A{at}: {} {comment}\n", token(at))).collect();
    format!("on: push\njobs: {{}}\nenv:\n{}", lines.concat())
}

fn token(at: usize) -> String {
    leak(&format!("trusted {at}")).trim_start_matches("x = ").trim().to_owned()
}

#[test]
fn the_configuration_of_the_revision_counts() {
    let folder = committed(&[("a.txt", &leak("one")), ("caulk.toml", "[lint]\nexclude = [\"a.txt\"]\n")]);
    folder.file("b.txt", leak("two"));
    folder.file("caulk.toml", "[lint]\nexclude = [\"*.txt\"]\nfail-on = \"never\"\n");
    lint(&folder, &[]).ends_with(0);
    assert_eq!(trusted(&folder, &[]).ends_with(1).places(LEAK), ["b.txt:1"]);
    // From below the root, and where the file is gone or broken today.
    folder.file("sub/c.txt", "x\n");
    let ran = run_in(&folder, &folder.path().join("sub"), &["lint", "--format", "json", "--config-from", "HEAD", ".."], &[]);
    assert_eq!(ran.ends_with(1).places(LEAK), ["../b.txt:1"]);
    folder.file("caulk.toml", "no configuration\n");
    let ran = trusted(&folder, &[]);
    assert_eq!(ran.ends_with(1).places(LEAK), ["b.txt:1"]);
    assert!(String::from_utf8_lossy(&ran.stderr).contains("do not count here"));
    std::fs::remove_file(folder.path().join("caulk.toml")).unwrap();
    assert_eq!(trusted(&folder, &[]).ends_with(1).places(LEAK), ["b.txt:1"]);
    // None there means none.
    let folder = committed(&[("a.txt", &leak("one"))]);
    folder.file("caulk.toml", "[lint]\nexclude = [\"*.txt\"]\n");
    folder.git(&["add", "."]);
    trusted(&folder, &[]).ends_with(1);
}

#[test]
fn a_comment_counts_where_the_revision_has_it() {
    let comment = "# caulk: ignore[*] a test";
    let folder = committed(&[(WORKFLOW, &workflow(&[comment, ""])), (".github/workflows/b.yml", &workflow(&["# plain"]))]);
    assert_eq!(trusted(&folder, &[]).places(PLAIN), [format!("{WORKFLOW}:7"), ".github/workflows/b.yml:5".to_owned()]);
    // Another of the same words, and one in a file that has none.
    folder.file(WORKFLOW, workflow(&[comment, comment]));
    folder.file(".github/workflows/b.yml", workflow(&[comment]));
    lint(&folder, &[]).ends_with(0);
    let ran = trusted(&folder, &["--min-severity", "info"]);
    let open = [format!("{WORKFLOW}:7"), ".github/workflows/b.yml:5".to_owned()];
    assert_eq!((ran.ends_with(1).places(PLAIN), ran.places(NEW)), (open.to_vec(), open.to_vec()), "{}", ran.text());
    assert!(ran.text().contains("counts once it is merged"));
    assert!(
        run(&folder, &["lint", "--config-from", "HEAD"], &[]).text().contains("2 suppressions are new and do not count yet (`--pedantic`")
    );
    // What is new and wrong is told as ever; nothing new is called unused.
    folder.file(".github/workflows/b.yml", workflow(&["# caulk: ignore[chek]"]) + "  B: c # caulk: ignore[*] nothing\n");
    let ran = trusted(&folder, &["--min-severity", "info"]);
    assert_eq!(ran.places("core/invalid-suppression"), [".github/workflows/b.yml:5"]);
    assert_eq!((ran.places("core/unused-suppression"), ran.places(NEW).len()), (vec![], 2));
}

#[test]
fn a_comment_moves_with_its_lines_and_its_file() {
    let comment = "# caulk: ignore[*] a test";
    let folder = committed(&[(WORKFLOW, &workflow(&[comment]))]);
    folder.file(WORKFLOW, format!("# a remark\n{}", workflow(&[comment])));
    trusted(&folder, &[]).ends_with(0);
    folder.git(&["mv", WORKFLOW, ".github/workflows/new.yml"]);
    trusted(&folder, &[]).ends_with(0);
    trusted(&folder, &["--staged"]).ends_with(0);
    // A copy is a new file.
    folder.file(".github/workflows/copy.yml", workflow(&[comment]));
    trusted(&folder, &[]).ends_with(1);
    trusted(&folder, &["--staged"]).ends_with(0);
    folder.git(&["add", "."]);
    trusted(&folder, &["--staged"]).ends_with(1);
}

#[test]
fn tags_of_cells_and_other_scanners_comments() {
    let notebook = |tag: &str| {
        let source = format!("\"token = '{}' # caulk\\n\"", token(0));
        let metadata = if tag.is_empty() { String::new() } else { format!("\"tags\": [\"other\", \"{tag}\"]") };
        format!(
            "{{\"cells\": [{{\"cell_type\": \"code\", \"metadata\": {{{metadata}}}, \"source\": [{source}], \"execution_count\": null, \
             \"outputs\": []}}], \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 4}}\n"
        )
    };
    let tag = "caulk:ignore[notebook/*] a test";
    let folder = committed(&[("a.ipynb", &notebook(tag)), ("b.ipynb", &notebook(""))]);
    folder.file("b.ipynb", notebook(tag));
    let ran = trusted(&folder, &["--min-severity", "info"]);
    assert_eq!((ran.places("notebook/secret-in-source"), ran.places(NEW)), (vec!["b.ipynb:1".to_owned()], vec!["b.ipynb:1".to_owned()]));
    let compat = "[compat]\ngitleaks = true\n";
    let folder = committed(&[(WORKFLOW, &workflow(&["# gitleaks:allow", ""])), ("caulk.toml", compat)]);
    folder.file(WORKFLOW, workflow(&["# gitleaks:allow", "# gitleaks:allow"]));
    lint(&folder, &[]).ends_with(0);
    let ran = trusted(&folder, &["--min-severity", "info"]);
    assert_eq!((ran.places(PLAIN), ran.places(NEW)), (vec![format!("{WORKFLOW}:7")], vec![format!("{WORKFLOW}:7")]));
}

#[test]
fn entries_and_accepted_findings_that_are_new_are_told() {
    let entry = |path: &str| format!("[[ignore]]\ncheck = \"*\"\npath = \"{path}\"\nreason = \"a test\"\n");
    let folder = committed(&[("a.txt", &leak("one")), ("b.txt", &leak("two")), ("caulk.toml", &entry("a.txt"))]);
    folder.file("caulk.toml", entry("b.txt") + "\n" + &entry("a.txt"));
    lint(&folder, &[]).ends_with(0);
    let ran = trusted(&folder, &["--min-severity", "info"]);
    assert_eq!((ran.ends_with(1).places(LEAK), ran.places(NEW)), (vec!["b.txt:1".to_owned()], vec!["caulk.toml:1".to_owned()]));
    // One that goes together with what it was about is none that is left over.
    folder.git(&["rm", "-q", "a.txt"]);
    assert_eq!(trusted(&folder, &[]).places("core/unused-suppression"), ["caulk.toml:1"]);
    folder.file("caulk.toml", "");
    assert_eq!(trusted(&folder, &[]).places("core/unused-suppression"), [""; 0]);
    let folder = committed(&[("a.txt", &leak("one"))]);
    run(&folder, &["baseline"], &[]).ends_with(0);
    folder.git(&["add", "."]);
    folder.git(&["commit", "-q", "-m", "baseline"]);
    trusted(&folder, &[]).ends_with(0);
    folder.file("b.txt", leak("two"));
    run(&folder, &["baseline"], &[]).ends_with(0);
    lint(&folder, &[]).ends_with(0);
    let ran = trusted(&folder, &["--min-severity", "info", "--diff", "HEAD"]);
    assert_eq!((ran.ends_with(1).places(LEAK), ran.places(NEW).len()), (vec!["b.txt:1".to_owned()], 1), "{}", ran.text());
    trusted(&folder, &["--no-suppressions", "--diff", "HEAD"]).ends_with(1);
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = committed(&[("a.txt", "x\n")]);
    for more in [&["--config", "caulk.toml"][..], &["--no-config"], &["--baseline", "caulk.baseline"], &["--why", "a.txt:1"]] {
        trusted(&folder, more).ends_with(2);
    }
    assert!(lint(&folder, &["--config-from", "main-2"]).ends_with(2).text().contains("git fetch"));
    lint(&folder, &["--config-from=-x"]).ends_with(2);
    assert!(trusted(&repository(), &[]).ends_with(2).text().contains("no commit"));
    trusted(&Folder::new(), &[]).ends_with(2);
}
