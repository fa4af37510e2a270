# SPDX-License-Identifier: GPL-3.0-or-later
"""The request schema against the catalogue: generated from it, never typed out."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic_core import ValidationError

from trellis_blender.core import request
from trellis_blender.core.catalogue import (
    BY_NAME,
    MODEL_ID,
    PARAMETERS,
    PIPELINE_BY_RESOLUTION,
    PRICE_BY_RESOLUTION_USD,
    SETTINGS,
    Kind,
    Parameter,
    Scalar,
    Stage,
    settings_of,
)
from trellis_blender.core.errors import InvalidRequest

NUMBERS = [parameter for parameter in SETTINGS if parameter.kind in (Kind.INT, Kind.FLOAT)]
ENUMS = [parameter for parameter in SETTINGS if parameter.kind is Kind.ENUM]
WRONG_TYPES: dict[Kind, list[Any]] = {
    Kind.INT: ["12", 12.0, True, None, [12], b"12", {}],
    Kind.FLOAT: ["1.0", True, None, [1.0], b"1", {}],
    Kind.BOOL: ["true", 1, 0, None, [], 1.0],
    Kind.ENUM: [1024, 1024.0, None, True, ["1024"], b"1024", "", " 1024", "999"],
}


def by_name(parameter: Parameter) -> str:
    return parameter.name


def outside(parameter: Parameter) -> tuple[float, float]:
    low, high = parameter.minimum, parameter.maximum
    assert low is not None and high is not None
    if parameter.kind is Kind.INT:
        return low - 1, high + 1
    return math.nextafter(low, -math.inf), math.nextafter(high, math.inf)


def refused(values: dict[str, object]) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        request.build(values)
    return caught.value


def test_there_are_35_named_once() -> None:
    assert len(PARAMETERS) == len(BY_NAME) == 35
    assert len(SETTINGS) == 33


def test_every_stage_is_used_and_nothing_lies_outside() -> None:
    assert [parameter for stage in Stage for parameter in settings_of(stage)] == sorted(
        PARAMETERS, key=lambda parameter: list(Stage).index(parameter.stage)
    )
    assert [stage for stage in Stage if not settings_of(stage)] == [Stage.NEW]


@pytest.mark.parametrize("parameter", SETTINGS, ids=by_name)
def test_words(parameter: Parameter) -> None:
    assert parameter.label
    assert parameter.description
    assert not parameter.description.endswith(".")
    assert parameter.source
    assert set(parameter.source) <= {"doc", "fal", "model", "analogy"}
    assert parameter.allowed


@pytest.mark.parametrize("parameter", SETTINGS, ids=by_name)
def test_default_validates_and_is_not_sent(parameter: Parameter) -> None:
    assert parameter.default is not None
    built = request.build({parameter.name: parameter.default})
    assert dict(built.parameters) == {}
    assert built.value(parameter.name) == parameter.default
    assert type(built.value(parameter.name)) is type(parameter.default)


@pytest.mark.parametrize("parameter", NUMBERS, ids=by_name)
def test_both_ends_validate_and_just_outside_is_refused(parameter: Parameter) -> None:
    for end in (parameter.minimum, parameter.maximum):
        built = request.build({parameter.name: end})
        assert built.value(parameter.name) == end
        sent = built.body("data:image/png;base64,AA")
        assert (parameter.name in sent) is (end != parameter.default)
    for value in outside(parameter):
        error = refused({parameter.name: value})
        assert (error.parameter, error.value) == (parameter.name, value)
        assert parameter.allowed in str(error)
        assert repr(value) in str(error)


@pytest.mark.parametrize("parameter", NUMBERS, ids=by_name)
def test_what_is_no_number_is_refused(parameter: Parameter) -> None:
    for value in (math.nan, math.inf, -math.inf):
        assert refused({parameter.name: value}).parameter == parameter.name


@pytest.mark.parametrize("parameter", SETTINGS, ids=by_name)
def test_wrong_types_are_refused(parameter: Parameter) -> None:
    for value in WRONG_TYPES[parameter.kind]:
        error = refused({parameter.name: value})
        assert error.parameter == parameter.name
        assert parameter.allowed in str(error)


@pytest.mark.parametrize("parameter", ENUMS, ids=by_name)
def test_enumerations_are_strings(parameter: Parameter) -> None:
    for value in parameter.values:
        built = request.build({parameter.name: value})
        assert built.value(parameter.name) == value
        assert isinstance(built.value(parameter.name), str)
    assert parameter.default in parameter.values


def test_whole_numbers_may_stand_for_others() -> None:
    assert request.build({"ss_guidance_strength": 3}).parameters == {"ss_guidance_strength": 3.0}
    assert isinstance(request.build({"ss_guidance_strength": 3}).value("ss_guidance_strength"), float)


def test_unknown_names_are_refused() -> None:
    for name in ("sead", "", "model", "Seed", "ss_sampling_steps "):
        assert refused({name: 1}).parameter == name
    assert "no parameter of that name" in str(refused({"sead": 1}))


@pytest.mark.parametrize("resolution", PIPELINE_BY_RESOLUTION)
@pytest.mark.parametrize("pipeline", PIPELINE_BY_RESOLUTION.values())
def test_contradictions_are_refused(resolution: str, pipeline: str) -> None:
    values: dict[str, object] = {"resolution": resolution, "pipeline_type": pipeline}
    if PIPELINE_BY_RESOLUTION[resolution] == pipeline:
        assert request.build(values).resolution == resolution
        return
    error = refused(values)
    assert error.parameter == "pipeline_type"
    assert PIPELINE_BY_RESOLUTION[resolution] in str(error)


@pytest.mark.parametrize(("resolution", "pipeline"), PIPELINE_BY_RESOLUTION.items())
def test_one_name_of_the_choice_is_enough(resolution: str, pipeline: str) -> None:
    for built in (request.build({"resolution": resolution}), request.build({"pipeline_type": pipeline})):
        assert (built.value("resolution"), built.value("pipeline_type")) == (resolution, pipeline)
        assert built.price_usd == PRICE_BY_RESOLUTION_USD[resolution]
    for values in ({"resolution": resolution}, {"pipeline_type": pipeline}):
        checked = request.validate_body({"model": MODEL_ID, "image": "data:image/png;base64,AA", **values})
        assert (checked["resolution"], checked["pipeline_type"]) == (resolution, pipeline)


def test_request_cannot_be_changed() -> None:
    built = request.build({"seed": 1})
    with pytest.raises(TypeError):
        built.parameters["seed"] = 2  # type: ignore[index]
    with pytest.raises(AttributeError):
        built.image_url = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    "image",
    ["", "data:", "data:text/html;base64,AA", "data:image/png,AA", "file:///etc/passwd", "chair.png", "http://", "ftp:",
     "data:image/png;base64,", "bunny://a b"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(image: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        request.build({}).body(image)
    assert caught.value.parameter == "image"


@pytest.mark.parametrize(
    "image", ["data:image/png;base64,AA", "data:image/svg+xml;base64,AA", "https://a.b/c.png", "bunny://a/b/c.png"]
)
def test_pictures(image: str) -> None:
    assert request.build({}).body(image) == {"model": MODEL_ID, "image": image}


@pytest.mark.parametrize(
    "url",
    ["chair.png", "file:///x", "https://", "https://a b/", "https://u:p@a.b/c", "javascript:x", "http://[::1", "a"],
)
def test_what_is_no_public_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        request.build({}, image_url=url)
    assert caught.value.parameter == "image_url"


def test_address_is_sent_instead_of_the_picture() -> None:
    assert request.build({"seed": 3}, image_url="https://a.b/c.png").body() == {
        "model": MODEL_ID, "image_url": "https://a.b/c.png", "seed": 3,
    }  # fmt: skip


def test_picture_is_no_setting() -> None:
    for name in ("image", "image_url"):
        assert refused({name: "https://a.b/c.png"}).parameter == name


@pytest.mark.parametrize(
    "body",
    [None, [], "x", {}, {"model": "other", "image": "data:image/png;base64,AA"}, {"image": "x"},
     {"image": "data:image/png;base64,AA", "image_url": "https://a.b/c"}],
)  # fmt: skip
def test_bodies_that_are_refused(body: object) -> None:
    with pytest.raises(InvalidRequest):
        request.validate_body(body)


def test_long_values_are_cut_in_the_sentence() -> None:
    assert len(str(refused({"resolution": "9" * 10_000}))) < 200


def test_a_new_parameter_is_one_entry() -> None:
    """To add a parameter, add one entry: the schema knows it, with its range and nothing else changed."""
    entry = Parameter("sharpness", Kind.FLOAT, Stage.EXPORT, "Sharpness", "How sharp", 0.5, 0.0, 1.0)
    extended = request.validator((*PARAMETERS, entry))
    good: dict[str, Scalar] = {"sharpness": 1.0, "seed": 3}
    assert extended.validate_python(good) == good
    for value in (1.1, -0.1, "1", math.nan):
        with pytest.raises(ValidationError):
            extended.validate_python({"sharpness": value})
    with pytest.raises(ValueError, match="no range"):
        request.validator((Parameter("loose", Kind.FLOAT, Stage.EXPORT, "Loose", "No range", 0.5),))
