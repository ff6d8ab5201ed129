//! What a run left, as `plot` and `report` read it: figures, the summary, verdicts.

use crate::{joined, pieces, scratch, sentence, small};
use luckflow::experiment::Silent;
use luckflow::experiment::{figures, write};
use luckflow::output::{Claim, Folder, Provenance};
use luckflow::plot::{Ground, Size};
use luckflow::report::{ResultFolder, page};
use std::io;

const FILES: [&str; 3] = [figures::FIGURES, "summary.json", "verdicts.csv"];

/// Draws them in each way.
pub fn read(data: &[u8]) {
    let place = scratch();
    let data = data.get(1..).unwrap_or_default();
    for (name, bytes) in FILES.iter().zip(pieces::<3>(data)) {
        std::fs::write(place.path().join(name), bytes).expect("a folder that can be written to");
    }
    match figures::read(place.path()) {
        Err(error) => sentence(error),
        Ok(all) => {
            for (_, figure) in all {
                figure.table().write(&mut io::sink()).expect("nothing is written to a disk");
                let figure = figure.on(Ground::Dark).size(Size::mm(85.0));
                assert!(figure.to_svg().contains("</svg>"));
            }
        }
    }
    match ResultFolder::read(place.path()) {
        Err(error) => sentence(error),
        Ok(folder) => assert!(page(&[folder]).contains("</html>")),
    }
}

/// Those of a small run of each experiment.
pub fn seeds() -> Vec<Vec<u8>> {
    let of = |text: &&str| {
        let place = scratch();
        let folder = Folder::claim(place.path(), Claim::New).expect("an empty folder");
        let scenario = small::interpret(text);
        let outcome = scenario.run(&Silent).expect("a scenario that runs");
        write(&scenario, outcome.as_ref(), &folder, &Provenance::now(), || ()).expect("a folder with room");
        let files = FILES.map(|name| std::fs::read(place.path().join(name)).unwrap_or_default());
        joined(0, &files.each_ref().map(Vec::as_slice))
    };
    small::RUNS.iter().map(of).collect()
}
