"""Nobody but the person who started the server gets anything out of it, or anything into it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from afternext.errors import UsageError
from afternext.web.guard import LARGEST_BODY, host_of, is_loopback
from afternext.web.serve import bind, settle
from tests.web.rooms import ORIGIN, TOKEN, client, stranger


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8765", "localhost", "localhost:1", "[::1]:8765", "127.9.9.9"]
)
def test_this_machine_is_served(tmp_path: Path, host: str) -> None:
    answer = client(tmp_path, host=host, origin=f"http://{host}").get("/api/about")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil",
        "0.0.0.0",
        "192.168.1.4",
        "",
        "a@127.0.0.1",
        "127.0.0.1/x",
    ],
)
def test_another_name_for_this_machine_is_refused(tmp_path: Path, host: str) -> None:
    """DNS rebinding: a name of a stranger that points to loopback."""
    for path in ("/", "/api/about", f"/?token={TOKEN}"):
        assert client(tmp_path, host=host).get(path).status_code == 400


@pytest.mark.parametrize(
    "path", ["/api/about", "/api/cases", "/api/openapi.json", "/api/runs/small", "/api/nothing"]
)
def test_without_the_token_nothing_is_told(tmp_path: Path, path: str) -> None:
    assert stranger(tmp_path).get(path).status_code == 401
    wrong = {"authorization": "Bearer wrong", "cookie": "afternext-0=wrong"}
    assert stranger(tmp_path).get(path, headers=wrong).status_code == 401


def test_the_token_becomes_a_strict_cookie_and_leaves_the_address(tmp_path: Path) -> None:
    browser = stranger(tmp_path)
    answer = browser.get(f"/?token={TOKEN}")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert browser.get("/api/about").status_code == 200  # the cookie lets in


def test_the_token_leads_nowhere_else(tmp_path: Path) -> None:
    """An open redirect would hand people to another site."""
    answer = stranger(tmp_path).get(f"//evil.example/?token={TOKEN}")
    assert answer.headers.get("location", "/").startswith("/")
    assert not answer.headers.get("location", "/").startswith("//")


def test_a_wrong_token_in_the_address_is_refused(tmp_path: Path) -> None:
    assert stranger(tmp_path).get("/?token=guess").status_code == 401


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", "http://localhost"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_site_may_not_ask_even_with_the_cookie(tmp_path: Path, origin: str, method: str) -> None:
    headers = {"origin": origin, "cookie": f"afternext-0={TOKEN}", "sec-fetch-site": "cross-site"}
    answer = stranger(tmp_path).request(method, "/api/cases", headers=headers, json={})
    assert answer.status_code == 403


def test_a_form_of_another_site_without_origin_is_refused(tmp_path: Path) -> None:
    cookie = {"cookie": f"afternext-0={TOKEN}"}
    browser = stranger(tmp_path)
    assert browser.post("/api/cases", headers={**cookie, "sec-fetch-site": "cross-site"}).status_code == 403
    # No word about where it comes from, and only the cookie, which the browser adds by itself.
    assert browser.post("/api/cases", headers=cookie).status_code == 403


def test_a_program_shows_its_token_in_a_header(tmp_path: Path) -> None:
    program = stranger(tmp_path)
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert program.post("/api/cases", headers=headers, json={"name": "mine"}).status_code == 201


def test_every_answer_says_what_the_page_may_do(tmp_path: Path) -> None:
    for answer in (
        client(tmp_path).get("/api/about"),
        stranger(tmp_path).get("/api/about"),
        client(tmp_path).get("/"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_large_upload_is_refused_before_it_is_read(tmp_path: Path) -> None:
    answer = client(tmp_path).post(
        "/api/import?name=mine", content=b"x", headers={"content-length": str(LARGEST_BODY + 1)}
    )
    assert answer.status_code == 413


def test_a_large_upload_without_a_length_is_cut_off(tmp_path: Path) -> None:
    def endless():
        for _ in range(40):
            yield b"x" * 2**18

    answer = client(tmp_path).post("/api/import?name=mine", content=endless())
    assert answer.status_code == 413


def test_only_this_machine_is_listened_to() -> None:
    with bind("127.0.0.1", 0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
        port = listening.getsockname()[1]
        outer = [a[4][0] for a in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
        for address in {a for a in outer if not is_loopback(a)}:
            with socket.socket() as caller:
                caller.settimeout(2)
                assert caller.connect_ex((address, port)) != 0


def test_another_address_needs_a_token_that_a_person_chose() -> None:
    with pytest.raises(UsageError, match="--token"):
        settle("0.0.0.0", None)
    with pytest.raises(UsageError, match="16"):
        settle("127.0.0.1", "short")
    assert settle("0.0.0.0", "long enough to be safe") == "long enough to be safe"
    assert len(settle("127.0.0.1", None)) >= 32
    assert settle("127.0.0.1", None) != settle("127.0.0.1", None)


def test_hosts_are_read_without_being_fooled() -> None:
    assert host_of("127.0.0.1:80") == "127.0.0.1"
    assert host_of("[::1]:80") == "::1"
    assert host_of("evil@127.0.0.1") == ""
    assert host_of("[::1") == ""
    assert ORIGIN == "http://127.0.0.1"
