// Everything of Grafana's Foundation SDK that is used here, and the only file that imports it: it is a preview, and moves.

export type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
export * as common from '@grafana/grafana-foundation-sdk/common';
export * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
export { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
export { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
export { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
export { PanelBuilder as TrendBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
