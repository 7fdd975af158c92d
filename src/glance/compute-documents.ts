/** A server of Nova's, as far as anybody here cares. */
export interface Server {
  readonly id: string;
  readonly name: string;
  /** The project that it is in. */
  readonly project: string | undefined;
  /** `ACTIVE`, `SHUTOFF`, `ERROR`…; empty when Nova does not tell. */
  readonly status: string;
  /** Whether Nova is doing something with it. */
  readonly busy: boolean;
  /** Why it is in error, in Nova's words. */
  readonly fault: string | undefined;
  readonly metadata: ReadonlyMap<string, unknown>;
}

/** What a server is to be. */
export interface ServerDraft {
  readonly name: string;
  readonly image: string;
  readonly flavor: string;
  /** `none`, `auto` or a network's id. */
  readonly network: string;
  /** Base64. */
  readonly userData: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The size of a server: MiB of memory and GiB of disk. */
export interface Flavor {
  readonly name: string;
  readonly ram: number;
  readonly disk: number;
}

type Members = Readonly<Record<string, unknown>>;

/** An object's members; none for what is no object. */
export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null ? (value as Members) : {};

/** Reads a server; `undefined` for what is none. */
export function readServer(value: unknown): Server | undefined {
  const server = membersOf(value);
  const { id, name, status, fault, metadata, tenant_id: project } = server;
  const { 'OS-EXT-STS:task_state': task } = server;
  if (typeof id !== 'string' || typeof name !== 'string') return undefined;
  const { message } = membersOf(fault);
  return {
    id,
    name,
    project: typeof project === 'string' ? project : undefined,
    status: typeof status === 'string' ? status : '',
    busy: typeof task === 'string',
    fault: typeof message === 'string' ? message : undefined,
    metadata: new Map(Object.entries(membersOf(metadata))),
  };
}

/** Reads a flavor; `undefined` for what is none. */
export function readFlavor(value: unknown): Flavor | undefined {
  const { name, ram, disk } = membersOf(value);
  if (typeof name !== 'string' || typeof ram !== 'number' || typeof disk !== 'number') {
    return undefined;
  }
  return { name, ram, disk };
}

/** The body that orders a server (API reference, POST /servers, microversion 2.37). */
export function serverDocument({ name, image, flavor, network, userData, metadata }: ServerDraft) {
  return {
    server: {
      name,
      imageRef: image,
      flavorRef: flavor,
      networks: network === 'none' || network === 'auto' ? network : [{ uuid: network }],
      // the only way to user data where there is no network
      config_drive: true,
      metadata,
      ...(userData !== undefined && { user_data: userData }),
    },
  };
}
