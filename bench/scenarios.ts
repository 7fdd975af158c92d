import type { DocumentName } from './canned/documents.ts';

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

/** Every scenario, one row each; a new dialect adds rows here and nothing elsewhere. */
export const scenarios: readonly Scenario[] = [
  {
    kind: 'load',
    name: 'v1-head',
    dialect: 'glance-v1',
    method: 'HEAD',
    path: '/v1/images/{id}',
    answer: 'image.json',
    yardstick: '/v2/images/{id}',
    target: { share: 0.45, of: 'nginx', cpu: 55 },
  },
  {
    kind: 'load',
    name: 'v1-head-same',
    dialect: 'glance-v1',
    method: 'HEAD',
    path: '/v1/images/{id}',
    answer: 'image.json',
    yardstick: '/v2/images/{id}',
    answers: 'same',
  },
  {
    kind: 'load',
    name: 'v1-head-logged',
    dialect: 'glance-v1',
    method: 'HEAD',
    path: '/v1/images/{id}',
    answer: 'image.json',
    yardstick: '/v2/images/{id}',
    accessLog: 'json',
  },
  {
    kind: 'load',
    name: 'v1-detail-1',
    dialect: 'glance-v1',
    method: 'GET',
    path: '/v1/images/detail?limit=1&marker={id}',
    answer: 'list-1.json',
    yardstick: '/v2/images?limit=1&marker={id}',
    target: { share: 0.45, of: 'nginx', cpu: 55 },
  },
  {
    kind: 'load',
    name: 'v1-brief-25',
    dialect: 'glance-v1',
    method: 'GET',
    path: '/v1/images?limit=25&marker={id}',
    answer: 'list-25.json',
    yardstick: '/v2/images?limit=25&marker={id}',
    target: { cpu: 160 },
  },
  {
    kind: 'load',
    name: 'v1-detail-25',
    dialect: 'glance-v1',
    method: 'GET',
    path: '/v1/images/detail?limit=25&marker={id}',
    answer: 'list-25.json',
    yardstick: '/v2/images?limit=25&marker={id}',
    target: { cpu: 160 },
  },
  {
    kind: 'load',
    name: 'v1-detail-25-same',
    dialect: 'glance-v1',
    method: 'GET',
    path: '/v1/images/detail?limit=25&marker={id}',
    answer: 'list-25.json',
    yardstick: '/v2/images?limit=25&marker={id}',
    answers: 'same',
  },
  {
    kind: 'load',
    name: 'v1-detail-1000',
    dialect: 'glance-v1',
    method: 'GET',
    path: '/v1/images/detail?limit=1000&marker={id}',
    answer: 'list-1000.json',
    yardstick: '/v2/images?limit=1000&marker={id}',
    // a megabyte each
    connections: 8,
  },
  {
    kind: 'load',
    name: 'v2-show',
    dialect: 'glance-v2',
    method: 'GET',
    path: '/v2/images/{id}',
    answer: 'image.json',
    yardstick: '/v2/images/{id}',
    target: { share: 0.35, of: 'nginx' },
  },
  {
    kind: 'load',
    name: 'v2-list-25',
    dialect: 'glance-v2',
    method: 'GET',
    path: '/v2/images?limit=25&marker={id}',
    answer: 'list-25.json',
    yardstick: '/v2/images?limit=25&marker={id}',
    target: { share: 0.35, of: 'nginx' },
  },
  ...(['length', 'chunked'] as const).flatMap((framing): TransferScenario[] => [
    {
      kind: 'transfer',
      name: `v1-upload-${framing}`,
      dialect: 'glance-v1',
      direction: 'up',
      framing,
      method: 'POST',
      path: '/v1/images',
      headers: v1Image,
      yardstick: data,
      target: asFastAsPipe,
    },
    {
      kind: 'transfer',
      name: `v2-upload-${framing}`,
      dialect: 'glance-v2',
      direction: 'up',
      framing,
      method: 'PUT',
      path: data,
      headers: octets,
      yardstick: data,
      target: asFastAsPipe,
    },
    {
      kind: 'transfer',
      name: `v1-download-${framing}`,
      dialect: 'glance-v1',
      direction: 'down',
      framing,
      method: 'GET',
      path: '/v1/images/{id}',
      headers: {},
      yardstick: data,
      target: asFastAsPipe,
    },
    {
      kind: 'transfer',
      name: `v2-download-${framing}`,
      dialect: 'glance-v2',
      direction: 'down',
      framing,
      method: 'GET',
      path: data,
      headers: {},
      yardstick: data,
      target: asFastAsPipe,
    },
  ]),
];
