"""Run as a program: a small IMAP server over a folder of mails, whose port goes to standard output.

Arguments: the folder with ``<uid>.eml`` files, then optionally a PEM file with certificate and key and the word ``tls``
or ``starttls``.  A mail arrives when its file does, at the time of the file.  The user ``ada`` signs in with ``right``;
the user ``hang`` never gets an answer.
"""

import re
import socketserver
import ssl
import sys
import threading
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

FOLDERS = ("INBOX", "A folder")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, folder, certificate, security):
        super().__init__(("127.0.0.1", 0), Session)
        self.folder, self.security, self.tls = folder, security, None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate)

    def handle_error(self, _request, _address):
        """Stay silent: clients that refuse a certificate hang up."""


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        self.stream, self.selected = self.request, False
        if self.server.security == "tls":
            self.stream = self.server.tls.wrap_socket(self.request, server_side=True)
        self.reader = self.stream.makefile("rb")
        self.say("* OK ready")
        while line := self.reader.readline():
            tag, _, command = line.decode().strip().partition(" ")
            words = re.findall(r'"(?:[^"\\]|\\.)*"|\([^)]*\)|\S+', command)
            if words[0].upper() == "UID":
                words = [f"UID_{words[1]}", *words[2:]]
            act = getattr(self, f"on_{words[0].lower()}", None)
            if act is None:
                self.say(f"{tag} BAD unknown")
            elif not act(tag, [word.strip('"') for word in words[1:]], command):
                return

    def say(self, text, literal=None, end=""):
        data = text.encode()
        if literal is not None:
            data += b" {%d}\r\n" % len(literal) + literal + end.encode()
        self.stream.sendall(data + b"\r\n")

    def on_capability(self, tag, _words, _command):
        self.say(f"* CAPABILITY IMAP4rev1{' STARTTLS' if self.server.security == 'starttls' else ''}")
        return self.done(tag)

    def on_starttls(self, tag, _words, _command):
        self.done(tag)
        self.stream = self.server.tls.wrap_socket(self.request, server_side=True)
        self.reader.close()
        self.reader = self.stream.makefile("rb")
        return True

    def on_login(self, tag, words, _command):
        if words[0] == "hang":
            threading.Event().wait()
        return (
            self.done(tag) if words == ["ada", "right"] else self.refuse(tag, "[AUTHENTICATIONFAILED] wrong password")
        )

    def on_examine(self, tag, words, _command):
        if words[0] not in FOLDERS:
            return self.refuse(tag, "no such folder")
        self.say(f"* {len(self.mails())} EXISTS")
        return self.done(tag, "[READ-ONLY] ")

    def on_noop(self, tag, _words, _command):
        return self.done(tag)

    def on_uid_search(self, tag, words, _command):
        assert words[0] == "SINCE"
        day = datetime.strptime(words[1], "%d-%b-%Y").replace(tzinfo=UTC).date()
        found = [uid for uid, path in self.mails().items() if arrived(path).date() >= day]
        self.say(" ".join(["* SEARCH", *map(str, sorted(found))]))
        return self.done(tag)

    def on_uid_fetch(self, tag, words, command):
        mails = self.mails()
        for number, uid in enumerate(map(int, words[0].split(",")), start=1):
            content = mails[uid].read_bytes()
            moment = arrived(mails[uid]).strftime("%d-%b-%Y %H:%M:%S +0000")
            facts = f'* {number} FETCH (UID {uid} INTERNALDATE "{moment}" RFC822.SIZE {len(content)}'
            if "HEADER.FIELDS" in command:
                head = f"Subject: {message_from_bytes(content)['Subject']}\r\n\r\n".encode()
                self.say(f"{facts} BODY[HEADER.FIELDS (SUBJECT)]", head, ")")
            else:
                self.say(f"{facts} BODY[]", content, ")")
        return self.done(tag)

    def on_logout(self, tag, _words, _command):
        self.say("* BYE")
        self.done(tag)
        return False

    def mails(self):
        return {int(path.stem): path for path in self.server.folder.glob("*.eml")}

    def done(self, tag, what=""):
        self.say(f"{tag} OK {what}done")
        return True

    def refuse(self, tag, why):
        self.say(f"{tag} NO {why}")
        return True


def arrived(path):
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def main():
    folder, certificate, security = [*sys.argv[1:], "", ""][:3]
    with Server(Path(folder), certificate, security) as server:
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
