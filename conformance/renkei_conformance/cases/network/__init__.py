"""情報提供ネットワークシステム: the emulated network itself, examined as a role of its own."""
