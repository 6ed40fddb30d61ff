"""What went wrong, in a line."""

from __future__ import annotations


def reason(error: Exception) -> str:
    """Return what went wrong in the words of the error, and nothing of where in the program it did."""
    from embeddings import EmbeddingError
    from retrieval.errors import RetrievalError

    if isinstance(error, RetrievalError | EmbeddingError):
        return str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}; mend that and try again"
    if isinstance(error, MemoryError):
        return "not enough memory; close other programs or index fewer articles at once"
    import logging

    logging.getLogger(__name__).debug("unexpected", exc_info=error)
    return f"unexpected {type(error).__name__}: {error}; please report it, with what you did"
