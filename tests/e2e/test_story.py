"""The story that Muelle was built for, in a real browser: from signing in to a graded task, and back again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from learner_client import LESSON
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running_site import RunningSite, running_site

from tests.e2e.terminal_page import terminal_text, type_in_terminal, wait_for_text

pytestmark = [pytest.mark.e2e, pytest.mark.docker]

SOON = 15_000  # ms; a busy machine with two cores
# A program that counts for sixteen seconds, so compactly that all of it stays on the screen.
COUNT = "clear; echo shell=$$; for n in $(seq 100 299); do printf %s, $n; sleep 0.08; done; echo counted"
COUNTED = "".join(f"{number}," for number in range(100, 300)) + "counted"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="es-ES")
    yield context
    context.close()


def sign_in(page: Page, site: RunningSite) -> None:
    page.goto(site.address)
    page.get_by_label("Usuario").fill("aprendiz")
    page.get_by_label("Contraseña").fill("aprendiz")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", name="Contenedores y orquestación")).to_be_visible()


def open_lesson(page: Page, site: RunningSite) -> None:
    page.goto(f"{site.address}/courses/{LESSON}/")
    expect(page.get_by_role("heading", name="¿Qué es un contenedor?", level=1)).to_be_visible()


def test_from_signing_in_to_points(context: BrowserContext, site: RunningSite):
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    # Sign in, open the course, read the lesson, start its lab: a prompt.
    sign_in(page, site)
    page.get_by_role("link", name="Empezar a leer").click()
    page.get_by_role("button", name="Empezar laboratorio").click()
    expect(page.locator(".xterm")).to_be_visible(timeout=SOON)
    wait_for_text(page, r"learner@lab:~\$")

    # A command in the text runs at a click.
    page.get_by_role("button", name="Ejecutar").first.click()
    wait_for_text(page, r"/\.muelle/bin/agent")

    # Checking an unfinished task says what was expected, what was found and what to try.
    task = page.locator("#exercise-plan-en-casa")
    task.get_by_role("button", name="Comprobar").click()
    for word in ("Esperado", "Encontrado", "Prueba"):
        expect(task.get_by_text(word, exact=True)).to_be_visible(timeout=SOON)

    # Doing it ticks it off by itself, with points.
    word = re.search(r"\b(faro|boya|ancla|muelle)\b", task.inner_text())
    assert word is not None
    type_in_terminal(page, f"echo {word[0]} > ~/plan.txt")
    expect(task).to_have_attribute("data-state", "passed", timeout=SOON)

    # A question is answered with what the terminal shows.
    number = re.search(r"radar --id=(\d{4})", terminal_text(page))
    assert number is not None
    radar = page.locator("#exercise-proceso-radar")
    radar.get_by_role("textbox").fill(number[1])
    radar.get_by_role("button", name="Comprobar").click()
    expect(radar).to_have_attribute("data-state", "passed", timeout=SOON)

    # The quiz, and the progress of it all.
    quiz = page.locator("section.quiz").first
    quiz.get_by_role("radio").nth(0).check()
    quiz.get_by_role("button", name="Responder").click()
    expect(quiz.locator(".result")).not_to_be_empty(timeout=SOON)
    page.goto(f"{site.address}/progress/")
    expect(page.get_by_role("heading", name="Mi progreso")).to_be_visible()
    points = re.search(r"(\d+)\s*/ 20", page.inner_text("main"))
    assert points is not None
    assert int(points[1]) >= 2
    assert complaints == []


def test_a_shell_outlives_tab_browser_and_server(browser: Browser, context: BrowserContext, site: RunningSite):
    page = context.new_page()
    sign_in(page, site)
    open_lesson(page, site)
    if page.get_by_role("button", name="Empezar laboratorio").count():
        page.get_by_role("button", name="Empezar laboratorio").click()
    expect(page.locator(".xterm")).to_be_visible(timeout=SOON)
    wait_for_text(page, r"learner@lab:~\$")
    type_in_terminal(page, COUNT)
    shell = wait_for_text(page, r"^shell=(\d+)$")[1]
    wait_for_text(page, r"12[5-8],")

    # The tab is closed while the program counts, and another browser opens the lesson.
    page.close()
    other = browser.new_context(viewport={"width": 1280, "height": 800}, locale="es-ES")
    page = other.new_page()
    sign_in(page, site)
    open_lesson(page, site)
    expect(page.locator(".xterm")).to_be_visible(timeout=SOON)
    wait_for_text(page, r"16[5-8],")

    # The server dies without warning and comes back.
    site.restart("asgi")
    wait_for_text(page, r"counted$")

    assert COUNTED in terminal_text(page).replace("\n", "")
    type_in_terminal(page, "echo again=$$")
    assert wait_for_text(page, r"^again=(\d+)$")[1] == shell
    other.close()


def test_no_page_is_wider_than_its_screen(context: BrowserContext, site: RunningSite):
    page = context.new_page()
    sign_in(page, site)

    for path in ("/", f"/courses/{LESSON}/", "/progress/"):
        for width, height in ((1440, 900), (1024, 768), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(site.address + path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} at {width}"
