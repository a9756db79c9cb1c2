"""From a formula to numbers: the Fisher matrix as a NumPy function, and what it says about data.

    python examples/first_numbers.py

How precisely can n = 50 observations tell a gamma distribution's shape and rate?
"""

import numpy as np
from scipy.special import digamma, polygamma
from sympy import lambdify

import symfisher as sf

# SymPy's names for functions that NumPy lacks, here from SciPy.
FUNCTIONS = [{"polygamma": polygamma, "digamma": digamma}, "scipy", "numpy"]


def main() -> None:
    derivation = sf.derive("gamma")
    fisher = derivation.fisher
    print(fisher)

    information = lambdify(fisher.arguments, fisher.expr, FUNCTIONS)
    bound = lambdify(fisher.arguments, derivation.crlb().expr, FUNCTIONS)

    alpha, beta, n = 2.5, 1.5, 50
    np.testing.assert_allclose(information(alpha, beta) @ bound(alpha, beta), np.eye(2), atol=1e-12)
    deviations = np.sqrt(np.diag(bound(alpha, beta)) / n)
    print(f"\nshape {alpha} and rate {beta}, estimated without bias from {n} observations:")
    for name, value, deviation in zip(("shape", "rate"), (alpha, beta), deviations, strict=True):
        print(f"  {name}: a standard error of at least {deviation:.3f} ({deviation / value:.0%})")


if __name__ == "__main__":
    main()
