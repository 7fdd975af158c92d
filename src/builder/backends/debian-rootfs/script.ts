import { BuildFailure } from '../../backend.ts';
import { isPreseed, readPreseed } from './preseed.ts';
import type { Provision } from './provision.ts';

const kickstart =
  /^[ \t]*(?:%(?:packages|pre|post)\b|rootpw\s|bootloader\s|clearpart\s|autopart\b)/m;
const unattended = /^\s*<(?:\?xml|unattend)\b/;

/** Reads an `installScript`. Throws {@link BuildFailure} for one that is neither a program nor a preseed that can be followed. */
export function readScript(text: string): Provision {
  if (text.trim() === '') return { packages: [], variant: 'minbase' };
  if (text.startsWith('#!')) return { script: text, packages: [], variant: 'minbase' };
  if (isPreseed(text)) return readPreseed(text);
  const what = kickstart.test(text)
    ? 'a kickstart file'
    : unattended.test(text) && 'an answer file of Windows';
  throw new BuildFailure(
    what
      ? `debian-rootfs cannot use ${what}: it takes a script that begins with #!, or a preseed.`
      : 'The installScript is neither a script that begins with #! nor a preseed.',
  );
}
