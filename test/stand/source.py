#!/usr/bin/env python3
"""A web server with one file, as the outside source of copy_from and location.

source.py [PORT] serves http://127.0.0.1:PORT/some.file (1 MiB, the same bytes each time); all else is 404.
Port 0 takes a free one. The first line of output is the URL.
"""

import hashlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATH = '/some.file'
BODY = b''.join(hashlib.sha256(b'%d' % n).digest() for n in range(32768))


class Source(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def answer(self, with_body):
        found = self.path == PATH
        body = BODY if found else b'404 Not Found\n'
        self.send_response(200 if found else 404)
        self.send_header('Content-Type', 'application/octet-stream' if found else 'text/plain')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *args):
        pass


if __name__ == '__main__':
    server = ThreadingHTTPServer(('127.0.0.1', int((sys.argv + ['9294'])[1])), Source)
    print('http://127.0.0.1:%d%s' % (server.server_port, PATH), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
