"""Real open data kept beside a checkout, for the checks that need more of it than a test can invent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
needs_shared_data = pytest.mark.skipif(not SHARED.exists(), reason="the open data is not beside this checkout")
