"""Why the KL penalty of PPO is a trust region, with the policy of continuous control.

    python examples/ppo_trust_region.py ppo_trust_region.pdf ppo_trust_region.tex

A Gaussian policy has mean mu and standard deviation sigma = e^tau.  A penalty, or a constraint,
on KL(old || new) bounds the step: to second order KL is d^T F d / 2 with the Fisher matrix F, so
the set KL <= delta is nearly the ellipse of natural-gradient steps, and F in (mu, tau) scales with
the policy: one that explores less (small sigma) is allowed smaller steps of the mean (Kakade 2001;
Schulman et al. 2015, 2017).  The picture shows the exact sets and the ellipses for two policies.
"""

import sys
from pathlib import Path

import numpy as np
from sympy import Symbol, exp, lambdify, log, pi

import symfisher as sf
from symfisher.plots.style import line, new_axes, save

ARTICLE = r"""\documentclass{article}
\usepackage{amsmath, amssymb}
\begin{document}
%s
\end{document}
"""
BOUND = 0.02  # nats


def policy() -> sf.Family:
    """The policy of one action in the parameters that are trained: mean and log-scale."""
    action, mu = Symbol("a", real=True), Symbol("mu", real=True)
    tau = Symbol("tau", real=True)
    density = -tau - log(2 * pi) / 2 - (action - mu) ** 2 * exp(-2 * tau) / 2
    return sf.Family("policy", action, "(-oo, oo)", {mu: "real", tau: "real"}, logpdf=density)


def main(picture: str = "ppo_trust_region.pdf", page: str = "ppo_trust_region.tex") -> None:
    derivation = sf.derive(policy())
    divergence, expansion = derivation.kl(), derivation.kl_expansion()
    axes = new_axes(size="text")
    for number, sigma in enumerate((1.0, 0.5)):
        draw(axes, divergence, expansion, sigma, number)
    axes.set_xlabel(r"step of the mean, $\mathrm{d}\mu$")
    axes.set_ylabel(r"step of the log-scale, $\mathrm{d}\tau$")
    axes.legend(frameon=False, loc="upper center", ncols=2, fontsize="small")
    save(axes.figure, picture)
    formulas = (divergence, derivation.fisher, expansion)
    body = "\n\n".join(formula._repr_latex_() for formula in formulas)
    Path(page).write_text(ARTICLE % body, encoding="utf-8")
    ratio = gap(divergence, expansion)
    print(f"at KL = {BOUND} the ellipse is off by at most {100 * ratio:.0f} % of the bound")


def draw(axes, divergence, expansion, sigma: float, number: int) -> None:
    """The line KL = BOUND and the ellipse that approximates it, for one policy."""
    exact, quadratic = values(divergence, expansion, sigma)
    width, height = 1.6 * sigma * np.sqrt(2 * BOUND), 2.4 * np.sqrt(BOUND)
    mean, scale = np.meshgrid(np.linspace(-width, width, 201), np.linspace(-height, height, 201))
    style = line(number)
    for function, dashes, kind in ((exact, "-", "KL"), (quadratic, ":", "quadratic form")):
        axes.contour(
            mean, scale, function(mean, scale), [BOUND], colors=style["color"], linestyles=dashes
        )
        axes.plot([], [], color=style["color"], linestyle=dashes, label=f"{kind}, σ = {sigma:g}")


def values(divergence, expansion, sigma: float):
    """KL and its quadratic form as functions of the steps, at the policy with mean 0."""
    mu, tau = divergence.family.parameters
    prime, steps = divergence.extra_symbols["primed"], expansion.extra_symbols["increments"]
    here = {mu: 0, tau: log(sigma)}
    d_mu, d_tau = steps["mu"], steps["tau"]
    moved = divergence.expr.subs({prime["mu"]: mu + d_mu, prime["tau"]: tau + d_tau}).subs(here)
    return (
        lambdify((d_mu, d_tau), moved, "numpy"),
        lambdify((d_mu, d_tau), expansion.expr.subs(here), "numpy"),
    )


def gap(divergence, expansion) -> float:
    """The largest |KL - BOUND| on the ellipse, in units of BOUND; the same for every policy."""
    exact, _ = values(divergence, expansion, 1.0)
    angle = np.linspace(0, 2 * np.pi, 721)
    on_ellipse = exact(np.sqrt(2 * BOUND) * np.cos(angle), np.sqrt(BOUND) * np.sin(angle))
    return float(np.abs(on_ellipse / BOUND - 1).max())


if __name__ == "__main__":
    main(*sys.argv[1:])
