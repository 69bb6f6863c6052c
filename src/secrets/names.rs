//! What a name says about the value under it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// The table; its head says how it is read.
const TABLE: &str = include_str!("names.csv");

/// What a telling name promises.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Telling {
    /// A value that a person may have chosen: any value that is not a reference is one.
    Password,
    /// A value that a machine made: words and identifiers under it are references.
    Token,
    /// The name alone says too little: only a value that looks random counts.
    Random,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Telling(Telling),
    Exempt,
    After,
    Before,
}

struct Row {
    words: Vec<&'static str>,
    kind: Kind,
}

/// What the name promises of its value; nothing for most names.
pub(super) fn telling(name: &str) -> Option<Telling> {
    // Most names hold none of the syllables that all rows are made of.
    if name.is_empty() || !syllables()?.is_match(name) {
        return None;
    }
    let words = split(name);
    let (start, end, telling) = last_telling(&words)?;
    // One word such as `key` or `auth` names a key of a map far more often than a secret.
    let bare = telling == Telling::Random && words.len() == 1 && name != "mnemonic" && name != "MNEMONIC";
    (!is_about(&words, start, end) && !bare).then_some(telling)
}

/// Whether the words around those that tell say that the value is something about a secret: `password_file`, `min_password`.
fn is_about(words: &[String], start: usize, end: usize) -> bool {
    let is = |word: &String, kind: Kind| {
        table().get(word.as_str()).is_some_and(|rows| rows.iter().any(|row| row.kind == kind && row.words.len() == 1))
    };
    words[end..].iter().any(|word| is(word, Kind::After)) || words[..start].iter().any(|word| is(word, Kind::Before))
}

/// Whether user and password stand under this name, with a colon between them: Confluent's `basic.auth.user.info`, Elastic's
/// `cloud.auth`.
pub(super) fn is_login(name: &str) -> bool {
    const ENDS: [&[&str]; 4] = [&["basic", "auth", "user", "info"], &["cloud", "auth"], &["basic", "auth"], &["basicauth"]];
    if !name.as_bytes().windows(4).any(|letters| letters.eq_ignore_ascii_case(b"auth")) {
        return false;
    }
    let words = split(name);
    ENDS.iter().any(|end| words.len() >= end.len() && words[words.len() - end.len()..] == **end)
}

/// Whether what stands under this key are lists of other keys: `"dependentRequired": {"password": ["user"]}`.
///
/// <https://json-schema.org/understanding-json-schema/reference/conditionals#dependentRequired>
pub(super) fn is_of_schema(key: &str) -> bool {
    key == "dependentRequired"
}

/// A name that says too little by itself, told by the key around it: `key` in `jwt: { key: … }`.
pub(super) fn with_outer<'n>(name: Cow<'n, str>, outer: &str) -> Cow<'n, str> {
    const BARE: [&str; 4] = ["key", "keys", "auth", "credentials"];
    if outer.is_empty() {
        return name;
    }
    if is_of_several(outer) && is_neutral(&name) && !is_of_description(&name) {
        return format!("{outer}.{name}").into();
    }
    if !BARE.iter().any(|bare| name.eq_ignore_ascii_case(bare)) {
        return name;
    }
    let joined = format!("{outer}.{name}");
    let tells = |name: &str| matches!(telling(name), Some(Telling::Password | Telling::Token));
    // `apiKeys: [{ key: … }]`: a key there may still be the name of one, so only a random value counts.
    if tells(&joined) || (telling(&joined).is_some() && tells(outer)) { joined.into() } else { name }
}

/// Whether a word at the end of a name says that the value is something about a secret: `id`, `hash`, `url`.
pub(super) fn is_after(word: &str) -> bool {
    table().get(word).is_some_and(|rows| rows.iter().any(|row| row.kind == Kind::After && row.words.len() == 1))
}

/// Whether secrets stand under this key, each under a name of its own: `apiKeys: { mailer: x }`.
fn is_of_several(outer: &str) -> bool {
    let ends = ["passwords", "Passwords", "tokens", "Tokens", "api_keys", "api-keys", "apiKeys", "ApiKeys"];
    ends.iter().any(|end| outer.ends_with(end)) && telling(outer).is_some()
}

/// Whether a key is one by which descriptions of data say what may stand in a place: `"Passwords": {"shape": "PasswordList"}`.
fn is_of_description(key: &str) -> bool {
    const KEYS: [&str; 12] =
        ["shape", "type", "location", "locationName", "documentation", "description", "title", "format", "pattern", "ref", "$ref", "kind"];
    KEYS.contains(&key)
}

/// Whether one word of a name is one that names of secrets end with: `key`, `token`, `password`.
pub(super) fn is_of_secret(word: &str) -> bool {
    let single = |row: &Row| matches!(row.kind, Kind::Telling(_)) && row.words.len() == 1;
    table().get(word).is_some_and(|rows| rows.iter().any(single))
}

/// Whether a mapping under this key that has a name holds the name of a key: `secret: { name: shop, key: password }`.
pub(super) fn is_reference(outer: &str) -> bool {
    outer.ends_with("secret") || outer.ends_with("Secret")
}

/// Names that a team adds to the table, as words.
#[derive(Debug, Default)]
pub(super) struct Added {
    /// The words, and whether they tell of a secret.
    rows: Vec<(Vec<String>, bool)>,
}

impl Added {
    pub(super) fn new(secret: &[String], safe: &[String]) -> Self {
        let rows = |names: &[String], tells| -> Vec<(Vec<String>, bool)> {
            names.iter().map(|name| (split(name), tells)).filter(|(words, _)| !words.is_empty()).collect()
        };
        Self { rows: [rows(safe, false), rows(secret, true)].concat() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What a name promises: the longest added name in it decides, else the table. Any value may stand under an added name.
    pub(super) fn telling(&self, name: &str) -> Option<Telling> {
        if self.rows.is_empty() {
            return telling(name);
        }
        let words = split(name);
        let mut best: Option<(usize, usize, bool)> = None;
        for (row, tells) in &self.rows {
            if let Some(start) = words.windows(row.len()).position(|window| window == row.as_slice())
                && best.is_none_or(|(start, end, _)| row.len() > end - start)
            {
                best = Some((start, start + row.len(), *tells));
            }
        }
        match best {
            Some((_, _, false)) => None,
            Some((start, end, true)) => (!is_about(&words, start, end)).then_some(Telling::Password),
            None => telling(name),
        }
    }
}

/// Whether a name says neither that its value is a secret nor that it is something about one.
pub(super) fn is_neutral(name: &str) -> bool {
    let words = split(name);
    let about = |row: &Row| matches!(row.kind, Kind::After | Kind::Before);
    !words.is_empty()
        && telling(name).is_none()
        && !words.iter().any(|word| table().get(word.as_str()).is_some_and(|rows| rows.iter().any(about)))
}

/// The last words of a name that are telling: first word, one past the last, and what they promise.
fn last_telling(words: &[String]) -> Option<(usize, usize, Telling)> {
    let mut found = None;
    let mut at = 0;
    while at < words.len() {
        let row = longest(&words[at..]);
        let length = row.map_or(1, |row| row.words.len());
        let telling = match row.map(|row| row.kind) {
            Some(Kind::Telling(telling)) => Some(telling),
            Some(_) => None,
            None => glued(&words[at]),
        };
        if let Some(telling) = telling {
            found = Some((at, at + length, telling));
        } else if row.is_some_and(|row| row.kind == Kind::Exempt) {
            found = None;
        }
        at += length;
    }
    found
}

/// The longest row whose words stand here.
fn longest(words: &[String]) -> Option<&'static Row> {
    let rows = table().get(words.first()?.as_str())?;
    let fits = |row: &&Row| row.words.len() <= words.len() && row.words.iter().zip(words).all(|(a, b)| *a == b.as_str());
    rows.iter().filter(fits).max_by_key(|row| row.words.len())
}

/// Words that were written together: `dbpassword`, `PGPASSWORD`, `authtoken`.
fn glued(word: &str) -> Option<Telling> {
    const PASSWORDS: &[&str] = &["password", "passwd", "passphrase", "pwd", "pswd", "pass", "passwort"];
    const TOKENS: &[&str] =
        &["secret", "token", "apikey", "secretkey", "accesskey", "authkey", "privatekey", "encryptionkey", "signingkey"];
    const STARTS: &[&str] = &["password", "passwd"];
    let ends = |list: &[&str]| list.iter().any(|end| word.len() > end.len() && word.ends_with(end));
    if ends(PASSWORDS) || STARTS.iter().any(|start| word.starts_with(start)) {
        Some(Telling::Password)
    } else {
        ends(TOKENS).then_some(Telling::Token)
    }
}

/// The words of a name in lower case: split at separators and where lower case turns into upper case; digits end a word
/// and belong to none.
pub(super) fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::with_capacity(4);
    let mut word = String::new();
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(char) = chars.next() {
        let last = before.replace(char);
        if !char.is_alphabetic() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        // `dbPassword` splits before P; `APIKey` before the K that begins `Key`.
        let starts = char.is_uppercase()
            && (last.is_some_and(char::is_lowercase)
                || (last.is_some_and(char::is_uppercase) && chars.peek().is_some_and(|c| c.is_lowercase())));
        if starts && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.extend(char.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn table() -> &'static HashMap<&'static str, Vec<Row>> {
    static ROWS: OnceLock<HashMap<&'static str, Vec<Row>>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut rows: HashMap<&'static str, Vec<Row>> = HashMap::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let Some((words, kind)) = line.split_once(',').and_then(|(words, kind)| Some((words, kind_named(kind)?))) else { continue };
            let words: Vec<&str> = words.split(' ').collect();
            if let Some(first) = words.first() {
                rows.entry(first).or_default().push(Row { words, kind });
            }
        }
        rows
    })
}

fn kind_named(kind: &str) -> Option<Kind> {
    Some(match kind {
        "password" => Kind::Telling(Telling::Password),
        "token" => Kind::Telling(Telling::Token),
        "random" => Kind::Telling(Telling::Random),
        "exempt" => Kind::Exempt,
        "after" => Kind::After,
        "before" => Kind::Before,
        _ => return None,
    })
}

fn syllables() -> Option<&'static AhoCorasick> {
    static SYLLABLES: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    const LIST: &[&str] = &[
        "pass", "pwd", "pw", "psw", "secret", "token", "key", "jwt", "auth", "cred", "bearer", "sas", "otp", "salt", "seed", "psk",
        "cookie", "hmac", "mnemonic", "webhook", "pat", "phrase", "sonar", "swd", "swrd", "wort", "woord", "senha", "contrase", "haslo",
        "hasło", "private", "access", "communit",
    ];
    SYLLABLES.get_or_init(|| AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).build(LIST).ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(split("DB_PASSWORD"), ["db", "password"]);
        assert_eq!(split("awsSecretAccessKey"), ["aws", "secret", "access", "key"]);
        assert_eq!(split("APIKey2"), ["api", "key"]);
        assert_eq!(split("spring.datasource.password"), ["spring", "datasource", "password"]);
    }

    #[test]
    fn telling_names_are_told() {
        let (password, token, random) = (Some(Telling::Password), Some(Telling::Token), Some(Telling::Random));
        let table = [
            ("password", password),
            ("DB_PASSWORD", password),
            ("PGPASSWORD", password),
            ("mysqlRootPassword", password),
            ("ORACLE_PasswordSys", password),
            ("SMTP_PASS", password),
            ("--requirepass", password),
            ("rootpw", password),
            ("bindpw", password),
            ("api_key", token),
            ("apiKey", token),
            ("clientSecret", token),
            ("aws_secret_access_key", token),
            ("GITHUB_TOKEN", token),
            ("_authToken", token),
            ("STEAM_KEY", random),
            ("webhook_url", random),
            ("VAULT_SECRET_ID", random),
            ("key", None),
            ("auth", None),
            ("cert", None),
            ("password_file", None),
            ("PASSWORD_POLICY", None),
            ("access_key_id", None),
            ("secretName", None),
            ("secretKeyRef", None),
            ("imagePullSecrets", None),
            ("public_key", None),
            ("kms_key_id", None),
            ("key_vault_id", None),
            ("token_endpoint", None),
            ("token_ttl", None),
            ("min_password_length", None),
            ("reset_password", None),
            ("MYSQL_ALLOW_EMPTY_PASSWORD", None),
            ("monkey", None),
            ("keycloak", None),
            ("keyboard", None),
            ("author", None),
            ("bypass", None),
            ("topologyKey", None),
            ("max_tokens", None),
            ("username", None),
            ("client_id", None),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(telling(name), expected, "{name}");
        }
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).count();
        assert_eq!(table().values().map(Vec::len).sum::<usize>(), rows);
        for row in table().values().flatten().filter(|row| matches!(row.kind, Kind::Telling(_))) {
            assert!(syllables().unwrap().is_match(&row.words.join(" ")), "{:?}", row.words);
        }
    }
}
