"""Real sentence-transformers models of a few kilobytes, made here: no hub, the same on every machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import BertConfig

_CHARACTERS = "会议强调召开的了在是什么时候出席讲话abcdefghijklmnopqrstuvwxyz0123456789?.:,。，？"
QUERY_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "


def save_tiny_model(folder: Path, *, seed: int = 0, prompts: bool = True) -> Path:
    """Save a BERT of one layer and 32 components with random weights in `folder`; return its folder."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertModel

    bert = folder / "bert"
    BertModel(_prepare(bert, seed)).save_pretrained(bert)
    model = SentenceTransformer(
        modules=[Transformer(str(bert), max_seq_length=64), Pooling(32)],
        device="cpu",
        prompts={"query": QUERY_PROMPT, "passage": PASSAGE_PROMPT} if prompts else None,
    )
    saved = folder / "tiny"
    model.save(str(saved))
    return saved


def save_tiny_reranker(folder: Path, *, seed: int = 0, labels: int = 1) -> Path:
    """Save a CrossEncoder over such a BERT, with so many scores a pair, in `folder`; return its folder."""
    from sentence_transformers import CrossEncoder
    from transformers import BertForSequenceClassification

    bert = folder / "bert"
    config = _prepare(bert, seed)
    config.num_labels = labels
    BertForSequenceClassification(config).save_pretrained(bert)
    saved = folder / "reranker"
    CrossEncoder(str(bert), device="cpu").save_pretrained(str(saved))
    return saved


def _prepare(bert: Path, seed: int) -> BertConfig:
    """Save a tokenizer in `bert` and return the shape of the network that goes with it."""
    import torch
    from transformers import BertConfig, BertTokenizer

    bert.mkdir(parents=True)
    letters = list(dict.fromkeys(_CHARACTERS))
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (bert / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    BertTokenizer.from_pretrained(bert, model_max_length=64).save_pretrained(bert)
    torch.set_num_threads(1)  # several wait for one another longer than this model takes
    torch.manual_seed(seed)
    return BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
