// Numerical helpers of the explorer.  The functions of a family come from generated kernels (main.js).

const GRID = 1200;

/** Points that cover the mass of the density at theta: counts, or an even grid. */
function gridOf(family, theta) {
  const [lower, upper] = family.support(theta);
  if (family.discrete) return countsOf(family, theta, lower, upper);
  const [from, to] = rangeOf(family, theta, lower, upper);
  const step = (to - from) / GRID;
  return Array.from({ length: GRID }, (_, i) => from + (i + 0.5) * step);
}

/** Counts upwards from the lowest (or outwards from zero) until what is left is negligible. */
function countsOf(family, theta, lower, upper) {
  const found = [];
  let mass = 0;
  for (let i = 0; i < 2000 && mass < 1 - 1e-9; i++) {
    const shell = Number.isFinite(lower) ? [lower + i] : i ? [i, -i] : [0];
    if (shell[0] > upper) break;
    found.push(...shell);
    mass += family.log_density(shell, theta).reduce((sum, value) => sum + Math.exp(value), 0);
  }
  return found.sort((a, b) => a - b);
}

/** An interval outside which the density is below a thousandth of its largest value. */
function rangeOf(family, theta, lower, upper) {
  const candidates = spread(lower, upper).filter((x) => x > lower && x < upper);
  const values = family.log_density(candidates, theta);
  const best = Math.max(...values.filter((value) => value < Infinity));
  const inside = candidates.filter((_, i) => values[i] > best - 9);
  const first = candidates.indexOf(inside[0]);
  const last = candidates.indexOf(inside[inside.length - 1]);
  const from = first > 0 ? candidates[first - 1] : Number.isFinite(lower) ? lower : inside[0];
  const to = last < candidates.length - 1 ? candidates[last + 1] : Number.isFinite(upper) ? upper : inside[inside.length - 1];
  return [from, to];
}

/** Trial points over a support: dense near a finite end, sparse far away. */
function spread(lower, upper) {
  const points = [];
  const steps = 600;
  for (let i = 1; i < steps; i++) {
    const t = i / steps;
    if (Number.isFinite(lower) && Number.isFinite(upper)) points.push(lower + (upper - lower) * t);
    else if (Number.isFinite(lower)) points.push(lower + Math.exp(-8 + 15 * t));
    else if (Number.isFinite(upper)) points.push(upper - Math.exp(7 - 15 * t));
    else points.push(Math.sinh(-8 + 16 * t) / 4);
  }
  return points;
}

/** A sampler: inverse of the distribution function tabulated on the grid. */
function samplerOf(family, theta, random) {
  const grid = gridOf(family, theta);
  const width = family.discrete || grid.length < 2 ? 0 : grid[1] - grid[0];
  const cumulative = [];
  let mass = 0;
  for (const value of family.log_density(grid, theta)) cumulative.push((mass += Math.exp(value)));
  return () => {
    const wanted = random() * mass;
    let low = 0;
    let high = grid.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return grid[low] + (random() - 0.5) * width;
  };
}

const NODES = 2000;

/**
 * Nodes and weights for E under theta, by the trapezoidal rule after x = c + s sinh(t), lower + e^t or a
 * logistic map, in which a smooth integrand falls off at both ends.
 */
function ruleOf(family, theta) {
  const [lower, upper] = family.support(theta);
  if (family.discrete) return { nodes: gridOf(family, theta), slopes: null };
  const map = mapOf(family, theta, lower, upper);
  const step = 80 / NODES;
  const pairs = Array.from({ length: NODES }, (_, i) => map(-40 + (i + 0.5) * step));
  const kept = pairs.filter(([x]) => x > lower && x < upper && Number.isFinite(x));
  return { nodes: kept.map(([x]) => x), slopes: kept.map(([, slope]) => slope * step) };
}

/** t -> [x(t), dx/dt]. An end far from the mass, such as a nearly normal family's, is no end here. */
function mapOf(family, theta, lower, upper) {
  const [from, to] = rangeOf(family, theta, lower, upper);
  const near = (end) => Math.min(Math.abs(end - from), Math.abs(end - to)) < 2 * (to - from);
  if (near(lower) && near(upper)) {
    return (t) => {
      const share = 1 / (1 + Math.exp(-t));
      return [lower + (upper - lower) * share, (upper - lower) * share * (1 - share)];
    };
  }
  if (near(lower)) return (t) => [lower + Math.exp(t), Math.exp(t)];
  if (near(upper)) return (t) => [upper - Math.exp(-t), Math.exp(-t)];
  const [centre, scale] = [(from + to) / 2, (to - from) / 20];
  return (t) => [centre + scale * Math.sinh(t), scale * Math.cosh(t)];
}

/** E under theta of the columns of values, a flat array with several entries an observation. */
function meansUnder(family, theta, columns, valuesAt) {
  const { nodes, slopes } = ruleOf(family, theta);
  const logs = family.log_density(nodes, theta);
  const values = valuesAt(nodes);
  const means = Array.from({ length: columns }, () => 0);
  logs.forEach((log, i) => {
    const weight = Math.exp(log) * (slopes ? slopes[i] : 1);
    if (!(weight > 0)) return;
    for (let c = 0; c < columns; c++) means[c] += weight * values[i * columns + c];
  });
  return means;
}

/** KL(p_from, p_to) by quadrature, where it has no closed form. */
function divergenceByQuadrature(family, from, to) {
  return meansUnder(family, from, 1, (nodes) => {
    const there = family.log_density(nodes, to);
    return family.log_density(nodes, from).map((log, i) => log - there[i]);
  })[0];
}

/** Its gradient by the second point: minus the mean of the score there. */
function gradientByQuadrature(family, from, to) {
  return meansUnder(family, from, to.length, (nodes) => family.score(nodes, to)).map((mean) => -mean);
}

/** A small generator of uniform numbers (mulberry32), so that a picture can be repeated. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Solution of a small linear system by elimination with pivots; null where it is singular. */
function solve(matrix, right) {
  const a = matrix.map((row, i) => [...row, right[i]]);
  const n = a.length;
  for (let c = 0; c < n; c++) {
    let p = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(a[r][c]) > Math.abs(a[p][c])) p = r;
    if (!(Math.abs(a[p][c]) > 1e-300)) return null;
    [a[c], a[p]] = [a[p], a[c]];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = a[r][c] / a[c][c];
      for (let k = c; k <= n; k++) a[r][k] -= factor * a[c][k];
    }
  }
  return a.map((row, i) => row[n] / row[i]);
}

/** Maximum likelihood by Fisher's scoring from a start, halving steps that leave the domain or lose. */
function estimate(family, sample, start) {
  const likelihood = (theta) => family.log_density(sample, theta).reduce((sum, value) => sum + value, 0);
  let theta = [...start];
  let height = likelihood(theta);
  for (let round = 0; round < 30; round++) {
    let step = solve(family.fisher(theta), meanScore(family, sample, theta));
    if (step === null) return null;
    let next = null;
    for (let halving = 0; halving < 30 && next === null; halving++) {
      const tried = theta.map((value, i) => value + step[i]);
      const there = likelihood(tried);
      if (there >= height) [next, height] = [tried, there];
      else step = step.map((s) => s / 2);
    }
    if (next === null) return theta;
    const moved = Math.max(...next.map((value, i) => Math.abs(value - theta[i])));
    theta = next;
    if (moved < 1e-9) return theta;
  }
  return theta;
}

function meanScore(family, sample, theta) {
  const mean = theta.map(() => 0);
  family.score(sample, theta).forEach((value, place) => {
    mean[place % theta.length] += value / sample.length;
  });
  return mean;
}

/** Points of the ellipse {d : d^T F d = radius^2} of a 2 x 2 matrix; null where it is not positive. */
function ellipse([[a, b], [, c]], radius) {
  const root = Math.sqrt(a);
  const rest = Math.sqrt(c - (b * b) / a);
  if (!(root > 0) || !(rest > 0)) return null;
  return Array.from({ length: 73 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 72;
    const v = (radius * Math.sin(angle)) / rest;
    return [(radius * Math.cos(angle) - (b / root) * v) / root, v];
  });
}
