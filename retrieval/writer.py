"""Writing one generation: what is new into segments of its own, the rest shared with the one before."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Sequence
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np

from embeddings import Encoder, Vectors
from retrieval.arrangement import Arrangement, Shelf, arrange
from retrieval.centring import centred, common_direction, usual_questions
from retrieval.fusion import FITTED_FOR, FITTED_SCALE
from retrieval.generation import (
    keep_segment,
    publish,
    published,
    segment_folder,
    start_building,
    sweep,
)
from retrieval.inheritance import Origin
from retrieval.known import KEYS, Known
from retrieval.layout import Layout
from retrieval.manifest import FORMAT, Files, Manifest, vouch
from retrieval.plan import Plan
from retrieval.reprints import Merged
from retrieval.scale import Scale
from retrieval.scan import Scan
from retrieval.segment_writer import Indexed, Progress, write_segment
from retrieval.serving import Serving
from retrieval.sources import FILE_NAME, Sources
from retrieval.storing import load_array, naming_table, save_array
from retrieval.vector_parts import VectorParts
from retrieval.wording import Wordings

_SAMPLE = 1000  # passages that tell where chance lies


def write_generation(
    plan: Plan,
    found: Scan,
    roots: Sequence[str],
    encoder: Encoder,
    serving: Serving | None,
    wordings: Wordings,
    progress: Progress,
) -> tuple[Manifest, int]:
    """Write and publish a generation; return its manifest and how many passages were encoded."""
    sweep(plan.data_dir)  # what an interrupted run left, to have the room
    known_folders: list[Path] = []
    shelves: list[Shelf] = []
    if serving is not None and serving.manifest.fingerprint == encoder.fingerprint:
        known_folders = serving.segments()
        if serving.manifest.passage_chars == plan.passage_chars:
            shelves = [Shelf.open(folder) for folder in known_folders]
    sizes = [item.newest.size for item in found.articles]
    arranged = arrange([item.key for item in found.articles], sizes, shelves)
    made: list[str] = []
    try:
        with closing(Known(plan.data_dir, known_folders, encoder)) as known:
            encoded = 0
            for own in arranged.new:
                building = start_building(plan.data_dir, "segments")
                part = [_indexed(found.articles[number], arranged.origins[number]) for number in own]
                encoded += write_segment(
                    building, part, encoder, known, wordings, plan.passage_chars, progress
                )
                made.append(keep_segment(plan.data_dir, building))
            manifest = _publish(plan, found, roots, encoder, serving, arranged, made)
            known.forget()
    except BaseException:
        with suppress(OSError):
            sweep(plan.data_dir)  # a full disk has room again
        raise
    return manifest, encoded


def _publish(
    plan: Plan,
    found: Scan,
    roots: Sequence[str],
    encoder: Encoder,
    serving: Serving | None,
    arranged: Arrangement,
    made: Sequence[str],
) -> Manifest:
    building = start_building(plan.data_dir, "generations")
    folders = [*arranged.kept, *(segment_folder(plan.data_dir, name) for name in made)]
    layout = Layout.over(folders, arranged.positions)
    layout.write(building)
    before = serving.folder if serving else None
    with naming_table(building / FILE_NAME), closing(Sources.create(building, before)) as sources:
        sources.replace(found.files, found.file_problems, found.article_problems, roots, found.read)
    _write_scale(building, layout, _questions(encoder, serving), encoder)
    kept = serving.manifest.segments if serving else {}
    segments = {folder.name: kept.get(folder.name) or vouch(folder) for folder in folders}
    number = max([0, *published(plan.data_dir)]) + 1
    manifest = _describe(number, plan, encoder, layout, segments)
    publish(plan.data_dir, building, manifest)
    return manifest


def _indexed(merged: Merged, origin: tuple[Path, int] | None) -> Indexed:
    return Indexed(merged.article, merged.aliases, merged.key, Origin(*origin) if origin else None)


def _questions(encoder: Encoder, serving: Serving | None) -> Vectors:
    """Return the vectors of usual questions, those of the generation before where it has the same."""
    if serving is not None and serving.manifest.fingerprint == encoder.fingerprint:
        kept: Vectors = load_array(serving.folder / "questions.npy")
        return kept
    return usual_questions(encoder)


def _write_scale(folder: Path, layout: Layout, questions: Vectors, encoder: Encoder) -> None:
    """Store what questions have in common, and where chance lies for this encoder and these passages."""
    save_array(folder / "questions.npy", questions)
    common = common_direction(questions)
    save_array(folder / "common.npy", common)
    scale = FITTED_SCALE
    if encoder.fingerprint != FITTED_FOR:
        keys = layout.passages.gather([load_array(path / KEYS) for path in layout.folders])
        # By their keys, so that the sample does not depend on how passages are spread and numbered.
        order = np.lexsort(keys.T[::-1])[:_SAMPLE].astype(np.int64)
        vectors = VectorParts.open(layout.folders, "paragraphs.faiss", layout.passages)
        scale = Scale.measure(centred(questions, common), vectors.vectors(order))
    save_array(folder / "scale.npy", np.asarray([scale.mean, scale.deviation], np.float32))


def _describe(
    number: int, plan: Plan, encoder: Encoder, layout: Layout, segments: dict[str, Files]
) -> Manifest:
    packages = ("huiwen", "faiss-cpu", "numpy", "rjieba", "opencc")
    return Manifest(
        format=FORMAT,
        generation=number,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        model=plan.model,
        fingerprint=encoder.fingerprint,
        dim=encoder.dim,
        passage_chars=plan.passage_chars,
        counts={
            "articles": layout.articles.size,
            "passages": layout.passages.size,
            "segments": len(segments),
        },
        versions={"python": platform.python_version(), **{name: version(name) for name in packages}},
        files={},
        segments=segments,
    )
