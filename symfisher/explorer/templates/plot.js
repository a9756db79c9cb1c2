// Line plots as SVG, drawn anew at each change.

const SVG = "http://www.w3.org/2000/svg";
const BOX = { width: 400, height: 260, left: 52, right: 12, top: 12, bottom: 40 };

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (parent) parent.appendChild(made);
  return made;
}

/** Round numbers between two ends, five or so. */
function ticks(from, to) {
  const rough = (to - from) / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * unit).find((s) => s >= rough);
  const found = [];
  for (let t = Math.ceil(from / step) * step; t <= to + step * 1e-9; t += step) found.push(t);
  return found;
}

function shown(number) {
  if (Math.abs(number) < 1e-12) return "0";
  const size = Math.abs(number);
  return size >= 1e5 || size < 1e-3 ? number.toExponential(0) : String(Number(number.toPrecision(4)));
}

/**
 * Draws into an svg.  curves: [{points: [[x, y]], class, name, stems}], axes: {x: label, y: label,
 * xRange, yRange}.  Points that are not finite are left out.
 */
function plot(svg, curves, axes) {
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${BOX.width} ${BOX.height}`);
  const all = curves.flatMap((curve) => curve.points.filter((p) => p.every(Number.isFinite)));
  if (!all.length) {
    const middle = { x: BOX.width / 2, y: BOX.height / 2, "text-anchor": "middle" };
    element("text", middle, svg).textContent = "no finite values at these parameters";
    return;
  }
  const [x0, x1] = axes.xRange ?? spanOf(all.map((p) => p[0]));
  const [y0, y1] = axes.yRange ?? spanOf(all.map((p) => p[1]));
  const px = (x) => BOX.left + ((x - x0) / (x1 - x0)) * (BOX.width - BOX.left - BOX.right);
  const py = (y) => BOX.height - BOX.bottom - ((y - y0) / (y1 - y0)) * (BOX.height - BOX.top - BOX.bottom);
  drawAxes(svg, axes, [x0, x1, y0, y1], px, py);
  const clip = `clip-${svg.id}`;
  const area = { x: px(x0), y: py(y1), width: px(x1) - px(x0), height: py(y0) - py(y1) };
  element("rect", area, element("clipPath", { id: clip }, svg));
  const inside = element("g", { "clip-path": `url(#${clip})` }, svg);
  for (const curve of curves) draw(curve, inside, px, py, y0);
  legend(svg, curves);
}

function spanOf(values) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(high > low)) [low, high] = [low - 1, high + 1];
  const margin = 0.04 * (high - low);
  return [low - margin, high + margin];
}

function drawAxes(svg, axes, [x0, x1, y0, y1], px, py) {
  const group = element("g", { class: "axes" }, svg);
  for (const t of ticks(x0, x1)) {
    element("line", { x1: px(t), x2: px(t), y1: py(y0), y2: py(y1) }, group);
    element("text", { x: px(t), y: py(y0) + 15, "text-anchor": "middle" }, group).textContent = shown(t);
  }
  for (const t of ticks(y0, y1)) {
    element("line", { x1: px(x0), x2: px(x1), y1: py(t), y2: py(t) }, group);
    element("text", { x: px(x0) - 5, y: py(t) + 4, "text-anchor": "end" }, group).textContent = shown(t);
  }
  const middle = (px(x0) + px(x1)) / 2;
  element("text", { x: middle, y: BOX.height - 6, "text-anchor": "middle" }, group).textContent = axes.x;
  const label = { x: -(py(y0) + py(y1)) / 2, y: 12, transform: "rotate(-90)", "text-anchor": "middle" };
  element("text", label, group).textContent = axes.y;
}

function draw(curve, parent, px, py, y0) {
  const kept = curve.points.filter((p) => p.every(Number.isFinite));
  if (curve.stems) {
    for (const [x, y] of kept) element("line", { class: curve.class, x1: px(x), x2: px(x), y1: py(y0), y2: py(y) }, parent);
  } else if (curve.dots) {
    for (const [x, y] of kept) element("circle", { class: curve.class, cx: px(x), cy: py(y), r: 3 }, parent);
  } else if (kept.length) {
    element("polyline", { class: curve.class, points: kept.map(([x, y]) => `${px(x)},${py(y)}`).join(" ") }, parent);
  }
}

function legend(svg, curves) {
  const named = curves.filter((curve) => curve.name);
  if (!named.length) return;
  const width = 34 + 7 * Math.max(...named.map((curve) => curve.name.length));
  const corner = { x: BOX.width - BOX.right - width, y: BOX.top, width, height: 15 * named.length + 6 };
  element("rect", { class: "behind", ...corner }, svg);
  named.forEach((curve, i) => {
    const y = BOX.top + 12 + 15 * i;
    const x = BOX.width - BOX.right - 8;
    element("line", { class: curve.class, x1: x - 18, x2: x, y1: y - 4, y2: y - 4 }, svg);
    element("text", { class: "legend", x: x - 24, y, "text-anchor": "end" }, svg).textContent = curve.name;
  });
}
