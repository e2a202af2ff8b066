"""A small lab: one task is judged by a file, the next asks for an answer."""

from factories import task_document

from content.documents import ExpectDocument, TryCase, ValueSpec

VALUES = (ValueSpec(name="word", kind="choice", choices=("faro", "boya")),)
TASKS = (
    task_document(
        "write-word",
        points=4,
        title={"es": "Escribe la palabra", "en": "Write the word"},
        expect=(
            ExpectDocument(kind="file", arguments={"path": "note.txt"}),
            ExpectDocument(
                kind="file",
                arguments={"path": "note.txt", "contains": "${word}"},
                weight=3,
                tries=(
                    TryCase(text={"es": "Crea el archivo.", "en": "Make the file."}, when={"absent": True}),
                    TryCase(text={"es": "Falta `${word}`.", "en": "`${word}` is missing."}),
                ),
            ),
        ),
    ),
    task_document(
        "say-word",
        points=1,
        needs=("write-word",),
        title={"es": "Di la palabra", "en": "Say the word"},
        expect=(ExpectDocument(kind="answer", arguments={"equals": "${word}"}, hide=True),),
    ),
)
