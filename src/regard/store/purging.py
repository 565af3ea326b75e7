"""Taking away what came before the newest version: files, logs and manifests of former ones."""

import shutil

from regard.store import deltas, manifest
from regard.store.lock import held
from regard.store.store import Store


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
                    shutil.rmtree(path)
