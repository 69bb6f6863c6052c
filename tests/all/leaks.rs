//! A secret is never printed. Unique secrets are planted in every format and place, and every byte of every report, of
//! `--verbose`, of standard error and of every error path is searched for them, for pieces of them and for their base64.

use serde_json::Value;

use crate::ran::{Folder, Ran};
use crate::samples::{SAMPLES, password, token};

/// The secrets of a test, by number.
#[derive(Default)]
struct Planted(Vec<String>);

impl Planted {
    /// A new token.
    fn token(&mut self) -> String {
        let made = token(&format!("leaks {}", self.0.len()));
        self.0.push(made.clone());
        made
    }

    /// A new password: secret by its name only.
    fn password(&mut self) -> String {
        let made = password(&format!("leaks {}", self.0.len()));
        self.0.push(made.clone());
        made
    }

    /// `@@` becomes a token, `%%` a password, each of its own.
    fn fill(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = [rest.find("@@"), rest.find("%%")].into_iter().flatten().min() {
            out += &rest[..at];
            out += &if rest[at..].starts_with('@') { self.token() } else { self.password() };
            rest = &rest[at + 2..];
        }
        out + rest
    }

    #[track_caller]
    fn are_not_in(&self, ran: &Ran, what: &str) {
        for (name, bytes) in [("standard output", &ran.stdout), ("standard error", &ran.stderr)] {
            for secret in &self.0 {
                for piece in pieces(secret) {
                    let at = memmem(bytes, piece.as_bytes());
                    let shown =
                        at.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(200)..(at + 80).min(bytes.len())]).into_owned());
                    assert_eq!(shown, None, "{what}: {name} holds {piece:?} of a secret");
                }
            }
        }
    }
}

fn memmem(bytes: &[u8], piece: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, piece)
}

/// What must not be seen of a secret: its two halves (what is left of each after a public prefix), and the base64 of it at
/// each of the three alignments.
fn pieces(secret: &str) -> Vec<String> {
    let body = secret.strip_prefix("ghp_").unwrap_or(secret);
    let (first, second) = body.split_at(body.len() / 2);
    let mut pieces = vec![first.to_owned(), second.to_owned()];
    for offset in 0..3 {
        let encoded = caulk::secrets::sample(&format!("base64:{}{secret}", "x".repeat(offset)), "").unwrap();
        // The characters at both ends depend on the neighbours.
        let aligned = encoded.trim_end_matches('=');
        pieces.push(aligned[4..aligned.len() - 2].to_owned());
    }
    pieces
}

/// Every way to print a report.
const WAYS: &[&[&str]] = &[
    &["--format", "json"],
    &["--format", "json", "--pedantic"],
    &["--format", "sarif"],
    &["--format", "sarif", "--min-severity", "info"],
    &["--format", "github", "--report", "markdown=/dev/stderr"],
    &["--format", "gitlab-codequality", "--min-severity", "info"],
    &["--format", "gitlab-secret-detection", "--min-severity", "info"],
    &["--format", "terminal"],
    &["--format", "terminal", "--verbose", "--pedantic", "--color", "always"],
    &["--format", "terminal", "--quiet"],
    &["--format", "json", "--verbose", "--only", "family:hygiene"],
    &["--format", "terminal", "--only", "secret-in-log"],
    &["--format", "terminal", "--skip", "plaintext-secret,family:plaintext-secret", "--min-severity", "info"],
];

#[track_caller]
fn search(folder: &Folder, planted: &Planted) {
    let mut findings = 0;
    for way in WAYS {
        let arguments = [&["lint"], *way, &["."]].concat();
        let ran = folder.caulk(&arguments);
        assert!(matches!(ran.code, 0 | 1 | 3), "{}", ran.text());
        planted.are_not_in(&ran, &format!("{way:?}"));
        if way[1] == "json" {
            findings += ran.json()["findings"].as_array().map_or(0, Vec::len);
        }
    }
    assert!(findings > 0, "nothing was found, so nothing was tested");
}

#[test]
fn pieces_are_found_where_they_are() {
    let ran = |text: &str| Ran { code: 0, stdout: text.as_bytes().to_vec(), stderr: Vec::new() };
    let mut planted = Planted::default();
    let secret = planted.token();
    for text in [format!("a {secret} b"), format!("a …{} b", &secret[secret.len() - 20..])] {
        assert!(pieces(&secret).iter().any(|piece| memmem(&ran(&text).stdout, piece.as_bytes()).is_some()));
    }
    let encoded = caulk::secrets::sample(&format!("base64:user:{secret}@host"), "").unwrap();
    assert!(pieces(&secret).iter().any(|piece| encoded.contains(piece.as_str())));
    planted.are_not_in(&ran("ghp_… and nothing else"), "a preview");
}

#[test]
fn samples_of_every_format_print_nothing() {
    for sample in SAMPLES {
        let mut planted = Planted::default();
        let (text, tokens) = sample.fill("leaks");
        planted.0.extend(tokens);
        let folder = Folder::new();
        folder.file(sample.path, text);
        search(&folder, &planted);
    }
}

/// Secrets as keys, names, anchors, tags, labels, ids, references: where messages and logical paths get their words from.
const ODD_PLACES: &[(&str, &str)] = &[
    (
        ".github/workflows/a.yml",
        "name: @@\non: push\nenv: {@@: @@, password: '%%', DB_PASSWORD: \"%%\", ? [@@, {@@: x}] : y}\nx: &@@ [1]\ny: *@@\nz: !@@ 1\njobs:\n  @@:\n    name: '@@'\n    runs-on: [self-hosted, @@]\n    container: {image: 'x:@@', credentials: {username: @@, password: '%%'}}\n    steps:\n      - id: @@\n        name: @@\n        uses: x/@@\n        with: {token: @@, @@: ''}\n      - run: |\n          echo ${{ secrets.@@ }} ${{ secrets.X || '@@' }} $@@ ${@@:-%%}\n          @@=@@ ./x --@@ --token=@@ -p%%\n          PASSWORD='%%' echo $PASSWORD\n          mysql -pabc -u root --password='%%'\n          echo $DB_PASSWORD @@ > /tmp/@@\n      - run: echo ${{ secrets.X }} @@ ${{ github.token }} # @@\n        shell: @@\n",
    ),
    (
        ".gitlab-ci.yml",
        "stages: [@@]\ninclude: [{local: '@@.yml'}, {remote: 'https://u:%%@example.net/@@'}]\nvariables: {@@: @@, PASSWORD: \"%%\"}\n@@:\n  extends: .@@\n  script: ['echo $PASSWORD @@', \"echo $CI_JOB_TOKEN @@\", !reference [@@, script]]\n  environment: {name: @@, url: 'https://u:%%@example.net'}\n",
    ),
    (
        "compose.yaml",
        "name: @@\nservices:\n  @@:\n    image: @@/x:@@\n    env_file: @@\n    extends: {file: '@@.yml', service: @@}\n    environment: {@@: @@, POSTGRES_PASSWORD: '%%', A: '${@@:-@@}', ROOT_PASSWORD: '${X:-%%}', URL: 'postgres://u:%%@db/x'}\n    command: mysqld --password=%% --@@=@@\n    networks: [@@]\nvolumes: {@@: {}}\n",
    ),
    (
        "deploy/a.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: @@, namespace: @@, labels: {@@: @@}}\nstringData: {@@: @@, password: '%%', conf: 'db.password = %%'}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: @@}\ndata: {@@: @@, app.yml: \"password: '%%'\\nurl: https://u:%%@example.net/@@\\n\"}\n---\napiVersion: apps/v1\nkind: @@\nmetadata: {name: x}\nspec: {template: {spec: {containers: [{name: @@, image: @@, env: [{name: @@, value: @@}, {name: PASSWORD, value: '%%'}], args: ['--password=%%', '--@@']}]}}}\n---\napiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources: [{resources: [@@], providers: [{aescbc: {keys: [{name: @@, secret: @@}]}}, {identity: {}}]}]\n",
    ),
    (
        "infra/main.tf",
        "# @@\nterraform {\n  backend \"@@\" {\n    access_key = \"@@\"\n    password = \"%%\"\n  }\n}\nprovider \"@@\" {\n  alias = \"@@\"\n  password = \"%%\"\n}\nresource \"@@\" \"@@\" {\n  password = \"%%\"\n  tags = { \"@@\" = \"@@\", (\"@@\") = 1 }\n  dynamic \"@@\" { for_each = [\"@@\"] }\n}\nvariable \"db_password\" {\n  default = \"%%\"\n  description = \"@@\"\n}\noutput \"@@\" {\n  value = random_password.@@.result\n}\nlocals {\n  @@ = \"@@\"\n  db_password = \"%%\"\n  url = \"postgres://u:%%@${local.@@}/x?token=@@\"\n}\nmodule \"@@\" {\n  source = \"git::https://u:%%@example.net/@@\"\n  password = \"%%\"\n}\n",
    ),
    (
        "infra/main.tf.json",
        "{\"resource\": {\"@@\": {\"@@\": {\"password\": \"%%\", \"@@\": \"@@\"}}}, \"variable\": {\"@@\": {\"default\": \"@@\"}}, \"output\": {\"@@\": {\"value\": \"${var.@@}\"}}}\n",
    ),
    ("infra/a.tfvars", "@@ = \"@@\"\ndb_password = \"%%\"\nmap = { @@ = \"@@\", \"@@\" = { password = \"%%\" } }\n"),
    (
        "infra/terraform.tfstate",
        "{\"version\": 4, \"terraform_version\": \"@@\", \"lineage\": \"@@\", \"outputs\": {\"@@\": {\"value\": \"@@\"}, \"password\": {\"value\": \"%%\"}, \"p\": {\"value\": \"%%\", \"sensitive\": true}}, \"resources\": [{\"module\": \"module.@@\", \"mode\": \"managed\", \"type\": \"@@\", \"name\": \"@@\", \"instances\": [{\"index_key\": \"@@\", \"attributes\": {\"@@\": \"@@\", \"password\": \"%%\", \"nested\": [{\"@@\": {\"secret\": \"%%\"}}]}, \"sensitive_attributes\": [[{\"type\": \"get_attr\", \"value\": \"nested\"}, {\"type\": \"index\", \"value\": {\"value\": 0, \"type\": \"number\"}}, {\"type\": \"get_attr\", \"value\": \"@@\"}]]}]}, {\"mode\": \"managed\", \"type\": \"random_password\", \"name\": \"x\", \"instances\": [{\"attributes\": {\"result\": \"%%\", \"bcrypt_hash\": \"@@\"}}]}]}",
    ),
    (
        "a.ipynb",
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {\"@@\": \"@@\", \"kernelspec\": {\"name\": \"@@\", \"language\": \"@@\"}, \"password\": \"%%\"}, \"cells\": [{\"id\": \"@@\", \"cell_type\": \"code\", \"metadata\": {\"tags\": [\"@@\"]}, \"source\": [\"x @@\\n\", \"password = '%%'\\n\", \"@@ = connect(password=\\\"%%\\\", token='@@')\\n\", \"os.environ['@@'] = '@@'\\n\", \"print(password)\\n\", \"!export PASSWORD=%%; echo @@\"], \"outputs\": [{\"output_type\": \"stream\", \"name\": \"@@\", \"text\": \"password=%% @@\\n\"}, {\"output_type\": \"display_data\", \"data\": {\"@@\": \"@@\", \"application/json\": {\"@@\": \"@@\", \"password\": \"%%\"}}, \"metadata\": {\"@@\": \"@@\"}}, {\"output_type\": \"error\", \"ename\": \"@@\", \"evalue\": \"https://u:%%@example.net\", \"traceback\": [\"\\u001b[31mtoken='@@'\\u001b[0m\", \"@@\"]}]}, {\"id\": \"x\", \"cell_type\": \"markdown\", \"attachments\": {\"@@\": {\"text/plain\": \"@@\"}}, \"metadata\": {}, \"source\": \"# @@\\npassword: %%\"}]}",
    ),
    ("app/.env", "@@=@@\nDB_PASSWORD=%%\nexport URL=postgres://u:%%@db/x # @@\n"),
    ("a.ini", "[@@]\npassword = %%\nurl = https://u:%%@example.net/?token=@@\n"),
    ("notes.md", "# @@\nthe token is @@, https://u:%%@example.net/@@\n"),
];

#[test]
fn odd_places_of_every_format_print_nothing() {
    for (path, text) in ODD_PLACES {
        let mut planted = Planted::default();
        let folder = Folder::new();
        folder.file(path, planted.fill(text));
        search(&folder, &planted);
    }
}

/// The same files cut off, with broken ends: what is said of a place that does not parse quotes nothing either.
#[test]
fn broken_files_print_nothing() {
    for (path, text) in ODD_PLACES {
        let mut planted = Planted::default();
        let folder = Folder::new();
        for (index, tail) in ["\n  @@: [\n", "\"@@", "\n@@ = {\n", "\n\t- @@: '", "${{ @@", "\\ @@", "\n<<@@\n", "*@@"].iter().enumerate() {
            let text = planted.fill(text);
            let end = (text.len() / 2..text.len()).nth(index * 7).unwrap_or(text.len());
            // Half a secret is none, and is not looked for.
            let inside = |at: usize| {
                planted.0.iter().any(|secret| text.match_indices(secret).any(|(from, _)| from < at && at <= from + secret.len()))
            };
            let end = (0..=end).rev().find(|at| text.is_char_boundary(*at) && !inside(*at)).unwrap();
            folder.file(format!("{index}/{path}"), text[..end].to_owned() + &planted.fill(tail));
        }
        search(&folder, &planted);
    }
}

/// Two secrets on a line: the finding of one must not show the other.
#[test]
fn a_finding_shows_none_of_its_neighbours() {
    let mut planted = Planted::default();
    let folder = Folder::new();
    let line = "A=@@ B=@@ password='%%' url=https://u:%%@example.net C=@@";
    folder.file(
        ".github/workflows/a.yml",
        planted.fill(&format!(
            "on: push\njobs:\n  a:\n    steps:\n      - run: {}\n      - run: |\n          {line}\n          {line}\n",
            "echo @@ @@ ${{ secrets.X }} @@"
        )),
    );
    folder.file("notes.txt", planted.fill(&format!("{line}\n")));
    folder.file("terraform.tfstate", planted.fill("{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\", \"outputs\": {\"a_token\": {\"value\": \"@@\"}, \"password\": {\"value\": \"%%\"}, \"b\": {\"value\": \"@@\"}}, \"resources\": []}"));
    folder.file("pod.yaml", planted.fill("{apiVersion: v1, kind: Secret, stringData: {a: '@@', password: '%%', b: '@@'}}\n"));
    folder.file("main.tf", planted.fill("locals { m = { a = \"@@\", password = \"%%\", b = \"@@\" } }\n"));
    search(&folder, &planted);
}

/// The same secret again where nothing judges it: in a comment, in a name, under another key, in another file of the unit.
#[test]
fn a_secret_known_by_its_name_is_masked_where_it_stands_again() {
    let mut planted = Planted::default();
    let secret = planted.password();
    let folder = Folder::new();
    folder.file(
        ".github/workflows/a.yml",
        format!("on: push\nenv:\n  DB_PASSWORD: {secret}\njobs:\n  a:\n    steps:\n      - run: |\n          echo ${{{{ secrets.X }}}} # {secret}\n          echo \"$DB_PASSWORD\" {secret}\n"),
    );
    folder.file("infra/a.tf", format!("locals {{\n  db_password = \"{secret}\" # {secret}\n  x = \"{secret}\"\n}}\n"));
    search(&folder, &planted);
}

#[test]
fn names_of_files_print_nothing() {
    let mut planted = Planted::default();
    let folder = Folder::new();
    for name in ["@@/main.tf", "@@.tf", "a/@@/terraform.tfstate", ".github/workflows/@@.yml", "@@/pod.yaml", "notes-@@.txt", "@@.ipynb"] {
        let path = planted.fill(name);
        folder.file(path, planted.fill("password: '%%'\ntoken: @@\n"));
    }
    let _ = std::os::unix::fs::symlink("gone", folder.path().join(planted.fill("@@.tofu")));
    search(&folder, &planted);
}

#[test]
fn suppressions_print_nothing() {
    let mut planted = Planted::default();
    let folder = Folder::new();
    for (index, comment) in [
        "ignore[*] because it is @@",
        "ignore[@@] x",
        "ignore[secret-in-log] unused @@",
        "ignore[*] until=@@",
        "@@",
        "ignore @@",
        "ignore[*, @@] y",
    ]
    .iter()
    .enumerate()
    {
        let text = planted.fill(&format!("on: push\nenv:\n  A: @@ # caulk: {comment}\n  PASSWORD: '%%' # caulk: {comment}\n"));
        folder.file(format!("{index}/.github/workflows/a.yml"), text);
        folder.file(format!("{index}/main.tf"), planted.fill(&format!("locals {{\n  a = \"@@\" # caulk: {comment}\n}}\n")));
    }
    search(&folder, &planted);
}

#[test]
fn encoded_secrets_print_nothing() {
    let mut planted = Planted::default();
    let folder = Folder::new();
    let base64 = |text: &str| caulk::secrets::sample(&format!("base64:{text}"), "").unwrap();
    let (one, two, three) = (planted.token(), planted.password(), planted.token());
    let auth = base64(&format!("user:{two}"));
    let docker = base64(&format!("{{\"auths\": {{\"registry.example.net\": {{\"password\": \"{two}\", \"auth\": \"{auth}\"}}}}}}"));
    folder.file(
        "pod.yaml",
        format!(
            "apiVersion: v1\nkind: Secret\ndata:\n  token: {}\n  password: {}\n  .dockerconfigjson: {docker}\n  twice: {}\n",
            base64(&one),
            base64(&two),
            base64(&base64(&three))
        ),
    );
    let escaped: String = one.chars().map(|char| format!("\\u{:04x}", u32::from(char))).collect();
    let hex: String = three.chars().map(|char| format!("\\x{:02x}", u32::from(char))).collect();
    folder.file(".github/workflows/a.yml", format!("on: push\nenv: {{A: \"{hex}\", B: \"{escaped}\"}}\njobs: {{a: {{steps: [{{run: 'curl -H \"Authorization: Basic {auth}\"'}}]}}}}\n"));
    folder.file(
        "terraform.tfstate",
        format!(
            "{{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\", \"outputs\": {{\"a\": {{\"value\": \"{escaped}\"}}}}}}"
        ),
    );
    folder.file("main.tf", format!("locals {{\n  a = \"{escaped}\"\n  b = base64decode(\"{}\")\n}}\n", base64(&one)));
    // Escapes and base64 of a secret are the secret.
    planted.0.extend([escaped, hex]);
    search(&folder, &planted);
}

#[test]
fn arguments_print_nothing() {
    let mut planted = Planted::default();
    let folder = Folder::new();
    let made = planted.token();
    let url = format!("https://u:{}@example.net", planted.password());
    for value in [made.as_str(), &url] {
        let (flag, assigned) = (format!("--{made}"), format!("--only={value}"));
        let cases: [&[&str]; 13] = [
            &["lint", value],
            &["lint", "--only", value],
            &["lint", &assigned],
            &["lint", "--skip", value],
            &["lint", "--format", value],
            &["lint", "--fail-on", value],
            &["lint", "--jobs", value],
            &["lint", &flag],
            &["explain", value],
            &["checks", "--format", value],
            &["checks", value],
            &["detectors", value],
            &[value],
        ];
        for arguments in cases {
            let ran = folder.caulk(arguments);
            assert_eq!(ran.code, 2, "{}", ran.text());
            assert!(!ran.stderr.is_empty());
            planted.are_not_in(&ran, &format!("{arguments:?}"));
        }
    }
}

/// A hash of a short password would be opened by a dictionary: the report holds none.
#[test]
fn weak_values_have_no_fingerprint() {
    let folder = Folder::with(&[(
        "compose.yaml",
        "services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: hunter2\n      URL: postgres://u:hunter2@db/x\n",
    )]);
    let json = folder.lint(&["--min-severity", "info"]).json();
    let secrets: Vec<&Value> =
        json["findings"].as_array().unwrap().iter().map(|finding| &finding["secret"]).filter(|secret| !secret.is_null()).collect();
    assert!(!secrets.is_empty());
    for secret in secrets {
        assert!(secret["fingerprint"].is_null() && secret["length"].is_null(), "{secret}");
    }
    let twice = folder.lint(&["--min-severity", "info"]).json();
    assert_eq!(json, twice);
}
