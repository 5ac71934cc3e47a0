"""The vectors of corpora in PostgreSQL: computed once for all processes, and, where they are many, searched there (pgvector)."""
