"""Hostile and broken family files: each one clear error, bounded in time and memory.

All are read in one separate process whose memory is limited and which an alarm ends, so that a
file that hangs or fills the memory fails its own test and not the machine.
"""

import json
import subprocess
import sys

import pytest

FILE = """
name = "mine"
logpdf = {logpdf}
[variable]
x = {support}
[parameters]
a = {domain}
"""
MEMORY = 2_000_000_000  # bytes, with what Python and SymPy themselves need
ALARM = 20  # seconds for one file: far above what any takes, so that a slow machine passes


def family_file(logpdf="log(a) - a*x", support="(0, oo)", domain="positive"):
    fields = {"logpdf": logpdf, "support": support, "domain": domain}
    return FILE.format(**{field: json.dumps(text) for field, text in fields.items()}).encode()


SLOW = "Max(" + ", ".join(f"a**{i} + {i}" for i in range(60)) + ")"
EXPRESSIONS = {
    "an attribute": "x.__class__.__bases__",
    "an import": "__import__('os').system('touch /tmp/symfisher_was_here')",
    "an import statement": "import os",
    "a name of Python": "exec(a)",
    "open": "open(x)",
    "text": "'x'",
    "a lambda": "(lambda: x)()",
    "a call of a call": "log(x)(a)",
    "a keyword argument": "log(x, evaluate=a)",
    "a walrus": "(x := a)",
    "two statements": "x; a",
    "a comment": "x # a",
    "a name that is not declared": "log(a) - a*x + theta",
    "a function that is not there": "lgam(x)",
    "ten megabytes": "x+" * 5_000_000,
    "ten thousand brackets": "(" * 10_000 + "x" + ")" * 10_000,
    "two thousand brackets": "(" * 2_000 + "x" + ")" * 2_000,
    "open brackets": "(" * 3_000,
    "signs": "-" * 3_000 + "x",
    "a tower of symbols": "x**" * 1_500 + "x",
    "a tower of numbers": "9**9**9**9",
    "a tower in a function": "log(9**9**9**9)",
    "a power of ten": "x + 10**10**8",
    "a negative power": "2**-10**9",
    "a power of a product": "(2*x)**10**9",
    "powers that multiply": "((2**(1000*x + 1000))**1000)**1000*2**(1 - x)",
    "many powers": "*".join(["(10**50)**(900*x + 900)"] * 200),
    "an exponential that is a power": "exp(10**9*log(2) + x)",
    "a factorial": "factorial(10**9)*x",
    "a gamma function": "gamma(10**9)",
    "a binomial coefficient": "binomial(10**9, 5*10**8)",
    "a zeta function": "zeta(10**8)",
    "a polygamma function": "polygamma(10**6, 10**6)",
    "a rising factorial": "rf(x, 10**7)",
    "an incomplete gamma function": "uppergamma(10**7, x)",
    "nested exponentials": "Max(exp(exp(exp(exp(10)))), x)",
    "a root": "root(2, 1/10**12)",
    "a long sum": "Sum(1, (i, 1, 10**12))*x",
    "many comparisons": "Max(" + ", ".join(f"x**{i} + a" for i in range(100)) + ")",
    "a number of many digits": "1" * 5_000,
    "a large decimal": "1e1000000000",
    "one by zero": "x/0",
    "a log of zero": "log(0)*x",
    "an imaginary root": "sqrt(-x)",
    "not a number": "nan",
    "infinity minus infinity": "oo - oo + x",
    "an infinite value": "x - oo",
    "nothing": "",
    "a null character": "x\0",
    "an escape sequence": "\x1b]0;title\x07 x",
    "a condition": "x > a",
}
SUPPORTS = {
    "crossed ends": "(1, 0)",
    "equal ends": "(0, 0)",
    "ends crossed by their signs": "(a, 0)",
    "crossed integers": "5..2",
    "a support that names its variable": "(0, x)",
    "a huge end": "(0, 9**9**9**9)",
    "brackets": "(" * 5_000,
    "a call": "(0, exit())",
    "integers for a density": "0..oo",
    "no domain": "anything",
}
DOMAINS = {
    "an empty domain": "(0, 0)",
    "a crossed domain": "(oo, 0)",
    "an empty list": "{}",
    "a list": "{1, 2}",
    "a misspelt domain": "postive",
    "a vector": "positive[K]",
}
FILES = {
    "an empty file": b"",
    "no TOML": b"\x00\x01\x02",
    "not UTF-8": b"\xff\xfe",
    "broken TOML": b"name = \n",
    "nested lists": b"a = " + b"[" * 100_000,
    "dotted keys": b"a" + b".a" * 200_000 + b" = 1",
    "a number of many digits": b"a = " + b"1" * 100_000,
    "a huge file": b"#" * 10_000_000,
    "many names": family_file() + b"".join(b'b%d = "positive"\n' % i for i in range(20_000)),
    "many slow domains": family_file()
    + b"".join(b'b%d = "(%s, oo)"\n' % (i, SLOW.encode()) for i in range(90)),
    "an unknown key": b'colour = "red"\n' + family_file(),
    "a date": b"name = 2024-99-99",
    "a table as name": b"[name]\na = 1",
}
CASES = {
    **{f"logpdf: {k}": family_file(logpdf=v) for k, v in EXPRESSIONS.items()},
    **{f"support: {k}": family_file(support=v) for k, v in SUPPORTS.items()},
    **{f"domain: {k}": family_file(domain=v) for k, v in DOMAINS.items()},
    **{f"file: {k}": v for k, v in FILES.items()},
}

READER = """
import json, resource, signal, sys, time
from symfisher.errors import InputError
from symfisher.family_file import load_family

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
for path in json.load(sys.stdin):
    signal.alarm(int(sys.argv[2]))
    start = time.monotonic()
    try:
        answer = {"answer": "accepted", "message": str(load_family(path))}
    except InputError as error:
        answer = {"answer": error.kind, "message": str(error)}
    except BaseException as error:
        answer = {"answer": type(error).__name__, "message": str(error)}
    answer["seconds"] = time.monotonic() - start
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Case -> what reading its file gave, with the seconds that it took."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = [folder / f"case{i}.toml" for i in range(len(CASES))]
    for path, content in zip(paths, CASES.values(), strict=True):
        path.write_bytes(content)
    reader = subprocess.run(
        [sys.executable, "-c", READER, str(MEMORY), str(ALARM)],
        input=json.dumps([str(path) for path in paths]),
        capture_output=True,
        text=True,
        timeout=300,
    )
    lines = [json.loads(line) for line in reader.stdout.splitlines()]
    dead = {"answer": "died", "message": reader.stderr[-500:], "seconds": ALARM}
    return dict(zip(CASES, lines + [dead] * (len(CASES) - len(lines)), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_is_one_short_input_error_that_names_the_file(case, answers):
    answer = answers[case]
    assert answer["answer"] in {"expression", "declaration", "family-file"}, answer
    assert len(answer["message"]) < 600
    assert ".toml" in answer["message"]
    assert answer["message"].replace("\n", "").isprintable()


def test_nothing_given_as_text_was_run():
    from pathlib import Path

    assert not Path("/tmp/symfisher_was_here").exists()


def test_the_file_that_the_hostile_ones_change_is_itself_a_family():
    from symfisher.family_file import loads_family

    assert loads_family(family_file().decode(), "mine.toml").name == "mine"
