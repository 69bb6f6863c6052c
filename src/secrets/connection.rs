//! Passwords inside URLs, connection strings and authorization headers.

mod assignments;
mod clients;
mod dialogue;
mod statements;

use std::ops::Range;

use memchr::memmem;

use super::marks::{self, Marks};
use super::names;
use super::reference::FILLER;

pub(super) use assignments::assignments;

/// The part of a longer value that is the secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// Where.
    pub(super) range: Range<usize>,
    /// What stands beside it: user, host, database. A password made of their words is weak.
    beside: [Range<usize>; 2],
    /// What is asked of it.
    pub(super) kind: Kind,
    /// What it is a part of, with an article.
    pub(super) what: &'static str,
}

impl Part {
    /// The words beside it.
    pub(super) fn beside(&self, text: &str) -> Vec<String> {
        let texts = || self.beside.iter().filter_map(|range| text.get(range.clone()));
        texts().flat_map(names::split).chain(texts().map(str::to_lowercase)).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A password, however weak.
    Password,
    /// A token: only what looks made by a machine.
    Token,
    /// The token of a request header: likewise.
    Header,
    /// `user:password` in base64.
    Basic,
}

/// What a part is a part of.
const URL: &str = "a URL with a password";
const STRING: &str = "a connection string with a secret";
const HEADER: &str = "an authorization header";

/// A user or a password is not longer than this.
const MAX_USERINFO: usize = 512;

/// Every such part of a text, in no order. `marks` are the text's.
pub(super) fn find(text: &str, marks: &Marks<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    if marks.has(marks::URL) {
        urls(text, &mut parts);
    }
    options(text, marks, &mut parts);
    headers(text, marks, &mut parts);
    statements::find(text, marks, &mut parts);
    dialogue::find(text, marks, &mut parts);
    clients::find(text, marks, &mut parts);
    parts
}

/// By what each of them is told.
pub(super) fn marks(table: &mut marks::Table) {
    table.mark("://", marks::URL);
    OPTIONS.iter().for_each(|(key, _)| table.mark_any_case(&key.text[key.mark..], marks::OPTION));
    SCHEMES.iter().for_each(|key| table.mark_any_case(&key.text[key.mark..], marks::SCHEME));
    statements::marks(table);
    dialogue::marks(table);
    clients::marks(table);
}

/// A word that is found by its rarest three bytes, small or capital.
struct Key {
    /// In lower case.
    text: &'static str,
    /// Where in it these bytes begin.
    mark: usize,
}

/// A word told by its last three bytes.
const fn by_end(text: &'static str) -> Key {
    Key { text, mark: text.len() - 3 }
}

impl Key {
    /// Where in the text it stands, if its mark stands at `place`.
    fn at(&self, text: &str, place: usize) -> Option<Range<usize>> {
        let range = place.checked_sub(self.mark)?..place - self.mark + self.text.len();
        text.as_bytes().get(range.clone())?.eq_ignore_ascii_case(self.text.as_bytes()).then_some(range)
    }
}

/// `scheme://user:password@host`, and secrets among a URL's options.
fn urls(text: &str, parts: &mut Vec<Part>) {
    let mut from = 0;
    for at in memmem::find_iter(text.as_bytes(), "://") {
        // The colon may have been read as the end of the URL before.
        if at + 1 < from || !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let start = at + "://".len();
        let limit = text.floor_char_boundary((start + MAX_USERINFO).min(text.len()));
        let authority = &text[start..limit];
        let authority = &authority[..authority.find(ends_authority).unwrap_or(authority.len())];
        from = start + authority.len();
        if let Some(part) = authority.rfind('@').and_then(|sign| userinfo(text, start, &authority[..sign], &authority[sign + 1..])) {
            parts.push(part);
        }
    }
}

fn ends_authority(char: char) -> bool {
    char.is_whitespace() || char.is_control() || matches!(char, '/' | '"' | '\'' | '`' | '\\')
}

fn userinfo(text: &str, start: usize, userinfo: &str, host: &str) -> Option<Part> {
    // An image's digest, Sentry's public keys and CVS's `:pserver:user` look like it.
    if host.is_empty() || userinfo.starts_with(":pserver:") || host.starts_with("sha256") || host.contains("sentry") {
        return None;
    }
    let Some((user, password)) = userinfo.split_once(':') else {
        let kind = Kind::Token;
        return (userinfo.len() >= 20).then(|| Part {
            range: start..start + userinfo.len(),
            beside: [0..0, 0..0],
            kind,
            what: "a URL with a token",
        });
    };
    let port = password.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_port = port.len() < password.len() && port.starts_with(['?', '#', ',']);
    if password.is_empty() || is_port || user.contains(['?', '#', '=', '&', '<', '(', '[']) {
        return None;
    }
    // `driver://user:password@host:port/database` tells how a URL is written.
    let is_template = host.split_once(':').is_some_and(|(_, port)| port.trim_end_matches(['?', '#']).eq_ignore_ascii_case("port"));
    if is_template {
        return None;
    }
    let from = start + user.len() + 1;
    let behind = start + userinfo.len();
    let near = &text[behind..text.floor_char_boundary((behind + 128).min(text.len()))];
    let path = near.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '?' | '`')).next().unwrap_or("");
    Some(Part { range: from..behind, beside: [start..from - 1, behind..behind + path.len()], kind: Kind::Password, what: URL })
}

/// Keys of connection strings (ADO, ODBC, JDBC, libpq) and of URLs' queries; of those that end alike the longer one first.
const OPTIONS: &[(Key, Kind)] = &[
    (by_end("password="), Kind::Password),
    (by_end("passwd="), Kind::Password),
    (by_end("pwd="), Kind::Password),
    (by_end("accountkey="), Kind::Token),
    (by_end("sharedaccesskey="), Kind::Token),
    (by_end("sharedsecret="), Kind::Token),
    (by_end("secret="), Kind::Token),
    (by_end("access_token="), Kind::Token),
    (by_end("accesskey="), Kind::Token),
    (by_end("access_key="), Kind::Token),
    (by_end("secret_key="), Kind::Token),
    (by_end("app_key="), Kind::Token),
    (by_end("api-key="), Kind::Token),
    (by_end("subscription-key="), Kind::Token),
    (by_end("license_key="), Kind::Token),
    // OpenWeather: <https://openweathermap.org/appid>
    (by_end("appid="), Kind::Token),
    (by_end("api_key="), Kind::Token),
    (by_end("apikey="), Kind::Token),
    (by_end("auth_token="), Kind::Token),
    (by_end("private_token="), Kind::Token),
    (by_end("token="), Kind::Token),
    // `?key=x`: what a value of it is only its letters tell.
    (by_end("?key="), Kind::Token),
    (by_end("&key="), Kind::Token),
    (clients::SIGNATURE, Kind::Token),
];

fn options(text: &str, marks: &Marks<'_>, parts: &mut Vec<Part>) {
    for place in marks.of(marks::OPTION) {
        let found = OPTIONS.iter().find_map(|(key, kind)| Some((key.at(text, place)?, *kind)));
        let Some((key, kind)) = found else { continue };
        let key_is_signature = text[key.clone()].eq_ignore_ascii_case(clients::SIGNATURE.text);
        let other = key_is_signature && !clients::is_signature(text, key.clone());
        let is_bare = text[key.clone()].starts_with(['?', '&']);
        if let Some(range) = option_value(text, key.start, key.end).filter(|range| !(other || is_bare && is_object(&text[range.clone()]))) {
            let what = if key_is_signature { "a shared access signature" } else { STRING };
            // The values of the other options are the words beside it.
            let from = text.floor_char_boundary(key.start.saturating_sub(160));
            parts.push(Part { range, beside: [from..key.start, 0..0], kind, what });
        }
    }
}

/// Whether the value of `?key=` names what is kept under it: a path, or something that ends with a UUID.
fn is_object(value: &str) -> bool {
    let mut groups = value.rsplit('-').map(str::len);
    let ends_with_uuid = [12, 4, 4, 4].iter().all(|length| groups.next() == Some(*length));
    value.contains('/') || value.contains("%2F") || ends_with_uuid
}

/// The value of an option whose key stands at `start..value`, if what surrounds it is a list of options.
fn option_value(text: &str, start: usize, value: usize) -> Option<Range<usize>> {
    // A key may begin with the sign that opens it.
    let start = start + usize::from(text[start..].starts_with(['?', '&']));
    let near = text.floor_char_boundary(start.saturating_sub(200));
    let before = &text[near..start];
    let opener = before.trim_end_matches(' ').chars().next_back();
    let line = before.rsplit('\n').next().unwrap_or("");
    let rest = &text[value..text.floor_char_boundary((value + 400).min(text.len()))];
    let ends = |stops: &[char]| {
        rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`') || stops.contains(&c)).unwrap_or(rest.len())
    };
    let length = match opener {
        Some('?' | '&') => ends(&['&', ';', ')', '#']),
        // `cache.host:6380,password=x,ssl=True`
        Some(',') if behind_port(before) => ends(&[',', ';']),
        Some(';') => rest.find([';', '"', '\n', '`']).map_or_else(|| rest.trim_end().len(), |end| rest[..end].trim_end().len()),
        // libpq: `host=db user=app password=x dbname=shop`
        _ if before.ends_with(' ')
            && ["host=", "user=", "dbname=", "server="].iter().any(|key| line.to_ascii_lowercase().contains(key)) =>
        {
            ends(&[';', ')', ','])
        }
        _ => return None,
    };
    (length > 0).then(|| value..value + length)
}

/// Whether a list of options begins with a host and its port.
fn behind_port(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(')).next().unwrap_or("");
    let mut parts = word.split(',').filter_map(|part| part.split_once(':'));
    parts.any(|(host, port)| {
        host.contains(|c: char| c.is_ascii_alphanumeric()) && port.len() >= 2 && port.bytes().all(|b| b.is_ascii_digit())
    })
}

/// How a client says who it is, the first in base64: <https://www.iana.org/assignments/http-authschemes/>.
const SCHEMES: [Key; 4] = [
    Key { text: "basic ", mark: 2 },
    Key { text: "bearer ", mark: 3 },
    Key { text: "token ", mark: 2 },
    // Okta.
    Key { text: "ssws ", mark: 1 },
];

/// `Authorization: Bearer x`, `Basic x`, `token x`, in headers and in values of such a name.
fn headers(text: &str, marks: &Marks<'_>, parts: &mut Vec<Part>) {
    for place in marks.of(marks::SCHEME) {
        let found = SCHEMES.iter().enumerate().find_map(|(index, key)| Some((key.at(text, place)?, index)));
        let Some((scheme, index)) = found else { continue };
        let kind = if index == 0 { Kind::Basic } else { Kind::Header };
        let near = text.floor_char_boundary(scheme.start.saturating_sub(24));
        let before = text[near..scheme.start].to_ascii_lowercase();
        let header = before.trim_end_matches([' ', '"', '\'', '`', ':', '=', '\\', '>', ',']).ends_with("authorization");
        // Without the header's name only the beginning of a value counts.
        if !header && scheme.start != 0 {
            continue;
        }
        let rest = &text[scheme.end..];
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-._~+/=".contains(c))).unwrap_or(rest.len());
        let cut = rest[length..].starts_with([FILLER, '$', '{', '<']);
        if length >= 8 && !cut {
            parts.push(Part { range: scheme.end..scheme.end + length, beside: [0..0, 0..0], kind, what: HEADER });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut ranges: Vec<Range<usize>> = find(text, &marks::look(text)).into_iter().map(|part| part.range).collect();
        ranges.sort_by_key(|range| range.start);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn of_keys_that_end_alike_the_longer_one_comes_first() {
        for (index, (key, _)) in OPTIONS.iter().enumerate() {
            assert!(OPTIONS[..index].iter().all(|(before, _)| !key.text.ends_with(before.text)), "{}", key.text);
        }
    }

    #[test]
    fn passwords_are_found_where_they_stand() {
        let table: &[(&str, &[&str])] = &[
            ("postgres://app:s3cr3t-x@db:5432/shop?sslmode=require", &["s3cr3t-x"]),
            ("redis://:pw9x@cache", &["pw9x"]),
            ("amqp://u:p@ss@host/v", &["p@ss"]),
            ("http://a:b@x,http://c:d@y/", &["b", "d"]),
            ("http://a:b@x/,http://c:d@y/", &["b", "d"]),
            ("mongodb://u:p#1@h1,h2/db", &["p#1"]),
            ("https://host:8080/path@x", &[]),
            ("https://user@host/", &[]),
            ("docker://app:1.2@sha256:abc", &[]),
            ("machine h.io login me password pw1 account x", &["pw1"]),
            ("'machine h.io\\nlogin me\\npassword pw1\\n'", &["pw1"]),
            ("the machine has a login and a password too", &[]),
            ("Server=db;User Id=sa;Password=Pa ss;x=1;", &["Pa ss"]),
            ("jdbc:mysql://db/x?user=a&password=pw1&ssl=true", &["pw1"]),
            ("host=db user=app password=pw2 dbname=shop", &["pw2"]),
            ("the password=secret option", &[]),
            ("connect(user='x', password=args.password)", &["args.password"]),
            ("http://(name:password@)domain", &[]),
            ("dialect+driver://nutzer:passwort9@host:port/db", &[]),
            ("curl -H 'Authorization: Bearer abcdef123456' x", &["abcdef123456"]),
            ("Authorization: Basic dXNlcjpwYXNz", &["dXNlcjpwYXNz"]),
            ("Bearer abcdef123456", &["abcdef123456"]),
            ("a bearer tokenization", &[]),
            ("Authorization: Bearer ${TOKEN}", &[]),
            ("cache.example.net:6380,password=x7hT2pq=,ssl=True", &["x7hT2pq="]),
            ("cache:6380,ssl=True,password=x7hT2pq", &["x7hT2pq"]),
            ("f(host='x:80',password=pw)", &[]),
            ("app:s3cr3t@tcp(db:3306)/shop?parseTime=true", &["s3cr3t"]),
            ("DSN=app:s3cr3t@unix(/run/db.sock)/shop", &["s3cr3t"]),
            ("@tcp(db:3306)/shop and app@tcp(db:3306)/", &[]),
            ("x.PlainLoginModule required username=\"a\" password=\"pw1\" user_b=\"pw2\";", &["pw1", "pw2"]),
            ("x.PlainLoginModule required\n  user_admin='pw1'\n  serviceName=\"kafka\";\npassword=\"no\"", &["pw1"]),
            ("password=\\\"pw1\\\" x.LoginModule required password=\\\"pw2\\\";", &["pw2"]),
            ("Krb5LoginModule required keyTab=\"/etc/k\" storeKey=true;", &[]),
            ("https://a.blob.core.windows.net/c?sv=2022-11-02&sr=b&sig=aB3%2Bx&se=2026", &["aB3%2Bx"]),
            ("SharedAccessSignature=sv=2022-11-02&ss=b&sig=aB3%2Bx", &["aB3%2Bx"]),
            ("https://host/page?sig=aB3x&lang=en", &[]),
            ("https://host/v1?access_key=aB3x&key=cD4y#x", &["aB3x", "cD4y"]),
            ("https://host/v1?q=a&appid=aB3x'", &["aB3x"]),
            ("https://host/v1?monkey=aB3x", &[]),
            ("https://host/v1?key=a/aB3x, https://host/v1?key=a-2e351785-e821-450c-9d58-625e1e1ebfb6 https://host/v1?key=ä", &["ä"]),
            ("curl -X POST -u app:s3cr3t https://host/", &["s3cr3t"]),
            ("$ curl -s --user 'ä:s3 cr3t' https://host/", &["s3 cr3t"]),
            ("curl -u app https://host:80/; curl https://host/; sudo -u app:x y", &[]),
            ("docker run -u 1000:1000 app", &[]),
            ("cx_Oracle.connect(\"scott/s3cr3t@db.example.net:1521/X\")", &["s3cr3t"]),
            ("connect('https://host/a/b@c') connect(\"a/{p}@h\") connect(dsn) reconnect(\"x\"", &[]),
            ("ConvertTo-SecureString -String \"s3cr3t\" -AsPlainText -Force", &["s3cr3t"]),
            ("$p = ConvertTo-SecureString 's3 cr3t' -AsPlainText", &["s3 cr3t"]),
            ("ConvertTo-SecureString -AsPlainText -Force s3cr3t", &["s3cr3t"]),
            ("ConvertTo-SecureString $env:PASSWORD -AsPlainText", &[]),
            ("ConvertTo-SecureString (Get-Content x) ConvertTo-SecureString", &[]),
            ("Connect-VIServer -Server h -User a -Password s3cr3t!", &["s3cr3t!"]),
            ("New-ADUser -Name a -Password (Read-Host) -Password $p", &[]),
            ("the option -Password s3cr3t", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(found(text), *expected, "{text}");
        }
    }
}
