//! Writes a generated tree to disk, for programs that are not benchmarked from inside:
//! `cargo bench --bench write_tree -- DIRECTORY SERVICES`, or with `state MB` / `notebook MB` for one large file.

#[allow(dead_code, reason = "what only the benchmarks of whole runs use")]
#[path = "generate/mod.rs"]
mod generate;

use std::path::Path;

use generate::Numbers;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [directory, rest @ ..] = arguments.as_slice() else { return Ok(()) };
    let root = Path::new(directory);
    let number = |index: usize| rest.get(index).and_then(|text| text.parse::<usize>().ok()).unwrap_or(1);
    match rest.first().map(String::as_str) {
        Some("state") => write(root, "terraform.tfstate", &generate::state(&mut Numbers::new(1), number(1) * 1_200)),
        Some("notebook") => write(root, "large.ipynb", &generate::notebook(&mut Numbers::new(1), number(1) * 540)),
        _ => generate::tree(1, number(0)).iter().try_for_each(|(path, text)| write(root, path, text)),
    }
}

fn write(root: &Path, path: &str, text: &str) -> std::io::Result<()> {
    let path = root.join(path);
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    std::fs::write(path, text)
}
