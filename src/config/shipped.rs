//! The scenarios of the folder `scenarios/`, inside the program.

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The text of a shipped scenario, by its file's name without the ending.
pub fn shipped(name: &str) -> Option<&'static str> {
    let found = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
    Some(found.1)
}

/// The names of all shipped scenarios, each with the comment that begins it, in one line.
pub fn shipped_scenarios() -> impl Iterator<Item = (&'static str, String)> {
    SHIPPED.iter().map(|(name, text)| {
        let comment = text.lines().map_while(|line| line.strip_prefix('#'));
        let words: Vec<&str> = comment.flat_map(str::split_whitespace).collect();
        (*name, words.join(" "))
    })
}
