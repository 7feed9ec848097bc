"""Rows of a data set on the Hugging Face hub, fetched once: `hub:OWNER/NAME/FILES`, FILES a pattern such as `main/test*.parquet`.

The files then lie in one folder of the cache and are read as any others; delete it to fetch
anew. Gated sets take the token that `hf auth login` keeps. Tried against a server of our own
that speaks the hub's protocol, never against the hub itself: no machine of ours reaches it.
"""

import hashlib
import os
import shutil
import tempfile
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from openmimo.core.errors import InputError
from openmimo.engine.catalog import cache_folder
from openmimo.eval.benchmarks.catalog import ENDINGS

HUB = "hub:"


def rows_path(name: str) -> Path:
    """Where the rows of a name are: the file or folder itself, or what was fetched of `hub:OWNER/NAME/FILES`.

    Raises InputError for a name of another form, and where the hub does not give the files.
    """
    if not name.startswith(HUB):
        return Path(name)
    owner, _, rest = name.removeprefix(HUB).partition("/")
    dataset, _, pattern = rest.partition("/")
    if not (owner and dataset and pattern):
        raise InputError(f"{name!r} names no files of a data set", "write hub:OWNER/NAME/FILES, such as hub:openai/gsm8k/main/test*")
    folder = cache_folder() / "hub" / f"{owner}--{dataset}--{hashlib.sha256(pattern.encode()).hexdigest()[:8]}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:  # an interrupted fetch leaves nothing that looks whole
            _fetch(f"{owner}/{dataset}", pattern, Path(scratch) / "files")
            os.replace(Path(scratch) / "files", folder)
    files = list(folder.iterdir())
    return files[0] if len(files) == 1 else folder


def _fetch(repo: str, pattern: str, into: Path) -> None:
    """Copies of all files that are like the pattern; a file's folder begins its name, for that is where hubs put a subject."""
    from huggingface_hub import HfApi, hf_hub_download

    try:
        there = [file for file in HfApi().list_repo_files(repo, repo_type="dataset") if file.endswith(ENDINGS)]
        wanted = [file for file in there if fnmatch(file, pattern)]
        if not wanted:
            raise InputError(f"no file of {repo} is like {pattern!r}", f"it has {', '.join(there[:12]) or 'no file of rows'}")
        into.mkdir()
        for file in wanted:
            inside = PurePosixPath(file)
            name = f"{inside.parent.name}.{inside.name}" if len(wanted) > 1 and inside.parent.name else inside.name
            shutil.copyfile(hf_hub_download(repo, file, repo_type="dataset"), into / name)
    except InputError:
        raise
    except Exception as error:  # which library's errors those of the network are differs from version to version
        raise InputError(
            f"the hub did not give {repo}: {(str(error).strip() or type(error).__name__).splitlines()[0]}",
            "check the name and the network, log in with `hf auth login` if it is gated, or download the file and name it",
        ) from None
