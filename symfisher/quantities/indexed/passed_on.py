"""What index calculus gives under the general definitions: the engine alone is another one."""

from __future__ import annotations

from symfisher.quantities.information import fisher, negative_hessian, outer_product
from symfisher.quantities.likelihood import log_density
from symfisher.quantities.registry import for_vectors
from symfisher.quantities.regularity import regularity
from symfisher.quantities.score import hessian, score

for _quantity in (
    score,
    hessian,
    outer_product,
    negative_hessian,
    regularity,
    fisher,
    log_density,
):
    for_vectors(_quantity.__name__)(_quantity)
