"""Services that answer, and every way in which they do not, played by a server on loopback."""

import contextlib
import json
import os
import ssl
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from satqkd.elements import fetch as fetch_module
from satqkd.elements import web
from satqkd.elements.fetch import (
    MOST_REQUESTS,
    PASSWORD_VARIABLE,
    USER_VARIABLE,
    Query,
    fetch,
    store,
)
from satqkd.elements.library import read_elements
from satqkd.errors import FetchError, OutputError

RECORD = {
    "OBJECT_NAME": "MICIUS",
    "OBJECT_ID": "2016-051A",
    "EPOCH": "2016-12-19T13:39:33.153408",
    "MEAN_MOTION": 15.23916091,
    "ECCENTRICITY": 0.0013349,
    "INCLINATION": 97.3698,
    "RA_OF_ASC_NODE": 268.1064,
    "ARG_OF_PERICENTER": 175.8929,
    "MEAN_ANOMALY": 309.019,
    "NORAD_CAT_ID": 41731,
    "BSTAR": 1.8801e-5,
}
PASSWORD = "correct horse"  # noqa: S105
LOGIN = {USER_VARIABLE: "me@example.org", PASSWORD_VARIABLE: PASSWORD}
AT = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
MICIUS = Query(source="celestrak", norad_ids=(41731,))


def body(*numbers):
    return json.dumps([{**RECORD, "NORAD_CAT_ID": number} for number in numbers or (41731,)])


class Service:
    """A server whose answer to each path is a function; it remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.answer = lambda handler: self.say(handler, body())
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.form = {}
                service.asked.append(self)
                with contextlib.suppress(ConnectionError):
                    service.answer(self)

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                self.form = parse_qs(self.rfile.read(length).decode())
                service.asked.append(self)
                service.answer(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @staticmethod
    def say(handler, text, code=200, **headers):
        content = text.encode() if isinstance(text, str) else text
        handler.send_response(code)
        headers.setdefault("Content_Length", str(len(content)))
        for name, value in headers.items():
            if value:
                handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    def says(self, text, code=200, **headers):
        self.answer = lambda handler: self.say(handler, text, code, **headers)


@pytest.fixture
def service(monkeypatch):
    """Serve on loopback, past any proxy."""
    monkeypatch.setenv("no_proxy", "*")
    one = Service()
    thread = threading.Thread(target=one.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield one
    one.server.shutdown()
    thread.join()
    one.server.server_close()


def refusal(service, query=MICIUS, **options):
    """Fetch what cannot be fetched, and return the one line that says why."""
    with pytest.raises(FetchError) as caught:
        fetch(query, source_url=service.url, **options)
    said = str(caught.value)
    assert "\n" not in said
    assert PASSWORD not in said
    return said


class TestCelestrak:
    @pytest.mark.parametrize(
        ("query", "asked", "title"),
        [
            (MICIUS, {"CATNR": ["41731"]}, "celestrak-41731"),
            (
                Query(source="celestrak", group="stations"),
                {"GROUP": ["stations"]},
                "celestrak-stations",
            ),
            (
                Query(source="celestrak", launch="2016-051"),
                {"INTDES": ["2016-051"]},
                "celestrak-2016-051",
            ),
        ],
    )
    def test_asks_by_number_group_or_launch(self, service, query, asked, title):
        """The query goes where CelesTrak documents, and its answer comes unchanged."""
        (download,) = fetch(query, source_url=service.url)

        to = urlsplit(service.asked[0].path)
        assert to.path == "/NORAD/elements/gp.php"
        assert parse_qs(to.query) == {**asked, "FORMAT": ["JSON"]}
        assert service.asked[0].headers["User-Agent"].startswith("satqkd/")
        assert (download.title, download.content) == (title, body().encode())
        assert download.element_sets[0].norad_id == 41731

    def test_asks_once_for_each_object(self, service):
        """CelesTrak knows one number a request."""
        service.answer = lambda h: service.say(
            h, body(parse_qs(urlsplit(h.path).query)["CATNR"][0])
        )

        found = fetch(Query(source="celestrak", norad_ids=(5, 799501299)), source_url=service.url)
        assert [one.element_sets[0].norad_id for one in found] == [5, 799501299]

    def test_an_answer_in_parts_without_a_length(self, service):
        """A server need not say how long its answer is."""
        service.says(body(), Content_Length="")

        assert fetch(MICIUS, source_url=service.url)

    def test_follows_a_redirect_on_the_same_host(self, service):
        """A path may have moved."""

        def answer(handler):
            if handler.path.startswith("/new"):
                service.say(handler, body())
            else:
                service.say(handler, "", 302, Location="/new")

        service.answer = answer
        assert fetch(MICIUS, source_url=service.url)


class TestSpaceTrack:
    def answer(self, service, records):
        def answer(handler):
            if handler.command == "POST":
                right = handler.form == {"identity": [LOGIN[USER_VARIABLE]], "password": [PASSWORD]}
                text = '""' if right else '{"Login":"Failed"}'
                service.say(handler, text, Set_Cookie="chocolatechip=1; path=/; HttpOnly")
            elif handler.headers["Cookie"] == "chocolatechip=1":
                service.say(handler, records)
            else:
                service.say(handler, "", 401)

        return answer

    @pytest.mark.parametrize(
        ("query", "path", "title"),
        [
            ({"norad_ids": (41731,)}, "NORAD_CAT_ID/41731", "space-track-41731"),
            ({"norad_ids": (5, 6)}, "NORAD_CAT_ID/5,6", "space-track-2-objects"),
            ({"launch": "2016-051"}, "OBJECT_ID/%5E2016-051", "space-track-2016-051"),
        ],
    )
    def test_logs_in_and_asks(self, service, query, path, title):
        """One login, one request with its cookie."""
        service.answer = self.answer(service, body(*query.get("norad_ids", ())))

        (download,) = fetch(
            Query(source="space-track", **query), source_url=service.url, environment=LOGIN
        )
        assert [handler.command for handler in service.asked] == ["POST", "GET"]
        assert f"/class/gp/{path}/orderby/NORAD_CAT_ID/format/json" in service.asked[1].path
        assert download.title == title

    @pytest.mark.parametrize("missing", [USER_VARIABLE, PASSWORD_VARIABLE])
    def test_wants_a_login(self, service, missing):
        """Without user name or password nothing is sent."""
        query = Query(source="space-track", norad_ids=(41731,))

        said = refusal(service, query, environment={**LOGIN, missing: ""})
        assert USER_VARIABLE in said
        assert service.asked == []

    def test_a_wrong_password(self, service):
        """A refused login names the variables, never what they hold."""
        service.answer = self.answer(service, body())
        query = Query(source="space-track", norad_ids=(41731,))
        environment = {USER_VARIABLE: "me@example.org", PASSWORD_VARIABLE: "wrong horse"}

        said = refusal(service, query, environment=environment)
        assert "refused the login" in said
        assert "wrong horse" not in said
        assert "example.org" not in said

    def test_the_password_never_leaves_in_the_clear(self):
        """Only this machine is sent a password without TLS."""
        query = Query(source="space-track", norad_ids=(41731,))

        with pytest.raises(FetchError, match="over https only"):
            fetch(query, source_url="http://mirror.example", environment=LOGIN)

    def test_the_password_does_not_follow_a_redirect(self, service):
        """A login that is sent elsewhere is refused."""
        service.says("", 307, Location="http://elsewhere.example/login")

        said = refusal(service, Query(source="space-track", norad_ids=(1,)), environment=LOGIN)
        assert "another place" in said or "307" in said
        assert len(service.asked) == 1


class TestRefuses:
    @pytest.mark.parametrize(
        ("code", "said"),
        [
            (400, "400"),
            (403, "not allowed"),
            (404, "no such object"),
            (429, "wait"),
            (503, "later"),
        ],
    )
    def test_errors_of_http(self, service, code, said):
        """The code is told with what to do about it."""
        service.says("sorry", code)

        line = refusal(service)
        assert f"answered {code}" in line
        assert said in line
        assert "it says: sorry" in line

    def test_what_the_server_says_is_shown_in_a_line(self, service):
        """Of a page for people the words, of a long one the beginning, nothing that acts."""
        service.says(
            "<html><head><title>no</title></head>\n<p>GP data has\nnot \x1b[31mupdated</p>"
            + " since" * 500,
            429,
        )

        line = refusal(service)
        assert "it says: GP data has not ?[31mupdated since since" in line
        assert len(line) < 600
        assert "\x1b" not in line

    def test_what_a_login_is_answered_is_not(self, service):
        """It may hold what was sent."""
        service.says("no such user: somebody", 401)

        said = refusal(service, Query(source="space-track", norad_ids=(1,)), environment=LOGIN)
        assert "401" in said
        assert "somebody" not in said

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("No GP data found", "begins with 'No GP data found'"),
            ("", "it is empty"),
            ("[]", "the list is empty"),
            ("<!DOCTYPE html><p>busy", "it is a web page"),
            ('{"error": "quota"}', "it says error: quota"),
            (b"\xff\xfe", "is no text"),
            (body()[:-9], "cannot be used; line 1"),
            (body().replace("97.3698", "NaN"), "INCLINATION: 'NaN' is not finite"),
            (body().replace("97.3698", "NaN").replace("309.019", "Infinity"), "(and 1 more)"),
        ],
    )
    def test_answers_that_hold_no_elements(self, service, text, said):
        """An answer is read as strictly as a file before it counts as one."""
        service.says(text)

        assert said in refusal(service)

    def test_an_answer_that_is_cut_off(self, service):
        """Fewer bytes than announced are no answer, even if they could be read."""
        service.says(body(), Content_Length=str(len(body()) + 9))

        assert "was cut off" in refusal(service)

    def test_an_answer_in_parts_that_is_cut_off(self, service):
        """The same without a length."""
        part = f"400\r\n{body()[:100]}"
        service.says(part, Content_Length="", Transfer_Encoding="chunked")

        assert "was cut off" in refusal(service)

    def test_a_connection_that_ends_at_once(self, service):
        """No answer at all."""
        service.answer = lambda handler: handler.connection.close()

        assert "127.0.0.1" in refusal(service)

    def test_what_is_not_http(self, service):
        """Noise instead of an answer."""
        service.answer = lambda handler: handler.wfile.write(b"SSH-2.0-x\r\n")

        assert "no usable answer (BadStatusLine" in refusal(service)

    def test_a_server_that_is_silent(self, service):
        """Waiting has an end."""
        done = threading.Event()
        service.answer = lambda _: done.wait(5)

        assert "did not answer within 0.1 s" in refusal(service, timeout_s=0.1)
        done.set()

    def test_a_server_that_drips(self, service):
        """A byte now and then does not keep us for ever."""
        done = threading.Event()

        def drip(handler):
            handler.send_response(200)
            handler.end_headers()
            while not done.is_set():
                handler.wfile.write(b" ")
                done.wait(0.01)

        service.answer = drip
        assert "did not answer within 0.2 s" in refusal(service, timeout_s=0.2)
        done.set()

    def test_an_answer_without_end(self, service, monkeypatch):
        """More than a catalogue is not taken."""
        monkeypatch.setitem(web.Session.__init__.__kwdefaults__, "most_bytes", 50)

        assert "longer than 50 bytes" in refusal(service)

    @pytest.mark.parametrize(
        "to",
        ["http://elsewhere.example/x", "https://127.0.0.1/x", "//other.example/", "file:///etc/x"],
    )
    def test_a_redirect_to_another_place(self, service, to):
        """Another host, port or scheme is not followed."""
        service.says("", 302, Location=to)

        said = refusal(service)
        assert "another place" in said or "302" in said
        assert len(service.asked) == 1

    def test_a_redirect_in_circles(self, service):
        """A circle is left."""
        service.says("", 302, Location="/again")

        assert "answered 302" in refusal(service)

    def test_nobody_listens(self, service):
        """A refused connection is told by the host."""
        service.server.server_close()
        service.server.socket.close()
        with pytest.raises(FetchError, match=r"127.0.0.1:1: cannot be reached"):
            fetch(MICIUS, source_url="http://127.0.0.1:1")

    def test_a_server_without_tls(self, service):
        """Plain text where TLS is spoken is no answer either."""
        with pytest.raises(FetchError, match=r"127\.0\.0\.1"):
            fetch(MICIUS, source_url=service.url.replace("http:", "https:"), timeout_s=2)

    def test_certificates_are_checked(self):
        """The context is the one that verifies name and chain."""
        session = web.Session("https://celestrak.org", timeout_s=1)

        (context,) = [
            h._context for h in session._opener.handlers if hasattr(h, "_context") and h._context
        ]
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname

    def test_other_objects_than_asked_for(self, service):
        """An answer about somebody else is refused."""
        service.says(body(5))

        said = refusal(service)
        assert "lacks 41731" in said
        assert "elements of 5 instead" in said

    def test_other_launches_than_asked_for(self, service):
        """So are other launches."""
        query = Query(source="celestrak", launch="2016-052")

        assert "MICIUS (2016-051A), which is not of launch 2016-052" in refusal(service, query)

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://celestrak.org", "file:///etc/passwd", "celestrak.org", "https://", "https://[::1",
            "https://me:secret@celestrak.org", "https://celestrak.org/?a=b", "http://127.0.0.1:x",
        ],
    )  # fmt: skip
    def test_addresses_that_are_none(self, url):
        """Only http and https, a host, and no secret in it."""
        with pytest.raises(FetchError) as caught:
            fetch(MICIUS, source_url=url)

        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ({}, "just one of them"),
            ({"norad_ids": (1,), "group": "x"}, "just one of them"),
            ({"norad_ids": (0,)}, "between 1 and 999999999"),
            ({"norad_ids": (10**9,)}, "between 1 and 999999999"),
            ({"group": "../x"}, "no name of a group"),
            ({"launch": "16051A"}, "2016-051"),
            ({"group": "x", "source": "space-track"}, "knows no groups"),
            ({"group": "x", "source": "nasa"}, "write celestrak or space-track"),
            ({"norad_ids": tuple(range(1, MOST_REQUESTS + 2))}, "ask for a group"),
        ],
    )
    def test_questions_that_are_none(self, query, said):
        """A question is checked before anything is sent."""
        with pytest.raises(FetchError, match=said):
            Query(**{"source": "celestrak", **query})


class TestStore:
    def test_files_are_dated_and_never_replaced(self, service, tmp_path):
        """The same answer in the same second goes to a second file; both are read again."""
        downloads = fetch(MICIUS, source_url=service.url)
        folder = tmp_path / "data" / "elements"

        (first,) = store(downloads, folder, at=AT)
        (second,) = store(downloads, folder, at=AT)
        assert first.name == "celestrak-41731-20261103T120000Z.json"
        assert second.name == "celestrak-41731-20261103T120000Z-2.json"
        assert sorted(folder.iterdir()) == sorted([first, second])
        assert first.read_bytes() == body().encode()
        assert len(read_elements(folder)) == 2

    def test_without_hard_links(self, service, tmp_path, monkeypatch):
        """Some file systems have none; a file is not replaced there either."""

        def unsupported(*_):
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", unsupported)
        downloads = fetch(MICIUS, source_url=service.url)

        paths = [*store(downloads, tmp_path, at=AT), *store(downloads, tmp_path, at=AT)]
        assert sorted(tmp_path.iterdir()) == sorted(paths)
        assert {path.read_bytes() for path in paths} == {body().encode()}

    def test_all_or_none(self, service, tmp_path, monkeypatch):
        """When the second file cannot be written the first goes too."""
        downloads = fetch(MICIUS, source_url=service.url) * 2
        claim, calls = fetch_module.claim, []

        def full(path, temporary):
            calls.append(path)
            if len(calls) > 1:
                raise OSError(28, "No space left on device")
            claim(path, temporary)

        monkeypatch.setattr(fetch_module, "claim", full)
        with pytest.raises(OutputError, match="No space left"):
            store(downloads, tmp_path, at=AT)
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_is_a_file(self, service, tmp_path):
        """A file in the way is told and left alone."""
        (tmp_path / "x").write_text("mine")

        with pytest.raises(OutputError, match="could not be written"):
            store(fetch(MICIUS, source_url=service.url), tmp_path / "x", at=AT)
        assert (tmp_path / "x").read_text() == "mine"
