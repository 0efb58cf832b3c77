// Statements about users: what they say, and how they are shown to people, without the passwords that stand in them.

import type { Privilege } from './access.ts';
import { formatIdentifier } from './token.ts';

export type UserStatement =
  | { readonly kind: 'user-create'; readonly name: string; readonly password: string; readonly isAdmin: boolean }
  | { readonly kind: 'user-drop'; readonly name: string }
  | { readonly kind: 'user-password'; readonly name: string; readonly password: string }
  | {
      readonly kind: 'user-grant' | 'user-revoke';
      readonly name: string;
      readonly privilege: Privilege;
      /** Undefined where it is about being an admin. */
      readonly database: string | undefined;
    }
  | { readonly kind: 'user-list' }
  | { readonly kind: 'user-grants'; readonly name: string };

export const REDACTED = '[REDACTED]';

/** A query's text for people: whatever stands in the place of a password is not shown. */
export function redactPasswords(text: string): string {
  return text.replace(PASSWORD, `$1${REDACTED}`);
}

const PASSWORD = /(\bpassword\s+(?:for\b[^=]*=\s*)?)('(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^\s;]+)/gi;

/** As InfluxDB writes them in warnings and refusals. */
export function formatUserStatement(statement: UserStatement): string {
  if (statement.kind === 'user-list') return 'SHOW USERS';
  const name = formatIdentifier(statement.name);
  switch (statement.kind) {
    case 'user-create':
      return `CREATE USER ${name} WITH PASSWORD ${REDACTED}${statement.isAdmin ? ' WITH ALL PRIVILEGES' : ''}`;
    case 'user-drop':
      return `DROP USER ${name}`;
    case 'user-password':
      return `SET PASSWORD FOR ${name} = ${REDACTED}`;
    case 'user-grants':
      return `SHOW GRANTS FOR ${name}`;
    default: {
      const { kind, privilege, database } = statement;
      const [verb, toward] = kind === 'user-grant' ? ['GRANT', 'TO'] : ['REVOKE', 'FROM'];
      const on = database === undefined ? '' : ` ON ${formatIdentifier(database)}`;
      return `${verb} ${privilege}${on} ${toward} ${name}`;
    }
  }
}
