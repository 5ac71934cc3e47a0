"""The grammars; adding a language is one table or module and one line here."""

from __future__ import annotations

from bot.reading.traces.dart import DART
from bot.reading.traces.dotnet import DOTNET
from bot.reading.traces.functional import FUNCTIONAL
from bot.reading.traces.gecko import GECKO
from bot.reading.traces.go import GO
from bot.reading.traces.grammar import Grammar
from bot.reading.traces.ipython_pytest import IPYTHON_PYTEST
from bot.reading.traces.jvm import JVM
from bot.reading.traces.native import NATIVE
from bot.reading.traces.php import PHP
from bot.reading.traces.powershell import POWERSHELL
from bot.reading.traces.python import PYTHON
from bot.reading.traces.rich import RICH
from bot.reading.traces.ruby import RUBY
from bot.reading.traces.rust import RUST
from bot.reading.traces.structured import STRUCTURED
from bot.reading.traces.v8 import V8

GRAMMARS: tuple[Grammar, ...] = (
    PYTHON,
    RICH,
    IPYTHON_PYTEST,
    JVM,
    V8,
    GECKO,
    DOTNET,
    GO,
    RUST,
    RUBY,
    PHP,
    DART,
    POWERSHELL,
    STRUCTURED,
    *FUNCTIONAL,
    *NATIVE,
)
