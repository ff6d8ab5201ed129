//! A comparison for people, for programs, for papers.

use super::{Comparison, Difference};
use crate::output::terminal;
use std::fmt::Write as _;

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A table for a terminal.
    Text,
    /// `part,what,` and a column for each folder.
    Csv,
    /// A `tabular` with the rules of booktabs.
    Latex,
}

impl Comparison {
    /// Written out.
    pub fn written(&self, form: Form) -> String {
        match form {
            Form::Text => self.text(),
            Form::Csv => self.csv(),
            Form::Latex => self.latex(),
        }
    }

    /// Parts of it, with what they are called.
    fn parts(&self) -> [(&'static str, &[Difference]); 2] {
        [("scenario", &self.settings), ("result", &self.results)]
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (part, differences) in self.parts() {
            if differences.is_empty() {
                let _ = writeln!(text, "The {part}s are the same.");
                continue;
            }
            let mut table = terminal::table([part.to_owned()].iter().chain(&self.names), []);
            for difference in differences {
                table.add_row([&difference.what].into_iter().chain(&difference.values));
            }
            let _ = writeln!(text, "{table}");
        }
        let _ = write!(text, "{} results are the same.", self.same);
        text
    }

    fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head = ["part", "what"].map(String::from);
        // Into memory: nothing can fail.
        let mut write = |row: Vec<&String>| writer.write_record(row).expect("into memory");
        write(head.iter().chain(&self.names).collect());
        for (part, differences) in self.parts() {
            let part = part.to_owned();
            for difference in differences {
                write([&part, &difference.what].into_iter().chain(&difference.values).collect());
            }
        }
        let bytes = writer.into_inner().expect("into memory");
        String::from_utf8_lossy(&bytes).trim_end().to_owned()
    }

    fn latex(&self) -> String {
        let mut text = format!("\\begin{{tabular}}{{l{}}}\n\\toprule\n", "l".repeat(self.names.len()));
        let row = |cells: Vec<&String>| {
            let cells: Vec<String> = cells.into_iter().map(|cell| escaped(cell)).collect();
            format!("{} \\\\\n", cells.join(" & "))
        };
        text += &row([&String::new()].into_iter().chain(&self.names).collect());
        for (_, differences) in self.parts().iter().filter(|(_, all)| !all.is_empty()) {
            text += "\\midrule\n";
            for difference in *differences {
                text += &row([&difference.what].into_iter().chain(&difference.values).collect());
            }
        }
        text + "\\bottomrule\n\\end{tabular}"
    }
}

/// What LaTeX would take for something else.
fn escaped(cell: &str) -> String {
    let mut text = String::new();
    for letter in cell.chars() {
        match letter {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => text.extend(['\\', letter]),
            '~' => text += "\\textasciitilde{}",
            '^' => text += "\\textasciicircum{}",
            '\\' => text += "\\textbackslash{}",
            '–' => text += "--",
            letter => text.push(letter),
        }
    }
    text
}
