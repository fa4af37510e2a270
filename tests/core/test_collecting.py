# SPDX-License-Identifier: GPL-3.0-or-later
"""What is collected for translators from a source: whole sentences with placeholders, however they are made."""

import ast
import textwrap
from pathlib import Path

import pytest

from translation.collecting import LABEL, SENTENCE, TOOLTIP, Message, collect
from translation.languages import PACKAGE
from translation.sentences import sentences
from translation.templates import Module, Scope, templates


@pytest.fixture(scope="module")
def own() -> dict[str, Message]:
    """What is collected of the extension."""
    return collect(PACKAGE)


def collected(tmp_path: Path, source: str, name: str = "module.py") -> dict[str, str]:
    package = tmp_path / "package"
    package.mkdir(exist_ok=True)
    (package / name).write_text(textwrap.dedent(source), encoding="utf-8")
    inside = package.name + "/" + name
    return {text: message.kind for text, message in collect(package).items() if inside in message.files}


def test_labels_tooltips_and_sentences_are_told_apart(tmp_path: Path) -> None:
    found = collected(
        tmp_path,
        '''
        """A module's docstring."""
        import bpy

        class TRELLIS_OT_thing(bpy.types.Operator):
            """Do the thing. Spends money"""

            bl_idname = "trellis.thing"
            bl_label = "Do Thing"
            count: bpy.props.IntProperty(name="Count", description="How many things", default=1)
            order: bpy.props.EnumProperty(items=(("RANDOM", "Random", "Any at all"),), default="RANDOM")

            def execute(self, context):
                """A docstring that nobody reads."""
                self.report({"ERROR"}, "The thing is not there. Make it first.")
                self.layout.operator("trellis.thing", text="Once More", icon="FILE_REFRESH")
                return {"CANCELLED"}
        ''',
    )
    assert found == {
        "Do the thing. Spends money": TOOLTIP,
        "Do Thing": LABEL,
        "Count": LABEL,
        "How many things": TOOLTIP,
        "Random": LABEL,
        "Any at all": TOOLTIP,
        "The thing is not there.": SENTENCE,
        "Make it first.": SENTENCE,
        "Once More": LABEL,
    }


def test_a_sentence_put_together_of_halves_is_found_as_every_sentence_it_can_become(tmp_path: Path) -> None:
    found = collected(
        tmp_path,
        """
        def sentence(balance, pending, count, price):
            have = f"The balance of {balance}{f', less {pending} for waiting jobs,' if pending else ''}"
            what = f"does not cover {price}" if count == 1 else _part("covers", count, price)
            return f"{have} {what}. Top up."

        def _part(verb, count, price):
            return f"{verb} {count or 'none'} at {price}"
        """,
    )
    assert set(found) == {
        f"The balance of {{balance}}{waiting} {what}."
        for waiting in ("", ", less {pending} for waiting jobs,")
        for what in ("does not cover {price}", "covers {count} at {price}", "covers none at {price}")
    } | {"Top up."}


def test_a_sentence_that_comes_before_or_after_is_a_message_of_its_own(tmp_path: Path) -> None:
    found = collected(
        tmp_path,
        """
        def sentence(bill, detail, count):
            quoted = f" The service says: {detail}" if detail else ""
            yield f"{bill.sentence} Nothing was sent."
            yield f"{count} were sent. {bill.sentence}"
            yield f"The server failed (HTTP {count}).{quoted}"
            yield f"It could not be made: {bill.sentence} Try another one."
        """,
    )
    assert set(found) == {
        "Nothing was sent.",
        "{count} were sent.",
        "The service says: {detail}",
        "The server failed (HTTP {count}).",
        "It could not be made: {sentence}",
        "Try another one.",
    }


def test_what_is_for_programs_is_left_out(tmp_path: Path) -> None:
    assert not collected(
        tmp_path,
        """
        import logging
        _log = logging.getLogger(__name__)
        _SQL = "CREATE TABLE jobs (id TEXT NOT NULL)"
        NAMES: "A forward reference to a type"

        def work(headers, value: "Some Type") -> "Another Type":
            _log.warning("Something went wrong with %s", value)
            if headers["Content Type"] == "not this one" or value in {"that one": 1}:
                raise ValueError("this is for programmers")
            return headers.get("retry_after"), f"{value}.part", f"bytes={value}-", value.startswith("data of an image")
        """,
    )


def test_a_name_that_changes_in_a_loop_is_a_placeholder() -> None:
    tree = ast.parse(
        "def f(xs):\n    for word in xs:\n        word = word or 'none'\n        g(f'There is {word} left')"
    )
    module = Module(tree)
    node = next(node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    assert templates(node, Scope(module, module.function_of(node))) == ["There is {word} left"]


def test_each_placeholder_of_a_sentence_has_a_name_of_its_own() -> None:
    assert sentences("{name} to {name}: {name} faces") == ["{name} to {name_2}: {name_3} faces"]


@pytest.mark.parametrize(
    "text",
    [
        "Generate",  # an operator's label
        "Generate · {price}",  # a button
        "Sampling Steps",  # the catalogue
        "How strictly the surface follows the image; too high hardens and distorts it",  # put together there
        "Today's cap of {cap} allows none of {count} objects at {price}: {spent} are spent.",  # three functions deep
        "Queued",  # a table of words
        "The picture has nothing opaque in it, so there is no subject.",  # a verdict
        "Check its alpha channel.",  # its fix
        "Top up at {dashboard_url}.",  # an error's tail
    ],
)  # fmt: skip
def test_the_extension_s_own_texts_are_found(text: str, own: dict[str, Message]) -> None:
    assert text in own
