"""Property tests that give the same verdict on every machine, fast or slow, and leave nothing behind."""

from hypothesis import settings

settings.register_profile("acolytes", deadline=None, derandomize=True, database=None)
settings.load_profile("acolytes")
