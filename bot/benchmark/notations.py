"""The notations in which secrets are pasted: what stands around them, and the names before them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

Form = Callable[[str], str]
"""From a secret to the text in which it stands."""

PLAIN: Mapping[str, Form] = MappingProxyType(
    {
        "bare": lambda s: s,
        "prose": lambda s: f"I use {s}, is that the problem?",
        "quoted": lambda s: f"client = Client('{s}')",
        "brackets": lambda s: f"({s})",
        "markdown": lambda s: f"it is this one: `{s}`",
        "path": lambda s: f"GET /v1/user/{s}?x=1",
        "query": lambda s: f"wss://host.example.net/socket?model=a&x={s}&b=2",
        "escaped newline": lambda s: f'{{"message": "first\\n{s}\\nlast"}}',
        "tabbed": lambda s: f'"col\\t{s}\\tcol"',
        "coloured": lambda s: f"\x1b[31m{s}\x1b[0m",
        "zero width": lambda s: f"{s[:9]}\u200b{s[9:]}",
        "container": lambda s: f"web-1  | {s}",
    }
)
AROUND = ("bare", "prose", "quoted", "markdown", "escaped newline", "tabbed", "coloured", "container")
"""The plain notations that do not take a formed secret's own surroundings away."""
NAMED: Mapping[str, Form] = MappingProxyType(
    {
        "env": lambda s: f"VENDOR_API_KEY={s}",
        "export": lambda s: f'export VENDOR_API_KEY="{s}"',
        "env spaced": lambda s: f"API_TOKEN = {s}",
        "powershell": lambda s: f'$env:VENDOR_API_KEY = "{s}"',
        "yaml": lambda s: f"  api_key: {s}",
        "json": lambda s: json.dumps({"model": "m", "api_key": s, "voice": "v"}),
        "json header": lambda s: json.dumps({"headers": {"x-api-key": s}}),
        "json in json": lambda s: json.dumps({"body": json.dumps({"apiKey": s})}),
        "json three deep": lambda s: json.dumps({"a": json.dumps({"b": json.dumps({"access_token": s})})}),
        "python dict": lambda s: repr({"ab-api-key": s, "accept": "*/*"}),
        "python bytes": lambda s: repr({b"ab-api-key": s.encode()}),
        "header pairs": lambda s: repr([(b"accept", b"*/*"), (b"x-api-key", s.encode())]),
        "raw headers": lambda s: f"  rawHeaders: [ 'Host', 'a.example.net', 'X-Api-Key', '{s}' ]",
        "python argument": lambda s: f'Client(api_key="{s}", timeout=3)',
        "python call": lambda s: f"set_api_key('{s}')",
        "js object": lambda s: f"const c = new Client({{ apiKey: '{s}', retries: 2 }});",
        "js template": lambda s: f"headers: {{ 'x-api-key': `{s}` }}",
        "js set": lambda s: f'headers.set("x-api-key", "{s}")',
        "ruby": lambda s: f"'api_key' => '{s}'",
        "go": lambda s: f'apiKey := "{s}"',
        "curl": lambda s: f"curl -H 'x-api-key: {s}' https://api.example.net/v1",
        "curl double": lambda s: f'curl -H "X-Api-Key:{s}" -d @body.json',
        "curl bearer": lambda s: f'-H "Authorization: Bearer {s}"',
        "curl basic": lambda s: f'-H "Authorization: Basic {s}"',
        "header line": lambda s: f"authorization: {s}",
        "option": lambda s: f"tool --api-key {s} --verbose",
        "option with sign": lambda s: f"tool --api-key={s} --verbose",
        "query": lambda s: f"https://api.example.net/v1?api_key={quote(s)}&model=x",
        "query token": lambda s: f"wss://rt.example.net/?access_token={quote(s)}",
        "percent encoded": lambda s: quote(f'{{"api_key": "{s}"}}', safe=""),
        "unicode escaped": lambda s: "{\\u0022api_key\\u0022: \\u0022" + s + "\\u0022}",
        "xml": lambda s: f"<apiKey>{s}</apiKey>",
        "markup": lambda s: f"{{&quot;api_key&quot;: &quot;{s}&quot;}}",
        "prose": lambda s: f"my API key is {s} and it worked before",
        "prose colon": lambda s: f"**API key:** {s}",
        "colours": lambda s: f"\x1b[36mapi_key\x1b[0m=\x1b[35m{s}\x1b[0m",
        "escaped request": lambda s: f"send: b'POST /v1 HTTP/1.1\\r\\nx-api-key: {s}\\r\\n\\r\\n'",
        "secret": lambda s: f"client_secret={s}",
        "password": lambda s: f'"password": "{s}"',
        "log": lambda s: f"2025-09-24 08:14:41,441 - app - DEBUG - connecting with token={s}, voice=abc",
        "record field": lambda s: json.dumps([{"name": "VENDOR_API_KEY", "value": s}], indent=2),
        "record field first": lambda s: json.dumps({"value": s, "name": "x-api-key"}),
        "manifest": lambda s: f"  env:\n    - name: VENDOR_API_KEY\n      value: {s}\n",
        "inspect": lambda s: json.dumps({"Env": ["PATH=/bin", f"VENDOR_API_KEY={s}", "LANG=C"]}, indent=2),
        "image": lambda s: f"ENV VENDOR_API_KEY {s}",
        "set for good": lambda s: f"setx VENDOR_API_KEY {s}",
        "environment call": lambda s: f'[Environment]::SetEnvironmentVariable("VENDOR_API_KEY", "{s}", "User")',
        "stored": lambda s: f'gh secret set VENDOR_API_KEY --body "{s}"',
        "property list": lambda s: f"<key>API_KEY</key>\n<string>{s}</string>",
        "attribute": lambda s: f'<add key="ApiKey" value="{s}" />',
        "typed": lambda s: f'API_KEY: str = "{s}"',
        "typed field": lambda s: f"private readonly apiKey: string = '{s}';",
        "fallback": lambda s: f'const key = process.env.API_KEY || "{s}";',
        "go map": lambda s: f"map[Accept:[*/*] X-Api-Key:[{s}]]",
        "rust option": lambda s: f'Config {{ api_key: Some("{s}"), host: "a" }}',
        "php dump": lambda s: f'  ["api_key"]=>\n  string({len(s)}) "{s}"',
        "table": lambda s: f"| api_key | {s} |",
        "arrow": lambda s: f"token -> {s}",
        "line below": lambda s: f"API KEY\n{s}",
        "yaml block": lambda s: f"api_key: |\n  {s}\n",
        "concatenated": lambda s: f'api_key = "{s[:12]}" + "{s[12:]}"',
        "concatenated lines": lambda s: f'api_key = (\n    "{s[:12]}"\n    "{s[12:]}"\n)',
        "continued line": lambda s: f"export API_KEY={s[:12]}\\\n{s[12:]}",
        "my key": lambda s: f"here is my key {s}",
        "German": lambda s: f"API-Schlüssel: {s}",
        "Spanish": lambda s: f"mi clave de API es: {s}",
        "Chinese": lambda s: f"API密钥：{s}",
    }
)
"""Notations in which the name before a value says that it is a secret."""
NOT_SPLIT = frozenset({"line below"})
"""Notations whose value is not known any more when a line wrap splits it: the line break before it was its only mark."""
