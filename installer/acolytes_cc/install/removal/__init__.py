"""The verb uninstall: take away what the manifest names."""
