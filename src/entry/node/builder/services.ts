import {
  authorized,
  type Credential,
  fixedToken,
  passwordCredential,
} from '../../../builder/credential.ts';
import type { CommandConfig } from '../../../config/builder-schema.ts';
import type { Login } from '../../../core/identity.ts';
import type { Send } from '../../../core/upstream.ts';
import { createKeystone } from '../../../identity/keystone.ts';
import { createNodePlatform } from '../../../platform/node/platform.ts';
import { rootOf } from '../../compose.ts';
import { platformOptions } from '../../platform-options.ts';
import { Unusable } from './unusable.ts';

/** The services that the builder speaks with, as itself. */
export interface BuilderServices {
  readonly glance: Send;
  /** Nova, where there is one. */
  readonly compute: Send | undefined;
  readonly close: () => Promise<void>;
}

function credentialOf(
  config: CommandConfig,
  token: string | undefined,
  login: Login | undefined,
): Credential {
  const { builderUser: user, builderPassword: password, builderProject: project } = config;
  if (user === undefined) {
    if (token) return fixedToken(token);
    throw new Unusable('needs an admin: a token in POLYGLANCE_TOKEN, or --builder-user');
  }
  if (!login || password === undefined || project === undefined) {
    throw new Unusable(
      '--builder-user goes with --keystone-url, --builder-project and POLYGLANCE_BUILDER_PASSWORD',
    );
  }
  return passwordCredential(login, { user, password, project });
}

/** Opens them. Throws {@link Unusable} where the settings do not say how. */
export function openServices(config: CommandConfig, token: string | undefined): BuilderServices {
  const { glanceUrl, keystoneUrl, computeUrl } = config;
  if (glanceUrl === undefined) throw new Unusable('needs --glance-url (a gateway will do)');
  const opened: { close: () => Promise<void> }[] = [];
  const reach = (url: string): Send => {
    const service = createNodePlatform(platformOptions(config)).reach(rootOf(url));
    opened.push(service);
    return service.send;
  };
  const keystone =
    keystoneUrl === undefined
      ? undefined
      : createKeystone(reach(keystoneUrl), {
          keepFor: config.identityCacheTime,
          domain: config.keystoneDomain,
        });
  const credential = credentialOf(config, token, keystone?.login);
  return {
    glance: authorized(reach(glanceUrl), credential),
    compute: computeUrl === undefined ? undefined : authorized(reach(computeUrl), credential),
    close: async () => {
      for (const service of opened) await service.close();
    },
  };
}
