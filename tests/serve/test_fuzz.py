"""Requests made from the OpenAPI document, sound and unsound: never a 5xx, and no request stays behind.

The short form runs with the suite; OPENMIMO_SOAK=1 (`make soak`) sends ten thousand.
"""

import os
import time
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from openmimo.engine.config import EngineConfig
from openmimo.engine.load import Loaded
from openmimo.model.mimo import MiMo
from tests.serve.conftest import Running, serving

ROUTES = 10  # at least so many operations take something
EXAMPLES = 10_000 // ROUTES if os.environ.get("OPENMIMO_SOAK") else 12


@pytest.fixture(scope="module")
def tiny(nano: Loaded) -> Loaded:
    """Nano's words on a model that says nothing, quickly."""
    config = nano.model.config.with_(
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=96,
    )
    model = MiMo(config)
    model.start(1)
    return Loaded("nano", nano.path, model.eval(), nano.tokenizer, nano.template, nano.stop_ids)


@pytest.fixture(scope="module")
def fuzzed(tiny: Loaded) -> Iterator[Running]:
    with serving(tiny, engine=EngineConfig(cache_tokens=96 * 64)) as running:
        yield running
        ends = time.monotonic() + 10
        while running.state.worker.under_way or running.state.worker.engine.busy:
            assert time.monotonic() < ends, "requests stayed behind"
            time.sleep(0.05)
        assert running.state.worker.statistics.cache_used == 0


@pytest.fixture(scope="module")
def document(fuzzed: Running) -> schemathesis.BaseSchema:
    schema = schemathesis.openapi.from_url(f"{fuzzed.url}/openapi.json")
    # The weights' own route is tried in test_operation.py; taking them anew a thousand times would show nothing.
    return schema.exclude(path="/reload")


def test_no_request_breaks_the_server(document: schemathesis.BaseSchema) -> None:
    sent = 0
    for found in document.get_all_operations():
        operation = found.ok()
        sound, unsound = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=sound | unsound if operation.body else sound)
        def test(case: schemathesis.Case) -> None:
            nonlocal sent
            if isinstance(case.body, dict) and isinstance(case.body.get("model"), str):
                case.body["model"] = "nano"  # with a name there is not, all that comes after it would go unread
            case.validate_response(case.call(timeout=30), checks=[not_a_server_error])
            sent += 1

        test()
    assert sent >= ROUTES * EXAMPLES
