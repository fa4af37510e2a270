# SPDX-License-Identifier: GPL-3.0-or-later
"""The address of a picture: what is sent, and the one sentence for what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trellis_blender.core import endpoint, request
from trellis_blender.core.errors import SourceError
from trellis_blender.core.image_url import check_image_url, file_name, is_private

PROVIDER = endpoint.parse("")
HERE = endpoint.parse("http://127.0.0.1:8000")
STUDIO = endpoint.parse("https://trellis.studio.lan")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("https://example.com/a.png", "https://example.com/a.png"),
        (" https://example.com/a.png\n", "https://example.com/a.png"),
        ("HTTPS://Example.COM/A.png", "https://example.com/A.png"),
        ("http://example.com/a.png", "http://example.com/a.png"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:8443/a?x=1&y=%20+2#top", "https://example.com:8443/a?x=1&y=%20+2"),
        ("https://example.com/ä/ß.png?q=ü", "https://example.com/%C3%A4/%C3%9F.png?q=%C3%BC"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://8.8.8.8/a.png", "https://8.8.8.8/a.png"),
        ("https://[2606:4700::1111]/a.png", "https://[2606:4700::1111]/a.png"),
        ("https://bucket.s3.amazonaws.com/a.png?X-Amz-Signature=0a&X=a/b==",
         "https://bucket.s3.amazonaws.com/a.png?X-Amz-Signature=0a&X=a/b=="),
        ("https://my_bucket.example.com/(1)/a,b;c.png", "https://my_bucket.example.com/(1)/a,b;c.png"),
        ("https://example.com/chair_(wood)", "https://example.com/chair_(wood)"),
        ("https://example.com/a)b.png", "https://example.com/a)b.png"),
        ("https://example.com/a?crop=[1,2]", "https://example.com/a?crop=[1,2]"),
        ("https://example.com/a.png#:)", "https://example.com/a.png"),
        ("https://example.com./a", "https://example.com./a"),
        ("https://0x8080808/a", "https://8.8.8.8/a"), ("https://8.8.2056/a", "https://8.8.8.8/a"),
        ("https://[2606:4700:0::1111]/a.png", "https://[2606:4700::1111]/a.png"),
    ],
)  # fmt: skip
def test_sent(typed: str, sent: str) -> None:
    assert check_image_url(typed, PROVIDER) == sent
    assert request.build({}, image_url=sent).body()["image_url"] == sent


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type the address"), ("  ", "Type the address"),
        ("data:image/png;base64,AAAA", "not its address"),
        ("file:///home/me/a.png", "Press Open"), ("/home/me/a.png", "Press Open"), ("C:\\a.png", "Press Open"),
        ("c:/a.png", "Press Open"), ("\\\\nas\\a.png", "Press Open"), ("~/a.png", "Press Open"),
        ("./a.png", "Press Open"), ("../a.png", "Press Open"),
        ("example.com/a.png", "must begin with https://"), ("ftp://example.com/a", "must begin with https://"),
        ("https:example.com/a", "must begin with https://"), ("javascript:alert(1)", "must begin with https://"),
        ("bunny://uploads/a", "must begin with https://"), ("localhost:8000/a.png", "must begin with https://"),
        ("https://example.com/a b.png", "has a space"), ("https://example.com/a\nb", "has a space"),
        ("https://example.com\\@evil.example/a", "a backslash"), ("https://exa\u200bmple.com/", "has a space"),
        ("https://u:p@example.com/a", "user name or a password"), ("https://u@example.com/a", "user name"),
        ("https://@example.com/a", "user name"),
        ("https://", "names no server"), ("https:///a.png", "names no server"), ("https://:80/a", "names no server"),
        ("https://example.com:99999/", "cannot be read"), ("https://example.com:x/", "cannot be read"),
        ("https://[::1", "cannot be read"), ("https://example.com:0/", "port that does not exist"),
        ("https://exa$mple.com/", "names a server that cannot be"), ("https://a..b/", "names a server that cannot be"),
        ("https://256.1.1.1/", "names a server that cannot"), ("https://1.2.3.4.5/", "names a server that cannot be"),
        ("https://[v1.x]/a", "names a server that cannot be"), ("https://[vF.10.0.0.1]/", "names a server that cannot"),
        ("https://[example.com]/", "cannot be"),
        ("https://-a.example/", "names a server that cannot be"), (f"https://{'a.' * 130}b/", "names a server that"),
        ("https://example.com/x.png)", "a bracket that was never opened"),
        ("https://example.com/x.png).", "a bracket that was never"), ("https://example.com/x.png>", "a bracket that"),
        ("https://example.com/x_(1).png)", "a bracket that was"), ("https://example.com/?a=[1]]", "a bracket that was"),
        ("https://example.com/x.png)#top", "a bracket that was"), ("https://example.com)", "a bracket that was never"),
        ("https://example.com/" + "a" * 9000, "longer than 8192"),
        ("https://example.com/?key=sk-empiriolabs-abc", "holds an API key"),
    ],
)  # fmt: skip
def test_refused(typed: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        check_image_url(typed, HERE)
    sentence = str(caught.value)
    assert words in sentence
    assert sentence.endswith(".")
    assert "sk-empiriolabs-abc" not in sentence


NEAR = [
    "localhost", "127.0.0.1", "127.8.9.1", "[::1]", "10.0.0.5", "192.168.1.2", "172.16.0.1", "169.254.169.254",
    "0.0.0.0", "100.64.0.1", "[fe80::1]", "[fc00::1]", "[::ffff:10.0.0.1]", "[::]", "224.0.0.1", "nas", "nas.local",
    "pc.lan", "a.home.arpa", "db.internal", "a.localhost", "localhost.",
    # Addresses that wrap another one, or are of a network's own.
    "[::ffff:7f00:1]", "[::10.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::a00:1]",
    "[2002:a00:1::]", "[2002:7f00:1::1]", "[2001:0:5ef5:79fb:0:59c:f5ff:fffe]", "[fec0::1]", "[ff0e::1]",
    "[fe80::1%25eth0]", "[2606:4700::1111%25eth0]", "[2606:4700::1111%eth0]",
    # Other ways to write them.
    "127.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "10.1", "192.168.258", "167772165", "127.0.0.1.",
    "\uff11\uff12\uff17.1", "127\u30020\u30020\u30021",
]  # fmt: skip


@pytest.mark.parametrize("host", NEAR)
def test_near_addresses_can_be_reached_by_near_servers_only(host: str) -> None:
    url = f"http://{host}:8080/a.png"
    with pytest.raises(SourceError, match="the service cannot reach it"):
        check_image_url(url, PROVIDER)
    assert check_image_url(url, HERE).endswith(":8080/a.png")
    assert check_image_url(url, STUDIO).endswith(":8080/a.png")


@pytest.mark.parametrize("host", ["example.com", "8.8.8.8", "2606:4700::1111", "localhost.example.com", "arpa.example"])
def test_far_addresses(host: str) -> None:
    assert not is_private(host)


@given(st.text(max_size=60) | st.text(max_size=40).map(lambda text: f"https://{text}/a.png"))
def test_whatever_is_typed_is_sent_well_formed_or_refused_in_a_sentence(typed: str) -> None:
    try:
        sent = check_image_url(typed, PROVIDER)
    except SourceError as error:
        assert str(error).endswith(".")
        return
    assert sent.isascii()
    assert request.build({}, image_url=sent).image_url == sent
    assert check_image_url(sent, PROVIDER) == sent


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.com/set/old%20chair.png?width=5", "old chair.png"),
        ("https://example.com/set/", "set"),
        ("https://example.com", ""),
        ("https://[broken", ""),
    ],
)
def test_name_of_the_file_that_an_address_leads_to(url: str, name: str) -> None:
    assert file_name(url) == name
