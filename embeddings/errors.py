"""What can go wrong with a sentence model."""


class EmbeddingError(Exception):
    """A model that is missing, broken or asked for wrongly; its text is one line that says how to mend it."""
