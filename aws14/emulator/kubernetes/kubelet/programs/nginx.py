# A program of a container writes to its terminal.
# ruff: noqa: PTH110, PTH123, T201
"""What the nginx image does, for pods: files of ``/usr/share/nginx/html`` on port 80, a page that says welcome.

Runs inside a worker; standard library only. Of ``/etc/nginx/conf.d/default.conf`` it reads ``listen``, ``root`` and
``location ... { return ...; }``.
"""

import os
import re
import signal
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

_ROOT = "/usr/share/nginx/html"
_CONF = "/etc/nginx/conf.d/default.conf"
_WELCOME = b"""<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
</body>
</html>
"""


def _configured() -> tuple[int, str, dict[str, tuple[int, str]]]:
    try:
        with open(_CONF, encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return 80, _ROOT, {}
    port = re.search(r"listen\s+(\d+)", text)
    root = re.search(r"root\s+([^;\s]+)", text)
    said = re.findall(r"location\s+=?\s*(\S+)\s*\{[^}]*?return\s+(\d{3})(?:\s+([^;]*))?;", text)
    returns = {path: (int(code), body.strip().strip("'\"")) for path, code, body in said}
    return int(port[1]) if port else 80, root[1] if root else _ROOT, returns


_PORT, _FILES, _RETURNS = _configured()


class _Handler(SimpleHTTPRequestHandler):
    server_version, sys_version, protocol_version = "nginx", "", "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with what is configured, the welcome page, or a file."""
        path = self.path.partition("?")[0]
        if path in _RETURNS:
            code, text = _RETURNS[path]
            self._say(code, text.encode())
        elif path == "/" and not os.path.exists(_FILES + "/index.html"):
            self._say(200, _WELCOME)
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        """Where a path is among the files."""
        clean = os.path.normpath("/" + path.partition("?")[0])
        return _FILES + (clean if clean != "/" else "/index.html")

    def _say(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
print(f"nginx: listening on {_PORT}", file=sys.stderr)
ThreadingHTTPServer(("0.0.0.0", _PORT), _Handler).serve_forever()
