"""Who is who on the stand: the same tokens as those of the gateway's embedded Glance."""

from collections import namedtuple

Identity = namedtuple('Identity', 'token user_id user project_id project roles')

IDENTITIES = (
    Identity('admin-token', '0a0000000000000000000000000000aa', 'admin',
             '0a000000000000000000000000000001', 'admin', ('admin', 'member', 'reader')),
    Identity('demo-token', '0d0000000000000000000000000000dd', 'demo',
             '0d000000000000000000000000000002', 'demo', ('member', 'reader')),
    Identity('alt-token', '0e0000000000000000000000000000ee', 'alt',
             '0e000000000000000000000000000003', 'alt_demo', ('member', 'reader')),
)

BY_TOKEN = {identity.token: identity for identity in IDENTITIES}
