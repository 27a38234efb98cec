"""The world a vendor is tested in (網・連携IF・中間IF・既存業務システム), and the reference municipality."""
