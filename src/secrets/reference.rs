//! Values that stand for a secret without being one: references into other places, ciphertext, public keys.

use std::ops::Range;

use std::sync::OnceLock;

/// What stands in a value's text for the parts that are references.
pub(super) const FILLER: char = '\u{fffc}';

/// A list of beginnings, sorted by their first byte when first asked: most values share it with none of them.
struct Starts {
    words: &'static str,
    by_byte: OnceLock<Vec<Vec<&'static str>>>,
}

impl Starts {
    const fn new(words: &'static str) -> Self {
        Self { words, by_byte: OnceLock::new() }
    }

    /// Whether the value begins with one of them.
    fn any_of(&self, value: &str) -> bool {
        let Some(first) = value.bytes().next() else { return false };
        let by_byte = self.by_byte.get_or_init(|| {
            let mut table = vec![Vec::new(); 256];
            for word in self.words.split_whitespace() {
                table[usize::from(word.as_bytes()[0])].push(word);
            }
            table
        });
        by_byte[usize::from(first)].iter().any(|start| value.starts_with(start))
    }
}

/// Whether the value, or a part of it, is looked up elsewhere.
pub(super) fn is_reference(value: &str) -> bool {
    // An opening mark at the very start is enough: quotes inside of it may have cut the value off.
    let opened = ["$(", "${", "{{", "`"].iter().any(|open| value.starts_with(open));
    value.contains(FILLER) || opened || is_filtered(value) || is_variable(value) || is_lookup(value) || has_template(value)
}

/// `hostvars[host]["x"] | default(omit)`, `x | b64decode`: a name that filters of Jinja change.
fn is_filtered(value: &str) -> bool {
    let Some((name, filter)) = value.split_once(" | ") else { return false };
    let filter = filter.split(['(', ' ']).next().unwrap_or("");
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'.')
    };
    let starts = |text: &str| text.starts_with(|c: char| c.is_ascii_lowercase());
    let first = name.split(['[', '.', '(']).next().unwrap_or("");
    word(filter) && starts(filter) && !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `$NAME`, `%NAME%`, `__NAME__`, `@NAME@`, `((name))`, `{env:NAME}`, `<name>`: all of it is a name between marks.
fn is_variable(value: &str) -> bool {
    let name = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':'));
    let dollar = value.strip_prefix('$').is_some_and(|rest| {
        let rest = rest.trim_start_matches('$');
        name(rest) && rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    });
    let between = |open: &str, close: &str| {
        value.len() > open.len() + close.len() && value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(name)
    };
    let angle = [("<", ">"), ("&lt;", "&gt;")].iter().any(|(open, close)| value.starts_with(open) && value.ends_with(close));
    // Python's `format`, whose text may end behind it.
    let filled = value.trim_end_matches(['\'', '"']).strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(name);
    // Concourse, Icinga's macros, and what scripts replace; tox, Caddy, Micronaut.
    const MARKS: [(&str, &str); 11] = [
        ("%", "%"),
        ("__", "__"),
        ("@", "@"),
        ("@@", "@@"),
        ("((", "))"),
        ("~~", "~~"),
        ("{$", "}"),
        ("{env:", "}"),
        ("{env.", "}"),
        ("{secret:", "}"),
        ("%env(", ")%"),
    ];
    let macro_name = between("$", "$") && value.contains(['_', '.']);
    dollar || angle || filled || macro_name || MARKS.iter().any(|(open, close)| between(open, close))
}

/// The languages of secret stores and of configuration that name where the value is.
fn is_lookup(value: &str) -> bool {
    static STARTS: Starts = Starts::new(
        "arn: op:// ref+ secretref: secret:// @Microsoft.KeyVault( keyvault: akv: ssm: awssm: aws-sm: gcpsm: gsm: kms: awskms: \
        gcpkms: azurekms: doppler:// infisical:// bws:// keychain: keyring: env: env. ENV[ env( $env: os.environ os.getenv \
        process.env getenv System.getenv file: file( file:// exec: cmd: command: lookup( var. local. module. data. secrets. \
        vars. inputs. steps. needs. github. self. this. config. settings. credentials( readFile( !Ref !Sub !GetAtt !ImportValue \
        !vault !secret !ref !reference Fn:: $__file{ $__env{ $__vault{ resolve: sm:// berglas:// vals: chamber: lastpass: pass: sealed: k8s:// kubernetes:// import:",
    );
    let vault_path = value.strip_prefix("vault:").is_some_and(|rest| !rest.starts_with("v1:"));
    let project = value.strip_prefix("projects/").is_some_and(|rest| rest.contains("/secrets/") || rest.contains("/locations/"));
    vault_path || project || STARTS.any_of(value)
}

/// `${…}`, `{{ … }}`, `<% … %>`, `$(…)`, `#{…}`, `%{…}`, `%X{…}`, `[[ … ]]`, `%(name)s`, `<name>` somewhere inside.
fn has_template(value: &str) -> bool {
    const PAIRS: &[(&str, char)] = &[
        ("${", '}'),
        ("{{", '}'),
        ("<%", '>'),
        ("$(", ')'),
        ("#{", '}'),
        ("%{", '}'),
        // Logging: a value of the thread's context.
        ("%X{", '}'),
        ("[[", ']'),
        ("%(", ')'),
        ("`", '`'),
        ("$[", ']'),
        ("{%", '}'),
    ];
    PAIRS.iter().any(|(open, close)| value.split_once(open).is_some_and(|(_, rest)| rest.contains(*close))) || has_angle_name(value)
}

/// `<name>` or `<two words>`: what a person is asked to fill in.
fn has_angle_name(value: &str) -> bool {
    value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).is_some_and(|(name, _)| {
        name.len() >= 3
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b" _-.".contains(&b))
    })
}

/// Encrypted or hashed values.
pub(super) fn is_ciphertext(value: &str) -> bool {
    static STARTS: Starts = Starts::new(
        "ENC[ ENC( $ANSIBLE_VAULT vault:v1: vault:v2: age-encryption.org YWdlLWVuY3J5cHRpb24ub3Jn encrypted: {cipher} {AES} {SHA} \
        {SSHA} {SSHA512} {MD5} {CRYPT} {PBKDF2} {bcrypt} {noop}$2 $1$ $2a$ $2b$ $2y$ $5$ $6$ $7$ $y$ $apr1$ $argon2 $scrypt$ \
        $pbkdf2 pbkdf2_ bcrypt_ scrypt: pbkdf2: sha256: sha512: sha1: md5: sha1- sha256- sha384- sha512- SHA256: SCRAM-SHA- \
        AQICAH CiQA AQECAH gAAAAA dotenvx: hash: CRYPT: h1: zh: AEdJVENSWVBU",
    );
    // Sealed secrets are long and begin with the length of an RSA block: https://github.com/bitnami-labs/sealed-secrets
    let sealed = value.len() > 300 && (value.starts_with("Ag") || value.starts_with("AQ"));
    sealed || STARTS.any_of(value) || is_maven_encrypted(value) || is_database_hash(value)
}

/// `{COQLCE6DU6GtcS5P=}`: <https://maven.apache.org/guides/mini/guide-encryption.html>
fn is_maven_encrypted(value: &str) -> bool {
    let inner = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or("");
    inner.len() >= 16 && inner.ends_with('=') && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
}

/// `md5` and the hash of password and user: <https://www.postgresql.org/docs/current/catalog-pg-authid.html>; MySQL's asterisk
/// and hash: <https://dev.mysql.com/doc/refman/5.7/en/password-hashing.html>
fn is_database_hash(value: &str) -> bool {
    let is_hex = |hash: &str, length: usize| hash.len() == length && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    value.strip_prefix("md5").is_some_and(|hash| is_hex(hash, 32)) || value.strip_prefix('*').is_some_and(|hash| is_hex(hash, 40))
}

/// Public keys, certificates and recipients.
pub(super) fn is_public(value: &str) -> bool {
    static STARTS: Starts = Starts::new(
        "ecdsa-sha2- sk-ssh- sk-ecdsa- AAAAB3NzaC1yc2E AAAAC3NzaC1lZDI1 AAAAE2VjZHNh age1 pk_live_ pk_test_ sb_publishable_ phc_ \
        pk.eyJ MIIBIjANBgkqhkiG9w0BAQEFAAOC MIICIjANBgkqhkiG9w0BAQEFAAOC MFkwEwYHKoZIzj0 LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS \
        LS0tLS1CRUdJTiBQVUJMSUMgS0VZ data:image/ ssh-rsa ssh-ed25519 ssh-dss",
    );
    // A private key in its armour is told by its shape; whatever else wears one is public or encrypted.
    value.contains("-----BEGIN ") || STARTS.any_of(value)
}

/// What a reference to a variable falls back to, if that is written as a text, and the variable's name:
/// `${env:DB_PASSWORD, 'x'}` of the Serverless Framework, `{{ env_var('DB_PASSWORD', 'x') }}` of dbt, `env('DB_PASSWORD', 'x')`.
///
/// <https://www.serverless.com/framework/docs/guides/variables>, <https://docs.getdbt.com/reference/dbt-jinja-functions/env_var>
pub(super) fn default(text: &str) -> Option<(Option<&str>, Range<usize>)> {
    const CALLS: [&str; 7] = ["env_var", "env", "getenv", "lookup", "environ.get", "ENV.fetch", "config"];
    let inner = text.trim_end_matches([' ', '}', ')', ';']);
    let closer = inner.chars().next_back().filter(|c| matches!(c, '"' | '\''))?;
    let end = inner.len() - 1;
    let start = inner[..end].rfind(closer)? + 1;
    let before = inner[..start - 1].trim_end().strip_suffix(',')?.trim_end();
    let (call, name) = match text.starts_with("${") {
        true => (None, before.rsplit([':', '{', ',']).next()?),
        false => {
            let (call, name) = before.trim_start_matches(['{', ' ']).split_once('(')?;
            (Some(call.trim()), name)
        }
    };
    let name = name.trim_matches([' ', '"', '\'']);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let known = call.is_none_or(|call| CALLS.iter().any(|known| call.ends_with(known)));
    (known && end > start).then_some((Some(name).filter(|_| is_name), start..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_no_values() {
        for value in [
            "$DB_PASSWORD",
            "${DB_PASSWORD}",
            "prefix-${X}",
            "{{ .Values.x }}",
            "<%= ENV['X'] %>",
            "$(cat file)",
            "$(echo ",
            "%PASSWORD%",
            "<your password>",
            "__TOKEN__",
            "arn:aws:secretsmanager:eu-west-1:1:secret:x",
            "op://vault/item/field",
            "vault:secret/data/x#y",
            "projects/p/secrets/s/versions/1",
            "@Microsoft.KeyVault(SecretUri=x)",
            "!vault |",
            "os.environ['X']",
            "var.password",
            "db-<password>",
            "{self.password}'",
            "{env:DB_PASSWORD1}",
            "{$DB_PASSWORD1}",
            "((db_password1))",
            "$snmp_key1$",
            "%env(DB1)%",
            "$__file{/etc/secrets/pw1}",
            "hostvars[array][\"db1\"] | default(omit)",
            "db_password1 | b64decode",
            "%(password)s",
            "%X{token}",
        ] {
            assert!(is_reference(value), "{value}");
        }
        for value in [
            "pa$$w0rd",
            "$ecret!9",
            "a<b>c",
            "100%sure%",
            "x{y}z",
            "vault:v1:abc",
            "environment9",
            "p{w",
            "x7Kq|p2Lz",
            "(x7)",
            "$x7$y",
            "a | B9",
        ] {
            assert!(!is_reference(value), "{value}");
        }
    }

    #[test]
    fn ciphertext_and_public_keys_are_no_secrets() {
        assert!(is_ciphertext("ENC[AES256_GCM,data:x,type:str]"));
        assert!(is_ciphertext("$2y$10$abcdefghijklmnopqrstuv"));
        assert!(is_ciphertext(&format!("AgA{}", "b".repeat(400))));
        assert!(is_public("ssh-ed25519 AAAAC3Nza"));
        assert!(!is_ciphertext("AgAshort") && !is_public("sk_live_x"));
    }

    #[test]
    fn references_fall_back_to_texts() {
        for (text, name) in [
            ("${env:DB_PASSWORD, 'x é'}", Some("DB_PASSWORD")),
            ("${opt:key, \"x é\"}", Some("key")),
            ("{{ env_var('DB_PASSWORD', 'x é') }}", Some("DB_PASSWORD")),
            ("env(\"DB_PASSWORD\", \"x é\")", Some("DB_PASSWORD")),
        ] {
            let (found, range) = default(text).unwrap();
            assert_eq!((found, &text[range]), (name, "x é"), "{text}");
        }
        for text in ["", "'", "${env:A, ''}", "${env:A}", "concat('a', 'b')", "a, 'b'", "x = f('a', 'b')", "{{ x | default('b') }}", "${}"]
        {
            assert!(default(text).is_none(), "{text}");
        }
    }
}
