//! The documentation: links lead somewhere, figures are in the gallery, commands name what there is.

use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All pages, with their texts.
fn pages() -> Vec<(PathBuf, String)> {
    let folders = [".", "docs", "python"].map(|folder| root().join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    let pages = paths.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    pages.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// Text without blocks of code: indented by four, or fenced.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let is_prose = |line: &&str| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence && !line.starts_with("    ")
    };
    text.lines().filter(is_prose).collect::<Vec<_>>().join("\n")
}

/// What headings are called in links, as GitHub and Python-Markdown make it.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter_map(|line| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then_some(title.trim())
    });
    let anchor = |title: &str| -> String {
        let kept = title.to_lowercase();
        let kept = kept.chars().filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let (mut files, mut sections) = (0, 0);
    for (path, text) in pages() {
        for found in link.captures_iter(&prose(&text)) {
            let target = &found[1];
            if target.starts_with("http") {
                continue;
            }
            let (file, section) = target.split_once('#').unwrap_or((target, ""));
            let to = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            assert!(to.exists(), "{}: {target}", path.display());
            files += 1;
            if !section.is_empty() {
                let known = anchors(&fs::read_to_string(&to).unwrap());
                assert!(known.contains(section), "{}: {target} is none of {known:?}", path.display());
                sections += 1;
            }
        }
    }
    assert!(files > 50 && sections > 0, "{files} links, {sections} to sections");
}

#[test]
fn every_figure_is_in_the_gallery_with_a_command_that_there_is() {
    let gallery = fs::read_to_string(root().join("docs/gallery.md")).unwrap();
    let files = fs::read_dir(root().join("docs/images")).unwrap();
    for file in files {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(gallery.contains(&format!("(images/{name})")), "{name}");
    }
    let command = Regex::new(r"`luckflow (run|sweep) ([a-z][a-z0-9-]+)`").unwrap();
    let mut commands = 0;
    for (path, text) in pages() {
        for found in command.captures_iter(&text) {
            let scenario = root().join(format!("scenarios/{}.toml", &found[2]));
            let given = fs::read_to_string(&scenario);
            let given = given.unwrap_or_else(|_| panic!("{}: {}", path.display(), &found[0]));
            assert_eq!(&found[1] == "sweep", given.contains("[sweep]"), "{}", &found[0]);
            commands += 1;
        }
    }
    assert!(commands > 12, "{commands} commands");
}
