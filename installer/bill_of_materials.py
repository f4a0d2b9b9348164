"""The bill of materials of a release (SBOM): what the wheel needs at run time, as CycloneDX 1.6.

It lists the installed versions that satisfy the requirements, also those of requirements, down to the last. The
packages of an extra alone are marked as optional. Source: CycloneDX specification 1.6, "Software Bill of Materials".
"""

from __future__ import annotations

import importlib.metadata
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: The extras that a user may install; `test` is for development.
EXTRAS = ("fast", "lsp", "postgres")


def bill_of_materials(project: Mapping[str, Any], wheel_sha256: str, moment: int) -> str:
    """Return the bill as JSON; equal arguments and equal installed packages give equal text.

    Args:
        project: The table `project` of pyproject.toml.
        wheel_sha256: The hash of the wheel, in hexadecimal.
        moment: The time of the release, in seconds since 1970.

    Raises:
        importlib.metadata.PackageNotFoundError: A required package is not installed.
    """
    needed = closure(project["dependencies"])
    optional = closure(line for extra in EXTRAS for line in project["optional-dependencies"][extra])
    root = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        description=project["description"],
        licenses=[LicenseExpression(project["license"])],
        purl=PackageURL("pypi", None, project["name"], project["version"]),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=wheel_sha256)],
    )
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"urn:sha256:{wheel_sha256}"))
    bom.metadata.timestamp = datetime.fromtimestamp(moment, tz=timezone.utc)
    bom.metadata.component = root
    components = {name: _component(name, is_optional=name not in needed) for name in {**optional, **needed}}
    bom.components.update(components.values())
    bom.register_dependency(root, [components[name] for name in _names(project["dependencies"])])
    for name, requirements in {**optional, **needed}.items():
        bom.register_dependency(components[name], [components[other] for other in requirements])
    return str(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)) + "\n"


def closure(requirements: Any) -> dict[str, list[str]]:
    """Return {package: packages that it requires} for everything that ``requirements`` bring, by installed metadata."""
    found: dict[str, list[str]] = {}
    waiting = deque((canonicalize_name(one.name), frozenset(one.extras)) for one in _that_apply(requirements))
    seen = set()
    while waiting:
        name, extras = waiting.popleft()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        further = _that_apply(importlib.metadata.requires(name) or (), extras)
        found[name] = sorted({*found.get(name, ()), *(canonicalize_name(one.name) for one in further)})
        waiting.extend((canonicalize_name(one.name), frozenset(one.extras)) for one in further)
    return dict(sorted(found.items()))


def _that_apply(lines: Any, extras: Any = ()) -> list[Requirement]:
    """The requirements whose marker holds here, for one of the extras or for none."""
    parsed = [Requirement(line) for line in lines]
    return [
        one
        for one in parsed
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in (*extras, ""))
    ]


def _names(lines: Sequence[str]) -> list[str]:
    return [canonicalize_name(one.name) for one in _that_apply(lines)]


def _component(name: str, *, is_optional: bool) -> Component:
    metadata = importlib.metadata.metadata(name)
    licenses: list[Any] = []
    if "License-Expression" in metadata:
        licenses = [LicenseExpression(metadata["License-Expression"])]
    elif "License" in metadata and "\n" not in metadata["License"]:  # some packages have the whole text there
        licenses = [DisjunctiveLicense(name=metadata["License"])]
    return Component(
        name=metadata["Name"],
        version=metadata["Version"],
        type=ComponentType.LIBRARY,
        bom_ref=name,
        scope=ComponentScope.OPTIONAL if is_optional else ComponentScope.REQUIRED,
        licenses=licenses,
        purl=PackageURL("pypi", None, name, metadata["Version"]),
    )
