"""The catalogue: classes, claim kinds and relation types as data, and what each relation means for impact.

The YAML files beside this module are shipped; `Catalogue.load` takes a user's own files on top of them.
"""

from cmdb.catalogue.catalogue import Catalogue
from cmdb.catalogue.model import AS_IS, Attribute, CiClass, ClaimKind, RelationType

__all__ = ["AS_IS", "Attribute", "Catalogue", "CiClass", "ClaimKind", "RelationType"]
