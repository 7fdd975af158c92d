import type { Exchange } from '../../core/exchange.ts';
import { type Fault, isFault } from '../../core/fault.ts';
import type { Reply } from '../../core/reply.ts';
import type { DialectRequest } from '../dialect.ts';
import { type NovaSettings, negotiate } from './microversion.ts';
import { jsonType, versionLines } from './render-fault.ts';

interface Version {
  readonly id: string;
  readonly path: string;
  readonly status: string;
  readonly version: string;
  readonly min_version: string;
  readonly updated: string;
}

function versionsOf(settings: NovaSettings): readonly [legacy: Version, current: Version] {
  return [
    {
      id: 'v2.0',
      path: '/v2/',
      status: 'SUPPORTED',
      version: '',
      min_version: '',
      updated: '2011-01-21T11:33:21Z',
    },
    {
      id: 'v2.1',
      path: '/v2.1/',
      status: 'CURRENT',
      version: `2.${settings.highest}`,
      min_version: '2.1',
      updated: '2013-07-23T11:33:21Z',
    },
  ];
}

const mediaTypes = (id: string) => [
  {
    base: 'application/json',
    type: `application/vnd.openstack.compute+json;version=${id.slice(1)}`,
  },
];

const documentation = {
  rel: 'describedby',
  type: 'text/html',
  href: 'http://docs.openstack.org/',
} as const;

function json(
  exchange: Exchange,
  status: number,
  content: unknown,
  lines: [string, string][] = [],
): Reply {
  return {
    status,
    headers: [['Content-Type', jsonType(exchange)], ...lines],
    body: JSON.stringify(content),
  };
}

/** `GET /`: both versions, without a token. */
export function listVersions({ base, exchange }: DialectRequest, settings: NovaSettings): Reply {
  const versions = versionsOf(settings).map(({ path, ...shown }) => ({
    ...shown,
    links: [{ rel: 'self', href: base + path }],
  }));
  return json(exchange, 200, { versions });
}

/** `GET /v2/` and `GET /v2.1/`: one version. Faults of the version header, under `/v2.1`. */
export function showVersion(
  which: 'v2.0' | 'v2.1',
  { base, exchange }: DialectRequest,
  settings: NovaSettings,
): Reply | Fault {
  const negotiated = which === 'v2.1' ? negotiate(exchange, settings) : undefined;
  if (isFault(negotiated)) return negotiated;
  const [legacy, current] = versionsOf(settings);
  const { path, ...shown } = which === 'v2.1' ? current : legacy;
  const version = {
    ...shown,
    links: [{ rel: 'self', href: base + path }, documentation],
    'media-types': mediaTypes(shown.id === 'v2.0' ? 'v2' : shown.id),
  };
  return json(exchange, 200, { version }, versionLines(exchange, settings));
}

/** Any other first segment: 300 and what there is instead. */
export function chooseVersion(
  { base, exchange, path }: DialectRequest,
  settings: NovaSettings,
): Reply {
  const choices = versionsOf(settings).map(({ id, status, path: root }) => ({
    id,
    status,
    links: [{ rel: 'self', href: base + root.replace(/\/$/, '') + path }],
    'media-types': mediaTypes(id === 'v2.0' ? 'v2' : id),
  }));
  return json(exchange, 300, { choices });
}
