"""The van Trees inequality: a bound on the Bayes risk of any estimator, biased or not.

With a prior pi that vanishes at the ends of its support,

    E[(T - theta)(T - theta)^T] >= (n E_pi[F(theta)] + I(pi))^-1,  I(pi) = E[(grad log pi)^2]

(van Trees 1968; Gill and Levit 1995).  I(pi) is the Fisher information of the location family of
pi, and exists where that family is differentiable in quadratic mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import ImmutableDenseMatrix, Symbol

from symfisher.algebra.inverse import inverse
from symfisher.algebra.tidy import tidy_matrix
from symfisher.catalog import resolve_target
from symfisher.declaration import Family
from symfisher.domains import NAMED_DOMAINS, Domain
from symfisher.errors import DoesNotExistError, InputError
from symfisher.expectation.engine import Expected, engine, status_of
from symfisher.formula import Formula, Step
from symfisher.quantities.given import sample_size
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import quantity


@quantity(
    "van_trees",
    "Van Trees (Bayesian Cramer-Rao) bound, with a prior family.",
    ("fisher",),
    default=False,
)
def van_trees(family: Family, prior: Family | str | None = None, n: Any = 1) -> Formula:
    """(n E_pi[F] + I(pi))^-1, k x k, a function of the prior's parameters.

    ``prior`` is a family, or the name of a bundled one, whose variables stand for the parameters,
    in their order.  Its parameters are the arguments of the result.

    Raises:
        InputError: there is no prior, or it has not one variable for each parameter.
        DoesNotExistError: there is no Fisher matrix, or the prior does not vanish at its ends.
    """
    if isinstance(prior, str):
        prior = resolve_target(prior)
    if not isinstance(prior, Family) or len(prior.variables) != len(family.parameters):
        raise InputError(
            f"family '{family.name}', van_trees: give a prior, a family with a variable for each "
            f"of {', '.join(p.name for p in family.parameters)}"
        )
    law = _prior(prior.canonical, family)
    _check_inside(law, family)
    information, size_roles = fisher(family), sample_size(family, n)
    if information.expr is None:
        raise DoesNotExistError(f"family '{family.name}': {' '.join(information.notes)}")
    size, roles = size_roles
    own = _prior_information(law)
    known_symbols = {c: family.domains[c] for c in family.constants}
    allowed = law.restricted(own.conditions)
    expected = [_expected(e, family, allowed, known_symbols) for e in information.expr]
    data = ImmutableDenseMatrix(*information.expr.shape, [e.expr for e in expected])
    total = tidy_matrix(size * data + own.expr)
    inverted = inverse(total)
    assert inverted is not None  # a sum with a positive definite matrix
    bound = tidy_matrix(inverted)
    known = [d for d in (information.digits, own.digits, *(e.digits for e in expected)) if d]
    step = Step("van Trees", "Add the prior's information and invert.", total, bound)
    hyperparameters = {s.name: s for s in law.parameters}
    return Formula(
        name="van_trees",
        title=f"Van Trees bound with the prior {prior.name}",
        symbol=r"\left(n\operatorname{E}_\pi[\mathcal{I}] + \mathcal{I}(\pi)\right)^{-1}",
        expr=bound,
        family=family,
        status=status_of(bound),
        digits=min(known, default=None),
        conditions=own.conditions,
        trace=(*information.trace, *own.trace, step),
        extra_symbols={**roles, "prior": hyperparameters},
        details={"prior": prior.name},
    )


def _prior(prior: Family, family: Family) -> Family:
    """The prior in symbols of its own, apart from those of the family."""
    taken = {s.name for s in (*family.variables, *family.domains)}
    renaming = {}
    for symbol in prior.domains:
        name = symbol.name
        while name in taken:
            name += "_prior"
        renaming[symbol] = Symbol(name, **symbol.assumptions0)
    clash = {v: Symbol(f"{v.name}_theta", **v.assumptions0) for v in prior.variables}
    renaming |= clash
    return prior._twin(
        variables=tuple(renaming[v] for v in prior.variables),
        supports=tuple(s.substitute(renaming) for s in prior.supports),
        parameters=tuple(renaming[p] for p in prior.parameters),
        constants=tuple(renaming[c] for c in prior.constants),
        domains={renaming[s]: d.substitute(renaming) for s, d in prior.domains.items()},
        constraints=tuple(c.xreplace(renaming) for c in prior.constraints),
        log_density=prior.log_density.xreplace(renaming),
    )


def _expected(entry: Any, family: Family, law: Family, known: Mapping[Symbol, Domain]) -> Expected:
    """E_pi of an entry of F, which may read constants of the family."""
    integrand = entry.xreplace(dict(zip(family.parameters, law.variables)))
    if not integrand.free_symbols & set(law.variables):
        return Expected(integrand, status_of(integrand), None)
    return engine(law).expect(integrand, known)


def _check_inside(law: Family, family: Family) -> None:
    """The prior's support has to lie in the parameters' domain."""
    if law.is_mass:
        raise DoesNotExistError(f"prior '{law.name}': a prior on counts has no derivative")
    for variable, support, parameter in zip(law.variables, law.supports, family.parameters):
        domain = family.domains[parameter]
        if (support.lower < domain.lower) == True or (support.upper > domain.upper) == True:  # noqa: E712
            raise InputError(
                f"family '{family.name}', van_trees: the prior '{law.name}' has {variable.name} in "
                f"{support}, and {parameter} lies in {domain}"
            )


def _prior_information(law: Family) -> Formula:
    """I(pi): the Fisher matrix of the prior moved along its variables, which no move changes."""
    moves = {v: Symbol(f"t_{v.name}", real=True) for v in law.variables}
    back = {v: v - t for v, t in moves.items()}
    located = law._twin(
        variables=tuple(Symbol(v.name, real=True) for v in law.variables),
        parameters=tuple(moves.values()),
        constants=law.parameters,
        domains={**law.domains, **dict.fromkeys(moves.values(), NAMED_DOMAINS["real"])},
        log_density=law.log_density.xreplace(back),
    )
    plain = dict(zip(law.variables, located.variables))
    located = located._twin(
        log_density=located.log_density.xreplace(plain),
        supports=tuple(
            type(s)(s.lower.xreplace(plain) + t, s.upper.xreplace(plain) + t, s.discrete)
            for s, t in zip(law.supports, moves.values())
        ),
        constants=(*law.parameters, *law.constants),
    )
    information = fisher(located)
    if information.expr is None:
        raise DoesNotExistError(
            f"prior '{law.name}': it has no finite information, so there is no van Trees bound: "
            "it has to vanish at the ends of its support. " + " ".join(information.notes)
        )
    still = dict.fromkeys(moves.values(), 0)
    return information.with_(
        expr=tidy_matrix(information.expr.subs(still)),
        conditions=tuple(c.subs(still) for c in information.conditions),
    )
