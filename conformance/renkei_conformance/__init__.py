"""The examiner (準拠確認): cases, forge, oracles, verdicts."""
