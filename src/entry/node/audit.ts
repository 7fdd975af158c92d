import type { Config } from '../../config/schema.ts';
import { type CallContext, ownContext } from '../../core/call.ts';
import { type Fault, isFault } from '../../core/fault.ts';
import type { Image } from '../../core/image.ts';
import { createPropertyRules } from '../../core/property-rules.ts';
import { GlanceClient } from '../../glance/client.ts';
import { walk } from '../../glance/walk.ts';
import { createNodePlatform } from '../../platform/node/platform.ts';
import { platformOptions } from '../platform-options.ts';

/** One stored value that the rules refuse. */
interface Finding {
  readonly id: string;
  readonly name: string | null;
  readonly owner: string | null;
  readonly property: string;
  readonly value: string;
  readonly why: string;
}

/** Every image that the token may see, hidden ones too: Glance lists those apart. */
async function allImages(glance: GlanceClient, context: CallContext): Promise<Image[] | Fault> {
  const found: Image[] = [];
  for (const hidden of ['false', 'true']) {
    const images = await walk(glance, context, {
      ask: [
        ['visibility', 'all'],
        ['os_hidden', hidden],
      ],
      sort: 'created_at:desc,id:desc',
      limit: undefined,
    });
    if (isFault(images)) return images;
    found.push(...images);
  }
  return found;
}

function findings(images: readonly Image[], config: Config): Finding[] {
  // an operator who has switched the rules off may still want to know
  const rules = createPropertyRules(config.starlingx === 'strict' ? 'strict' : 'native');
  return images.flatMap(({ base, properties }) =>
    (rules?.faultsIn(properties) ?? []).map(([property, fault]) => ({
      id: base.id,
      name: base.name,
      owner: base.owner,
      property,
      value: properties.get(property) ?? '',
      why: fault.message,
    })),
  );
}

function table(found: readonly Finding[]): string {
  const rows = [
    ['image', 'name', 'project', 'property', 'value'],
    ...found.map(({ id, name, owner, property, value }) => [
      id,
      name ?? '',
      owner ?? '',
      property,
      JSON.stringify(value),
    ]),
  ];
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Lists images whose properties would be refused today, so that they can be mended. Exit code: 0 none, 1 some, 2 not done. */
export async function audit(
  config: Config,
  token: string | undefined,
  asJson: boolean,
): Promise<0 | 1 | 2> {
  const { glanceUrl } = config;
  if (glanceUrl === undefined || !token) {
    process.stderr.write(
      'audit: needs --glance-url (a gateway will do) and a token in POLYGLANCE_TOKEN\n',
    );
    return 2;
  }
  const service = createNodePlatform(platformOptions(config)).reach(glanceUrl);
  try {
    const images = await allImages(new GlanceClient(service.send), ownContext(token));
    if (isFault(images)) {
      process.stderr.write(`audit: ${images.message}\n`);
      return 2;
    }
    const found = findings(images, config);
    if (asJson) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    else if (found.length > 0) process.stdout.write(`${table(found)}\n`);
    process.stderr.write(`${images.length} images looked at, ${found.length} values to mend\n`);
    return found.length > 0 ? 1 : 0;
  } finally {
    await service.close();
  }
}
