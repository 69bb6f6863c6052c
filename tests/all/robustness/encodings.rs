//! Bytes that are no UTF-8, and text in other encodings: found, at the right place, or said.

use crate::ran::Folder;
use crate::samples::{SAMPLES, token};

type Encode = fn(&str) -> Vec<u8>;

const ENCODINGS: &[(&str, Encode)] = &[
    ("UTF-8 with a mark", |text| format!("\u{feff}{text}").into_bytes()),
    ("UTF-16 LE with a mark", |text| utf16(&format!("\u{feff}{text}"), u16::to_le_bytes)),
    ("UTF-16 BE with a mark", |text| utf16(&format!("\u{feff}{text}"), u16::to_be_bytes)),
    ("UTF-16 LE without a mark", |text| utf16(text, u16::to_le_bytes)),
    ("UTF-16 BE without a mark", |text| utf16(text, u16::to_be_bytes)),
    ("UTF-32 LE", |text| format!("\u{feff}{text}").chars().flat_map(|char| u32::from(char).to_le_bytes()).collect()),
    ("UTF-32 BE", |text| format!("\u{feff}{text}").chars().flat_map(|char| u32::from(char).to_be_bytes()).collect()),
    ("CRLF", |text| text.replace('\n', "\r\n").into_bytes()),
];

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// Lines and columns do not depend on the encoding, and neither does what is found.
#[test]
fn every_encoding_of_every_format_gives_the_same_findings() {
    let seen = |folder: &Folder, path: &str| -> Vec<String> {
        let json = folder.lint(&[path]).json();
        assert_eq!(json["complete"], true, "{json}");
        let place = |finding: &serde_json::Value| {
            let start = &finding["range"]["start"];
            format!("{} {}:{} {}", finding["check"], start["line"], start["column"], finding["logical_path"])
        };
        json["findings"].as_array().unwrap().iter().map(place).collect()
    };
    for sample in SAMPLES {
        let (text, tokens) = sample.fill("encodings");
        let plain = Folder::new();
        plain.file(sample.path, &text);
        let expected = seen(&plain, sample.path);
        assert!(expected.len() >= tokens.len().min(2), "{}: {expected:?}", sample.path);
        for (name, encode) in ENCODINGS {
            let folder = Folder::new();
            folder.file(sample.path, encode(&text));
            assert_eq!(seen(&folder, sample.path), expected, "{} as {name}", sample.path);
        }
    }
}

/// The range in the report, in bytes of the file as it is on disk, holds the token and nothing else.
#[test]
fn byte_offsets_are_those_of_the_file() {
    let token = token("offsets");
    let text = format!("# ü 𝄞 \u{1F980}\nname: x\ntoken: {token}\n");
    for (name, encode) in ENCODINGS {
        let bytes = encode(&text);
        let folder = Folder::new();
        folder.file("notes.txt", &bytes);
        let json = folder.lint(&["notes.txt"]).json();
        let range = &json["findings"][0]["range"];
        let [start, end] = ["start", "end"].map(|side| usize::try_from(range[side]["byte"].as_u64().unwrap()).unwrap());
        // The mark of the whole text is no part of a slice of it.
        let marked = encode(&token);
        let expected = &marked[encode("").len()..];
        assert_eq!(&bytes[start..end], expected, "{name}");
    }
}

#[test]
fn invalid_bytes_are_said_and_hide_nothing() {
    let token = token("invalid");
    for bad in [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80\x80\x80", b"\xc0\xaf"] {
        let folder = Folder::new();
        let line = [b"a: \"", bad, b"\"\n"].concat();
        let env = ["env: {T: \"", &token, "\"}\n"].concat();
        folder.file(".github/workflows/a.yml", [b"on: push\n", env.as_bytes(), &line].concat());
        folder.file("main.tf", [b"x = \"", bad, b"\"\ny = \"", token.as_bytes(), b"\"\n"].concat());
        folder.file("notes.txt", [bad, b" ", token.as_bytes()].concat());
        let ran = folder.lint(&["."]);
        let json = ran.ends_with(1).json();
        assert_eq!(json["findings"].as_array().unwrap().len(), 3, "{bad:?}: {json}");
        for path in [".github/workflows/a.yml", "main.tf"] {
            assert!(ran.passed_over(path).contains("no text"), "{bad:?}: {json}");
        }
    }
}

/// A zero byte ends nothing: a file that a format claims is read behind it, and so is one that is named.
#[test]
fn a_zero_byte_hides_nothing() {
    let token = token("zero");
    let folder = Folder::new();
    folder.file("docker-compose.yml", format!("a: \"\0\"\nservices: {{web: {{image: x, environment: {{T: {token}}}}}}}\n"));
    folder.file("named.bin", format!("\0\0\0 {token}"));
    let ran = folder.lint(&["docker-compose.yml", "named.bin"]);
    assert_eq!(ran.ends_with(1).json()["findings"].as_array().unwrap().len(), 2, "{}", ran.text());
    let walked = folder.lint(&["."]);
    assert_eq!(walked.ends_with(1).json()["coverage"]["other"], 1, "a binary that nobody asked for is counted");
}

#[test]
fn an_empty_file_is_no_failure() {
    for content in ["", "\n", "\u{feff}", " \t\r\n", "---\n", "---\n...\n---\n"] {
        let folder = Folder::new();
        for sample in SAMPLES {
            folder.file(sample.path, content);
        }
        let ran = folder.lint(&["."]);
        assert!(ran.code == 0 || ran.code == 3, "{content:?}: {}", ran.text());
        let json = ran.json();
        let coverage = &json["coverage"];
        let read = coverage["linted"].as_u64().unwrap() + coverage["as_text"].as_u64().unwrap();
        assert_eq!(read, SAMPLES.len() as u64, "{content:?}: {coverage}");
    }
}
