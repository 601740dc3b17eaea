"""Fetches a file of a stranger's: under a name that can do no harm, over nothing of ours."""

import re
import shutil
import urllib.request
from pathlib import Path

from netdesk.cli.desk_api import TIMEOUT_SECONDS, Failed
from netdesk.text import one_line


def safe_name(name: str) -> str:
    """What is left of a file name without folders and anything a shell could read."""
    left = re.sub(r"[^\w.+-]+", "_", one_line(name, 100).replace("\\", "/").rpartition("/")[2])
    return left.lstrip(".-") or "file"


def download(url: str, path: Path) -> None:
    """Write what is at the link to a new file."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as source, path.open("xb") as to:  # noqa: S310 - the desk gave the link
            shutil.copyfileobj(source, to)
    except FileExistsError:
        raise Failed(f"{path} is there already: name another place with --to.") from None
    except (OSError, ValueError) as error:  # ValueError: it is no link
        raise Failed(f"The file could not be fetched ({error}): try again.") from None
