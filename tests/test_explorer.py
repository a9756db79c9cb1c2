"""The explorer in a real browser: its numbers, its sliders, and no complaint on the console."""

from __future__ import annotations

import math
import shutil

import mpmath
import numpy as np
import pytest
from sympy import log, symbols

import symfisher as sf
from symfisher.errors import DoesNotExistError
from symfisher.explorer import explorer
from symfisher.numerics.evaluate import evaluate

FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WIDE, PHONE = 1200, 360


@pytest.fixture(scope="module")
def browser():
    webdriver = pytest.importorskip("selenium.webdriver")
    driver, chromium = shutil.which("chromedriver"), shutil.which("chromium")
    if driver is None or chromium is None:
        pytest.skip("no chromium with its driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(driver)
    window = webdriver.Chrome(options=options, service=service)
    yield window
    window.quit()


@pytest.fixture(scope="module")
def page_of(tmp_path_factory):
    def page(target):
        family = sf.derive(target).family
        file = tmp_path_factory.mktemp("explorer") / f"{family.name[:20].strip('<>/')}.html"
        file.write_text(explorer(sf.derive(target)), encoding="utf-8")
        return file.as_uri()

    return page


def opened(browser, page, width=WIDE):
    browser.set_window_size(width, 1000)
    browser.get(page)
    return browser


def ask(browser, expression):
    return browser.execute_script(f"return {expression}")


# A family, and values of its parameters other than those that the sliders start from.
CASES = {
    "gamma": ([2.3, 0.7], [1.4, 1.1]),
    "beta": ([0.8, 2.9], [1.5, 2.0]),
    "normal": ([-0.4, 1.7], [0.3, 1.2]),
    "student_t": ([0.2, 1.3, 4.5], [0.5, 1.0, 6.0]),
    "zero_inflated_poisson": ([0.35, 2.2], [0.2, 3.1]),
    "gev": ([0.2, 1.5, -0.2], [0.1, 1.4, -0.15]),
    "laplace": ([0.3, 1.6], [-0.2, 2.0]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_page_computes_what_python_computes(browser, page_of, name):
    opened(browser, page_of(name))
    theta, other = CASES[name]
    derivation = sf.derive(name)
    at = dict(zip(derivation.family.parameters, theta, strict=True))
    exact = [[float(evaluate(e, at)) for e in row] for row in derivation.fisher.expr.tolist()]
    assert ask(browser, f"explorer.family.fisher({theta})") == pytest.approx(
        np.array(exact), rel=1e-10, abs=1e-12
    )
    divergence = derivation.kl()
    primed = [divergence.extra_symbols["primed"][p.name] for p in derivation.family.parameters]
    expected = float(evaluate(divergence.expr, {**at, **dict(zip(primed, other, strict=True))}))
    assert ask(browser, f"explorer.family.kl({theta}, {other})") == pytest.approx(
        expected, rel=1e-9
    )
    x = 0.4 if name == "beta" else 1.0
    score = [
        float(evaluate(e, {**at, derivation.family.variables[0]: x})) for e in derivation.score.expr
    ]
    found = ask(browser, f"Array.from(explorer.family.score([{x}], {theta}))")
    assert found == pytest.approx(score, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_every_panel_draws_and_nothing_complains(browser, page_of, name):
    opened(browser, page_of(name))
    wait_for(browser, "document.querySelectorAll('#bound circle').length > 0")
    for panel in ask(browser, "[...document.querySelectorAll('.panel svg')].map(s => s.id)"):
        marks = f"document.querySelectorAll('#{panel} :is(polyline, circle, line.one)').length"
        assert ask(browser, marks) > 0, panel
        assert "NaN" not in ask(browser, f"document.getElementById('{panel}').outerHTML"), panel
    assert browser.get_log("browser") == []


def test_a_divergence_by_quadrature_is_right_where_the_supports_end_is_far(browser, page_of):
    """The end is at 157.6, seventy times the width of the density away from it."""
    from_, to = [0.174, 2.0933, -0.0133], [0.27, 2.156, 0.0827]
    opened(browser, page_of("gev"))
    densities = [log_density_of_gev(*theta) for theta in (from_, to)]
    places = [-15, -8, -3, 0, 3, 8, 15, 30, 60, 120]
    expected = mpmath.quad(
        lambda x: mpmath.exp(densities[0](x)) * (densities[0](x) - densities[1](x)), places
    )
    found = ask(browser, f"explorer.family.kl({from_}, {to})")
    assert found == pytest.approx(float(expected), rel=1e-8)


def log_density_of_gev(mu, sigma, xi):
    def at(x):
        z = 1 + xi * (x - mu) / sigma
        return -(1 + 1 / xi) * mpmath.log(z) - mpmath.log(sigma) - z ** (-1 / xi)

    return at


def wait_for(browser, condition, seconds=20):
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, seconds).until(lambda window: ask(window, condition))


def test_a_slider_moves_by_keyboard_and_the_numbers_follow(browser, page_of):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    opened(browser, page_of("gamma"))
    before = ask(browser, "document.getElementById('values').textContent")
    picture = ask(browser, "document.getElementById('density').innerHTML")
    slider = browser.find_element(By.ID, "slider-alpha")
    slider.send_keys(Keys.ARROW_RIGHT * 5)
    wait_for(browser, f"document.getElementById('density').innerHTML != {picture!r}")
    alpha = ask(browser, "explorer.state.theta[0]")
    assert alpha > 2
    after = ask(browser, "document.getElementById('values').textContent")
    assert after != before
    beta = ask(browser, "explorer.state.theta[1]")
    assert float(after.split()[-1]) == pytest.approx(alpha / beta**2, rel=1e-5)
    assert slider.accessible_name.startswith("α")


def test_it_fits_a_phone_and_follows_the_dark(browser, page_of):
    page = page_of("gev")  # with the widest supports and formulas
    size = {"width": PHONE, "height": 800, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    try:
        opened(browser, page, PHONE)
        assert ask(browser, "document.documentElement.scrollWidth") <= PHONE
        assert ask(browser, "getComputedStyle(document.body).backgroundColor") == "rgb(23, 23, 27)"
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_simulated_variance_stays_about_the_bound(browser, page_of):
    """The variance of 120 estimates is within 4 standard errors, sqrt(2/119) each, of 1/(n F)."""
    opened(browser, page_of("exponential"))
    n = 160
    draw = "explorer.sampler([1.5])"
    variance = ask(browser, f"explorer.varianceOf(explorer.family, [1.5], 0, {n}, {draw})")
    assert n * variance == pytest.approx(1.5**2, rel=4 * math.sqrt(2 / 119) + 0.03)


def test_what_is_declared_is_shown_and_never_run(browser, page_of):
    x, a = symbols("x a", positive=True)
    family = sf.Family(
        name="</script><script>window.bad = 1</script>",
        variable=x,
        support="(0, oo)",
        parameters={a: "positive"},
        logpdf=log(a) - a * x,
    )
    opened(browser, page_of(family))
    assert ask(browser, "window.bad === undefined && window.explorer !== undefined")


def test_it_reaches_for_nothing_outside(page_of):
    text = explorer(sf.derive("gamma"))
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "").replace(
        "http://www.w3.org/1998/Math/MathML", ""
    )
    assert "https://" not in text
    assert "<link" not in text


def test_what_it_cannot_draw_is_said():
    with pytest.raises(DoesNotExistError, match="one variable"):
        explorer(sf.derive("bivariate_normal"))
