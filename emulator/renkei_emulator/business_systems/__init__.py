"""既存業務システム: the systems that feed a body's reference DB and ask its questions (seed §4-3)."""
