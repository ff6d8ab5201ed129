//! The recipes of docs/sweeps.md for many machines, run as they stand there.

use super::*;

const DOCS: &str = include_str!("../../docs/sweeps.md");

/// Code of the section on many machines, without its indent.
fn code() -> impl Iterator<Item = &'static str> {
    let section = DOCS.split("## On many machines").nth(1).expect("a section of this name");
    let section = section.split("\n## ").next().unwrap_or_default();
    section.lines().filter_map(|line| line.strip_prefix("    ").or(line.is_empty().then_some("")))
}

/// What stands below the name of a tool, for the sweep at hand and sixteen shards at most.
fn recipe(tool: &str) -> String {
    let begin = format!("# {tool}");
    let lines = code().skip_while(|line| !line.starts_with(&begin)).skip(1);
    let lines = lines.take_while(|line| !line.is_empty() && !line.starts_with("# "));
    let lines: Vec<&str> = lines.collect();
    assert!(!lines.is_empty(), "no recipe for {tool}");
    lines.join("\n").replace("FILE", "s.toml").replace("/64", "/16")
}

/// Has a shell do it where the program is found by its name.
fn shell(place: &TempDir, script: &str, variables: &[(&str, String)]) {
    let program = assert_cmd::cargo::cargo_bin("luckflow");
    let own = program.parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(own).chain(std::env::split_paths(&others));
    let mut command = Command::new("sh");
    command
        .current_dir(place.path())
        .args(["-ec", script])
        .env("PATH", std::env::join_paths(paths).unwrap());
    command.envs(variables.iter().map(|(name, value)| (name, value))).assert().success();
}

/// Looks at the shards and merges them as the docs do, and compares the table with that of one machine.
fn assert_whole(place: &TempDir) {
    let after: Vec<&str> = code()
        .filter(|line| line.starts_with("luckflow status") || line.starts_with("luckflow merge"))
        .collect();
    assert_eq!(after.len(), 2);
    shell(place, &after.join("\n"), &[]);
    sweep(place, &["--quiet", "--out", "alone"]).assert().success();
    assert!(cells(place, "whole") == cells(place, "alone"));
}

/// 84 points.
fn many() -> TempDir {
    place(&SMALL.replace("seeds = 2", "seeds = 4"))
}

/// A tool that is installed and says of its version what is expected; where none is, that is said.
fn found(name: &str, version: &str) -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(name).join("bin");
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(own).chain(std::env::split_paths(&paths));
    let tool = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    let says = |tool: &PathBuf| {
        let said = Command::new(tool).arg("--version").output();
        said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).starts_with(version))
    };
    let right = tool.filter(says);
    if right.is_none() {
        eprintln!("{name} is not installed: its recipe is not tried");
    }
    right
}

#[test]
fn tasks_of_slurm_are_shards() {
    let place = many();
    for task in 1..=16 {
        let variables = [
            ("SLURM_ARRAY_TASK_ID", task.to_string()),
            ("SLURM_ARRAY_TASK_MIN", "1".into()),
            ("SLURM_ARRAY_TASK_COUNT", "16".into()),
            ("SLURM_CPUS_PER_TASK", "1".into()),
        ];
        shell(&place, &recipe("Slurm"), &variables);
    }
    assert_whole(&place);
}

#[test]
fn pods_of_kubernetes_are_shards() {
    let place = many();
    let script = recipe("Kubernetes").replace("/shared/", "");
    for index in 0..16 {
        shell(&place, &script, &[("JOB_COMPLETION_INDEX", index.to_string())]);
    }
    assert_whole(&place);
}

#[test]
fn ranks_of_mpi_are_shards() {
    let place = many();
    let recipe = recipe("MPI");
    let script = recipe.strip_prefix("mpirun -n 8 sh -c '").and_then(|rest| rest.strip_suffix('\''));
    for rank in 0..8 {
        let variables = [("OMPI_COMM_WORLD_RANK", rank.to_string()), ("OMPI_COMM_WORLD_SIZE", "8".into())];
        shell(&place, script.expect("a shell for each rank"), &variables);
    }
    assert_whole(&place);
}

#[test]
fn gnu_parallel_runs_shards() {
    // There are others of this name.
    if found("parallel", "GNU parallel").is_none() {
        return;
    }
    let place = many();
    shell(&place, &recipe("GNU parallel"), &[]);
    assert_whole(&place);
}

#[test]
fn snakemake_runs_and_merges_shards() {
    let Some(snakemake) = found("snakemake", "") else {
        return;
    };
    let place = many();
    std::fs::write(place.path().join("Snakefile"), recipe("Snakemake")).unwrap();
    shell(&place, &format!("{} --cores 2 --quiet all", snakemake.display()), &[]);
    sweep(&place, &["--quiet", "--out", "alone"]).assert().success();
    assert!(cells(&place, "whole") == cells(&place, "alone"));
}
