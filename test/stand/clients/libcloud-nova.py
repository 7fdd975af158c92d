"""Checks of libcloud-nova.sh: libcloud-nova.py URL IMAGE_URL KEYSTONE_URL"""

import json
import os
import sys
import traceback
import urllib.request

from libcloud.common.exceptions import BaseHTTPError
from libcloud.common.types import InvalidCredsError
from libcloud.compute.drivers.openstack import OpenStack_1_1_NodeDriver

URL, IMAGE_URL, KEYSTONE = sys.argv[1:]
PROJECT = '0d000000000000000000000000000002'
PREFIX = 'check-%d-%s' % (os.getpid(), os.urandom(3).hex())
NOBODY = '00000000-0000-4000-8000-000000000000'
SERVER = '4d2a9c5e-6f0b-4c1e-9b7a-0c9a1f2d3e4f'
passed = failed = 0
made = []


def glance(method, path, body=None, kind='application/json'):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(IMAGE_URL + path, data, {'X-Auth-Token': 'demo-token', 'Content-Type': kind},
                                     method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text.startswith(b'{') else None


def make(name, data=None, **attributes):
    image = glance('POST', '/v2/images', dict(
        attributes, name='%s-%s' % (PREFIX, name), disk_format='raw', container_format='bare'))
    made.append(image['id'])
    if data is not None:
        glance('PUT', '/v2/images/%s/file' % image['id'], data, 'application/octet-stream')
    return image['id']


def check(what, work, wanted):
    global passed, failed
    try:
        got = work()
    except Exception:
        got = traceback.format_exc()
    if got == wanted:
        passed += 1
        print('ok      ' + what)
    else:
        failed += 1
        print('FAILED  %s\n        wanted: %r' % (what, wanted))
        for line in str(got).splitlines()[-20:]:
            print('        ' + line)


def status(work):
    """The status of a call that must fail."""
    try:
        work()
    except InvalidCredsError:
        return 401
    except BaseHTTPError as error:
        return error.code
    return None


def driver(token='demo-token', base=None):
    return OpenStack_1_1_NodeDriver(
        'demo', 'secret', ex_force_auth_version='3.x_password', ex_force_auth_url=KEYSTONE, ex_force_auth_token=token,
        ex_force_base_url=base, ex_tenant_name='demo', ex_domain_name='Default')


def checks(form, nova):
    plain = make('plain', b'data', min_ram=64, min_disk=1, os_distro='debian', owner_note='two words')
    queued = make('queued')
    snapshot = make('snapshot', b'x', instance_uuid=SERVER, image_type='snapshot')

    def names(images):
        return sorted(image.name[len(PREFIX) + 1:] for image in images if image.name.startswith(PREFIX))

    def of(identity, *fields):
        extra = nova.get_image(identity).extra
        return [extra[field] for field in fields]

    behind = glance('GET', '/v2/images/' + plain)
    check(form + ': list active images', lambda: names(nova.list_images()), ['plain', 'snapshot'])
    check(form + ': list all images', lambda: names(nova.list_images(ex_only_active=False)),
          ['plain', 'queued', 'snapshot'])
    check(form + ': an image of the list is the one shown',
          lambda: [image.extra for image in nova.list_images() if image.id == plain][0] == nova.get_image(plain).extra,
          True)
    check(form + ': show', lambda: of(plain, 'status', 'progress', 'minRam', 'minDisk', 'metadata', 'serverId'),
          ['ACTIVE', 100, 64, 1, {'os_distro': 'debian', 'owner_note': 'two words'}, None])
    check(form + ': times', lambda: of(plain, 'created', 'updated'), [behind['created_at'], behind['updated_at']])
    check(form + ': id and name', lambda: [nova.get_image(plain).id, nova.get_image(plain).name],
          [plain, PREFIX + '-plain'])
    check(form + ': show one without data', lambda: of(queued, 'status', 'progress', 'metadata'), ['SAVING', 25, {}])
    check(form + ': show a snapshot', lambda: of(snapshot, 'status', 'serverId'), ['ACTIVE', SERVER])
    check(form + ': what only Glance says is not there', lambda: of(plain, 'visibility', 'os_type'), [None, None])
    check(form + ': show none', lambda: status(lambda: nova.get_image(NOBODY)), 404)
    check(form + ': delete', lambda: nova.delete_image(nova.get_image(queued)), True)
    check(form + ': it is gone', lambda: status(lambda: nova.get_image(queued)), 404)
    image = nova.get_image(plain)
    glance('PATCH', '/v2/images/' + plain, b'[{"op": "replace", "path": "/protected", "value": true}]',
           'application/openstack-images-v2.1-json-patch')
    check(form + ': a protected image stays', lambda: status(lambda: nova.delete_image(image)), 403)
    glance('PATCH', '/v2/images/' + plain, b'[{"op": "replace", "path": "/protected", "value": false}]',
           'application/openstack-images-v2.1-json-patch')
    check(form + ': delete after that', lambda: nova.delete_image(image), True)
    check(form + ': delete none', lambda: status(lambda: nova.delete_image(image)), 404)
    nova.delete_image(nova.get_image(snapshot))


try:
    checks('/v2.1', driver(base=URL + '/v2.1'))
    checks('/v2.1/{project}', driver(base='%s/v2.1/%s' % (URL, PROJECT)))
    checks('/v2/{project}', driver(base='%s/v2/%s' % (URL, PROJECT)))
    check('a wrong token', lambda: status(lambda: driver('no-such-token', URL + '/v2.1').list_images()), 401)
    check("another project's path",
          lambda: status(lambda: driver('alt-token', '%s/v2.1/%s' % (URL, PROJECT)).list_images()), 400)

    def by_password():
        nova = OpenStack_1_1_NodeDriver(
            'demo', 'secret', ex_force_auth_version='3.x_password', ex_force_auth_url=KEYSTONE.rsplit('/v3', 1)[0],
            ex_tenant_name='demo',
            ex_domain_name='Default', ex_force_service_region='RegionOne', ex_force_service_type='compute',
            ex_force_service_name='nova')
        identity = make('catalogue', b'x')
        return [image.id for image in nova.list_images() if image.id == identity] == [identity]

    check('authenticate by password and take the endpoint from the catalogue', by_password, True)
finally:
    for identity in made:
        try:
            glance('DELETE', '/v2/images/' + identity)
        except OSError:
            pass
    print('%d passed, %d failed' % (passed, failed))
sys.exit(0 if passed and not failed else 1)
