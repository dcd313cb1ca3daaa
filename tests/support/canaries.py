"""A site that shows secrets in every encoding wherever a browser looks, and the forms to look for afterwards."""

import base64
import html
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, quote_plus

CANARY = "can4ry &<ä+\"7%'x secret"
NAME_CANARY = "file-canary-994177"


def numeric(text, form):
    return "".join(form.format(ord(character)) for character in text)


def forms(secret):
    """Every way in which a secret is planted, by name."""
    raw = secret.encode()
    return {
        "raw": secret,
        "url": quote(secret, safe=""),
        "url in small letters": quote(secret, safe="").lower(),
        "plus": quote_plus(secret),
        "json": json.dumps(secret)[1:-1],
        "json in UTF-8": json.dumps(secret, ensure_ascii=False)[1:-1],
        "html": html.escape(secret),
        "decimal": numeric(secret, "&#{};"),
        "hexadecimal": numeric(secret, "&#x{:x};"),
        **{f"base64 after {lead}": certain(raw, lead) for lead in range(3)},
        **{f"base64url after {lead}": certain(raw, lead).translate({43: 45, 47: 95}) for lead in range(3)},
    }


def certain(raw, lead):
    """The part of Base64 text that depends on the secret alone."""
    coded = base64.b64encode(b"\0" * lead + raw).decode().rstrip("=")
    return coded[(0, 2, 3)[lead] : (lead + len(raw)) * 8 // 6]


class _Site(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/guarded") and "Authorization" not in self.headers:
            self.answer(401, "", ("WWW-Authenticate", 'Basic realm="x"'))
        elif self.path.startswith("/download"):
            lines = "\n".join(forms(CANARY).values())
            self.answer(200, lines, ("Content-Disposition", f'attachment; filename="{NAME_CANARY}.csv"'))
        elif self.path.startswith("/api"):
            self.answer(200, json.dumps({"all": list(forms(CANARY).values())}), kind="application/json")
        else:
            self.answer(200, page(), ("X-Token", quote(CANARY)), ("Set-Cookie", f"session={quote(CANARY, safe='')}"))

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def answer(self, status, text, *headers, kind="text/html; charset=utf-8"):
        body = text.encode()
        self.send_response(status)
        for name, value in (("Content-Type", kind), *headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Stay silent."""


def page():
    """A page that shows, logs and sends the canary."""
    known = json.dumps(forms(CANARY)).replace("<", "\\u003c")
    shown = "".join(f"<p>{value if name != 'raw' else html.escape(value)}</p>" for name, value in forms(CANARY).items())
    return f"""<!doctype html><title>{html.escape(CANARY)}</title><a href="/download">get</a>{shown}<input value="x">
    <script>
      const known = {known};
      for (const [name, value] of Object.entries(known)) console.error(name, value);
      const send = (path, options) => fetch(path, options).catch(() => 0);
      send('/api?raw=' + encodeURIComponent(known.raw), {{method: 'POST', body: JSON.stringify(known)}});
      send('/api/' + known.plus, {{headers: {{'X-Secret': known.url}}}});
      setTimeout(() => {{ throw new Error(known.raw) }}, 0);
    </script>"""


@contextmanager
def canary_site():
    """Serve the site; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
