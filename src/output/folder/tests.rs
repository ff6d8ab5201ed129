use super::*;

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with(".luckflow")).collect();
    names.sort();
    names
}

#[test]
fn a_file_that_fails_half_way_leaves_the_old_one_and_no_rubbish() {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::claim(place.path(), Claim::New).unwrap();
    folder.write("a.txt", |out| out.write_all(b"old")).unwrap();
    let failed = folder.write("a.txt", |out| {
        out.write_all(b"new")?;
        Err(io::Error::other("the disk is full"))
    });
    assert!(failed.unwrap_err().to_string().contains("the disk is full"));
    assert_eq!(std::fs::read(place.path().join("a.txt")).unwrap(), b"old");
    assert_eq!(names(place.path()), ["a.txt"]);
}

#[test]
fn earlier_results_are_refused_kept_or_cleared_and_foreign_files_never_touched() {
    let place = tempfile::tempdir().unwrap();
    let claim = |claim| Folder::claim(place.path(), claim);
    let folder = claim(Claim::New).unwrap();
    folder.write("deep/a.txt", |out| out.write_all(b"old")).unwrap();
    assert!(matches!(claim(Claim::New), Err(FolderError::Locked { .. })));
    drop(folder);
    assert!(matches!(claim(Claim::New), Err(FolderError::Occupied { .. })));
    let folder = claim(Claim::Resume).unwrap();
    assert_eq!(folder.read("deep/a.txt").unwrap().unwrap(), b"old");
    drop(folder);

    std::fs::write(place.path().join("b.txt"), "theirs").unwrap();
    for refused in [Claim::New, Claim::Resume] {
        assert!(matches!(claim(refused), Err(FolderError::Foreign { .. })));
    }
    let folder = claim(Claim::Force).unwrap();
    assert_eq!(names(place.path()), ["b.txt"]);
    let taken = folder.write("b.txt", |out| out.write_all(b"ours"));
    assert!(matches!(taken, Err(FolderError::Taken { .. })));
    assert!(matches!(folder.append("b.txt"), Err(FolderError::Taken { .. })));
    assert_eq!(folder.read("b.txt").unwrap(), None);
    assert_eq!(std::fs::read(place.path().join("b.txt")).unwrap(), b"theirs");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let place = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("theirs.txt");
    std::fs::write(&target, "theirs").unwrap();
    let inside = place.path().join("results");
    std::fs::create_dir(&inside).unwrap();
    symlink(&target, inside.join(LOCK)).unwrap();
    assert!(Folder::claim(&inside, Claim::Force).is_err());
    std::fs::remove_file(inside.join(LOCK)).unwrap();
    symlink(&target, inside.join("a.txt")).unwrap();
    let folder = Folder::claim(&inside, Claim::Force).unwrap();
    assert!(folder.write("a.txt", |out| out.write_all(b"ours")).is_err());
    // One that took the place of a file of ours.
    folder.write("b.txt", |out| out.write_all(b"ours")).unwrap();
    std::fs::remove_file(inside.join("b.txt")).unwrap();
    symlink(&target, inside.join("b.txt")).unwrap();
    assert!(folder.append("b.txt").is_err());
    folder.write("b.txt", |out| out.write_all(b"ours")).unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), b"theirs");
    // A folder that took the place of one of ours.
    folder.write("deep/theirs.txt", |out| out.write_all(b"ours")).unwrap();
    std::fs::remove_dir_all(inside.join("deep")).unwrap();
    symlink(elsewhere.path(), inside.join("deep")).unwrap();
    let error = folder.write("deep/new.txt", |out| out.write_all(b"ours"));
    assert!(error.unwrap_err().to_string().contains("a link"));
    drop(folder);
    assert!(Folder::claim(&inside, Claim::Force).is_err());
    assert_eq!(std::fs::read(&target).unwrap(), b"theirs");
}

#[test]
fn a_record_that_names_files_elsewhere_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let theirs = place.path().join("theirs.txt");
    std::fs::write(&theirs, "theirs").unwrap();
    let inside = place.path().join("results");
    std::fs::create_dir(&inside).unwrap();
    for name in ["../theirs.txt", theirs.to_str().unwrap(), ""] {
        let record = format!("{{\"files\": [{name:?}]}}");
        std::fs::write(inside.join(".luckflow.json"), record).unwrap();
        let error = Folder::claim(&inside, Claim::Force).unwrap_err();
        assert!(error.to_string().contains("outside of the folder"), "{error}");
    }
    assert_eq!(std::fs::read(&theirs).unwrap(), b"theirs");
}

#[test]
fn what_a_kill_left_half_done_is_removed_wherever_it_is() {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::claim(place.path(), Claim::New).unwrap();
    folder.write("deep/a.txt", |out| out.write_all(b"old")).unwrap();
    drop(folder);
    let left = [".luckflow-1", "deep/.luckflow-2"].map(|name| place.path().join(name));
    for claim in [Claim::Resume, Claim::Force] {
        for path in &left {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "half").unwrap();
        }
        drop(Folder::claim(place.path(), claim).unwrap());
        assert!(left.iter().all(|path| !path.exists()), "{claim:?}");
    }
    assert!(!place.path().join("deep").exists());
    assert!(Folder::claim(place.path(), Claim::New).is_ok());
}
