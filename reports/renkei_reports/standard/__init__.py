"""The standard as a document: pure functions of the tables, in Japanese and English, as HTML and as Markdown."""
