// CREATE USER, DROP USER, SET PASSWORD, GRANT, REVOKE, SHOW USERS, SHOW GRANTS. From the word PASSWORD on no error repeats what it
// found: a password that was quoted wrongly would be shown to whoever reads the error.

import type { Privilege } from './access.ts';
import { unexpected } from './parse-error.ts';
import type { Token } from './token.ts';
import type { TokenReader } from './token-reader.ts';
import { REDACTED, type UserStatement } from './user-statement.ts';

/** After CREATE USER. */
export function parseCreateUser(reader: TokenReader): UserStatement {
  const name = reader.expectIdentifier();
  reader.expectKeyword('WITH');
  reader.expectKeyword('PASSWORD');
  const password = parsePassword(reader);
  const isAdmin = reader.takeKeyword('WITH');
  if (isAdmin && !reader.takeKeyword('ALL')) throw unexpectedSecret(reader.peek(), 'ALL');
  if (isAdmin && !reader.takeKeyword('PRIVILEGES')) throw unexpectedSecret(reader.peek(), 'PRIVILEGES');
  expectEnd(reader);
  return { kind: 'user-create', name, password, isAdmin };
}

/** After DROP USER. */
export function parseDropUser(reader: TokenReader): UserStatement {
  return { kind: 'user-drop', name: reader.expectIdentifier() };
}

export function parseSetPassword(reader: TokenReader): UserStatement {
  for (const word of ['SET', 'PASSWORD', 'FOR']) reader.expectKeyword(word);
  const name = reader.expectIdentifier();
  if (!reader.takeSymbol('=')) throw unexpectedSecret(reader.peek(), '=');
  const password = parsePassword(reader);
  expectEnd(reader);
  return { kind: 'user-password', name, password };
}

export function parseGrant(reader: TokenReader): UserStatement {
  reader.expectKeyword('GRANT');
  return { kind: 'user-grant', ...parseRight(reader, 'TO') };
}

export function parseRevoke(reader: TokenReader): UserStatement {
  reader.expectKeyword('REVOKE');
  return { kind: 'user-revoke', ...parseRight(reader, 'FROM') };
}

/** After SHOW GRANTS. */
export function parseShowGrants(reader: TokenReader): UserStatement {
  reader.expectKeyword('FOR');
  return { kind: 'user-grants', name: reader.expectIdentifier() };
}

function parseRight(reader: TokenReader, toward: 'TO' | 'FROM') {
  const privilege = parsePrivilege(reader);
  const isAboutAdmin = privilege === 'ALL PRIVILEGES' && reader.isKeyword(toward);
  if (privilege === 'ALL PRIVILEGES' && !isAboutAdmin && !reader.isKeyword('ON')) {
    throw unexpected(reader.peek(), `ON, ${toward}`);
  }
  if (!isAboutAdmin) reader.expectKeyword('ON');
  const database = isAboutAdmin ? undefined : reader.expectIdentifier();
  reader.expectKeyword(toward);
  return { privilege, database, name: reader.expectIdentifier() };
}

function parsePrivilege(reader: TokenReader): Privilege {
  if (reader.takeKeyword('READ')) return 'READ';
  if (reader.takeKeyword('WRITE')) return 'WRITE';
  if (!reader.takeKeyword('ALL')) throw unexpected(reader.peek(), 'READ, WRITE, ALL [PRIVILEGES]');
  reader.takeKeyword('PRIVILEGES');
  return 'ALL PRIVILEGES';
}

function parsePassword(reader: TokenReader): string {
  const token = reader.peek();
  if (token.kind !== 'string') throw unexpectedSecret(token, 'string');
  reader.take();
  return token.text;
}

/** The parser would name what it finds here, and it may be the rest of a password with a quote in it. */
function expectEnd(reader: TokenReader): void {
  const token = reader.peek();
  if (token.kind !== 'end' && !reader.isSymbol(';')) throw unexpectedSecret(token, ';');
}

function unexpectedSecret(token: Token, expected: string) {
  return unexpected(token.kind === 'end' ? token : { ...token, kind: 'bad', text: REDACTED }, expected);
}
