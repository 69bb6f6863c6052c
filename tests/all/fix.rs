//! `caulk fix`: what it writes, what it leaves alone, what it shows.

use std::fs;
use std::path::Path;

use crate::fixtures::PASSWORDS;
use crate::ran::Folder;
use crate::samples;

const ROOT: &str = "provider \"random\" {}\n\noutput \"password\" {\n  value = random_password.db.result\n}\n";
const FIXED: &str = "provider \"random\" {}\n\noutput \"password\" {\n  value     = random_password.db.result\n  sensitive = true\n}\n";

/// A notebook whose only output shows this.
fn notebook(secret: &str) -> String {
    format!(
        "{{\"cells\": [{{\"cell_type\": \"code\", \"execution_count\": 1, \"outputs\": [{{\"output_type\": \"stream\", \"text\": \"token: {secret}\\n\"}}], \"source\": \"x\"}}], \"nbformat\": 4}}\n"
    )
}

fn read(folder: &Folder, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

#[test]
fn it_mends_says_so_and_has_nothing_to_do_again() {
    let folder = Folder::with(&[("main.tf", ROOT)]);
    folder.lint(&["."]).ends_with(1);
    let ran = folder.caulk(&["fix"]);
    ran.ends_with(0);
    assert_eq!(read(&folder, "main.tf"), FIXED);
    let said = "main.tf:3:9: [terraform/output-missing-sensitive] write `sensitive = true` into the output\n1 finding mended in 1 file\n";
    assert_eq!(String::from_utf8_lossy(&ran.stdout), said);
    let again = folder.caulk(&["fix"]);
    again.ends_with(0);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "nothing to fix\n");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_diff_changes_nothing_and_shows_no_secret() {
    let secret = samples::token("fix diff");
    let text = notebook(&secret);
    let folder = Folder::with(&[("main.tf", ROOT), ("a.ipynb", &text)]);
    let ran = folder.caulk(&["fix", "--diff"]);
    ran.ends_with(1);
    assert_eq!((read(&folder, "main.tf").as_str(), read(&folder, "a.ipynb")), (ROOT, text));
    let out = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(out.contains("--- a/a.ipynb\n+++ b/a.ipynb\n@@ -1,1 +1,1 @@\n-"), "{out}");
    assert!(out.contains("@@ -1,5 +1,6 @@\n provider \"random\" {}\n \n output \"password\" {\n-  value = "), "{out}");
    assert!(out.contains("+  sensitive = true\n }\n"), "{out}");
    assert!(!ran.text().contains(&secret[..12]) && ran.text().contains("2 findings would be mended in 2 files"), "{}", ran.text());
    let mended = folder.caulk(&["fix"]);
    assert!(!mended.text().contains(&secret[..12]));
    assert!(read(&folder, "a.ipynb").contains("\"execution_count\": null, \"outputs\": [], \"source\""));
}

#[test]
fn unsafe_changes_are_made_only_when_asked_for() {
    let child = ROOT.replace("provider \"random\" {}\n", "");
    let folder = Folder::with(&[("m/main.tf", &child)]);
    let ran = folder.caulk(&["fix"]);
    ran.ends_with(1);
    assert!(ran.text().contains("nothing to fix, 1 more with --unsafe"), "{}", ran.text());
    assert_eq!(read(&folder, "m/main.tf"), child);
    folder.caulk(&["fix", "--unsafe"]).ends_with(0);
    assert!(read(&folder, "m/main.tf").contains("sensitive = true"));
}

#[test]
fn what_is_suppressed_or_not_selected_stays() {
    let ignored = ROOT.replace("output \"password\"", "# caulk: ignore[output-missing-sensitive] shown on purpose\noutput \"password\"");
    let folder = Folder::with(&[("a/main.tf", &ignored), ("b/main.tf", ROOT)]);
    folder.caulk(&["fix", "--exclude", "b", "--fail-on", "never"]).ends_with(0);
    folder.caulk(&["fix", "--skip", "output-missing-sensitive"]).ends_with(0);
    folder.caulk(&["fix", "--only", "family:plaintext-secret"]).ends_with(0);
    folder.caulk(&["fix", "--min-severity", "critical"]).ends_with(0);
    assert_eq!((read(&folder, "a/main.tf"), read(&folder, "b/main.tf").as_str()), (ignored, ROOT));
    folder.caulk(&["baseline"]).ends_with(0);
    folder.caulk(&["fix"]).ends_with(0);
    assert_eq!(read(&folder, "b/main.tf"), ROOT);
}

#[test]
fn line_ends_marks_and_encodings_stay() {
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let utf16 = |text: &str| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let folder = Folder::new();
    folder.file("a/main.tf", crlf(ROOT));
    folder.file("b/main.tf", format!("\u{feff}{ROOT}"));
    folder.file("c/main.tf", utf16(&crlf(ROOT)));
    let latin = [b"# caf\xe9\n".as_slice(), ROOT.as_bytes()].concat();
    folder.file("d/main.tf", &latin);
    folder.caulk(&["fix", "--allow-incomplete"]).ends_with(0);
    let bytes = |path: &str| fs::read(folder.path().join(path)).unwrap();
    assert_eq!(bytes("a/main.tf"), crlf(FIXED).into_bytes());
    assert_eq!(bytes("b/main.tf"), format!("\u{feff}{FIXED}").into_bytes());
    assert_eq!(bytes("c/main.tf"), utf16(&crlf(FIXED)));
    assert_eq!(bytes("d/main.tf"), [b"# caf\xe9\n".as_slice(), FIXED.as_bytes()].concat());
}

#[cfg(unix)]
#[test]
fn read_only_files_and_links_are_left_alone() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::with(&[("main.tf", ROOT), ("x/main.tf", ROOT)]);
    let mode = |path: &str, mode: u32| fs::set_permissions(folder.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    mode("main.tf", 0o444);
    let ran = folder.caulk(&["fix", "main.tf"]);
    ran.ends_with(1);
    assert!(ran.text().contains("`main.tf` is read-only; nothing in it was changed") && ran.text().contains("1 refused"), "{}", ran.text());
    mode("main.tf", 0o640);
    symlink("main.tf", folder.path().join("link.tf")).unwrap();
    let ran = folder.caulk(&["fix", "link.tf"]);
    ran.ends_with(2);
    assert!(ran.text().contains("is a link"), "{}", ran.text());
    assert_eq!(read(&folder, "main.tf"), ROOT);
    // Met on the way, a link is not followed; what it leads to keeps its mode.
    folder.caulk(&["fix", "."]).ends_with(0);
    assert!(fs::symlink_metadata(folder.path().join("link.tf")).unwrap().is_symlink());
    assert_eq!(fs::metadata(folder.path().join("main.tf")).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(read(&folder, "main.tf"), FIXED);
}

#[test]
fn json_tells_of_the_fix() {
    let folder = Folder::with(&[("main.tf", ROOT)]);
    let json = folder.lint(&["."]).json();
    let fix = serde_json::json!({ "safe": true, "title": "write `sensitive = true` into the output" });
    assert_eq!(json["findings"][0]["fix"], fix);
    let shown = folder.caulk(&["lint", "."]).text();
    assert!(shown.contains("fix:  write `sensitive = true` into the output (`caulk fix`)"), "{shown}");
}

/// A copy of the leaky repository.
fn leaky() -> Folder {
    let (folder, from) = (Folder::new(), Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/leaky"));
    let mut pending = vec![from.clone()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else {
                folder.file(path.strip_prefix(&from).unwrap(), fs::read(&path).unwrap());
            }
        }
    }
    folder
}

#[test]
fn a_whole_repository_is_mended_once_and_nothing_is_told() {
    let folder = leaky();
    let count = |folder: &Folder| folder.lint(&["."]).json()["findings"].as_array().unwrap().len();
    let before = count(&folder);
    for arguments in [&["fix", "--diff"][..], &["fix", "--diff", "--unsafe", "--pedantic"], &["fix"], &["fix", "--unsafe"]] {
        let said = folder.caulk(arguments).text();
        assert!(PASSWORDS.iter().all(|password| !said.contains(password)), "{arguments:?} prints a password:\n{said}");
        assert!(!said.contains("refused") && !said.contains("next time"), "{said}");
    }
    assert!(count(&folder) + 8 <= before);
    let again = folder.caulk(&["fix", "--unsafe"]).text();
    assert!(again.contains("nothing to fix"), "{again}");
}

/// Carries out what a SARIF result proposes, as an editor would: lines and columns, code points, ends exclusive.
fn applied(text: &str, result: &serde_json::Value) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |line: &serde_json::Value, column: &serde_json::Value| {
        let breaks = chars.iter().enumerate().filter(|(_, char)| **char == '\n').map(|(at, _)| at + 1);
        let starts: Vec<usize> = std::iter::once(0).chain(breaks).collect();
        starts[line.as_u64().unwrap() as usize - 1] + column.as_u64().unwrap() as usize - 1
    };
    let change = &result["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"], result["locations"][0]["physicalLocation"]["artifactLocation"]);
    let mut out: Vec<char> = chars.clone();
    for replacement in change["replacements"].as_array().unwrap().iter().rev() {
        let region = &replacement["deletedRegion"];
        let range = at(&region["startLine"], &region["startColumn"])..at(&region["endLine"], &region["endColumn"]);
        out.splice(range, replacement["insertedContent"]["text"].as_str().unwrap_or("").chars());
    }
    out.into_iter().collect()
}

#[test]
fn sarif_holds_the_change_for_an_editor() {
    let folder = Folder::with(&[("a/main.tf", &ROOT.replace('\n', "\r\n")), ("b/main.tf", ROOT)]);
    let log = sarif(&folder);
    let results = log["runs"][0]["results"].as_array().unwrap();
    for (result, path) in results.iter().zip(["a/main.tf", "b/main.tf"]) {
        let wanted = if path.starts_with('a') { FIXED.replace('\n', "\r\n") } else { FIXED.to_owned() };
        assert_eq!(applied(&read(&folder, path), result), wanted);
        assert_eq!(result["fixes"][0]["properties"]["safe"], true);
    }
    assert_eq!(results.len(), 2);
}

#[test]
fn each_change_in_sarif_mends_its_finding_by_itself() {
    let folder = leaky();
    let log = sarif(&folder);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let fixed: Vec<_> = results.iter().filter(|result| result.get("fixes").is_some()).collect();
    assert!(fixed.len() > 10, "{}", fixed.len());
    for result in fixed {
        let path = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        let before = read(&folder, path);
        folder.file(path, applied(&before, result));
        // Another check may have something to say of what took its place.
        let count = |results: &[serde_json::Value]| results.iter().filter(|other| other["ruleId"] == result["ruleId"]).count();
        let after = sarif(&folder);
        assert!(count(after["runs"][0]["results"].as_array().unwrap()) < count(results), "{result:#}");
        folder.file(path, before);
    }
}

#[test]
fn sarif_proposes_nothing_that_shows_a_secret() {
    let secret = samples::token("fix sarif");
    let folder =
        Folder::with(&[("docker-compose.yml", &format!("services:\n  a:\n    environment:\n      {secret}.PASSWORD: hunter2x\n"))]);
    let ran = folder.caulk(&["lint", "--format", "sarif", "--min-severity", "info", "."]);
    let shown = ran.text();
    assert!(shown.contains("holds a well-known or weak password") && !shown.contains("\"fixes\""), "{shown}");
    assert!(!shown.to_lowercase().contains(&secret[8..].to_lowercase()), "{shown}");
}

fn sarif(folder: &Folder) -> serde_json::Value {
    folder.caulk(&["lint", "--format", "sarif", "."]).json()
}

#[test]
fn a_diff_shows_no_token_of_a_teams_own() {
    let detector = "[[detector]]\nid = \"acme/key\"\ntitle = \"an Acme key\"\npattern = \"acme_[a-z0-9]{8}\"\nseverity = \"high\"\n";
    let compose =
        "services:\n  a:\n    environment:\n      acme_k3v9qw7z: x\n      DB_PASSWORD: hunter2x\n      acme_k3v9qw7y_PASSWORD: hunter2x\n";
    let output = "provider \"random\" {}\n\noutput \"acme_k3v9qw7x\" {\n  value = random_password.db.result\n}\n";
    let folder = Folder::with(&[("caulk.toml", detector), ("docker-compose.yml", compose), ("acme_k3v9qw7w/main.tf", output)]);
    let ran = folder.caulk(&["fix", "--diff", "--unsafe"]);
    let shown = ran.text().to_lowercase();
    assert!(shown.contains("${db_password") && shown.contains("+  sensitive = true"), "{shown}");
    assert!(!shown.contains("acme_k3v9"), "{shown}");
}

#[test]
fn what_a_shell_would_not_fill_in_stays_in_its_script() {
    let step = |run: &str| format!("      - run: |\n{}", run.lines().map(|line| format!("          {line}\n")).collect::<String>());
    let workflow = |steps: &str| format!("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{steps}");
    let fixed = |run: &str| {
        let folder = Folder::with(&[(".github/workflows/a.yml", &workflow(&step(run)))]);
        folder.caulk(&["fix", "--unsafe", "--only", "github-actions/plaintext-secret"]);
        read(&folder, ".github/workflows/a.yml")
    };
    let env = "        env:\n          DB_PASSWORD: ${{ secrets.DB_PASSWORD }}\n";
    for (before, after) in [
        ("Xq1-Unlikely-9z1", "\"${DB_PASSWORD}\""),
        ("'Xq1-Unlikely-9z1'", "\"${DB_PASSWORD}\""),
        ("\"Xq1-Unlikely-9z1\"", "\"${DB_PASSWORD}\""),
    ] {
        assert_eq!(fixed(&format!("DB_PASSWORD={before} ./x")), workflow(&(step(&format!("DB_PASSWORD={after} ./x")) + env)));
    }
    for run in [
        "cat > .env <<EOF\nDB_PASSWORD=Xq1-Unlikely-9z1\nEOF",
        "bash -c 'DB_PASSWORD=Xq1-Unlikely-9z1 ./x'",
        // Each would write an `env:` of its own.
        "DB_PASSWORD=Xq1-Unlikely-9z1 ./x\nAPI_PASSWORD=Xq1-Unlikely-9z2 ./x",
    ] {
        assert_eq!(fixed(run), workflow(&step(run)), "{run}");
    }
}

#[test]
fn what_could_not_be_read_is_told() {
    let folder = Folder::with(&[("a/main.tf", ROOT), ("b.ipynb", "{\"cells\": [")]);
    for arguments in [&["fix"][..], &["fix", "--diff"]] {
        let ran = folder.caulk(arguments);
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(said.contains("1 file not linted, or only in part (`caulk lint` says why): b.ipynb:1"), "{said}");
    }
    folder.caulk(&["fix"]).ends_with(3);
    folder.caulk(&["fix", "--allow-incomplete"]).ends_with(0);
}
