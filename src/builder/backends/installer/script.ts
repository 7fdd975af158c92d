import { defaultAnswers, fixedAnswers, presetAnswers } from '../../../../mappings/installers.ts';
import { proxyAddress } from '../../machine/guest.ts';
import type { InitrdFile } from './initrd.ts';
import type { Installer } from './installers.ts';

/** What installers' scripts are made of. */
export interface ScriptParts {
  /** The client's, or libosinfo's. */
  readonly text: string;
  readonly isDefault: boolean;
  /** Where packages come from. */
  readonly packages: URL;
}

/** What the guest writes on its serial port once the system is installed. */
export const finishedMark = '@@INSTALLED';
const proxy = `http://${proxyAddress.host}:${proxyAddress.port}`;

/** On a line of its own, whatever else is being written there. */
const sayFinished = `printf '\\n${finishedMark}\\n' > /dev/console`;

/** Takes what must differ between servers out of a system at `root`. */
const cleaning = (root: string): string => `
: > ${root}/etc/machine-id
rm -f ${root}/etc/ssh/ssh_host_*
`;

/** Debian makes the keys of its SSH server when that is installed, and never again. */
const keysAtStart = (root: string): string => `
mkdir -p ${root}/etc/systemd/system/ssh.service.d
cat > ${root}/etc/systemd/system/ssh.service.d/host-keys.conf <<'END'
[Service]
ExecStartPre=
ExecStartPre=/usr/bin/ssh-keygen -A
ExecStartPre=/usr/sbin/sshd -t
END
`;

const answersIn = (answers: readonly string[]): string =>
  answers.map((answer) => `d-i ${answer}\n`).join('');

/** The lines of a text that are kept; an empty one follows, so that the last cannot go on in what comes after. */
const lines = (text: string, keep: (line: string) => boolean = () => true): string =>
  `${text.split(/\r?\n/).filter(keep).join('\n')}\n\n`;

/** The last answer to a question counts. */
function preseed({ text, isDefault, packages }: ScriptParts): InitrdFile[] {
  const mirror = [
    `mirror/http/hostname string ${packages.host}`,
    `mirror/http/directory string ${packages.pathname.replace(/\/+$/, '') || '/'}`,
  ];
  const said = isDefault
    ? lines(text, (line) => !line.includes('passwd/root-password')) + answersIn(defaultAnswers)
    : lines(text);
  const answers = [
    answersIn([...presetAnswers, ...mirror]),
    said,
    answersIn([...fixedAnswers, `mirror/http/proxy string ${proxy}`]),
  ];
  const finish = `#!/bin/sh
# the proxy is there during the installation only
sed -i '/${proxyAddress.host}/d' /target/etc/apt/apt.conf
${cleaning('/target')}${keysAtStart('/target')}
${sayFinished}
`;
  return [
    { name: 'preseed.cfg', text: answers.join(''), mode: 0o600 },
    // after the preseed's late command, before the disks are let go
    { name: 'usr/lib/finish-install.d/93polyglance', text: finish, mode: 0o755 },
  ];
}

function kickstart({ text, isDefault, packages }: ScriptParts): InitrdFile[] {
  const said = isDefault
    ? `${lines(text, (line) => !/^(?:cdrom|reboot|rootpw)\b/.test(line))}rootpw --lock\n%packages\ncloud-init\n%end\n`
    : lines(text);
  const source = /^url\b/m.test(said) ? '' : `url --url="${packages.href}"\n`;
  const fixed = `
${source}text
poweroff
%post
${cleaning('')}
${sayFinished}
%end
`;
  return [{ name: 'ks.cfg', text: said + fixed, mode: 0o600 }];
}

const languages = {
  preseed: { files: preseed, isIt: /^[ \t]*d-i[ \t]+\S+[ \t]+\w/m, name: 'preseed' },
  kickstart: {
    files: kickstart,
    isIt: /^(?:%packages|autopart|bootloader|clearpart|rootpw|url|zerombr)\b/m,
    name: 'kickstart',
  },
} as const;

/** Whether a script is one for this installer; what names its own interpreter never is. */
export const speaks = ({ family }: Installer, script: string): boolean =>
  !script.startsWith('#!') && languages[family.script].isIt.test(script);

/** The files that tell an installer what to do, for the root of its initrd. */
export const scriptFiles = ({ family }: Installer, parts: ScriptParts): InitrdFile[] =>
  languages[family.script].files(parts);

/** The kernel's command line: nothing of it is a client's. */
export const kernelCommand = ({ family }: Installer): string =>
  family.script === 'preseed'
    ? 'auto=true priority=critical console=ttyS0 net.ifnames=0 DEBIAN_FRONTEND=text TERM=dumb'
    : `inst.ks=file:/ks.cfg inst.text inst.proxy=${proxy} console=ttyS0`;
