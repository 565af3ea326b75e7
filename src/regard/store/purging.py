"""Taking away what came before the newest version: files, logs and manifests of former ones."""

import shutil
from pathlib import Path

from regard.store import deltas, manifest
from regard.store.lock import held
from regard.store.store import Store
from regard.store.trouble import writing


def purge(store: Store) -> None:
    """Leave only the newest version of the store on the disk.

    Readers that stand on a former version are told that it was erased. Interrupted, it can be run
    again. No import and no build goes on meanwhile.
    """
    with held(store.folder / "build.lock"), held(store.folder / "write.lock"):
        head = store.head()
        if not head.version:
            return
        manifest.erase_before(store.manifests, head.version)
        for folder, kept in (("tables", head.tables), ("facts", head.facts)):
            for path in sorted((store.folder / folder).glob("*")):
                if path.name in kept:
                    deltas.forget(path, kept[path.name])
                else:
                    take_away(path)


def take_away(path: Path) -> None:
    """Take away a file, or a folder with all that is in it, for good; one that is not there too."""
    with writing(path.parent):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        if path.parent.exists():
            manifest.sync(path.parent)
