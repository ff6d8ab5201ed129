"""Folders: what the command line's verbs do with them, by the same bytes."""

import json
import re
import subprocess
from io import BytesIO

import matplotlib.image
import numpy as np
import pytest
from test_run import PROGRAM, ROOT

import luckflow as lf

#: Twelve values over a boundary of the derived rate, of two thresholds.
AXES = {"student.theta0": lf.log_axis(1e-3, 1, 12), "teacher.threshold": [1.0, 2.0]}
WORDS = ["--axis", "student.theta0=log:1e-3:1:12", "--axis", "teacher.threshold=values:1.0,2.0"]

needs_program = pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    """A file that is swept in milliseconds a point."""
    path = tmp_path_factory.mktemp("scenario") / "quick.toml"
    path.write_text(
        'experiment = "theorem4"\nteacher = { input_dim = 6, nodes = 3, threshold = 2.0 }\n'
        "student = { theta0 = 0.05 }\nintegrate = { horizon = 50.0, outputs = 10 }\n"
    )
    return path


@pytest.fixture(scope="module")
def whole(scenario, tmp_path_factory):
    """The folder of the whole sweep."""
    out = tmp_path_factory.mktemp("whole") / "out"
    lf.sweep(scenario, AXES, out=out)
    return out


def program(*words, status=0):
    """What the command line prints."""
    found = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True)
    assert found.returncode == status, found.stderr
    return found.stdout


def same(ours, theirs, *more):
    """The files that matter have the same bytes."""
    for name in ("cells.csv", "aggregate.csv", *more):
        assert (ours / name).read_bytes() == (theirs / name).read_bytes(), name


@needs_program
@pytest.mark.parametrize("executor", [None, 2])
@pytest.mark.parametrize("kind", ["refine", "until", "sobol", "random"])
def test_designs_and_rounds_are_those_of_the_command_line(kind, executor, scenario, tmp_path):
    axes, words, options = AXES, WORDS, {}
    if kind == "refine":
        options = {"refine": "derived > 0", "coarse": 4}
        words = [*WORDS, "--refine", "derived > 0", "--coarse", "4"]
    elif kind == "until":
        options = {"until": "d0 < 1e-4", "seeds": 6, "overrides": {"teacher.weights": "random"}}
        words = [*WORDS, "--until", "d0 < 1e-4", "--set", "sweep.seeds=6", "--set", "teacher.weights=random"]
    else:
        axes, options = {"student.theta0": lf.log_axis(1e-3, 1)}, {"design": kind, "points": 16}
        words = ["--axis", "student.theta0=log:1e-3:1", "--set", f"sweep.design={kind}", "--set", "sweep.points=16"]
    frame = lf.sweep(scenario, axes, out=tmp_path / "ours", executor=executor, **options)
    program("sweep", scenario, *words, "--out", tmp_path / "theirs", "--quiet")
    waiting = ["pending.csv"] if kind in ("refine", "until") else []
    same(tmp_path / "ours", tmp_path / "theirs", *waiting)
    # The frame has the rows beyond the first gap, too.
    assert len(frame) == lf.status(tmp_path / "ours")["done"][0]
    if waiting:
        given = {key: value for key, value in options.items() if key not in ("refine", "coarse", "until")}
        lf.sweep(scenario, axes, out=tmp_path / "ours", resume=True, executor=executor, **given)
        assert not (tmp_path / "ours" / "pending.csv").exists()


def test_a_refinement_runs_fewer_points_and_ends_at_the_boundary(scenario, tmp_path, whole):
    frame = lf.sweep(scenario, AXES, out=tmp_path / "out", refine="derived > 0", coarse=8)
    grid = lf.load(whole)
    rows = lf.find(tmp_path / "out", "index >= 0")
    assert list(frame["index"]) == list(rows["row"]) and len(frame) < len(grid)
    # Both neighbours of each change of sign are there.
    for threshold in (1.0, 2.0):
        column = grid[grid["teacher.threshold"] == threshold].reset_index()
        positive = (column["derived"] > 0).to_numpy()
        for at in np.flatnonzero(positive[1:] != positive[:-1]):
            assert {column["index"][at], column["index"][at + 1]} <= set(rows["row"])


def test_shards_are_merged_to_the_whole(scenario, whole, tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    for name, executor in (("1/3", None), ("2/3", 2), ("auto/3", None)):
        lf.sweep(scenario, AXES, out=tmp_path / name[0], shard=name, executor=executor)
    shards = [tmp_path / name for name in "12a"]
    frame = lf.merge(shards, tmp_path / "merged")
    same(tmp_path / "merged", whole, "verdicts.svg", "figures/scatter.csv")
    assert frame.equals(lf.load(whole))
    with pytest.raises(FileExistsError, match="force=True"):
        lf.merge(shards, tmp_path / "merged")
    with pytest.raises(lf.InputError, match="each of 1 to 3 once"):
        lf.merge(shards[1:], tmp_path / "other")
    partial = lf.merge(shards[1:], tmp_path / "part", partial=True)
    found = lf.status([tmp_path / "part", *shards])
    assert list(found["state"]) == ["stopped", "complete", "complete", "complete"]
    assert found["done"][0] == found["done"][2:].sum() and list(found["shard"][1:]) == [1, 2, 3]
    assert len(partial) < 24 and found["seconds_left"][0] > 0
    lf.sweep(scenario, AXES, out=tmp_path / "part", resume=True)
    same(tmp_path / "part", whole)
    with pytest.raises(FileNotFoundError, match="sweep.json"):
        lf.status(tmp_path)


@needs_program
def test_what_is_found_is_what_the_command_line_finds(whole, tmp_path):
    frame = lf.load(whole)
    wanted = frame[(frame["printed_verdict"] == "violated") & (frame["student.theta0"] > 0.01)]
    where = "printed_verdict = violated and student.theta0 > 0.01"
    found = lf.find(whole, where)
    assert list(found["row"]) == list(wanted["index"]) and len(found) == 3
    assert list(found["student.theta0"]) == list(wanted["student.theta0"])
    printed = program("find", whole, "--where", where)
    assert f"{len(found)} found" in printed
    # A row alone is that row.
    row = int(found["row"][0])
    alone = lf.run_row(whole, row, out=tmp_path / "alone")
    assert alone.summary["rates"]["printed"]["value"] == frame["printed"][row]
    command = next(line for line in printed.splitlines() if line.startswith("  luckflow run")).split()[1:]
    program(*command[: command.index("--out")], "--out", tmp_path / "theirs", "--quiet")
    assert (tmp_path / "alone" / "trajectory.csv").read_bytes() == (tmp_path / "theirs" / "trajectory.csv").read_bytes()
    # Runs are found beside it, and nothing is none.
    runs = lf.find(tmp_path, ["experiment = theorem4", "rates.printed.verdict = violated"])
    assert len(runs) == 2 and runs["row"].isna().all()
    assert len(lf.find(whole, "printed > 1e9")) == 0
    for wrong, key in (("printd > 1", "printd"), ("printed", "where")):
        with pytest.raises(lf.InputError) as caught:
            lf.find(whole, wrong)
        assert caught.value.key == key
    with pytest.raises(KeyError, match="no row 99"):
        lf.run_row(whole, 99)


@needs_program
def test_aggregates_of_chosen_columns(scenario, whole, tmp_path):
    chosen = ["derived", "sharp_verdict"]
    lf.sweep(scenario, AXES, seeds=2, out=tmp_path / "ours", columns=chosen, long=True)
    words = ["--set", "sweep.seeds=2", "--columns", ",".join(chosen), "--long"]
    program("sweep", scenario, *WORDS, *words, "--out", tmp_path / "theirs", "--quiet")
    same(tmp_path / "ours", tmp_path / "theirs", "aggregate-long.csv")
    # The long form says what the wide one says.
    wide, long = (read(tmp_path / "ours" / name) for name in ("aggregate.csv", "aggregate-long.csv"))
    assert list(wide)[:5] == ["student.theta0", "teacher.threshold", "count", "failed", "derived_median"]
    assert list(long) == ["point", "student.theta0", "teacher.threshold", "column", "statistic", "value"]
    cells = lf.load(tmp_path / "ours")
    said = dict(zip(zip(long["point"], long["column"], long["statistic"]), long["value"]))
    for place in range(24):
        point = str(2 * place)
        assert said[point, "derived", "median"] == wide["derived_median"][place]
        assert said[point, "sharp_verdict", "not_applicable"] == wide["sharp_not_applicable"][place]
        assert said[point, "runs", "count"] == "2"
        own = cells[cells["index"] // 2 == place]["derived"]
        assert float(said[point, "derived", "max"]) == own.max()
    lf.draw(whole, columns=["d0"])
    assert list(read(whole / "aggregate.csv")) == ["student.theta0", "teacher.threshold", "count", "failed"] + [
        f"d0_{of}" for of in ("median", "min", "max")
    ]
    lf.draw(whole)
    for name in ("derivd", "end"):
        with pytest.raises(lf.InputError) as caught:
            lf.sweep(scenario, AXES, out=tmp_path / "none", columns=[name])
        assert caught.value.key == "columns" and name in caught.value.found
    assert not (tmp_path / "none").exists()


def read(path):
    """A table as columns of words."""
    head, *rows = [line.split(",") for line in path.read_text().splitlines()]
    return dict(zip(head, map(list, zip(*rows))))


def test_points_are_listed_and_none_is_run(scenario):
    listed, frame = (make(scenario, AXES, seeds=2) for make in (lf.points, lf.sweep))
    for name in ("index", "seed", *AXES):
        assert list(listed[name]) == list(frame[name])
    assert len(lf.points(scenario, AXES, shard="2/5")) in (4, 5)
    drawn = lf.points(scenario, {"student.theta0": lf.log_axis(1e-3, 1)}, design="sobol", points=8)
    # A point in each of eight parts.
    parts = np.floor(8 * (np.log10(drawn["student.theta0"]) + 3) / 3)
    assert sorted(parts) == list(range(8))


@pytest.mark.parametrize("executor", [None, 2])
def test_a_sweep_can_stop_at_its_first_failure(scenario, tmp_path, executor):
    axes = {"teacher.nodes": [2, 3], "teacher.input_dim": [6, 2]}
    with pytest.raises(RuntimeError, match="point 3 failed"):
        lf.sweep(scenario, axes, out=tmp_path / "out", fail_fast=True, executor=executor, jobs=1)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"refine": "derived"}, "refine"),
        ({"refine": "derivd > 0"}, "refine"),
        ({"refine": "derived > 0", "until": "derived < 1"}, "until"),
        ({"refine": "derived > 0", "shard": "1/2"}, "shard"),
        ({"refine": "derived > 0", "coarse": 0}, "coarse"),
        ({"until": "derived < 1"}, "until"),
        ({"shard": "3/2"}, "shard"),
        ({"shard": "auto"}, "shard"),
        ({"shard": "1/99"}, "shard"),
        ({"jobs": 0}, "jobs"),
        ({"columns": ["nothing"]}, "columns"),
        ({"design": "sobol"}, "sweep.points"),
        ({"design": "latin", "points": 3}, "sweep.design"),
    ],
)
def test_mistakes_are_named_as_in_python(options, key, scenario, tmp_path, monkeypatch):
    for name in ("SLURM_ARRAY_TASK_ID", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "JOB_COMPLETION_INDEX"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(lf.InputError) as caught:
        lf.sweep(scenario, AXES, out=tmp_path / "out", **options)
    assert caught.value.key == key and "--" not in str(caught.value), str(caught.value)
    assert not (tmp_path / "out").exists()


@needs_program
def test_figures_are_drawn_again(whole, tmp_path, small):
    lf.run(small, out=tmp_path / "run")
    drawn = (tmp_path / "run" / "convergence.svg").read_bytes()
    written = lf.draw(tmp_path / "run", width=85)
    assert [path.name for path in written] == ["convergence.svg", "rates.svg"]
    narrow = (tmp_path / "run" / "convergence.svg").read_bytes()
    program("plot", tmp_path / "run", "--width", "85mm", "--quiet")
    assert (tmp_path / "run" / "convergence.svg").read_bytes() == narrow != drawn
    lf.draw(tmp_path / "run")
    assert (tmp_path / "run" / "convergence.svg").read_bytes() == drawn
    assert len(lf.draw(whole)) > 5 and len(lf.draw(whole, style="dark")) > 5
    lf.draw(whole)
    for options, key in (({"width": 5}, "width"), ({"style": "green"}, "style")):
        with pytest.raises(lf.InputError) as caught:
            lf.draw(whole, **options)
        assert caught.value.key == key
    with pytest.raises(FileNotFoundError, match="figures.json"):
        lf.draw(tmp_path)


@needs_program
def test_pages_and_comparisons_are_those_of_the_command_line(whole, tmp_path, small, monkeypatch):
    for name, theta0 in (("a", 0.05), ("b", 0.5), ("c", 0.05)):
        lf.run(small, {"student.theta0": theta0}, out=tmp_path / name)
    monkeypatch.chdir(tmp_path)
    page = lf.report("a")
    ours = page.read_bytes()
    program("report", "a", "--quiet")
    assert page.read_bytes() == ours and b"<svg" in ours
    both = lf.report(["a", "b"], "both.html")
    ours = both.read_bytes()
    with pytest.raises(FileExistsError):
        lf.report(["a", "b"], "both.html")
    program("report", "a", "b", "--out", "both.html", "--force", "--quiet")
    assert both.read_bytes() == ours
    found = lf.compare("a", "b", "c", tolerance=1e-6)
    assert found.scenario["student.theta0"] == ["0.05", "0.5", "0.05"]
    assert found.results["rates.printed_d0.verdict"][0] == found.results["rates.printed_d0.verdict"][2]
    for form in ("text", "csv", "latex"):
        assert getattr(found, form) in program("compare", "a", "b", "c", "--tolerance", "1e-6", "--format", form)
    assert "student.theta0" in found._repr_html_()
    assert not lf.compare(whole, whole).results
    for mixed in (("a", whole), ("a", lf.load("a"))):
        with pytest.raises(lf.InputError):
            lf.compare(*mixed)


def test_certificates_and_claims_are_checked(tmp_path):
    result = lf.run("theorem5", out=tmp_path / "out")
    path = tmp_path / "out" / "certificate.json"
    found = lf.check(path)
    assert found and all(found) and found[0].theorem == 5
    text = json.loads(path.read_text())
    text["certificates"][0]["rate"] *= 1.01
    spoiled = lf.check(text)
    assert not spoiled[0] and any("rate" in one["item"] for one in spoiled[0].findings if not one["confirmed"])
    assert "certificates[0].rate" in spoiled[0]._repr_html_()
    with pytest.raises(lf.InputError, match="certificate"):
        lf.check({})
    assert result.verdicts
    claims = lf.verify()
    assert set(claims["standing"]) == {"proven", "measured", "statistical", "stated"} and len(claims) > 20
    assert (claims["verdict"][claims["standing"] != "stated"] == "holds").all()


def test_memory_is_asked_for_before_a_run(small):
    found = lf.memory(small)
    assert 0 < found.total == sum(found.parts.values())
    huge = {"teacher.nodes": 16_000, "teacher.input_dim": 16_000, "integrate.outputs": 10_000, "output.states": True}
    large = lf.memory("theorem4", huge)
    assert large.free is None or large.total > large.free
    if large.free is not None:
        with pytest.raises(MemoryError, match="over_memory=True"):
            lf.run("theorem4", huge)


def test_a_folder_of_images(tmp_path):
    rng = np.random.default_rng(1)
    sets = {"x_train": (6, 4, 5), "x_test": (2, 4, 5)}
    arrays = {name: rng.integers(0, 256, shape, dtype=np.uint8) for name, shape in sets.items()}
    labels = {"y_train": np.array([0, 1, 2, 0, 1, 2], np.uint8), "y_test": np.array([2, 0], np.uint8)}
    for name, array in {**arrays, **labels}.items():
        np.save(tmp_path / f"{name}.npy", array)
    found = lf.images(tmp_path)
    np.testing.assert_array_equal(found.train[:, 0], arrays["x_train"])
    np.testing.assert_array_equal(found.test_labels, labels["y_test"])
    np.testing.assert_array_equal(found.counts, [[2, 1], [2, 0], [2, 1]])
    np.testing.assert_allclose(found.mean, arrays["x_train"].mean() / 255)
    np.testing.assert_allclose(found.deviation, arrays["x_train"].std() / 255)
    png = found.sheet(tmp_path / "sheet.png", columns=2)
    assert png == (tmp_path / "sheet.png").read_bytes() and pixels(png).shape == (3 * 6 + 2, 2 * 7 + 2)
    np.testing.assert_array_equal(pixels(png)[2:6, 2:7], arrays["x_train"][0])
    with pytest.raises(FileNotFoundError):
        lf.images(tmp_path / "none")
    (tmp_path / "y_test.npy").unlink()
    with pytest.raises(lf.InputError, match="y_test.npy"):
        lf.images(tmp_path)
    (tmp_path / "other").mkdir()
    with pytest.raises(lf.InputError, match="allowed: a folder with"):
        lf.images(tmp_path / "other")


def pixels(png):
    """Grey ones."""
    return np.round(255 * matplotlib.image.imread(BytesIO(png))).astype(np.uint8)


@needs_program
def test_python_has_a_way_for_all_that_the_command_line_does():
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `luckflow ([a-z]+)` (.*)$", text, re.MULTILINE))
    verbs = re.findall(r"^  ([a-z]+)  ", program("--help"), re.MULTILINE)
    assert set(rows) == set(verbs) - {"help"}
    for verb in rows:
        for option in re.findall(r"^ +(?:-\w, )?--([a-z0-9-]+)", program(verb, "--help"), re.MULTILINE):
            if option not in ("help", "quiet"):
                assert f"`--{option}`" in rows[verb], f"{verb} --{option}"
    # What is named there can be called.
    for row in rows.values():
        for name in re.findall(r"`lf\.(\w+)", row):
            assert name in lf.__all__, name
