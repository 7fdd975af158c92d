import { printable } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { dialects } from '../../dialects/index.ts';
import type { Gateway } from './gateway.ts';

/** What is said at start: what is served, where, in front of what, and how to try it. */
export function banner(version: string, config: Config, gateway: Gateway): string {
  const combined = gateway.addresses.get('combined') ?? '';
  const lines = [`polyglance ${version}`, ''];
  for (const [name, address] of gateway.addresses) {
    const all =
      name === 'combined' ? `every dialect: ${dialects.map((d) => d.name).join(', ')}` : name;
    lines.push(`  ${address.padEnd(28)} ${all}`);
  }
  const behind = config.glanceUrl ?? `the embedded Image service, in ${printable(config)['data']}`;
  lines.push('', `  in front of ${behind}`);
  const [demo] = gateway.demo?.filter((identity) => !identity.roles.includes('admin')) ?? [];
  if (config.identities === undefined && gateway.demo && demo) {
    lines.push('', '  demo identities (for trying only):');
    for (const { token, userName, projectName, roles } of gateway.demo) {
      lines.push(`    ${token.padEnd(12)} user ${userName}, project ${projectName}, ${roles[0]}`);
    }
    const auth = `-H 'X-Auth-Token: ${demo.token}'`;
    lines.push(
      '',
      '  try it:',
      `    echo hello | curl -s ${auth} -H 'Content-Type: application/octet-stream' -H 'x-image-meta-name: hello' -H 'x-image-meta-disk_format: raw' -H 'x-image-meta-container_format: bare' --data-binary @- ${combined}/v1/images`,
      `    curl -s ${auth} ${combined}/v1/images/detail`,
      `    curl -s ${auth} ${combined}/v2/images`,
    );
  }
  return `${lines.join('\n')}\n`;
}
