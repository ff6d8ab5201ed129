//! A shard as it is written, or from the batch system that started this task.

use super::Shard;

/// Variables in which a batch system says which task this is.
struct System {
    number: &'static str,
    /// The least number of the array; `None` where tasks count from 0.
    least: Option<&'static str>,
    count: &'static str,
}

const SYSTEMS: &[System] = &[
    System {
        number: "SLURM_ARRAY_TASK_ID",
        least: Some("SLURM_ARRAY_TASK_MIN"),
        count: "SLURM_ARRAY_TASK_COUNT",
    },
    System {
        number: "OMPI_COMM_WORLD_RANK",
        least: None,
        count: "OMPI_COMM_WORLD_SIZE",
    },
    System {
        number: "PMI_RANK",
        least: None,
        count: "PMI_SIZE",
    },
    System {
        number: "JOB_COMPLETION_INDEX",
        least: None,
        count: "JOB_COMPLETIONS",
    },
];

impl Shard {
    /// Refuses more shards than points.
    ///
    /// # Errors
    /// In words.
    pub fn check(&self, points: u64) -> Result<(), String> {
        match self.count() <= points {
            true => Ok(()),
            false => Err(format!("--shard: found {self} of {points} points; allowed: no more shards than points")),
        }
    }

    /// The shard that is meant by i/k, auto or auto/k, with `variable` to look up what a batch system says.
    ///
    /// # Errors
    /// A text that is none of these; auto where no batch system says which; a number beyond k.
    pub fn named(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let wrong = |found: String, allowed: &str| format!("--shard: found {found}; allowed: {allowed}");
        let count = match text.strip_prefix("auto") {
            None => {
                return text.parse().map_err(|_| {
                    let allowed = "i/k with i from 1 to k, as in 1/4, auto or auto/k";
                    wrong(format!("\"{text}\""), allowed)
                });
            }
            Some("") => None,
            Some(rest) => Some(
                rest.strip_prefix('/')
                    .and_then(|k| k.parse().ok())
                    .ok_or_else(|| wrong(format!("\"{text}\""), "auto, or auto/k with the number of shards k"))?,
            ),
        };
        let number = |name: &str| variable(name).and_then(|text| text.parse::<u64>().ok());
        let Some((system, task)) = SYSTEMS.iter().find_map(|system| Some((system, number(system.number)?))) else {
            let names: Vec<&str> = SYSTEMS.iter().map(|system| system.number).collect();
            let allowed = format!("auto where one of {} is set", names.join(", "));
            return Err(wrong(format!("\"{text}\""), &allowed));
        };
        // With k given an array counts from 1: of a part of it, submitted again, the least number says nothing.
        let first = match (system.least, count) {
            (None, _) => 0,
            (Some(_), Some(_)) => 1,
            (Some(least), None) => number(least).unwrap_or(1),
        };
        let Some(count) = count.or_else(|| number(system.count)) else {
            let allowed = format!("auto/k, or auto where {} is set", system.count);
            return Err(wrong(format!("\"{text}\""), &allowed));
        };
        let shard = (task + 1).checked_sub(first).and_then(|number| Self::new(number, count));
        shard.ok_or_else(|| {
            let found = format!("{} = {task} of {count} shards", system.number);
            wrong(found, &format!("from {first} to {}", first + count - 1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, set: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| {
            let pair = set.iter().find(|pair| pair.0 == name);
            pair.map(|pair| pair.1.to_owned())
        };
        Shard::named(text, variable).map(|shard| shard.to_string())
    }

    #[test]
    fn tasks_of_batch_systems_are_shards() {
        let slurm =
            |id, least| [("SLURM_ARRAY_TASK_ID", id), ("SLURM_ARRAY_TASK_MIN", least), ("SLURM_ARRAY_TASK_COUNT", "8")];
        assert_eq!(found("auto", &slurm("3", "1")).unwrap(), "3/8");
        assert_eq!(found("auto", &slurm("3", "0")).unwrap(), "4/8");
        // Tasks 3 and 5 of 8 submitted again.
        assert_eq!(found("auto/8", &slurm("5", "3")).unwrap(), "5/8");
        let mpi = [("OMPI_COMM_WORLD_RANK", "0"), ("OMPI_COMM_WORLD_SIZE", "4")];
        assert_eq!(found("auto", &mpi).unwrap(), "1/4");
        assert_eq!(found("auto/64", &[("JOB_COMPLETION_INDEX", "63")]).unwrap(), "64/64");
        assert_eq!(found("2/3", &[]).unwrap(), "2/3");
    }

    #[test]
    fn what_is_no_task_is_named() {
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
        let cases: [Case; 6] = [
            ("auto", &[], "SLURM_ARRAY_TASK_ID"),
            ("auto", &[("JOB_COMPLETION_INDEX", "2")], "auto/k"),
            ("auto/2", &[("PMI_RANK", "2")], "from 0 to 1"),
            ("auto/8", &[("SLURM_ARRAY_TASK_ID", "0")], "from 1 to 8"),
            ("auto/x", &[("PMI_RANK", "2")], "number of shards"),
            ("5/4", &[], "i from 1 to k"),
        ];
        for (text, set, said) in cases {
            let message = found(text, set).unwrap_err();
            assert!(message.contains(said), "{text}: {message}");
        }
    }
}
