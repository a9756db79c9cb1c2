// The panels: each draws itself from the family and the state {theta, constants}.

const STEPS = 60;

/** The state of the page: parameters in declared order, and the two of them that are shown as a plane. */
function panelsOf(family) {
  return [densityPanel, scorePanel, ellipsePanel, divergencePanel, boundPanel, descentPanel].filter(
    (panel) => panel.applies(family),
  );
}

const densityPanel = {
  id: "density",
  slow: false,
  title: "Density",
  about: "What an observation looks like at these parameters.",
  applies: () => true,
  draw(svg, family, theta) {
    const grid = gridOf(family, theta);
    const heights = family.log_density(grid, theta).map(Math.exp);
    const points = grid.map((x, i) => [x, heights[i]]);
    const yRange = [0, 1.05 * Math.max(...heights.filter((height) => height < Infinity))];
    plot(svg, [{ points, class: "one", stems: family.discrete }], { x: family.variable, y: "p", yRange });
  },
};

const scorePanel = {
  id: "score",
  slow: false,
  title: "Score",
  about: "How the log-density of each observation answers to a change of each parameter. Its mean is zero; its variance is the Fisher information.",
  applies: () => true,
  draw(svg, family, theta) {
    const grid = gridOf(family, theta);
    const scores = family.score(grid, theta);
    const curves = family.sliders.map(({ shown: name }, i) => ({
      points: grid.map((x, place) => [x, scores[place * theta.length + i]]),
      class: ["one", "two", "three", "four"][i % 4],
      name,
      dots: family.discrete,
    }));
    plot(svg, curves, { x: family.variable, y: "score" });
  },
};

const ellipsePanel = {
  id: "ellipses",
  slow: false,
  title: "Distance should mean distinguishability",
  about: "Solid: parameters that are equally hard to tell from the centre, by the Fisher metric. Dashed: a circle in parameter space, which is the same everywhere and means nothing to the data.",
  applies: (family) => family.parameters.length >= 2,
  draw(svg, family, theta) {
    const [u, v] = [family.sliders[0], family.sliders[1]];
    const centre = [theta[0], theta[1]];
    const ranges = [u, v].map((slider, i) => planeRange(slider, centre[i]));
    const [wide, high] = ranges.map(([from, to]) => to - from);
    const around = ellipse(planeOf(family.fisher(theta)), 1);
    if (around === null) return plot(svg, [], {});
    const radius = 0.11 / Math.max(...around.map(([x, y]) => Math.max(x / wide, y / high)));
    const size = 0.07 * Math.min(wide, high);
    const curves = [];
    for (const a of inner(ranges[0])) {
      for (const b of inner(ranges[1])) {
        const there = [a, b, ...theta.slice(2)];
        if (a !== centre[0] || b !== centre[1]) pushPair(curves, family, there, [a, b], radius, size, false);
      }
    }
    pushPair(curves, family, theta, centre, radius, size, true);
    plot(svg, curves, { x: u.shown, y: v.shown, xRange: ranges[0], yRange: ranges[1] });
  },
};

function pushPair(curves, family, theta, centre, radius, size, named) {
  const around = ellipse(planeOf(family.fisher(theta)), radius);
  if (around === null) return;
  const move = ([x, y]) => [centre[0] + x, centre[1] + y];
  const circle = ellipse([[1, 0], [0, 1]], size);
  curves.push({ points: around.map(move), class: named ? "three" : "one", name: named ? "Fisher" : "" });
  curves.push({ points: circle.map(move), class: "two", name: named ? "Euclid" : "" });
}

/** The part of a matrix that belongs to the first two parameters. */
function planeOf(matrix) {
  return [matrix[0].slice(0, 2), matrix[1].slice(0, 2)];
}

/** A part of a slider's range around a value, within the domain. */
function planeRange(slider, value) {
  const half = slider.log ? 0.9 * value : 0.45 * (slider.max - slider.min);
  return [Math.max(value - half, slider.lower), Math.min(value + half, slider.upper)];
}

function inner([from, to]) {
  return [0.17, 0.5, 0.83].map((t) => from + t * (to - from));
}

const divergencePanel = {
  id: "divergence",
  slow: false,
  title: "Fisher information is the curvature of the divergence",
  about: "KL(p at θ, p at θ + d) as one parameter moves by d, and its quadratic d²F/2: the same to second order at d = 0.",
  applies: (family) => family.has_divergence,
  draw(svg, family, theta, moved) {
    const slider = family.sliders[moved];
    const information = family.fisher(theta)[moved][moved];
    if (!(information > 0)) return plot(svg, [], {});
    const room = Math.min(theta[moved] - slider.lower, slider.upper - theta[moved]);
    const reach = Math.min(1.2 / Math.sqrt(information), 0.9 * room);
    const along = Array.from({ length: 2 * STEPS + 1 }, (_, i) => (reach * (i - STEPS)) / STEPS);
    const there = (d) => theta.map((value, i) => (i === moved ? value + d : value));
    const curves = [
      { points: along.map((d) => [d, family.kl(theta, there(d))]), class: "one", name: "KL" },
      { points: along.map((d) => [d, 0.5 * information * d * d]), class: "two", name: "d²F/2" },
    ];
    const yRange = [0, 1.1 * Math.max(0.5 * information * reach * reach, 1e-12)];
    plot(svg, curves, { x: `d (change of ${slider.shown})`, y: "nats", yRange });
  },
};

const SIZES = [10, 20, 40, 80, 160];
const REPEATS = 120;

const boundPanel = {
  id: "bound",
  slow: true,
  title: "No unbiased estimator's variance goes below the bound",
  about: "n times the variance of the maximum likelihood estimate over simulated samples of size n, against the inverse Fisher matrix. At small n the estimate may be biased, and the bound is then not for it.",
  applies: (family) => family.regular,
  draw(svg, family, theta, moved) {
    const unit = theta.map((_, i) => (i === moved ? 1 : 0));
    const column = solve(family.fisher(theta), unit);
    if (column === null || !(column[moved] > 0)) return plot(svg, [], {});
    const random = randomFrom(20260101);
    const draw = samplerOf(family, theta, random);
    const points = SIZES.map((n) => [n, n * varianceOf(family, theta, moved, n, draw)]);
    const bound = column[moved];
    const curves = [
      { points: [[SIZES[0], bound], [SIZES[SIZES.length - 1], bound]], class: "two", name: "bound" },
      { points, class: "one", dots: true, name: "simulated" },
    ];
    const top = Math.max(bound * 2, ...points.map((p) => p[1]).filter(Number.isFinite).map((y) => Math.min(y, 4 * bound)));
    plot(svg, curves, { x: "n", y: `n · variance (${family.sliders[moved].shown})`, yRange: [0, 1.1 * top] });
  },
};

function varianceOf(family, theta, moved, n, draw) {
  const found = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const sample = Array.from({ length: n }, draw);
    const there = estimate(family, sample, theta);
    if (there !== null && Number.isFinite(there[moved])) found.push(there[moved]);
  }
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  return found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (found.length - 1);
}

const descentPanel = {
  id: "descent",
  slow: false,
  title: "Natural and plain gradient",
  about: "Both go downhill on KL(p at θ, p at the current point), the expected loss when θ is true. The natural gradient divides by the Fisher matrix and does not care how the family is parametrised.",
  applies: (family) => family.has_divergence,
  draw(svg, family, theta) {
    const start = startOf(family, theta);
    const curves = [
      { points: descent(family, theta, start, false), class: "two", name: "plain" },
      { points: descent(family, theta, start, true), class: "one", name: "natural" },
    ];
    plot(svg, curves, { x: "step", y: "log10 KL" });
  },
};

/** A point some way off, nearer where the loss there is not finite. */
function startOf(family, theta) {
  const far = family.sliders.map((slider, i) => farFrom(slider, theta[i]));
  for (const share of [1, 0.5, 0.25, 0.1, 0.05, 0.02]) {
    const start = theta.map((value, i) => value + share * (far[i] - value));
    if (family.kl(theta, start) < Infinity && family.kl_gradient(theta, start).every(Number.isFinite)) return start;
  }
  return far;
}

function farFrom(slider, value) {
  if (slider.log) return slider.lower + (value - slider.lower) * 2.5;
  const far = value + 0.3 * (slider.max - slider.min);
  return far < slider.max ? far : value - 0.3 * (slider.max - slider.min);
}

/** log10 of the loss at each step; the plain step is as long as stays downhill from the start. */
function descent(family, target, start, natural) {
  let theta = start;
  let rate = natural ? 0.5 : 1;
  let loss = family.kl(target, theta);
  const losses = [[0, Math.log10(loss)]];
  for (let step = 1; step <= 40; step++) {
    const gradient = family.kl_gradient(target, theta);
    const direction = natural ? solve(family.fisher(theta), gradient) : gradient;
    if (direction === null) break;
    let next = null;
    for (let halving = 0; halving < 40 && next === null; halving++) {
      const tried = theta.map((value, i) => value - rate * direction[i]);
      const there = family.kl(target, tried);
      if (there <= loss) [next, loss] = [tried, there];
      else rate /= 2;
    }
    if (next === null) break;
    theta = next;
    losses.push([step, Math.log10(Math.max(loss, 1e-16))]);
  }
  return losses;
}
