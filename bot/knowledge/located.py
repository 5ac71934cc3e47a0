"""YAML whose every value knows its line, so that an error of the corpus can say where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from bot.errors import Problem

MAX_NODES = 200_000
"""Values one file may hold once aliases are expanded; more is a mistake or an attack."""

TEXT = "tag:yaml.org,2002:str"

Path = tuple[str | int, ...]


class _Loader(yaml.CSafeLoader):
    """Safe YAML in which dates stay text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Located:
    """Plain data and the 1-based line of each value, keyed by the path that leads to it."""

    data: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Line of the value at `path`, or of its nearest parent."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str, name: str) -> tuple[Located, list[Problem]]:
    """The file's data with lines, and its problems (`yaml-syntax`, `yaml-duplicate-key`, `yaml-too-large`); never raises."""
    problems: list[Problem] = []
    lines: dict[Path, int] = {}
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        data = None if node is None else _build(loader, node, (), lines, problems, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.append(
            Problem(name, mark.line + 1 if mark else 1, "yaml-syntax", error.problem or error.context or "not valid YAML")
        )
        data = None
    except (yaml.YAMLError, _TooLargeError, RecursionError) as error:
        code = "yaml-too-large" if isinstance(error, (_TooLargeError, RecursionError)) else "yaml-syntax"
        problems.append(Problem(name, 1, code, str(error).splitlines()[0]))
        data = None
    finally:
        loader.dispose()
    return Located(data, lines), problems


class _TooLargeError(Exception):
    """More values than MAX_NODES."""


def _build(loader: _Loader, node: yaml.Node, path: Path, lines: dict[Path, int], problems: list[Problem], name: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if len(lines) > MAX_NODES:
        raise _TooLargeError(f"more than {MAX_NODES} values in one file")
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*path, i), lines, problems, name) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        data: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(loader, key_node)
            key = key if isinstance(key, (str, int)) else str(key)
            if key in data:
                problems.append(
                    Problem(name, key_node.start_mark.line + 1, "yaml-duplicate-key", f"`{key}` is given twice; keep one")
                )
            lines[(*path, key)] = key_node.start_mark.line + 1
            data[key] = _build(loader, value_node, (*path, key), lines, problems, name)
        return data
    return _scalar(loader, node)


def _scalar(loader: _Loader, node: yaml.Node) -> Any:
    """The value of a node; text, as nearly all are, is there already."""
    return node.value if isinstance(node, yaml.ScalarNode) and node.tag == TEXT else loader.construct_object(node, deep=True)
