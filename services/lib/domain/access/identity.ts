// Who somebody is to the broker, once the login was right. A device is named by its place in the plant; a person and a
// service by a plain name. What each may do is policy.ts.

import type { Role } from '../alarm.ts';
import { isName } from '../name.ts';
import { SERVICES } from '../service.ts';

/**
 * Everything that logs in with the pipeline's own credentials: the services, what starts, simulates and looks at them, and
 * what console and command line send refused messages again by.
 */
export const SERVICE_USERS = [...SERVICES, 'supervisor', 'simulator', 'cli', 'replay'] as const;
export type ServiceUser = (typeof SERVICE_USERS)[number];

export type Identity =
  /** Came without a login, where that is allowed. */
  | { readonly kind: 'anonymous' }
  /**
   * `site/area/device`; `group/edge-node` of Sparkplug; or one level, for a gateway that speaks on foreign topics and is given
   * them by the acl file.
   */
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'person'; readonly name: string; readonly role: Role }
  /** `as` is the service whose rights it has; undefined for a program of the user's, whose rights stand in the acl file. */
  | { readonly kind: 'service'; readonly name: string; readonly as: ServiceUser | undefined };

export function isServiceUser(name: string): name is ServiceUser {
  return (SERVICE_USERS as readonly string[]).includes(name);
}

/** Whether the text can name a person, a program or a gateway. One with `/` would be a device of the plant. */
export function isUserName(text: string): boolean {
  return isName(text);
}

/** Whether the text can name a device: `site/area/device`, `group/edge-node` of Sparkplug, or one level for a gateway. */
export function isDeviceUserName(text: string): boolean {
  const levels = text.split('/');
  return levels.length <= 3 && levels.every(isName);
}

/** The user name on the wire; undefined for who has none. */
export function userNameOf(identity: Identity): string | undefined {
  return identity.kind === 'anonymous' ? undefined : identity.name;
}

/** `anna (operator)`, as logs and the audit journal have it. */
export function identityText(identity: Identity): string {
  switch (identity.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'person':
      return `${identity.name} (${identity.role})`;
    default:
      return `${identity.name} (${identity.kind})`;
  }
}
