import { type DocumentName, fewToken } from './canned/documents.ts';

/** What a scenario must reach: rate against a yardstick, CPU microseconds per request. */
export interface Target {
  /** Least rate of the gateway as a share of the yardstick's. */
  readonly share?: number;
  readonly of?: 'nginx' | 'bare';
  /** Most CPU microseconds per request. */
  readonly cpu?: number;
}

/** Many small requests. `{id}` in a path stands for one of 10,000 image ids, another one each time. */
export interface LoadScenario {
  readonly kind: 'load';
  readonly name: string;
  readonly dialect: string;
  readonly method: 'GET' | 'HEAD';
  /** Path and query asked of the gateway. */
  readonly path: string;
  /** The canned document that Glance answers with. */
  readonly answer: DocumentName;
  /** Path and query that gets the same document out of a proxy that translates nothing. */
  readonly yardstick: string;
  /** Whether Glance's answers are all alike; none are unless said. */
  readonly answers?: 'same';
  readonly accessLog?: 'json';
  /** Whether the gateway uses Glance's answers again; not unless said. */
  readonly readCache?: true;
  /** Who asks; only the bearer of `few` sees few images. */
  readonly token?: typeof fewToken;
  /** How many clients ask at once; {@link usualConnections} unless said. */
  readonly connections?: number;
  readonly target?: Target;
}

/** One transfer of image data. `{id}` stands for the id whose data is framed as the row says. */
export interface TransferScenario {
  readonly kind: 'transfer';
  readonly name: string;
  readonly dialect: string;
  readonly direction: 'up' | 'down';
  /** How the sender frames the data: the client when it goes up, Glance when it comes down. */
  readonly framing: 'length' | 'chunked';
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly yardstick: string;
  /** How many at once. */
  readonly streams: number;
  readonly target?: Target;
}

export const usualConnections = 64;

export type Scenario = LoadScenario | TransferScenario;

const octets = { 'content-type': 'application/octet-stream' };
const v1Image = {
  ...octets,
  'x-image-meta-name': 'bench',
  'x-image-meta-disk_format': 'raw',
  'x-image-meta-container_format': 'bare',
};
const data = '/v2/images/{id}/file';
const asFastAsPipe = { share: 0.97, of: 'bare' } as const;

const oneImage = {
  kind: 'load',
  method: 'GET',
  answer: 'image.json',
  yardstick: '/v2/images/{id}',
  target: { share: 0.45, of: 'nginx', cpu: 55 },
} as const;
const list25 = {
  kind: 'load',
  method: 'GET',
  answer: 'list-25.json',
  yardstick: '/v2/images?limit=25&marker={id}',
  target: { cpu: 160 },
} as const;
const list1000 = {
  kind: 'load',
  method: 'GET',
  answer: 'list-1000.json',
  yardstick: '/v2/images?limit=1000&marker={id}',
  // a megabyte each
  connections: 8,
} as const;
/** There to be looked at beside others: nothing to reach. */
const beside = { target: {} } as const;
const v1Head = {
  ...oneImage,
  dialect: 'glance-v1',
  method: 'HEAD',
  path: '/v1/images/{id}',
} as const;
const v1Detail25 = {
  ...list25,
  dialect: 'glance-v1',
  path: '/v1/images/detail?limit=25&marker={id}',
} as const;
const nova = { dialect: 'nova' } as const;
const deltacloud = { dialect: 'deltacloud' } as const;
const passed = { dialect: 'glance-v2', target: { share: 0.35, of: 'nginx' } } as const;

const loads: readonly LoadScenario[] = [
  { ...v1Head, name: 'v1-head' },
  { ...v1Head, ...beside, name: 'v1-head-logged', accessLog: 'json' },
  { ...v1Head, ...beside, name: 'v1-head-same', answers: 'same' },
  { ...v1Head, ...beside, name: 'v1-head-cached', readCache: true },
  {
    ...oneImage,
    name: 'v1-detail-1',
    dialect: 'glance-v1',
    path: '/v1/images/detail?limit=1&marker={id}',
    answer: 'list-1.json',
    yardstick: '/v2/images?limit=1&marker={id}',
  },
  { ...list25, name: 'v1-brief-25', dialect: 'glance-v1', path: '/v1/images?limit=25&marker={id}' },
  { ...v1Detail25, name: 'v1-detail-25' },
  { ...v1Detail25, ...beside, name: 'v1-detail-25-same', answers: 'same' },
  {
    ...v1Detail25,
    ...beside,
    name: 'v1-detail-25-cached',
    path: '/v1/images/detail?limit=25',
    readCache: true,
  },
  {
    ...list1000,
    name: 'v1-detail-1000',
    dialect: 'glance-v1',
    path: '/v1/images/detail?limit=1000&marker={id}',
  },
  { ...oneImage, ...nova, name: 'nova-show', path: '/v2.1/images/{id}' },
  { ...list25, ...nova, name: 'nova-detail-25', path: '/v2.1/images/detail?limit=25&marker={id}' },
  {
    ...list25,
    ...nova,
    ...beside,
    name: 'nova-detail-25-same',
    path: '/v2.1/images/detail?limit=25&marker={id}',
    answers: 'same',
  },
  {
    ...list1000,
    ...nova,
    name: 'nova-detail-1000',
    path: '/v2.1/images/detail?limit=1000&marker={id}',
  },
  { ...oneImage, ...deltacloud, name: 'deltacloud-show', path: '/api/images/{id}' },
  {
    ...list25,
    ...deltacloud,
    name: 'deltacloud-list-25',
    path: '/api/images',
    answer: 'few.json',
    token: fewToken,
  },
  { ...list1000, ...deltacloud, name: 'deltacloud-list-1000', path: '/api/images' },
  { ...oneImage, ...passed, name: 'v2-show', path: '/v2/images/{id}' },
  { ...list25, ...passed, name: 'v2-list-25', path: '/v2/images?limit=25&marker={id}' },
  {
    ...list1000,
    dialect: 'glance-v2',
    name: 'v2-list-1000',
    path: '/v2/images?limit=1000&marker={id}',
  },
];

function transfers(
  suffix: string,
  framing: 'length' | 'chunked',
  streams: number,
): readonly TransferScenario[] {
  const shared = {
    kind: 'transfer',
    framing,
    streams,
    yardstick: data,
    target: streams === 1 ? asFastAsPipe : {},
  } as const;
  return [
    {
      ...shared,
      name: `v1-upload-${suffix}`,
      dialect: 'glance-v1',
      direction: 'up',
      method: 'POST',
      path: '/v1/images',
      headers: v1Image,
    },
    {
      ...shared,
      name: `v2-upload-${suffix}`,
      dialect: 'glance-v2',
      direction: 'up',
      method: 'PUT',
      path: data,
      headers: octets,
    },
    {
      ...shared,
      name: `v1-download-${suffix}`,
      dialect: 'glance-v1',
      direction: 'down',
      method: 'GET',
      path: '/v1/images/{id}',
      headers: {},
    },
    {
      ...shared,
      name: `v2-download-${suffix}`,
      dialect: 'glance-v2',
      direction: 'down',
      method: 'GET',
      path: data,
      headers: {},
    },
  ];
}

/** Every scenario, one row each; a new dialect adds rows here and nothing elsewhere. */
export const scenarios: readonly Scenario[] = [
  ...loads,
  ...transfers('length', 'length', 1),
  ...transfers('chunked', 'chunked', 1),
  ...transfers('50', 'length', 50),
];
