// The page: sliders, panels, and the numbers as text.

const family = assemble();
const state = { theta: family.sliders.map((s) => s.value), constants: family.known.map((s) => s.value), moved: 0 };

/**
 * The family's functions from the kernels, at the current constants.  log_density and score take an
 * array of observations and return flat arrays; the others take one point.
 */
function assemble() {
  const known = () => state.constants;
  const rows = (flat) => {
    const k = description.parameters.length;
    return Array.from({ length: k }, (_, i) => Array.from(flat.slice(i * k, (i + 1) * k)));
  };
  const made = {
    ...description,
    support: (theta) => Array.from(kernels.support(...theta, ...known())),
    log_density: (x, theta) => kernels.log_density(x, ...theta, ...known()),
    score: (x, theta) => kernels.score(x, ...theta, ...known()),
    fisher: (theta) => rows(Array.from(kernels.fisher(...theta, ...known()))),
    kl: (from, to) => kernels.kl(...from, ...to, ...known())[0],
    kl_gradient: (from, to) => Array.from(kernels.kl_gradient(...from, ...to, ...known())),
  };
  if (!kernels.kl) {
    made.kl = (from, to) => divergenceByQuadrature(made, from, to);
    made.kl_gradient = (from, to) => gradientByQuadrature(made, from, to);
  }
  return made;
}

function slide(slider, value) {
  return slider.log ? slider.lower + Math.exp(value) : slider.integer ? Math.round(value) : value;
}

function place(slider, value) {
  return slider.log ? Math.log(value - slider.lower) : value;
}

function addSlider(slider, values, index) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const output = document.createElement("output");
  Object.assign(input, {
    type: "range",
    id: `slider-${slider.name}`,
    min: place(slider, slider.min),
    max: place(slider, slider.max),
    step: slider.integer ? 1 : "any",
    value: place(slider, slider.value),
  });
  output.htmlFor = input.id;
  const name = document.createElement("span");
  name.textContent = slider.shown;
  const update = () => {
    values[index] = slide(slider, Number(input.value));
    output.textContent = String(Number(values[index].toPrecision(5)));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  // Arrow keys move by a hundredth of the range; "any" alone would leave that to the browser.
  input.addEventListener("keydown", (event) => {
    const sign = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!sign || slider.integer) return;
    event.preventDefault();
    input.value = Number(input.value) + (sign * (input.max - input.min)) / 100;
    input.dispatchEvent(new Event("input"));
  });
  input.addEventListener("input", () => {
    update();
    redraw();
  });
  update();
  label.append(name, input, output);
  document.getElementById("sliders").append(label);
}

function addMoved() {
  const choice = document.getElementById("moved");
  family.sliders.forEach((slider, i) => choice.add(new Option(slider.shown, String(i))));
  choice.parentElement.hidden = family.sliders.length < 2;
  choice.addEventListener("change", () => {
    state.moved = Number(choice.value);
    redraw();
  });
}

function addPanel(panel) {
  const section = document.createElement("section");
  section.className = "panel";
  const heading = document.createElement("h2");
  heading.textContent = panel.title;
  const svg = element("svg", { id: panel.id, role: "img", "aria-label": panel.title });
  const about = document.createElement("p");
  about.textContent = panel.about;
  section.append(heading, svg, about);
  document.getElementById("panels").append(section);
  return svg;
}

function tell() {
  const rows = family.fisher(state.theta).map((row) => row.map((value) => value.toPrecision(6)).join("  "));
  document.getElementById("values").textContent = `F(θ) =\n${rows.join("\n")}`;
}

let waiting = false;
let resting = 0;

/** Draws at the next frame, and what takes longer once the sliders have rested. */
function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    tell();
    drawAll(false);
    clearTimeout(resting);
    resting = setTimeout(() => drawAll(true), 200);
  });
}

function drawAll(slow) {
  for (const [panel, svg] of drawn) {
    if (panel.slow === slow) panel.draw(svg, family, state.theta, state.moved);
  }
}

family.sliders.forEach((slider, i) => addSlider(slider, state.theta, i));
family.known.forEach((slider, i) => addSlider(slider, state.constants, i));
addMoved();
const drawn = panelsOf(family).map((panel) => [panel, addPanel(panel)]);
const sampler = (theta) => samplerOf(family, theta, randomFrom(20260101));
window.explorer = { family, state, redraw, sampler, varianceOf };
redraw();
