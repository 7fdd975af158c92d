#!/usr/bin/env python3
"""A small Keystone v3 with fixed users, standard library only.

keystone.py --port P --image-url URL [--compute-url URL]

Users admin, demo and alt of the domain Default have the password `secret`; their tokens are those of the stand's
Glance (see identities.py), valid for good. %(project_id)s in a URL becomes the caller's project in the catalog.
Port 0 takes a free one. The first line of output is the URL.
"""

import argparse
import hmac
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

sys.dont_write_bytecode = True
from identities import BY_TOKEN, IDENTITIES

PASSWORD = 'secret'
REGION = 'RegionOne'
DOMAIN = {'id': 'default', 'name': 'Default'}
ROLES = ('admin', 'member', 'reader')
ROUTES = []


class Refusal(Exception):
    def __init__(self, status, title, message):
        super().__init__(message)
        self.status, self.title = status, title


def bad_request(message):
    return Refusal(400, 'Bad Request', message)


def unauthorized():
    return Refusal(401, 'Unauthorized', 'The request you have made requires authentication.')


def forbidden():
    return Refusal(403, 'Forbidden', 'You are not authorized to perform the requested action.')


def not_found(what):
    return Refusal(404, 'Not Found', 'Could not find %s.' % what)


def route(methods, pattern, anonymous=False, admin=False):
    def register(answer):
        ROUTES.append((methods.split(), re.compile(pattern + '/?'), anonymous, admin, answer))
        return answer
    return register


def user_of(identity):
    return {
        'id': identity.user_id, 'name': identity.user, 'domain_id': DOMAIN['id'], 'enabled': True,
        'default_project_id': identity.project_id, 'password_expires_at': None, 'options': {},
    }


def project_of(identity):
    return {
        'id': identity.project_id, 'name': identity.project, 'domain_id': DOMAIN['id'], 'parent_id': DOMAIN['id'],
        'enabled': True, 'is_domain': False, 'description': '', 'tags': [], 'options': {},
    }


def role(name):
    # A role's id is its name: nothing here needs them to differ.
    return {'id': name, 'name': name, 'domain_id': None, 'description': None, 'options': {}}


def domain():
    return dict(DOMAIN, enabled=True, description='', tags=[], options={})


def brief(entity):
    return {'id': entity['id'], 'name': entity['name'], 'domain': DOMAIN}


def version(base):
    return {
        'id': 'v3.14', 'status': 'stable', 'updated': '2020-04-07T00:00:00Z',
        'links': [{'rel': 'self', 'href': base + '/v3/'}],
        'media-types': [{'base': 'application/json', 'type': 'application/vnd.openstack.identity-v3+json'}],
    }


def services(base, options):
    listed = [('identity', 'keystone', base + '/v3'), ('image', 'glance', options.image_url)]
    if options.compute_url:
        listed.append(('compute', 'nova', options.compute_url))
    return listed


def catalog(base, options, identity):
    return [{
        'id': name, 'type': kind, 'name': name,
        'endpoints': [
            {
                'id': '%s-%s' % (name, interface), 'interface': interface, 'region': REGION, 'region_id': REGION,
                'url': url.replace('%(project_id)s', identity.project_id),
            }
            for interface in ('public', 'internal', 'admin')
        ],
    } for kind, name, url in services(base, options)]


def token_body(request, identity, methods, with_catalog=True):
    now = datetime.now(timezone.utc)
    stamp = '%Y-%m-%dT%H:%M:%S.000000Z'
    token = {
        'methods': methods,
        'user': dict(brief(user_of(identity)), password_expires_at=None),
        'project': brief(project_of(identity)),
        'is_domain': False,
        'roles': [{'id': name, 'name': name} for name in identity.roles],
        'issued_at': now.strftime(stamp),
        'expires_at': (now + timedelta(days=1)).strftime(stamp),
        'audit_ids': [identity.user_id],
    }
    if with_catalog:
        token['catalog'] = catalog(request.base, request.options, identity)
    return {'token': token}


def names(reference, entity):
    """Whether {"id"} or {"name", "domain"} of a request means this user or project."""
    if 'id' in reference:
        return reference['id'] == entity['id']
    owner = reference.get('domain', {})
    return reference.get('name') == entity['name'] and (
        owner.get('id') == DOMAIN['id'] or owner.get('name') == DOMAIN['name'])


def authenticate(auth):
    methods = auth['identity']['methods']
    if methods == ['password']:
        user = auth['identity']['password']['user']
        known = [each for each in IDENTITIES if names(user, user_of(each))]
        if not known or not hmac.compare_digest(str(user.get('password')).encode(), PASSWORD.encode()):
            raise unauthorized()
        return known[0], methods
    if methods == ['token']:
        identity = BY_TOKEN.get(auth['identity']['token']['id'])
        if identity is None:
            raise unauthorized()
        return identity, methods
    raise unauthorized()


@route('GET', '', anonymous=True)
def versions(request):
    return 300, {'versions': {'values': [version(request.base)]}}


@route('GET', '/v3', anonymous=True)
def version_3(request):
    return 200, {'version': version(request.base)}


@route('POST', '/v3/auth/tokens', anonymous=True)
def issue(request):
    try:
        auth = json.loads(request.body)['auth']
        identity, methods = authenticate(auth)
        scope = auth.get('scope', {})
        # Without a scope Keystone takes the user's default project; every user here has exactly one.
        if scope == 'unscoped' or 'project' not in scope:
            project = project_of(identity)
        else:
            project = scope['project']
        allowed = names(project, project_of(identity))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise bad_request('The request body is not a valid authentication request.')
    if not allowed:
        raise unauthorized()
    request.extra = {'X-Subject-Token': identity.token}
    return 201, token_body(request, identity, methods, 'nocatalog' not in request.query)


@route('GET HEAD', '/v3/auth/tokens')
def validate(request):
    subject = BY_TOKEN.get(request.headers.get('X-Subject-Token'))
    if subject is None:
        raise not_found('token')
    if subject is not request.caller and 'admin' not in request.caller.roles:
        raise forbidden()
    request.extra = {'X-Subject-Token': subject.token}
    return 200, token_body(request, subject, ['password'], 'nocatalog' not in request.query)


@route('DELETE', '/v3/auth/tokens')
def revoke(request):
    # The tokens are shared by every test, so none is ever withdrawn.
    return 204, None


@route('GET', '/v3/auth/catalog')
def own_catalog(request):
    return 200, {'catalog': catalog(request.base, request.options, request.caller)}


@route('GET', '/v3/auth/projects')
def own_projects(request):
    return 200, {'projects': [project_of(request.caller)]}


@route('GET', '/v3/auth/domains')
def own_domains(request):
    return 200, {'domains': []}


@route('GET', '/v3/users/([^/]+)/projects')
def projects_of_user(request, user):
    return 200, {'projects': [project_of(each) for each in IDENTITIES if each.user_id == user]}


@route('GET', '/v3/projects/([^/]+)/users/([^/]+)/roles', admin=True)
def roles_of_user(request, project, user):
    held = [each.roles for each in IDENTITIES if (each.project_id, each.user_id) == (project, user)]
    return 200, {'roles': [role(name) for name in (held[0] if held else ())]}


def collections(request):
    return {
        'users': ('user', [user_of(each) for each in IDENTITIES]),
        'projects': ('project', [project_of(each) for each in IDENTITIES]),
        'roles': ('role', [role(name) for name in ROLES]),
        'domains': ('domain', [domain()]),
        'services': ('service', [
            {'id': name, 'type': kind, 'name': name, 'enabled': True}
            for kind, name, _ in services(request.base, request.options)]),
    }


@route('GET', '/v3/(users|projects|roles|domains|services)', admin=True)
def list_all(request, kind):
    _, rows = collections(request)[kind]
    wanted = {key: values[-1] for key, values in request.query.items()}
    return 200, {kind: [
        row for row in rows if all(str(row[key]) == value for key, value in wanted.items() if key in row)]}


@route('GET', '/v3/(users|projects|roles|domains|services)/([^/]+)')
def show(request, kind, wanted):
    single, rows = collections(request)[kind]
    own = wanted in (request.caller.user_id, request.caller.project_id)
    if not own and 'admin' not in request.caller.roles:
        raise forbidden()
    for row in rows:
        if row['id'] == wanted:
            return 200, {single: row}
    raise not_found('%s: %s' % (single, wanted))


class Keystone(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    options = None

    def answer(self):
        self.extra, self.caller = {}, BY_TOKEN.get(self.headers.get('X-Auth-Token'))
        try:
            self.body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
            parts = urlsplit(self.path)
            self.query = parse_qs(parts.query, keep_blank_values=True)
            self.base = 'http://' + self.headers.get('Host', '127.0.0.1:%d' % self.server.server_port)
            status, document = self.dispatch(parts.path)
        except Refusal as refusal:
            status = refusal.status
            document = {'error': {'code': status, 'title': refusal.title, 'message': str(refusal)}}
            if status == 401:
                self.extra['WWW-Authenticate'] = 'Keystone uri="%s"' % self.base
        payload = b'' if document is None else json.dumps(document).encode()
        self.send_response(status)
        for name, value in self.extra.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(payload)))
        self.send_header('Vary', 'X-Auth-Token')
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(payload)

    do_GET = do_HEAD = do_POST = do_DELETE = do_PUT = do_PATCH = answer

    def dispatch(self, path):
        known = False
        for methods, pattern, anonymous, admin, handler in ROUTES:
            match = pattern.fullmatch(path)
            if not match:
                continue
            known = True
            if self.command not in methods:
                continue
            if not anonymous and self.caller is None:
                raise unauthorized()
            if admin and 'admin' not in self.caller.roles:
                raise forbidden()
            return handler(self, *match.groups())
        if known:
            raise Refusal(405, 'Method Not Allowed', 'The method is not allowed for the requested URL.')
        raise not_found('the requested resource')

    def log_message(self, *args):
        pass


def main():
    parser = argparse.ArgumentParser(description='A small Keystone v3 with fixed users.')
    parser.add_argument('--port', type=int, default=5000)
    parser.add_argument('--image-url', required=True)
    parser.add_argument('--compute-url')
    Keystone.options = parser.parse_args()
    server = ThreadingHTTPServer(('127.0.0.1', Keystone.options.port), Keystone)
    print('http://127.0.0.1:%d/v3' % server.server_port, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == '__main__':
    main()
