import * as z from 'zod/mini';
import { flag, milliseconds, pairs, setting, text, url, whole, words } from './kinds.ts';
import { configSchema } from './schema.ts';

/** What the image builder is told beyond the gateway's settings (`polyglance builder`; it runs on Node only). */
const builderShape = {
  builderBackends: setting(
    z._default(words, ['debian-rootfs', 'installer']),
    'back ends, the preferred first: debian-rootfs, installer, nova, external, blank',
  ),
  builderUser: setting(z.optional(text), 'user of the builder at the Identity service'),
  builderPassword: setting(z.optional(text), 'and the password', { secret: true }),
  builderProject: setting(z.optional(text), 'and the project, in which it has the admin role'),
  builderFolder: setting(
    z._default(text, './builds'),
    'where builds are made; some gigabytes for each',
  ),
  builderParallel: setting(z._default(whole(1, 100), 1), 'builds at a time'),
  builderPerProject: setting(
    z._default(whole(1), 2),
    'builds of one project at a time, in all builders together',
  ),
  builderTimeout: setting(
    z._default(milliseconds, 3_600_000),
    'milliseconds until the image of a build is ready to be stored, at most',
  ),
  builderPoll: setting(
    z._default(milliseconds, 5_000),
    'milliseconds between two looks for builds',
  ),
  builderDisk: setting(z._default(whole(1, 2048), 20), 'GiB of a disk that is built, at most'),
  builderMemory: setting(z._default(whole(256), 1024), 'MiB of a guest'),
  builderAccelerator: setting(
    z._default(z.enum(['auto', 'kvm', 'tcg']), 'auto'),
    'how guests run; auto = KVM where a kernel boots with it, else emulation',
  ),
  builderNetwork: setting(
    z._default(flag, false),
    "whether a script's guest reaches the sources, through a proxy that allows nothing else",
  ),
  builderMirror: setting(
    z._default(url, 'http://deb.debian.org/debian'),
    'the Debian mirror that is used when none is asked for',
  ),
  builderSecurityMirror: setting(
    z._default(url, 'http://deb.debian.org/debian-security'),
    'the mirror of security updates, for every Debian release that is built from packages',
  ),
  builderSources: setting(
    z._default(z.pipe(words, z.array(url)), []),
    'beginnings of URLs that `installSource` may name; empty = any at a public address',
  ),
  builderInstallers: setting(
    z._default(pairs, {}),
    'folders with the kernel and initrd of an installer, e.g. `debian12=/srv/installers/debian12`',
  ),
  builderCommand: setting(z.optional(text), 'the program of the back end `external`'),
  builderNovaImages: setting(
    z._default(pairs, {}),
    'images that the back end `nova` boots, e.g. `debian12=IMAGE_ID`',
  ),
  builderNovaFlavor: setting(z.optional(text), 'flavor of its servers'),
  builderNovaNetwork: setting(
    z._default(text, 'none'),
    'network of its servers: none, auto or the id of one',
  ),
};

/** Every setting of the command line. */
export const commandSchema = z.extend(configSchema, builderShape);

export type CommandConfig = z.output<typeof commandSchema>;

export const builderKeys = Object.keys(builderShape) as (keyof typeof builderShape)[];
