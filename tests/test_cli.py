"""The command line as its users meet it: in a process of its own."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest
from conftest import BUNDLED, ROOT

KUMARASWAMY = """
name = "Kumaraswamy"
logpdf = "log(a) + log(b) + (a - 1)*log(x) + (b - 1)*log(1 - x**a)"
[variable]
x = "(0, 1)"
[parameters]
a = "positive"
b = "positive"
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
MISBEHAVING = str(ROOT / "tests" / "extra_quantities.py")


def symfisher(*arguments, program=("-m", "symfisher"), cwd=ROOT, **options):
    return subprocess.run(
        [sys.executable, *program, *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def misbehaving(*arguments):
    """`derive gamma` with the test quantities."""
    return symfisher("derive", "gamma", *arguments, "--format", "jsonl", program=(MISBEHAVING,))


def records(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def errors(done):
    return [line for line in done.stderr.splitlines() if line.startswith("symfisher: error:")]


def replaced(old, new):
    assert old in KUMARASWAMY
    return KUMARASWAMY.replace(old, new)


BAD_FILES = {
    "broken_toml": "name = [",
    "unknown_key": KUMARASWAMY + '\n[extras]\ncolour = "blue"\n',
    "undeclared_name": replaced("log(b)", "log(c)"),
    "attribute": replaced("log(b)", "b.__class__"),
    "dunder": replaced("log(b)", "__import__"),
    "import": replaced("log(b)", "__import__('os').system('touch executed')"),
    "call": replaced("log(b)", "eval(b)"),
    "string": replaced("log(b)", "'b'"),
    "lambda": replaced("log(b)", "(lambda: b)()"),
    "large": replaced("log(b)", "log(b)" + " + b" * 2_500_000),
    "nested": replaced("log(b)", "(" * 10_000 + "b" + ")" * 10_000),
    "tower": replaced("log(b)", "9**9**9**9"),
    "empty_domain": replaced('a = "positive"', 'a = "(2, 1)"'),
    "crossed_support": replaced('x = "(0, 1)"', 'x = "(1, 0)"'),
    "not_normalised": replaced("log(a) +", "log(a) + 1 +"),
}


@pytest.fixture(scope="module")
def bad_input(tmp_path_factory):
    """One run over every bad file, a missing one and a mistyped name, with good ones between."""
    folder = tmp_path_factory.mktemp("bad")
    targets = []
    for name, text in BAD_FILES.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        targets += [f"{name}.toml"]
    targets = ["poisson", *targets, "missing.toml", "poison", "normal"]
    options = ("--quantity", "score", "--format", "jsonl")
    return targets, folder, symfisher("derive", *targets, *options, cwd=folder)


def test_a_wrong_target_does_not_stop_the_others(bad_input):
    targets, _, done = bad_input
    found = records(done)
    assert done.returncode == 2
    assert [record["status"] for record in found] == ["ok", *["error"] * (len(targets) - 2), "ok"]
    assert (found[0]["family"], found[-1]["family"]) == ("poisson", "normal")


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_input_gives_one_message_with_its_place_in_little_time(name, bad_input):
    targets, _, done = bad_input
    record = records(done)[targets.index(f"{name}.toml")]
    assert record["error"]["kind"] in {"expression", "declaration", "family-file"}
    assert len(record["error"]["message"]) < 600
    assert sum(f"{name}.toml" in line for line in errors(done)) == 1
    assert record["seconds"] < 10  # it is a fraction of one; the machine may be busy


def test_there_is_one_message_for_each_wrong_target(bad_input):
    targets, _, done = bad_input
    assert len(errors(done)) == len(targets) - 2
    assert "Traceback" not in done.stderr


def test_nothing_that_was_given_as_text_is_executed(bad_input):
    _, folder, _ = bad_input
    assert not (folder / "executed").exists()


def test_a_mistyped_family_is_answered_with_the_nearest(bad_input):
    assert any("nearest: poisson" in line for line in errors(bad_input[2]))


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["derve", "gamma"], "derive"),
        (["derive", "gamma", "--fromat", "json"], "--format"),
        (["derive", "gamma", "--format", "latx"], "latex"),
        (["derive", "gamma", "--quantity", "fischer"], "fisher"),
        (["derive"], "TARGET"),
        (["derive", "gamma", "--time-limit", "-1"], "--time-limit"),
        (["derive", "gamma", "--output", "no/such/folder/file"], "--output no/such/folder/file"),
        (["derive", "gamma", "--output", "/"], "--output /"),
    ],
)
def test_a_wrong_command_line_is_answered_with_what_was_meant(arguments, hint):
    done = symfisher(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(errors(done)) == 1
    assert hint in done.stderr


def test_help_has_examples():
    for command in ([], ["derive"], ["verify"]):
        done = symfisher(*command, "--help")
        assert done.returncode == 0
        assert "symfisher verify" in done.stdout or "symfisher derive" in done.stdout


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["derive", "--help"], ["--version"]])
def test_what_needs_no_mathematics_imports_none(arguments):
    probe = (
        "import sys\nfrom symfisher.cli import main\n"
        f"try:\n    main({arguments!r})\n"
        "except SystemExit:\n"
        "    heavy = {'sympy', 'numpy', 'scipy', 'joblib'} & set(sys.modules)\n"
        "    print('heavy:', sorted(heavy), file=sys.stderr)\n"
    )
    done = symfisher(program=("-c", probe))
    assert "heavy: []" in done.stderr


def test_list_names_every_family():
    names = [line.split()[0] for line in symfisher("list").stdout.splitlines()]
    assert names == BUNDLED


def test_list_quantities_names_the_core():
    names = [
        line.split()[0] for line in symfisher("derive", "--list-quantities").stdout.splitlines()
    ]
    assert names[:9] == [
        "score", "hessian", "outer_product", "negative_hessian", "regularity", "fisher", "crlb",
        "kl", "kl_expansion",
    ]  # fmt: skip


def test_results_keep_the_order_of_the_targets_over_several_jobs():
    targets = ["gamma", "nope", "normal", "exponential", "poisson"]
    done = symfisher("derive", *targets, "--quantity", "score", "--format", "jsonl", "--jobs", "2")
    assert [record["family"] for record in records(done)] == targets
    assert done.returncode == 2


def test_a_family_file_is_derived_into_latex(tmp_path):
    (tmp_path / "kumaraswamy.toml").write_text(KUMARASWAMY)
    arguments = ("derive", "kumaraswamy.toml", "--quantity", "score", "--format", "latex")
    done = symfisher(*arguments, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    assert r"\paragraph{Kumaraswamy.}" in done.stdout


def test_json_of_several_targets_is_one_list():
    done = symfisher("derive", "gamma", "normal", "--quantity", "score", "--format", "json")
    assert [record["family"] for record in json.loads(done.stdout)] == ["gamma", "normal"]


@pytest.mark.parametrize("quantity", ["slow", "stuck"])
def test_the_time_limit_holds_and_keeps_what_was_finished(quantity):
    done = misbehaving("--quantity", "quick", "--quantity", quantity, "--time-limit", "1")
    (record,) = records(done)
    assert done.returncode == 1
    assert record["error"] == {"kind": "time-limit", "message": "the time limit of 1 s was reached"}
    assert record["quick"]["expr"] == "7"
    assert record["seconds"] < 2


def test_the_memory_is_bounded():
    done = misbehaving("--quantity", "hungry")
    assert records(done)[0]["error"]["kind"] == "memory-limit"
    assert done.returncode == 1


def test_a_quantity_whose_roads_disagree_is_not_shown_and_the_rest_is():
    done = misbehaving("--quantity", "wrong", "--quantity", "quick")
    (record,) = records(done)
    assert record["error"]["kind"] == "mismatch"
    assert "wrong" not in record
    assert record["quick"]["expr"] == "7"


def test_a_process_that_is_killed_is_noticed_and_what_was_finished_is_kept():
    (record,) = records(misbehaving("--quantity", "killed", "--quantity", "slow"))
    assert "SIGKILL" in record["error"]["message"]
    assert "slow" not in record


def test_a_defect_is_shown_in_full_and_does_not_hang():
    done = misbehaving("--quantity", "broken")
    assert "ZeroDivisionError" in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("quantity", ["slow", "stuck"])
def test_ctrl_c_stops_at_once_and_keeps_what_was_finished(quantity):
    arguments = ["derive", "gamma", "--quantity", "quick", "--quantity", quantity]
    process = subprocess.Popen(
        [sys.executable, MISBEHAVING, *arguments],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(4)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert time.monotonic() - start < 3  # it is a fraction of one; the machine may be busy
    assert process.returncode == 130
    assert "q = 7" in out
    assert "Traceback" not in error


def test_an_output_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "page.md"
    arguments = ("derive", "gamma", "--quantity", "score", "--format", "markdown")
    done = symfisher(*arguments, "--output", path)
    assert (done.returncode, done.stdout) == (0, "")
    before = path.read_text()
    assert before.startswith("## Gamma")
    assert symfisher("derive", "nope", "--output", path).returncode == 2
    assert path.read_text() == before
    assert os.listdir(tmp_path) == ["page.md"]


def test_a_reader_that_leaves_early_causes_no_complaint():
    command = f"{sys.executable} -m symfisher derive gamma normal --quantity score | head -1"
    done = subprocess.run(
        command, shell=True, env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith("Gamma")
    assert done.stderr == ""


@pytest.mark.parametrize("plain", [False, True])
def test_colour_is_for_terminals_that_want_it(plain):
    environment = dict(ENVIRONMENT, **({"NO_COLOR": "1"} if plain else {}))
    if not plain:
        environment.pop("NO_COLOR", None)
    shown, terminal = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "symfisher", "derve"],
        env=environment,
        cwd=ROOT,
        stderr=terminal,
        stdout=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    os.close(terminal)
    text = os.read(shown, 4096).decode()
    os.close(shown)
    assert "symfisher: error:" in text
    assert ("\x1b" in text) is not plain
