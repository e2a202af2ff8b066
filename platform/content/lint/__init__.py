"""Rules that need more than one line, file or language to be seen. They look and note; nothing is changed."""
