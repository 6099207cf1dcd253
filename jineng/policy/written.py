"""YAML that officials write by hand: nothing of it is lost silently, and nothing of it crashes."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml
from yaml.nodes import MappingNode, ScalarNode

try:  # libyaml, where it is there, is several times as fast
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]


def read_yaml(text: str) -> tuple[Any, list[str]]:
    """What a YAML text says, and what is wrong with it as YAML, each with its line.

    A key that is written twice is an error (YAML would take the last). A date that the calendar
    doesn't have stays a text, for whoever expects a date to refuse it.
    """
    loader = _Loader(text)
    try:
        return loader.get_single_data(), loader.wrong
    except yaml.MarkedYAMLError as error:
        line = f"第 {error.problem_mark.line + 1} 行，" if error.problem_mark else ""
        return None, [*loader.wrong, f"不是有效的 YAML（{line}{error.problem or '写法不对'}）"]
    except yaml.YAMLError as error:
        return None, [f"不是有效的 YAML（{error}）"]
    finally:
        loader.dispose()


class _Loader(SafeLoader):
    """A safe loader that notices keys written twice."""

    def __init__(self, text: str) -> None:
        self.wrong: list[str] = []
        super().__init__(text)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping; keys that stand in it twice are noted."""
        seen = set()
        for key, _ in node.value if isinstance(node, MappingNode) else ():
            if isinstance(key, ScalarNode):
                if key.value in seen:
                    line = key.start_mark.line + 1
                    self.wrong.append(f"第 {line} 行：“{key.value}”写了两次，请合在一处")
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def construct_yaml_timestamp(self, node: ScalarNode) -> Any:
        """A date; the text as written where there is no such day."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)
