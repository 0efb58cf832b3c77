// A parsed query. Times and durations are nanoseconds here, as the text may say them; the planner turns them into the
// microseconds that the store keeps.

import type { Matcher } from './regex.ts';
import type { UserStatement } from './user-statement.ts';

export const CASTS = ['tag', 'field', 'float', 'integer', 'string', 'boolean'] as const;
export type Cast = (typeof CASTS)[number];

export const BINARY_OPERATORS = [
  'OR',
  'AND',
  '=',
  '!=',
  '=~',
  '!~',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

export type Ref = { readonly kind: 'ref'; readonly name: string; readonly cast: Cast | undefined };
export type Call = { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] };
export type Binary = {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
};

export type Expr =
  | Ref
  | Call
  | Binary
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'duration'; readonly ns: bigint }
  | { readonly kind: 'regex'; readonly matcher: Matcher }
  | { readonly kind: 'wildcard'; readonly cast: 'tag' | 'field' | undefined };

export type Field = { readonly expr: Expr; readonly alias: string | undefined };

export type Measurement = {
  readonly kind: 'measurement';
  readonly database: string | undefined;
  readonly policy: string | undefined;
  readonly name: string | { readonly matcher: Matcher };
};
export type Source = Measurement | { readonly kind: 'subquery'; readonly select: Select };

export type Dimension =
  | { readonly kind: 'time'; readonly intervalNs: bigint; readonly offset: Expr | undefined }
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'matching'; readonly matcher: Matcher }
  | { readonly kind: 'all' };

export type Fill =
  | { readonly kind: 'null' | 'none' | 'previous' | 'linear' }
  | { readonly kind: 'value'; readonly value: number };

export type Paging = {
  readonly limit: number | undefined;
  readonly offset: number;
};

export type Select = Paging & {
  readonly kind: 'select';
  readonly fields: readonly Field[];
  readonly sources: readonly Source[];
  readonly where: Expr | undefined;
  readonly dimensions: readonly Dimension[];
  readonly fill: Fill;
  readonly descending: boolean;
  readonly seriesLimit: number | undefined;
  readonly seriesOffset: number;
  readonly zone: string | undefined;
};

/** What a `SHOW` looks at: everything of a database, or these measurements of it. */
export type Scope = Paging & {
  readonly database: string | undefined;
  readonly sources: readonly Measurement[];
  readonly where: Expr | undefined;
};

export type KeyFilter =
  | { readonly kind: 'in'; readonly keys: readonly string[] }
  | { readonly kind: 'not'; readonly key: string }
  | { readonly kind: 'matching'; readonly matcher: Matcher; readonly negated: boolean };

export type PolicyOptions = {
  readonly name: string;
  readonly durationNs: bigint;
  readonly shardDurationNs: bigint | undefined;
  readonly isDefault: boolean;
};

/** What CREATE DATABASE or ALTER RETENTION POLICY says of a policy; what it does not say stays, or is InfluxDB's default. */
export type PolicyChange = {
  readonly name: string | undefined;
  readonly durationNs: bigint | undefined;
  readonly shardDurationNs: bigint | undefined;
};

/** What DELETE and DROP SERIES speak of: everything of a database, or these measurements of it. */
export type Victims = { readonly sources: readonly Measurement[]; readonly where: Expr | undefined };

export const COUNTED = ['series', 'measurement', 'tag-key', 'tag-values', 'field-key'] as const;

export type ShowStatement =
  | { readonly kind: 'show-databases' }
  | { readonly kind: 'show-policies'; readonly database: string | undefined }
  | (Scope & { readonly kind: 'show-measurements'; readonly names: KeyFilter | undefined })
  | (Scope & { readonly kind: 'show-tag-keys' })
  | (Scope & { readonly kind: 'show-tag-values'; readonly keys: KeyFilter })
  | (Scope & { readonly kind: 'show-field-keys' })
  | (Scope & { readonly kind: 'show-series' })
  | (Scope & {
      readonly kind: 'show-cardinality';
      readonly of: (typeof COUNTED)[number];
      readonly isExact: boolean;
      /** Of tag values. */
      readonly keys: KeyFilter | undefined;
      readonly dimensions: readonly Dimension[];
    });

/** About the server itself. */
export type ServerStatement =
  | { readonly kind: 'show-queries' }
  | { readonly kind: 'kill-query'; readonly id: number }
  | { readonly kind: 'show-stats'; readonly module: string | undefined }
  | { readonly kind: 'show-diagnostics'; readonly module: string | undefined }
  | { readonly kind: 'show-continuous-queries' }
  | { readonly kind: 'show-subscriptions' };

export type ChangeStatement =
  | { readonly kind: 'create-database'; readonly name: string; readonly policy: PolicyChange | undefined }
  | { readonly kind: 'create-policy'; readonly database: string; readonly policy: PolicyOptions }
  | {
      readonly kind: 'alter-policy';
      readonly database: string;
      readonly name: string;
      readonly change: PolicyChange;
      readonly isDefault: boolean;
    }
  | { readonly kind: 'drop-database'; readonly name: string }
  | { readonly kind: 'drop-policy'; readonly database: string; readonly name: string }
  | { readonly kind: 'drop-measurement'; readonly name: string }
  | (Victims & { readonly kind: 'drop-series' })
  | (Victims & { readonly kind: 'delete' });

export type Statement =
  | Select
  | ShowStatement
  | ServerStatement
  | ChangeStatement
  | UserStatement
  /** Well written, and wrong: it fails when it is its turn. */
  | { readonly kind: 'refused'; readonly problem: string };
