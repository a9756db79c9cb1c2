"""Options of quantities on the command line, written as in a family file."""

from __future__ import annotations

import click
import pytest
from sympy import Rational
from test_cli import errors, records, symfisher

from symfisher.cli.options import read_options


def values(*settings, quantity="crlb"):
    return dict(read_options(settings, [quantity]))


def test_a_value_is_read_as_in_a_family_file_and_otherwise_stays_text():
    assert values("n=3", "of=alpha/beta") == {"n": 3, "of": "alpha/beta"}
    assert values('of=["alpha/beta", "beta"]') == {"of": ("alpha/beta", "beta")}
    assert values("design=[{z = 1}, {z = 2}]") == {"design": ((("z", 1),), (("z", 2),))}
    assert values("reverse=true", quantity="kl") == {"reverse": True}


def test_a_decimal_number_stays_exact():
    assert values("alpha=0.1", quantity="renyi") == {"alpha": Rational(1, 10)}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["order"], "NAME=VALUE"),
        (["=4"], "NAME=VALUE"),
        (["n=1", "n=2"], "given twice"),
        (["nuisanse=beta"], "nuisance"),
    ],
)
def test_what_is_wrong_with_a_setting_is_said(settings, said):
    with pytest.raises(click.UsageError, match=said):
        read_options(settings, ["crlb"])


def test_the_bound_for_a_function_is_asked_for_on_the_command_line():
    done = symfisher(
        *("derive", "gamma", "--quantity", "crlb", "--option", "of=alpha/beta"),
        *("--format", "jsonl"),
    )
    assert done.returncode == 0
    assert records(done)[0]["crlb"]["expr"] == [["alpha/beta**2"]]  # the variance of x


def test_an_option_is_never_run_as_code(tmp_path):
    mark = tmp_path / "mark"
    code = f'alpha=__import__("pathlib").Path("{mark}").touch()'
    done = symfisher("derive", "gamma", "--quantity", "renyi", "--option", code)
    assert done.returncode == 2
    assert errors(done)
    assert not mark.exists()


def test_a_kernel_says_which_option_it_was_made_with():
    done = symfisher("kernel", "poisson", "--quantity", "kl_expansion", "--option", "order=3")
    assert done.returncode == 0
    assert "--option order=3" in done.stdout
