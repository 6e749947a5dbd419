"""Which hosts and origins are served: design.md, section 6, and the security table of lessons.md."""

from __future__ import annotations

import pytest

from anyhost.server.hosts import AllowedHosts, Host, Origin

OURS = AllowedHosts.named(
    bound="192.168.1.5", hosts=["app.example.com", "named.example:8443"], origins=["https://notes.example.org"]
)


def serves(text: str, reached_at: str | None = None) -> bool:
    return OURS.serves(Host.parse(text), reached_at)


@pytest.mark.parametrize(
    "text",
    [
        *("localhost", "localhost:1", "LOCALHOST:8765", "localhost.", "localhost.:80", "app.localhost:3000"),
        *("127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:8765", "[0:0:0:0:0:0:0:1]:8765"),
    ],
)
def test_loopback_names_are_served_with_any_port(text: str) -> None:
    assert serves(text)


@pytest.mark.parametrize(
    "text", ["192.168.1.5", "192.168.1.5:9", "app.example.com", "APP.Example.com.:1", "app.example.com:9"]
)
def test_the_bound_address_and_named_hosts_are_served(text: str) -> None:
    assert serves(text)


def test_the_host_of_a_named_origin_is_served() -> None:
    assert serves("notes.example.org:443")


def test_a_host_named_with_a_port_is_served_with_that_port_only() -> None:
    assert serves("named.example:8443")
    assert not serves("named.example")
    assert not serves("named.example:8444")


@pytest.mark.parametrize(
    "text",
    [
        *("localhost.evil.com", "127.0.0.1.evil.com", "evil-localhost", "xlocalhost", "localhost.localhost.evil"),
        *("app.example.com.evil.com", "evil.app.example.com", "xapp.example.com", "example.com"),
        *("notes.example.org.evil.com", "xnotes.example.org", "example.org"),
        *("192.168.1.50", "192.168.1.6", "10.0.0.1", "[::2]", "evil.com"),
    ],
)
def test_names_that_only_look_like_ours_are_not_served(text: str) -> None:
    assert not serves(text)


def test_a_server_on_all_addresses_is_served_at_the_one_where_the_request_arrived() -> None:
    everywhere = AllowedHosts.named(bound="0.0.0.0")
    assert everywhere.serves(Host.parse("10.1.2.3:8765"), "10.1.2.3")
    assert everywhere.serves(Host.parse("[fe80::1]"), "fe80:0::1")
    assert not everywhere.serves(Host.parse("10.1.2.4:8765"), "10.1.2.3")
    assert not everywhere.serves(Host.parse("rebound.evil.com"), "10.1.2.3")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "*",
            "*.example.com",
            "a b",
            "a/b",
            "user@localhost",
            "localhost:",
            "localhost:x",
            "localhost:99999",
        ),
        *("http://localhost", "[::1", "::1", "[localhost]", "[127.0.0.1]", "[fe80::1%eth0]", "localhost,evil.com"),
        *(
            "127.1",
            "0x7f.1",
            "2130706433",
            "a..b",
            ".localhost",
            "-a",
            "ä.example",
            "localhost\n",
            "a" * 300,
            "..",
            ".",
        ),
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a host name"):
        Host.parse(text)


@pytest.mark.parametrize(
    ("text", "scheme", "host"),
    [
        ("http://localhost:8765", "http", "localhost:8765"),
        ("http://LOCALHOST:8765", "http", "localhost:8765"),
        ("http://[::1]:8765", "http", "[0::1]:8765"),
        ("http://app.example.com", "http", "app.example.com:80"),
        ("https://app.example.com:443", "https", "app.example.com"),
        ("https://notes.example.org", "http", "localhost:8765"),  # named
    ],
)
def test_an_origin_that_equals_scheme_and_host_or_is_named_is_allowed(text: str, scheme: str, host: str) -> None:
    assert OURS.allows(Origin.parse(text), scheme, Host.parse(host))


@pytest.mark.parametrize(
    "text",
    [
        "https://localhost:8765",  # another scheme
        "http://localhost:8766",  # another port
        "http://localhost",
        "http://localhost.evil.com:8765",
        "http://127.0.0.1:8765",  # another name of the same machine is another origin
        "http://notes.example.org",
        "https://notes.example.org:8443",
        "https://notes.example.org.evil.com",
    ],
)
def test_any_other_origin_is_not_allowed(text: str) -> None:
    assert not OURS.allows(Origin.parse(text), "http", Host.parse("localhost:8765"))


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "",
        "*",
        "localhost",
        "http://",
        "http://a/",
        "http://a/b",
        "ftp://a",
        "http://u@a",
        "file://",
        "http://a b",
        "https://*",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected an origin"):
        Origin.parse(text)


def test_a_host_reads_as_it_is_written() -> None:
    assert [str(Host.parse(text)) for text in ("A.b:1", "[::1]:2", "[::1]")] == ["a.b:1", "[::1]:2", "[::1]"]
