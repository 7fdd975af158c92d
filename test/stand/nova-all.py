"""Nova's API, conductor, scheduler and compute service in one process, on a driver whose guests only pretend.

nova-all.py --config-file FILE...

One process, because the message bus is then a matter of memory (`transport_url = fake:/`). A guest runs for some seconds
and shuts itself off; its disk is what it was given as user data, or a line of text. User data that begins with `fail`
make the guest fail to start. What is asked of Neutron is answered here: there are no networks.
"""

import base64
import io
import json
import sys
import types

import nova.cmd  # first: it makes everything green

import eventlet
import eventlet.wsgi
import os_vif
from oslo_log import log as logging
from oslo_service import service as oslo_service

import nova.conf
from nova import config, exception, objects, service
from nova.compute import power_state, rpcapi as compute_rpcapi, task_states
from nova.conductor import rpcapi as conductor_rpcapi
from nova.image import glance
from nova.scheduler import rpcapi as scheduler_rpcapi
from nova.virt import event, fake

CONF = nova.conf.CONF
RUNS = 4


class StandDriver(fake.FakeDriver):
    """Guests that end by themselves, and leave something."""

    def spawn(self, context, instance, *args, **kwargs):
        if self.given(instance).startswith(b'fail'):
            raise exception.BuildAbortException(instance_uuid=instance.uuid, reason='the guest at /var/lib/nova/x fails')
        super().spawn(context, instance, *args, **kwargs)
        eventlet.spawn_after(RUNS, self.shut_off, instance.uuid)

    @staticmethod
    def given(instance):
        return base64.b64decode(instance.user_data or '') or b'a disk without user data'

    def shut_off(self, uuid):
        if uuid in self.instances:
            self.instances[uuid].state = power_state.SHUTDOWN
            self.emit_event(event.LifecycleEvent(uuid, event.EVENT_LIFECYCLE_STOPPED))

    def snapshot(self, context, instance, image_id, update_task_state):
        update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
        images = glance.API()
        image = images.get(context, image_id)
        metadata = {
            'name': image['name'], 'disk_format': 'raw', 'container_format': 'bare', 'properties': image['properties'],
        }
        update_task_state(task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_PENDING_UPLOAD)
        images.update(context, image_id, metadata, io.BytesIO(self.given(instance)), purge_props=False)


def no_networks(environ, start_response):
    """Neutron, with nothing in it."""
    start_response('200 OK', [('Content-Type', 'application/json')])
    kinds = ('extensions', 'networks', 'ports', 'security_groups', 'subnets')
    return [json.dumps({kind: [] for kind in kinds}).encode()]


def main():
    # drivers are looked for in this package only
    sys.modules['nova.virt.stand'] = types.SimpleNamespace(StandDriver=StandDriver)
    config.parse_args(sys.argv)
    logging.setup(CONF, 'nova')
    objects.register_all()
    os_vif.initialize()
    port = int(CONF.neutron.endpoint_override.rsplit(':', 1)[1])
    eventlet.spawn(eventlet.wsgi.server, eventlet.listen(('127.0.0.1', port)), no_networks, log_output=False)
    launcher = oslo_service.ServiceLauncher(CONF)
    for binary, rpcapi in (
        ('nova-conductor', conductor_rpcapi), ('nova-scheduler', scheduler_rpcapi), ('nova-compute', compute_rpcapi),
    ):
        launcher.launch_service(service.Service.create(binary=binary, topic=rpcapi.RPC_TOPIC))
    launcher.launch_service(service.WSGIService('osapi_compute'))
    launcher.wait()


main()
