"""`openmimo serve`: a model behind HTTP, for people and programs."""

import os
from pathlib import Path
from typing import Literal

import tyro

from openmimo.core.errors import InputError


def main(
    model: tyro.conf.Positional[str] = "nano",
    host: str = "127.0.0.1",
    port: int = 8000,
    served_name: str = "",
    api_key: tuple[str, ...] = (),
    thinking_budget: int | None = None,
    max_queue: int = 256,
    max_body: int = 4 * 2**20,
    max_seconds: float = 600.0,
    drain: float = 30.0,
    cache_tokens: int = 0,
    at_once: int = 64,
    draft: Literal["auto", "off", "mtp", "suffix"] = "auto",
    int8: bool = False,
    allow_origin: tuple[str, ...] = (),
    no_run: bool = False,
    log_prompts: bool = False,
) -> int:
    """Serve a model: OpenAI's chat completions, completions and responses, Ollama's dialect, and a chat page at /.

    It listens on this machine only, unless --host says otherwise. Keys come from --api-key or from
    OPENMIMO_API_KEY (several with commas between); with none, whoever reaches the address may ask.
    SIGTERM lets answers end first; SIGHUP or POST /reload takes the weights anew from their folder.

    Try:
        openmimo serve
        openmimo serve ./model --port 8080 --thinking-budget 2048
        OPENMIMO_API_KEY=secret openmimo serve --host 0.0.0.0

    Args:
        model: A model's name, a folder, or a .gguf file.
        host: The address to listen at; 0.0.0.0 for all of this machine's.
        port: The port; 0 takes one that is free and says which.
        served_name: What clients call the model, if not by its own name.
        api_key: A key that clients must send. Others on this machine can see it here; prefer the environment.
        thinking_budget: End the reasoning after so many tokens, where a request does not say.
        max_queue: Requests that may wait beyond those that run; more are told to come again (429).
        max_body: Bytes that a request may have.
        max_seconds: Seconds that an answer may take.
        drain: Seconds that answers under way have to end after SIGTERM.
        cache_tokens: Tokens that the cache holds, all requests together; 0 for as many as fit.
        at_once: Requests that run at the same time.
        draft: Who guesses ahead: auto takes MTP layers where trying shows that they pay.
        int8: Hold the matrices in 8 bits.
        allow_origin: A web page's origin that may call this server from a browser, such as https://chat.example.org.
        no_run: Run no programs for the chat page, in no sandbox either.
        log_prompts: Write what was asked into the log, too.
    """
    from openmimo.serve.config import ServeConfig

    try:
        from openmimo.serve.run import run
    except ModuleNotFoundError as missing:
        raise InputError(f"serving needs {missing.name}", "pip install 'openmimo[serve]'") from None
    from openmimo.engine.catalog import find
    from openmimo.engine.config import EngineConfig
    from openmimo.serve.loading import loading

    path = find(model)
    keys = (*api_key, *(key for key in os.environ.get("OPENMIMO_API_KEY", "").split(",") if key))
    config = ServeConfig(
        host=host,
        port=port,
        keys=keys,
        queue=max_queue,
        body=max_body,
        seconds=max_seconds,
        drain=drain,
        thinking=thinking_budget,
        origins=allow_origin,
        run=not no_run,
        log_prompts=log_prompts,
    )
    engine = EngineConfig(cache_tokens=cache_tokens, rows=at_once, draft="off" if draft == "auto" else draft, int8=int8)
    return run(served_name or Path(path).stem, loading(model, engine, probe=draft == "auto"), config)
