"""A shelf of two small chapters, built by the real tool from small sources."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from aws14.chapters import shelf

FIRST = """\
# %% [markdown]
# # First

# %% tags=["setup"]
log = ["setup of the chapter"]

# %% [markdown] pattern="p01"
# ## One

# %% tags=["setup"]
log.append("setup of p01")

# %% tags=["build"] step="network"
log.append("network 1")

# %% tags=["build"] step="network"
log.append("network 2")

# %% tags=["inspect"]
log.append("inspect")

# %% tags=["build"] step="server"
log.append("server")

# %% [markdown] deeper="10 min"
# ### Aside

# %% tags=["build"] step="aside"
log.append("aside")

# %% [markdown]
# ### Exercise

# %% tags=["exercise"] exercise="p01-e1"
answer = None

# %% tags=["solution"] exercise="p01-e1"
text = '''
```python
quoted
```
'''
answer = len(text)

# %% tags=["check"] exercise="p01-e1"
log.append(answer)

# %% [markdown] pattern="p02"
# ## Two

# %% tags=["setup"]
log.append("setup of p02")

# %% tags=["build"] step="bucket"
log.append("bucket")

# %% [markdown]
# ## Take-away

# %% tags=["inspect"]
log.append("end")
"""

SECOND = """\
# %% [markdown]
# # Second

# %% tags=["setup"]
log = []
"""


@pytest.fixture
def chapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from build_notebooks import write

    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "01_first.py").write_text(FIRST, encoding="utf-8")
    (folder / "02_second.py").write_text(SECOND, encoding="utf-8")
    write(tmp_path, folder)
    (tmp_path / "notebooks" / "notes.ipynb").write_text("not a chapter", encoding="utf-8")
    monkeypatch.setattr(shelf, "folder", lambda: tmp_path / "notebooks")
    return tmp_path
