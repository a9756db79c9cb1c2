"""Families with vectors of any length: what index calculus derives, against the families written
out entry by entry, whose derivation knows nothing of indices."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import import_module

import pytest
from conftest import ROOT, VECTOR_FAMILIES
from mpmath import mp, mpf
from sympy import (
    Function,
    IndexedBase,
    KroneckerDelta,
    Rational,
    Sum,
    Symbol,
    diff,
    exp,
    loggamma,
    parse_expr,
    polygamma,
    symbols,
)

import symfisher as sf
from symfisher.algebra.indexed import IndexCalculus
from symfisher.expectation import exponential_family
from symfisher.expectation.indexed.truth import Witness
from symfisher.family_file import loads_family
from symfisher.formula import Expectation, Status
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points
from symfisher.render import load_format
from symfisher.render.sheet import sheet_of

LENGTHS = [2, 3, 4]
CLOSED = sorted(set(VECTOR_FAMILIES) - {"dirichlet_multinomial"})
BIB_KEYS = re.findall(r"^@\w+\{(\w+),$", (ROOT / "families" / "references.bib").read_text(), re.M)

FILES = {
    "normals with one standard deviation": """
        name = "normals"
        logpdf = "-Sum((x[i] - mu[i])**2, (i, 1, K))/(2*s**2) - K*log(s) - K*log(2*pi)/2"
        variable.x = "real[K]"
        parameters = { mu = "real[K]", s = "positive" }
        constants.K = "integer 2..oo"
    """,
    "gammas": """
        name = "gammas"
        logpdf = '''Sum(a[i]*log(b[i]) - loggamma(a[i]) + (a[i] - 1)*log(x[i])
                        - b[i]*x[i], (i, 1, K))'''
        variable.x = "positive[K]"
        parameters = { a = "positive[K]", b = "positive[K]" }
        constants.K = "integer 2..oo"
    """,
    "poissons with exposures": """
        name = "poissons"
        logpmf = "Sum(y[i]*log(m*w[i]) - m*w[i] - loggamma(y[i] + 1), (i, 1, K))"
        variable.y = "0..oo[K]"
        parameters.m = "positive"
        constants = { K = "integer 2..oo", w = "positive[K]" }
    """,
    "multinomial logits": """
        name = "logits"
        logpmf = '''loggamma(n + 1) + Sum(y[i]*t[i] - loggamma(y[i] + 1), (i, 1, K))
                    - n*log(Sum(exp(t[i]), (i, 1, K)))'''
        variable.y = "counts(n)[K]"
        parameters.t = "real[K]"
        constants = { n = "integer 1..oo", K = "integer 2..oo" }
    """,
    "a product instead of a sum of logarithms": """
        name = "product"
        logpdf = '''loggamma(Sum(a[i], (i, 1, K))) - log(Product(gamma(a[i]), (i, 1, K)))
                    + log(Product(x[i]**(a[i] - 1), (i, 1, K)))'''
        variable.x = "simplex[K]"
        parameters.a = "positive[K]"
        constants.K = "integer 2..oo"
    """,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _thirty_digits():
    with mp.workdps(30):
        yield


@cache
def bundled(name):
    return import_module(f"symfisher.families.{name}").family


@cache
def declared(name):
    if name in VECTOR_FAMILIES:
        return bundled(name)
    return loads_family(FILES[name], f"{name}.toml")


@cache
def derived(name):
    return sf.derive(declared(name))


def matrix_at(block, witness, at):
    """The values of a matrix of blocks at one length and point, 25 digits."""
    family = witness.source
    size = range(len(family.parameters))
    return {
        (row, column): evaluate(entry, at, digits=25)
        for p in size
        for q in size
        for row, column, entry in witness.entries(block[p, q], p, q)
    }


def written_out(witness):
    """-E[Hessian] of the family of one length by the ordinary engine, and its parameters."""
    twin = witness.branch.family
    frame = exponential_family.frame(twin)
    if frame is not None:
        return frame.negative_hessian()
    return sf.derive(twin).negative_hessian.expr


# -- the bundled files -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", VECTOR_FAMILIES)
def test_a_file_declares_one_family_and_says_what_it_is(name):
    source = (ROOT / "families" / f"{name}.py").read_text()
    family = bundled(name)
    assert len(source.splitlines()) <= 45
    assert all(
        isinstance(s, ast.Expr | ast.ImportFrom | ast.Assign) for s in ast.parse(source).body
    )
    assert family.name == name
    assert source.startswith(f'"""{family.facts.title}')
    assert set(family.facts.references) <= set(BIB_KEYS)
    assert set(family.facts.meanings) == {s.name for s in (*family.parameters, *family.constants)}
    assert family.mass_checked


# -- against the families written out -----------------------------------------------------------


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", [*CLOSED, "multinomial logits", "gammas"])
def test_the_fisher_matrix_is_that_of_the_family_written_out(name, length):
    witness = Witness(declared(name).canonical, length)
    block = derived(name).quantity("fisher").expr
    truth = written_out(witness)
    for at in sample_points(witness.branch.family, 2, seed=length):
        ours = matrix_at(block, witness, at)
        assert len(ours) == truth.rows**2
        for place, value in ours.items():
            assert abs(value - evaluate(truth[place], at, digits=25)) < mpf(10) ** -22


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", [*VECTOR_FAMILIES, *FILES])
def test_score_and_hessian_are_the_derivatives_of_the_log_density_written_out(name, length):
    """By SymPy's derivative of the scalar log-density, at generic observations too."""
    family = declared(name).canonical
    witness = Witness(family, length)
    twin = witness.branch.family
    score, hessian = derived(name).score.expr, derived(name).hessian.expr
    (at,) = sample_points(twin, 1, seed=5)
    observed = {v: Rational(1, 7 + 2 * k) for k, v in enumerate(twin.variables)}
    if family.category is not None:
        observed = {family.category: length - 1}
    density = twin.log_density.subs(observed)
    k = range(len(family.parameters))
    for p in k:
        for row, _, entry in witness.entries(score[p], p, p):
            ours = entry.subs(observed).subs(at).evalf(25)
            assert abs(ours - diff(density, twin.parameters[row]).subs(at).evalf(25)) < 1e-20
        for q in k:
            for row, column, entry in witness.entries(hessian[p, q], p, q):
                truth = diff(density, twin.parameters[row], twin.parameters[column])
                assert abs((entry.subs(observed) - truth).subs(at).evalf(25)) < 1e-20


@pytest.mark.parametrize("name", [*CLOSED, *FILES])
def test_both_forms_of_the_information_are_closed_and_agree(name):
    d = derived(name)
    assert d.regularity.regular
    assert d.outer_product.status == d.negative_hessian.status == Status.CLOSED
    witness = Witness(declared(name).canonical, 3)
    (at,) = sample_points(witness.branch.family, 1, seed=9)
    outer = matrix_at(d.outer_product.expr, witness, at)
    for place, value in matrix_at(d.negative_hessian.expr, witness, at).items():
        assert abs(value - outer[place]) < 1e-22


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("length", [2, 3])
def test_the_divergence_is_that_of_the_family_written_out(name, length):
    """KL by the definition: for categories summed, else by the ordinary engine's expectation."""
    from symfisher.expectation.engine import engine

    family = declared(name).canonical
    if name == "negative_multinomial" and length == 3:
        pytest.skip("quadrature over three unbounded counts takes ten seconds")
    witness = Witness(family, length)
    for parameter, prime in family.primed.items():
        witness.unrolling.add(prime, family.domains[parameter])
    twin = witness.branch.family
    parameters = [p for q in family.parameters for p in witness.unrolling.free_entries(q)]
    primes = [p for q in family.primed.values() for p in witness.unrolling.free_entries(q)]
    change = dict(zip(parameters, primes, strict=True))
    domains = {new: twin.domains[old] for old, new in change.items()}
    second = [c.xreplace(change) for c in twin.constraints]
    ratio = twin.log_density - twin.log_density.xreplace(change)
    truth = engine(twin).expect(ratio, domains, second)
    assert truth.status == Status.CLOSED
    first, other = sample_points(twin, 2, seed=21)
    at = {**first, **{change[p]: other[p] for p in parameters}}
    ours = witness.expression(derived(name).kl().expr)
    assert abs(evaluate(ours, at, digits=25) - evaluate(truth.expr, at, digits=25)) < 1e-21


@pytest.mark.parametrize("length", LENGTHS)
def test_the_dirichlet_multinomial_by_adding_up_every_cell(length):
    """-E[Hessian] with each outcome of five trials counted, in mpmath."""
    family = bundled("dirichlet_multinomial")
    fisher = derived("dirichlet_multinomial").fisher
    assert fisher.status == Status.SERIES
    witness = Witness(family.canonical, length)
    trials = 5
    names = {
        p.name: p for p in (*witness.branch.family.parameters, *witness.branch.family.constants)
    }
    at = {names[f"alpha{k + 1}"]: Rational(a) for k, a in enumerate(
        [Rational(3, 7), Rational(12, 5), Rational(9, 8), Rational(5, 3)][:length])}  # fmt: skip
    at[names["n"]] = Rational(trials)
    alphas = [mpf(a.p) / a.q for a in (at[names[f"alpha{k + 1}"]] for k in range(length))]
    truth = _counted(alphas, trials)
    for (row, column), value in matrix_at(fisher.expr, witness, at).items():
        assert abs(value - truth[row][column]) < 1e-22


def _counted(alphas, trials):
    total, k = sum(alphas), len(alphas)
    result = [[mpf(0)] * k for _ in range(k)]
    for cell in _compositions(trials, k):
        mass = mp.factorial(trials) * mp.gamma(total) / mp.gamma(trials + total)
        for y, a in zip(cell, alphas):
            mass *= mp.gamma(y + a) / mp.gamma(a) / mp.factorial(y)
        for i in range(k):
            for j in range(k):
                entry = mp.psi(1, trials + total) - mp.psi(1, total)
                if i == j:
                    entry += mp.psi(1, alphas[i]) - mp.psi(1, cell[i] + alphas[i])
                result[i][j] += mass * entry
    return result


def _compositions(total, parts):
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)


# -- bounds, products, expansions ----------------------------------------------------------------


@pytest.mark.parametrize("name", sorted({*CLOSED, *FILES} - {"softmax", "multinomial logits"}))
def test_the_bound_inverts_the_matrix_at_a_length_that_no_derivation_looked_at(name):
    family = declared(name).canonical
    witness = Witness(family, 5)
    (at,) = sample_points(witness.branch.family, 1, seed=2)
    matrix = matrix_at(derived(name).fisher.expr, witness, at)
    bound = matrix_at(derived(name).crlb().expr, witness, at)
    size = range(max(row for row, _ in matrix) + 1)
    for i in size:
        for j in size:
            product = sum(matrix[i, m] * bound[m, j] for m in size)
            assert abs(product - (i == j)) < 1e-20


@pytest.mark.parametrize("name", ["softmax", "multinomial logits"])
def test_softmax_logits_are_not_identified_along_a_common_shift(name):
    crlb = derived(name).crlb()
    assert crlb.status == Status.NONE
    assert "singular" in crlb.notes[0]
    assert "with every entry 1" in crlb.notes[0]
    natural = derived(name).quantity("natural_gradient")
    assert natural.status == Status.CLOSED
    assert "orthogonal" in natural.notes[1]


@pytest.mark.parametrize(
    "name", ["dirichlet_k", "multinomial_k", "normals with one standard deviation"]
)
def test_products_with_a_vector_are_the_matrices_times_it(name):
    family = declared(name).canonical
    witness = Witness(family, 4)
    (at,) = sample_points(witness.branch.family, 1, seed=3)
    for quantity, matrix in (("fisher_vector_product", "fisher"), ("natural_gradient", "crlb")):
        formula = derived(name).quantity(quantity)
        ((_, names),) = formula.extra_symbols.items()
        known = _with_vector(witness, names, family, at)
        values = matrix_at(derived(name).quantity(matrix).expr, witness, at)
        vector = [known[e] for p in family.parameters for e in _entries(witness, names[p.name])]
        for p in range(len(family.parameters)):
            for row, _, entry in witness.entries(formula.expr[p], p, p):
                truth = sum(values[row, m] * mpf(v.p) / v.q for m, v in enumerate(vector))
                assert abs(evaluate(entry, known, digits=25) - truth) < 1e-18


def _with_vector(witness, names, family, at):
    from symfisher.domains import NAMED_DOMAINS

    known = dict(at)
    for p in family.parameters:
        symbol = names[p.name]
        if isinstance(symbol, IndexedBase):
            witness.unrolling.add(symbol, NAMED_DOMAINS["real"])
            if family.domains[p].total is not None:  # the last entry is not a coordinate
                free = witness.unrolling.entries[symbol]
                witness.unrolling.entries[symbol] = (*free[:-1], Rational(0))
        for entry in _entries(witness, symbol):
            known[entry] = Rational(len(known) + 2, 7) * (-1) ** len(known)
    return known


def _entries(witness, symbol):
    return witness.unrolling.free_entries(symbol)


def test_the_expansion_continues_to_higher_orders():
    """Of the Dirichlet divergence along one coordinate, against its own derivatives."""
    family = bundled("dirichlet_k").canonical
    witness = Witness(family, 3)
    expansion = derived("dirichlet_k").kl_expansion(order=4)
    increments = expansion.extra_symbols["increments"]
    known = _with_vector(witness, increments, family, sample_points(witness.branch.family, 1)[0])
    along = _entries(witness, increments["alpha"])
    twin = witness.branch.family
    t = Symbol("t")
    moved = {p: p + t * known[d] for p, d in zip(twin.parameters, along, strict=True)}
    first = twin.parameters
    psi = [polygamma(0, p) - polygamma(0, sum(first)) for p in first]
    normaliser = loggamma(sum(first)) - sum(map(loggamma, first))
    kl = normaliser - normaliser.xreplace(moved) + sum(
        (p - moved[p]) * m for p, m in zip(first, psi, strict=True)
    )  # fmt: skip
    terms = [diff(kl, t, n).subs(t, 0) / n for n in (2,)]
    truth = terms[0] + diff(kl, t, 3).subs(t, 0) / 6 + diff(kl, t, 4).subs(t, 0) / 24
    ours = evaluate(witness.expression(expansion.expr), known, digits=25)
    assert abs(ours - evaluate(truth, known, digits=25)) < 1e-20


def test_the_determinant_is_that_of_the_matrix_written_out():
    family = bundled("dirichlet_k").canonical
    witness = Witness(family, 4)
    (at,) = sample_points(witness.branch.family, 1, seed=8)
    values = matrix_at(derived("dirichlet_k").fisher.expr, witness, at)
    truth = mp.log(mp.det(mp.matrix([[values[i, j] for j in range(4)] for i in range(4)])))
    ours = evaluate(
        witness.expression(derived("dirichlet_k").quantity("log_det_fisher").expr), at, 25
    )
    assert abs(ours - truth) < 1e-20


# -- the textbook's forms --------------------------------------------------------------------------


def test_the_forms_are_those_of_the_textbook():
    """Kotz, Balakrishnan and Johnson 2000, chapter 49; Johnson, Kotz and Balakrishnan 1997."""
    d = {name: derived(name) for name in ("dirichlet_k", "multinomial_k", "softmax")}
    family = declared("dirichlet_k")
    alpha = family.parameters[0]
    i, j, k = family.canonical.indices[:3]
    K = family.length
    delta = KroneckerDelta(i, j)
    fisher = delta * polygamma(1, alpha[i]) - polygamma(1, Sum(alpha[k], (k, 1, K)))
    assert d["dirichlet_k"].fisher.expr[0, 0] == fisher
    multinomial = declared("multinomial_k")
    p, n = multinomial.parameters[0], multinomial.constants[0]
    assert d["multinomial_k"].crlb().expr[0, 0] == delta * p[i] / n - p[i] * p[j] / n
    theta = declared("softmax").parameters[0]
    share = exp(theta[i]) / Sum(exp(theta[k]), (k, 1, K))
    other = exp(theta[j]) / Sum(exp(theta[k]), (k, 1, K))
    assert (d["softmax"].fisher.expr[0, 0] - delta * share + share * other) == 0


def test_it_is_said_which_coordinates_are_free():
    for name in ("multinomial_k", "categorical_k"):
        fisher = derived(name).quantity("fisher")
        assert "free coordinates are p[1], ..., p[K - 1]" in fisher.notes[0]
        assert fisher.details["indices"] == {"i": ["1", "K - 1"], "j": ["1", "K - 1"]}


# -- index calculus --------------------------------------------------------------------------------

i, j, k, K = *symbols("i j k", integer=True, positive=True), Symbol("K", positive=True)
a, b = IndexedBase("a", positive=True), IndexedBase("b", positive=True)
RULES = IndexCalculus(K, (i, j, k, *symbols("l m q", integer=True, positive=True)))


@pytest.mark.parametrize(
    ("expr", "derivative"),
    [
        (Sum(a[i], (i, 1, K)), 1),
        (Sum(a[i], (i, 1, K)) ** 2, 2 * Sum(a[k], (k, 1, K))),
        (Sum(a[i] * b[i], (i, 1, K)), b[i]),
        (exp(Sum(a[j] ** 2, (j, 1, K))), 2 * a[i] * exp(Sum(a[k] ** 2, (k, 1, K)))),
        (a[j] ** 3, 3 * a[j] ** 2 * KroneckerDelta(i, j)),
        (Sum(Sum(a[i] * a[j], (j, 1, K)), (i, 1, K)), 2 * Sum(a[k], (k, 1, K))),
    ],
)
def test_the_derivative_by_an_entry_takes_no_bound_index_for_a_free_one(expr, derivative):
    """SymPy's own derivative of the first one by a[i] is K."""
    found = RULES.normal(RULES.derivative(RULES.normal(expr), a, i))
    assert (found - derivative).expand() == 0


def test_sums_contract_deltas_and_take_constants_out():
    Kd = KroneckerDelta
    assert RULES.normal(Sum(b[j] * Kd(i, k) * a[k], (k, 1, K))) == a[i] * b[j]
    assert RULES.normal(Sum(7, (k, 1, K))) == 7 * K
    assert RULES.normal(Sum(a[i] * b[k], (k, 1, K))) == a[i] * Sum(b[k], (k, 1, K))
    assert RULES.normal(Sum(Kd(i, k) * Kd(j, k), (k, 1, K))) == Kd(i, j)


# -- declarations ----------------------------------------------------------------------------------

GOOD = FILES["normals with one standard deviation"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("x[i] - mu[i]", "x[i] - mu[1]", r"mu\[1\] stands outside a sum"),
        ("(i, 1, K))/(2", "(i, 1, 3))/(2", "runs from 1 to K, found"),
        ("(i, 1, K))/(2", "(i, 2, K))/(2", "runs from 1 to K, found"),
        ("x[i] - mu[i]", "x[i] - nu[i]", "not a declared vector"),
        ("x[i] - mu[i]", "x[i] - mu", r"write mu\[i\]: it is a vector"),
        ("x[i] - mu[i]", "x[i] - s[i]", "not a declared vector"),
        ('constants.K = "integer 2..oo"', 'constants.K = "positive"', "is not a known integer"),
        ('constants.K = "integer 2..oo"', 'constants.K = "integer 0..oo"', "a length begins at 1"),
        ('x = "real[K]"', 'x = "real[3]"', "the length 3 of a vector is a declared constant"),
        ('x = "real[K]"', 'x = "(s, oo)[K]"', "moves with a parameter"),
        ('mu = "real[K]"', 'mu = "counts(K)[K]"', "is discrete, and a parameter is differentiated"),
        ("- K*log(s)", "", "integrates to .* and not to 1"),
    ],
)
def test_a_wrong_declaration_is_answered_with_what_to_mend(old, new, message):
    with pytest.raises(sf.errors.InputError, match=message):
        loads_family(GOOD.replace(old, new, 1), "vectors.toml")


def test_vectors_of_two_lengths_are_an_error():
    two = GOOD.replace('mu = "real[K]"', 'mu = "real[L]"').replace(
        'constants.K = "integer 2..oo"', 'constants = { K = "integer 2..oo", L = "integer 2..oo" }'
    )
    with pytest.raises(sf.errors.DeclarationError, match="lengths K and L; give them one"):
        loads_family(two, "two.toml")


def test_a_quantity_that_is_not_derived_for_vectors_says_so():
    with pytest.raises(sf.errors.DoesNotExistError, match=r"family.unrolled\(3\)"):
        derived("dirichlet_k").quantity("scalar_curvature")


def test_a_form_that_is_open_by_itself_is_the_other_one_where_they_agree():
    d = derived("dirichlet_multinomial")
    assert d.outer_product.expr == d.negative_hessian.expr
    assert d.outer_product.digits > 10
    assert not d.outer_product.expr.has(Expectation)
    assert d.fisher.status == Status.SERIES


# -- formats ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VECTOR_FAMILIES)
def test_json_reads_back_to_the_same_value(name):
    family = bundled(name)
    form = load_format("json")
    d = derived(name)
    sheet = sheet_of(family, {q: d.quantity(q) for q in ("score", "fisher", "kl")}, form)
    record = form.record(sheet)
    names = {s.name: s for s in (*family.symbols, *family.primed.values(), *family.indices)}
    names |= {"m": Symbol("m", nonnegative=True), "E": Function("E")}
    for quantity in ("score", "fisher", "kl"):
        expr = d.quantity(quantity).expr
        texts = record[quantity]["expr"]
        texts = texts if isinstance(texts, str) else texts[0]
        texts = texts if isinstance(texts, str) else texts[0]
        expr = expr if quantity == "kl" else expr[0]
        assert parse_expr(texts, names) == expr
    assert record["fisher"]["indices"]["i"][0] == "1"


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("text", "ℐ_ij(θ) = δᵢⱼ⋅ψ₁(αᵢ) - ψ₁⎜ ∑  αₖ⎟"),
        ("latex", r"\mathcal{I}_{ij}(\theta) = \delta_{ij} \psi_1(\alpha_i) - \psi_1"),
        ("markdown", r"\mathcal{I}_{ij}(\theta) = \delta_{ij} \psi_1(\alpha_i)"),
        ("html", "<msub><mi>δ</mi>"),
    ],
)
def test_every_format_writes_the_entry_with_its_indices(form, wanted):
    loaded = load_format(form)
    sheet = sheet_of(bundled("dirichlet_k"), {"fisher": derived("dirichlet_k").fisher}, loaded)
    assert wanted in loaded.document(sheet)
