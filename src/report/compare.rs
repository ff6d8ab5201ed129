//! Several folders on one page: an index, what differs, and verdicts and figures side by side.

use super::figures::card;
use super::folder::ResultFolder;
use super::html::{Html, cell, head, table, tag};
use super::run::{chip, part};
use crate::plot::number::short;
use std::collections::BTreeSet;

/// All of it, each with the id that a link goes to; nothing of a single folder.
pub(super) fn parts(folders: &[ResultFolder]) -> Vec<(String, String, Html)> {
    if folders.len() < 2 {
        return Vec::new();
    }
    let all = [
        ("index", "Index", vec![index(folders)]),
        ("differences", "What differs", vec![differences(folders)]),
        ("verdicts", "Verdicts", verdicts(folders).into_iter().collect()),
        ("figures", "Figures", figures(folders)),
    ];
    let filled = all.into_iter().filter(|(_, _, inside)| !inside.is_empty());
    filled
        .map(|(id, title, inside)| (id.to_owned(), title.to_owned(), part(id, title, inside)))
        .collect()
}

fn index(folders: &[ResultFolder]) -> Html {
    let rows = folders.iter().enumerate().map(|(place, folder)| {
        let link = tag("a").with("href", format!("#scenario-{place}")).text(&folder.name);
        [tag("th").with("scope", "row").child(link), cell(&folder.experiment), cell(&folder.end)]
    });
    table("", ["folder", "experiment", "how it ended"], rows)
}

/// A row for each key whose value is not the same in all folders.
fn differences(folders: &[ResultFolder]) -> Html {
    let keys: BTreeSet<&str> =
        folders.iter().flat_map(|folder| folder.settings.iter().map(|setting| &setting.key[..])).collect();
    let value = |folder: &'_ ResultFolder, key: &str| {
        let setting = folder.settings.iter().find(|setting| setting.key == key);
        setting.map_or("–".to_owned(), |setting| setting.value.clone())
    };
    let rows = keys.into_iter().filter_map(|key| {
        let values: Vec<String> = folders.iter().map(|folder| value(folder, key)).collect();
        let differs = values.iter().any(|value| *value != values[0]);
        differs.then(|| {
            let cells = values.iter().map(|value| tag("td").child(tag("code").text(value)));
            [head(key)].into_iter().chain(cells).collect()
        })
    });
    let rows: Vec<Vec<Html>> = rows.collect();
    if rows.is_empty() {
        return tag("p").text("All keys have the same values.");
    }
    beside(folders, "key", rows)
}

/// A row for each claim that some folder judges.
fn verdicts(folders: &[ResultFolder]) -> Option<Html> {
    let mut labels: Vec<&str> = Vec::new();
    for judged in folders.iter().flat_map(|folder| &folder.verdicts) {
        if !labels.contains(&&judged.label[..]) {
            labels.push(&judged.label);
        }
    }
    let rows = labels.iter().map(|label| {
        let cells = folders.iter().map(|folder| {
            let Some(judged) = folder.verdicts.iter().find(|judged| judged.label == **label) else {
                return cell("–");
            };
            let number = |x: Option<f64>| x.map_or("–".into(), short);
            let numbers = format!("{} / {}", number(judged.claimed), number(judged.simulated));
            tag("td").child(chip(judged.verdict)).child(tag("small").with("title", &judged.why).text(numbers))
        });
        [head("").rich(label)].into_iter().chain(cells).collect()
    });
    let rows: Vec<Vec<Html>> = rows.collect();
    (!rows.is_empty()).then(|| beside(folders, "claim (claimed / simulated)", rows))
}

/// A table with a column for each folder.
fn beside(folders: &[ResultFolder], first: &str, rows: Vec<Vec<Html>>) -> Html {
    let names = folders.iter().map(|folder| &folder.name[..]);
    table("", [first].into_iter().chain(names), rows)
}

/// Figures of one name beside each other.
fn figures(folders: &[ResultFolder]) -> Vec<Html> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in folders.iter().flat_map(|folder| &folder.figures) {
        if !names.contains(&&name[..]) {
            names.push(name);
        }
    }
    let row = |name: &str| {
        let cards = folders.iter().enumerate().filter_map(|(place, folder)| {
            let index = folder.figures.iter().position(|(known, _)| known == name)?;
            Some(card(folders, place, index))
        });
        tag("div").class("beside").children(cards)
    };
    names.into_iter().map(row).collect()
}
