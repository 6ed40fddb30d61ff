"""A real sentence-transformers model of a few kilobytes, made here: no hub, the same on every machine."""

from __future__ import annotations

from pathlib import Path

_CHARACTERS = "会议强调召开的了在是什么时候出席讲话abcdefghijklmnopqrstuvwxyz0123456789?.:,。，？"
QUERY_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "


def save_tiny_model(folder: Path, *, seed: int = 0, prompts: bool = True) -> Path:
    """Save a BERT of one layer and 32 components with random weights in `folder`; return `folder`."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    bert = folder / "bert"
    bert.mkdir(parents=True)
    letters = list(dict.fromkeys(_CHARACTERS))
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (bert / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    BertTokenizer.from_pretrained(bert).save_pretrained(bert)
    torch.set_num_threads(1)  # several wait for one another longer than this model takes
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(bert)
    model = SentenceTransformer(
        modules=[Transformer(str(bert), max_seq_length=64), Pooling(32)],
        device="cpu",
        prompts={"query": QUERY_PROMPT, "passage": PASSAGE_PROMPT} if prompts else None,
    )
    saved = folder / "tiny"
    model.save(str(saved))
    return saved
