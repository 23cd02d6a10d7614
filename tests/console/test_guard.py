"""Who is let in, who is not, and what every answer says of itself."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from satqkd.console.app import desk_app
from satqkd.console.guard import HEADERS, LARGEST_BODY, Secrets
from satqkd.console.spoken import without_paths

PORT = 8790
HOST = f"http://127.0.0.1:{PORT}"

FORM = {"content-type": "application/x-www-form-urlencoded"}
OWN = {"origin": HOST, **FORM}


async def _act(request):
    async with request.form(max_part_size=LARGEST_BODY) as form:
        return PlainTextResponse(f"done {sorted(form)}")


@pytest.fixture
def acting(mission_folder, desk_of, browser_of):
    """A browser at a desk that has one thing to do."""
    return browser_of(desk_of(mission_folder), more=[Route("/act", _act, methods=["POST"])])


@pytest.fixture
def stranger(mission_folder, desk_of):
    """A browser that has not shown the key."""
    return TestClient(desk_app(desk_of(mission_folder), port=PORT), base_url=HOST)


@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", f"[::1]:{PORT}", ""],
)
def test_another_name_is_refused(browser, host):
    """A name that somebody lets point to this computer is no way in."""
    assert browser.get("/week", headers={"host": host}).status_code == 421


def test_localhost_is_a_name_of_this_computer(browser):
    assert browser.get("/week", headers={"host": f"localhost:{PORT}"}).status_code == 200


def test_two_names_at_once_are_refused(browser):
    answer = browser.get("/", headers=[("host", f"127.0.0.1:{PORT}"), ("host", "evil.example")])
    assert answer.status_code == 421


@pytest.mark.parametrize("path", ["/", "/week", "/pass/x", "/static/desk.js", "/alive", "/nope"])
def test_without_the_key_nothing_is_shown(stranger, path):
    assert stranger.get(path).status_code == 403
    assert stranger.get(f"{path}?key={'0' * 32}").status_code == 403


def test_the_key_becomes_a_cookie_and_leaves_the_address(mission_folder, desk_of):
    desk = desk_of(mission_folder)
    client = TestClient(desk_app(desk, port=PORT), base_url=HOST, follow_redirects=False)
    answer = client.get(f"/week?page=2&key={desk.secrets.key}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/week?page=2")
    cookie = answer.headers["set-cookie"]
    assert cookie == f"desk-{PORT}={desk.secrets.cookie}; HttpOnly; SameSite=Strict; Path=/"
    assert desk.secrets.key not in cookie


def test_the_way_back_stays_on_this_desk(mission_folder, desk_of):
    """An address such as //evil.example would lead elsewhere."""
    desk = desk_of(mission_folder)
    client = TestClient(desk_app(desk, port=PORT), base_url=HOST, follow_redirects=False)
    answer = client.get(f"{HOST}//evil.example/a%0d%0ab?key={desk.secrets.key}")
    assert answer.headers["location"] == "/evil.example/a%0D%0Ab"


def test_secrets_are_long_and_of_one_desk():
    one, other = Secrets(), Secrets()
    mine = {one.key, one.cookie, one.form}
    assert len(mine) == 3
    assert all(len(secret) == 32 for secret in mine)
    assert mine.isdisjoint({other.key, other.cookie, other.form})
    assert one.same_form(one.form)
    assert not one.same_form(other.form)
    assert not one.same_form("é")


@pytest.mark.parametrize(
    ("origin", "site", "status"),
    [
        ({"origin": HOST}, {}, 200),
        ({}, {"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://evil.example"}, {"sec-fetch-site": "same-origin"}, 403),
        ({"origin": f"http://localhost:{PORT}"}, {}, 403),
        ({"origin": "null"}, {}, 403),
        ({}, {"sec-fetch-site": "cross-site"}, 403),
        ({}, {}, 403),
    ],
)
def test_a_form_of_another_page_is_refused(acting, origin, site, status):
    headers = {**FORM, **origin, **site}
    assert acting.post("/act", content="a=1", headers=headers).status_code == status


def test_a_form_without_cookie_is_refused(stranger):
    assert stranger.post("/act", content="a=1", headers=OWN).status_code == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "", "application/x-www-form-urlencodedx"]
)
def test_only_forms_are_taken(acting, kind):
    answer = acting.post("/act", content="a=1", headers={"origin": HOST, "content-type": kind})
    assert answer.status_code == 415


def test_a_file_may_be_sent(acting):
    answer = acting.post("/act", files={"log": ("a.csv", b"x")}, headers={"origin": HOST})
    assert (answer.status_code, answer.text) == (200, "done ['log']")


def test_a_form_that_is_none_is_refused(acting):
    kind = {"content-type": "multipart/form-data"}  # it does not say where its parts end
    answer = acting.post("/act", content=b"a=1", headers={"origin": HOST, **kind})
    assert (answer.status_code, "nothing was done" in answer.text) == (400, True)


def test_what_says_that_it_is_too_large_is_refused_unread(acting):
    headers = {**OWN, "content-length": str(10**9)}
    assert acting.post("/act", content=b"", headers=headers).status_code == 413


def test_what_turns_out_too_large_is_refused(acting):
    """A stream that does not say how long it is ends where it is too long."""
    sent = 0

    def pieces():
        nonlocal sent
        for _ in range(1_000):
            sent += 1
            yield b"a" * 10_000

    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = acting.post("/act", content=pieces(), headers={"origin": HOST, **kind})
    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(browser, method):
    answer = browser.request(method, "/week", headers=OWN)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_reading_does_nothing(acting):
    assert acting.get("/act").status_code == 405


def test_a_desk_for_reading_takes_no_form(mission_folder, desk_of, browser_of):
    routes = [Route("/act", _act, methods=["POST"])]
    reading = browser_of(desk_of(mission_folder, read_only="it was opened so"), more=routes)
    answer = reading.post("/act", content="a=1", headers=OWN)
    assert (answer.status_code, "nothing was done" in answer.text) == (403, True)
    assert "Read only" in reading.get("/week").text


@pytest.mark.parametrize(
    "path",
    [
        "/pass/%2e%2e", "/pass/..%2F..%2Fmission.yaml", "/pass/",
        "/pass/%00", "/pass/" + "a" * 3_000, "/static/..%2Fapp.py",
        "/static/", "/week/", "/compare?a=../..&b=..", "/compare", "/pass/a%0d%0aSet-Cookie:b",
    ],
)  # fmt: skip
def test_names_are_looked_up_and_are_no_paths(browser, path):
    answer = browser.get(f"{HOST}{path}")
    assert answer.status_code == 404
    assert "<h1>There is no such page here</h1>" in answer.text
    assert "satellites:" not in answer.text
    assert "set-cookie" not in answer.headers


def test_an_endless_address_is_refused(browser):
    assert browser.get("/week?find=" + "a" * 5_000).status_code == 414


@pytest.mark.parametrize("path", ["/", "/week", "/static/desk.css", "/alive", "/nope", "/pass/.."])
def test_every_answer_has_every_header(browser, path):
    answer = browser.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


def test_refusals_have_every_header_too(stranger):
    for answer in (stranger.get("/"), stranger.get("/", headers={"host": "evil.example"})):
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


def test_a_defect_shows_neither_place_nor_trace(mission_folder, desk_of):
    def broken(request):
        del request
        raise RuntimeError("/secret/place")

    desk = desk_of(mission_folder)
    app = desk_app(desk, port=PORT, more=[Route("/broken", broken)])
    client = TestClient(app, base_url=HOST, raise_server_exceptions=False)
    client.get(f"/?key={desk.secrets.key}")
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("/srv/ann/m/plan/plan.json: gone", "plan.json: gone"),
        ("../plan: passes.csv is not so", "plan: passes.csv is not so"),
        ("Sun at 3 km/s or 5 %", "Sun at 3 km/s or 5 %"),
        ("~/x/ledger.sqlite is damaged", "ledger.sqlite is damaged"),
    ],
)
def test_messages_name_files_and_not_where_they_lie(said, shown):
    assert without_paths(said) == shown
