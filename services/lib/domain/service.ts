// What a service says of itself on `service/v1/{service}/{id}`, retained, with a last will that says `down`.

export const SERVICES = ['broker', 'ingest', 'rules', 'writer', 'historian', 'console', 'watchdog'] as const;
export type ServiceName = (typeof SERVICES)[number];

export type ServiceStatus = {
  readonly service: string;
  readonly id: string;
  readonly status: 'up' | 'down' | 'restarting';
  /** ms since the epoch; of a `down` that a last will says, the start of what has ended: nobody saw the end. */
  readonly since: number;
  readonly version: string;
  /** In words, where there is something to say: the last exit, what is being waited for. */
  readonly detail?: string;
};
