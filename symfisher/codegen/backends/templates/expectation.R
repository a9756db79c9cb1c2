# A rule at each point: part 1 of its result is the value, part 2 an estimate of its error.
.over_points <- function(rule, terms, part, ...) {
    if (...length() == 0) return(rule(terms)[part + 1])
    unlist(mapply(function(...) rule(terms, ...)[part + 1], ..., SIMPLIFY = FALSE))
}

# E[integrand] over the line: the bulk is located by a scan that zooms in three times, its width
# where the density has fallen by e^2; then the trapezoidal rule after w = c + s sinh(pi/2 sinh t)
# (Takahasi & Mori 1974), its error the difference to every second node.
.integral <- function(terms, ...) {
    height <- function(w) .finite(rep_len(terms(w, ...)[[2]], length(w)))
    grid <- sinh(seq(-12, 12, by = 0.1))
    centre <- grid[which.max(height(grid))]
    ends <- sinh(asinh(centre) + c(-0.1, 0.1))
    for (zoom in 1:3) {
        step <- (ends[2] - ends[1]) / 40
        grid <- ends[1] + step * (0:40)
        centre <- grid[which.max(height(grid))]
        ends <- centre + c(-step, step)
    }
    distances <- 10^((0:160) / 16 - 6)
    inside <- pmin(height(centre - distances), height(centre + distances)) >= height(centre) - 2
    scale <- distances[min(161, sum(cumprod(inside)) + 1)]
    t <- (-384:384) / 64
    u <- pi / 2 * sinh(t)
    found <- terms(centre + scale * sinh(u), ...)
    weight <- exp(found[[2]]) * scale * cosh(u) * pi / 2 * cosh(t)
    weight <- ifelse(is.finite(weight), weight, 0)
    value <- ifelse(weight > 0, found[[1]] * weight, 0)
    value <- ifelse(weight < 1e-14 & !is.finite(value), 0, value)
    full <- sum(value) / 64
    half <- sum(value[c(TRUE, FALSE)]) / 32
    lost <- abs(sum(weight) / 64 - 1)
    .sure(full, abs(full - half) + (lost + 1e-15) * sum(abs(value)) / 64, lost)
}

# E[integrand] over whole numbers.
.series <- function(terms, lower, upper, ...) {
    found <- .sums(terms, lower, upper, FALSE, ...)
    lost <- abs(found[2] - 1)
    .sure(found[1], found[4] + (lost + 1e-15) * found[3], lost)
}

# The logarithm of the sum of e^log_density over whole numbers.
.log_mass <- function(terms, lower, upper, ...) {
    found <- .sums(terms, lower, upper, TRUE, ...)
    c(found[5] + log(found[2]), found[4] / found[2] + 1e-15 * (1 + abs(found[5])))
}

# Sums of integrand e^log_density, of e^log_density, of the former's size; what may be left; and
# the logarithm by which they are scaled: from the largest weight outwards, in blocks.
.sums <- function(terms, lower, upper, scaled, ...) {
    centre <- .mode(terms, lower, upper, ...)
    top <- if (scaled) terms(centre, ...)[[2]] else 0
    total <- c(0, 0, 0)
    first <- 0
    size <- 256
    repeat {
        last <- c(0, 0)
        for (side in c(1, -1)) {
            k <- if (side > 0) centre + first + 0:(size - 1) else centre - 1 - first - 0:(size - 1)
            inside <- k >= lower & k <= upper
            if (!any(inside)) next
            found <- terms(ifelse(inside, k, centre), ...)
            weight <- rep_len(exp(found[[2]] - top), size)
            weight <- ifelse(inside & is.finite(weight), weight, 0)
            value <- ifelse(weight > 0, found[[1]] * weight, 0)
            value <- ifelse(weight < 1e-16 & !is.finite(value), 0, value)
            total <- total + c(sum(value), sum(weight), sum(abs(value)))
            last <- last + c(weight[size], abs(value[size]))
        }
        first <- first + size
        size <- min(2 * size, 16384)
        if (isTRUE(all(first * last <= 1e-18 * total[2:3])) || first >= 2^22) break
    }
    c(total, first * last[2], top)
}

# The whole number with the largest weight: steps that grow, then a grid that zooms in.
.mode <- function(terms, lower, upper, ...) {
    highest <- function(k) {
        k <- k[k >= lower & k <= upper]
        k[which.max(.finite(rep_len(terms(k, ...)[[2]], length(k))))]
    }
    anchor <- if (is.finite(lower)) lower else if (is.finite(upper)) upper else 0
    steps <- c(0, floor(1.25^(0:60)) + 0:60) # R's Bessel functions store all lower orders
    centre <- highest(anchor + c(steps, -steps))
    reach <- abs(centre - anchor) * 0.3 + 2
    for (zoom in 1:13) {
        ends <- c(max(centre - reach, lower), min(centre + reach, upper))
        centre <- highest(floor(ends[1] + diff(ends) * (0:40) / 40 + 0.5))
        reach <- diff(ends) / 40 + 1
    }
    centre
}

.finite <- function(height) ifelse(is.finite(height), height, -Inf)

# NaN and an infinite error where the mass of the density is not 1, because its bulk was not found,
# and where the integrand is not finite.
.sure <- function(value, error, lost)
    if (is.finite(value) && is.finite(lost) && lost < 1e-4) c(value, error) else c(NaN, Inf)
