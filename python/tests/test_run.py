"""Runs: from a mapping, a text, a path or a name, to the bytes of the command line."""

import json
import os
import pickle
import subprocess
from pathlib import Path

import numpy as np
import pytest

import luckflow as lf

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "tests" / "cli" / "scenarios"

#: One of each experiment, all of them short.
EXPERIMENTS = sorted(path for path in SCENARIOS.glob("*.toml") if not path.stem.startswith("sweep"))

#: The command line's program, where it is built.
PROGRAM = Path(os.environ.get("LUCKFLOW", ROOT / "target" / "release" / "luckflow"))


def test_one_scenario_in_four_forms(small, tmp_path):
    text = "\n".join(
        ['experiment = "theorem4"']
        + [
            f"[{name}]\n" + "\n".join(f"{k} = {v}" for k, v in small[name].items())
            for name in ("teacher", "student", "integrate")
        ]
    )
    path = tmp_path / "s.toml"
    path.write_text(text)
    found = [lf.run(given) for given in (small, text, path, str(path))]
    for other in found[1:]:
        np.testing.assert_array_equal(other.frame().to_numpy(), found[0].frame().to_numpy())
    assert lf.run("theorem4", {"teacher.nodes": 2}).scenario["teacher"]["nodes"] == 2


def test_a_result_has_numbers_verdicts_and_figures(small):
    result = lf.run(small, {"output.states": True})
    assert result.verdicts["printed"] == "violated"
    assert result.verdicts["sharp"] == "holds"
    assert result.end["kind"] == "horizon"
    arrays = result.arrays
    assert arrays["weights"].shape == (21, 6, 3)
    np.testing.assert_allclose(np.linalg.norm(arrays["weights"], axis=1), 1.0, rtol=1e-12)
    cosines = np.einsum("tdn,dn->tn", arrays["weights"], arrays["teacher"])
    np.testing.assert_allclose(np.arccos(cosines).max(axis=1)[:10], arrays["largest_angle"][:10], rtol=1e-6)
    frame = result.frame()
    assert list(frame.columns) == [column["name"] for column in result.columns["trajectory"]]
    assert set(result.figures) == {"convergence", "rates"}
    assert "violated" in result._repr_html_() and "<svg" in result._repr_html_()
    assert "sharp: holds" in repr(result) and "Assumption 3" in str(result)
    assert lf.run(result.resolved).tables["trajectory"].keys() == result.tables["trajectory"].keys()


def test_pickled_saved_and_loaded_results_are_the_same(small, tmp_path):
    result = lf.run(small, {"output.states": True}, out=tmp_path / "a")
    result.save(tmp_path / "b")
    for other in (pickle.loads(pickle.dumps(result)), lf.load(tmp_path / "a"), lf.load(tmp_path / "b")):
        assert other.summary == result.summary
        assert other.drawings == result.drawings
        assert other.arrays.keys() == result.arrays.keys()
        for name, array in result.arrays.items():
            np.testing.assert_array_equal(other.arrays[name], array)
    with pytest.raises(FileExistsError, match="force=True"):
        lf.run(small, out=tmp_path / "a")
    lf.run(small, out=tmp_path / "a", force=True)
    with pytest.raises(FileNotFoundError, match="found no summary.json"):
        lf.load(tmp_path)


@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")
@pytest.mark.parametrize("scenario", EXPERIMENTS, ids=lambda path: path.stem)
def test_every_experiment_gives_the_bytes_of_the_command_line(scenario, tmp_path, monkeypatch):
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    subprocess.run([PROGRAM, "run", scenario, "--out", theirs, "--quiet"], check=True, cwd=ROOT)
    monkeypatch.chdir(ROOT)
    lf.run(scenario, out=ours)
    names = lambda folder: sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())  # noqa: E731
    # A page is the command line's alone.
    (theirs / "report.html").unlink()
    assert names(theirs) == names(ours)
    for name in names(theirs):
        if name.name in ("scenario.toml", ".luckflow.lock", ".luckflow.json"):
            continue
        found, wanted = (ours / name).read_bytes(), (theirs / name).read_bytes()
        if name.name == "summary.json":
            found, wanted = (without_time(json.loads(data)) for data in (found, wanted))
        assert found == wanted, name


@pytest.mark.parametrize("scenario", EXPERIMENTS, ids=lambda path: path.stem)
def test_every_experiment_has_frames_arrays_and_figures(scenario, monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.chdir(ROOT)
    result = lf.run(scenario)
    assert len(result.frame()) > 0 and result.arrays
    assert result.figures.keys() == result.drawings.keys()
    for name, figure in result.figures.items():
        ax = result.plot(name)
        assert ax.get_xlabel() == figure["x"]["label"] and ax.get_yscale() == figure["y"]["scale"]
        drawn = len(ax.lines) + len(ax.collections)
        assert drawn >= len(figure["panels"][0]["series"]), name
        pyplot.close(ax.figure)
    assert result.plot(ax=pyplot.figure().add_subplot()).get_title()
    pyplot.close("all")


def without_time(found):
    """A summary without what differs from run to run."""
    if isinstance(found, dict):
        return {key: without_time(value) for key, value in found.items() if key not in ("provenance", "seconds")}
    if isinstance(found, list):
        return [without_time(value) for value in found]
    return found


@pytest.mark.parametrize(
    ("given", "overrides", "key", "found", "allowed"),
    [
        ({"experiment": "theorem6"}, {}, "experiment", "theorem6", "theorem4"),
        ("theorem4", {"student.theta0": -1}, "student.theta0", "-1", "π"),
        ("theorem4", {"student.theta": 1}, "student.theta", "", "theta0"),
        ("theorem4", {"teacher.epsilon": 0.1}, "teacher", "epsilon", "one"),
        ("theorem4", {"teacher.epsilon": None}, "teacher.epsilon", "nothing to take away", ""),
        ("theorem4", {"teacher.nodes": 31}, "", "31", ""),
        ("theorem4", {"teacher.weights": {"file": "no.npy"}}, "teacher.weights", "no.npy", ""),
        ("experiment = ", {}, "", "", ""),
        ("theorem44", {}, "the file", "theorem4", ""),
        ("sweep-theorem4", {}, "sweep", "[sweep]", ""),
        (7, {}, "scenario", "int", "mapping"),
        ({"experiment": object()}, {}, "scenario", "object", "numbers"),
        ("theorem4", {"seed": 1 << 70}, "scenario", "", "numbers"),
        ("no/such=place.toml", {}, "the file", "No such file", ""),
    ],
)
def test_mistakes_in_scenarios(given, overrides, key, found, allowed):
    with pytest.raises(ValueError) as caught:
        lf.run(given, overrides)
    error = caught.value
    assert isinstance(error, lf.InputError), error
    assert key in error.key and found in error.found and allowed in error.allowed, str(error)
    assert pickle.loads(pickle.dumps(error)).key == error.key


def test_lists_and_explanations():
    assert "theorem5" in lf.scenarios() and "theorem5" in lf.experiments()
    assert lf.scenario_text("theorem4").startswith("#")
    assert "radians" in lf.explain("student.theta0")
    assert lf.run(lf.new("theorem4")).name == "theorem4"
    assert lf.run("theorem4").summary["provenance"]["program"] == f"luckflow {lf.__version__}"
    with pytest.raises(lf.InputError, match="did you mean student.theta0"):
        lf.explain("student.theta1")
    with pytest.raises(lf.InputError, match="theorem4"):
        lf.new("theorem")


def test_progress_is_told_and_may_stop_the_run(small):
    told = []
    long = {"integrate.horizon": 1e9, "integrate.method": "rk4", "integrate.step": 0.1}
    with pytest.raises(ZeroDivisionError):
        lf.run(small, long, progress=lambda fraction, of: told.append(fraction) or 1 / 0)
    assert len(told) == 1 and 0 <= told[0] < 1
    lf.run(small, progress=True)
