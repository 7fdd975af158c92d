import type { Caller } from '../core/identity.ts';

/** One user of the embedded Glance: a fixed token, and a password for clients that send Basic credentials. */
export interface EmbeddedIdentity {
  readonly token: string;
  readonly userId: string;
  readonly userName: string;
  readonly password: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly string[];
}

/** An operator and two plain projects, enough to try every sharing rule. */
export const defaultIdentities: readonly EmbeddedIdentity[] = [
  {
    token: 'admin-token',
    userId: '0a0000000000000000000000000000aa',
    userName: 'admin',
    password: 'secret',
    projectId: '0a000000000000000000000000000001',
    projectName: 'admin',
    roles: ['admin', 'member', 'reader'],
  },
  {
    token: 'demo-token',
    userId: '0d0000000000000000000000000000dd',
    userName: 'demo',
    password: 'secret',
    projectId: '0d000000000000000000000000000002',
    projectName: 'demo',
    roles: ['member', 'reader'],
  },
  {
    token: 'alt-token',
    userId: '0e0000000000000000000000000000ee',
    userName: 'alt',
    password: 'secret',
    projectId: '0e000000000000000000000000000003',
    projectName: 'alt_demo',
    roles: ['member', 'reader'],
  },
];

/** The part of an identity that the gateway may see. */
export function callerOf(identity: EmbeddedIdentity): Caller {
  const { userId, userName, projectId, projectName, roles } = identity;
  return { userId, userName, projectId, projectName, roles };
}
