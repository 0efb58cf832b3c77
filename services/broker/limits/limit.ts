// The limits of clients, as the metric `broker_over_limit_total` names them.

export const LIMITS = ['rate', 'topic', 'subscriptions', 'filters', 'retained', 'sessions'] as const;
export type Limit = (typeof LIMITS)[number];

export type OverLimit = { readonly limit: Limit; readonly reason: string };
