"""A paste filter for glance-api that stands in for keystonemiddleware: fixed tokens, no Keystone."""

import json

import webob.exc

from glance.common import wsgi
from identities import BY_TOKEN

# Everything keystonemiddleware sets is taken from the client first, so that nobody can claim an identity.
CLAIMS = (
    'X-Identity', 'X-User', 'X-Project', 'X-Tenant', 'X-Domain', 'X-Role', 'X-Is-Admin', 'X-System', 'X-Trust',
    'X-Service-', 'Openstack-System-Scope',
)


class FakeAuth(wsgi.Middleware):
    def __init__(self, app, www_authenticate_uri='http://127.0.0.1:5000'):
        super().__init__(app)
        self.uri = www_authenticate_uri

    @classmethod
    def factory(cls, global_conf, **local_conf):
        return lambda app: cls(app, **local_conf)

    def process_request(self, req):
        for name in list(req.headers):
            if name.title().startswith(CLAIMS):
                del req.headers[name]
        identity = BY_TOKEN.get(req.headers.get('X-Auth-Token'))
        if identity is None:
            error = {
                'code': 401,
                'title': 'Unauthorized',
                'message': 'The request you have made requires authentication.',
            }
            raise webob.exc.HTTPUnauthorized(
                body=json.dumps({'error': error}).encode(),
                headers=[('WWW-Authenticate', 'Keystone uri="%s"' % self.uri)],
                charset='UTF-8',
                content_type='application/json',
            )
        req.headers.update({
            'X-Identity-Status': 'Confirmed',
            'X-User-Id': identity.user_id,
            'X-User-Name': identity.user,
            'X-User-Domain-Id': 'default',
            'X-User-Domain-Name': 'Default',
            'X-Project-Id': identity.project_id,
            'X-Project-Name': identity.project,
            'X-Project-Domain-Id': 'default',
            'X-Project-Domain-Name': 'Default',
            'X-Tenant-Id': identity.project_id,
            'X-Tenant-Name': identity.project,
            'X-Roles': ','.join(identity.roles),
        })
