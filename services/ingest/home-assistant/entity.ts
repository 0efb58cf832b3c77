// One metric as an entity of Home Assistant: a sensor, or a binary sensor of a boolean. Options are those of
// https://www.home-assistant.io/integrations/sensor.mqtt/ and …/binary_sensor.mqtt/. It shows and never commands: an order
// needs an id, an expiry and the plant's interlocks, and those are the business of the rules service.

import { announcedId } from '#domain/announced-id.ts';
import type { MetricModel } from '#runtime/plant-files.ts';
import { jinjaText } from './jinja-text.ts';
import { unitMeaning } from './units.ts';

/** What must be known of a metric for it to be shown. */
export type AnnouncedMetric = Pick<MetricModel, 'type' | 'unit' | 'resolution' | 'interval'>;

export type Platform = 'sensor' | 'binary_sensor';

export type Entity = {
  readonly platform: Platform;
  readonly name: string;
  readonly unique_id: string;
  readonly value_template: string;
  readonly [option: string]: string | number;
};

/** Digits that Home Assistant shows at most. */
const PRECISION_MAX = 12;
/** Characters of a state that Home Assistant takes; a longer one it ignores. */
const STATE_CHARS_MAX = 255;

/**
 * What is shown of `m`, the metric's entry in `latest/v1/…`. `None` is Home Assistant's word for unknown; what is bad, and what
 * is of another type than was announced, is that.
 */
const SHOWN: { readonly [type in MetricModel['type']]: string } = {
  number: 'm.value if m.quality < 2 and m.value is number and m.value is not boolean else None',
  boolean: "('ON' if m.value else 'OFF') if m.quality < 2 and m.value is boolean else None",
  text: `m.value[:${STATE_CHARS_MAX}] if m.quality < 2 and m.value is string else None`,
};
/** Where the metric is missing: an empty result leaves a number and a boolean as they are, and would be a text of its own. */
const MISSING: { readonly [type in MetricModel['type']]: string } = { number: '', boolean: '', text: 'None' };

/** By `get`, which also finds a metric that is called like a method of Python's dict. */
export function valueTemplate(metric: string, type: MetricModel['type']): string {
  const entry = `{% set m = value_json.get(${jinjaText(metric)}) if value_json is mapping %}`;
  return `${entry}{% if m is mapping %}{{ ${SHOWN[type]} }}{% else %}${MISSING[type]}{% endif %}`;
}

/** @param key `site/area/device` */
export function entityOf(key: string, metric: string, known: AnnouncedMetric): Entity {
  const { type, unit, resolution } = known;
  const common = {
    name: metric,
    unique_id: announcedId(key, metric),
    value_template: valueTemplate(metric, type),
  };
  if (type === 'boolean') return { platform: 'binary_sensor', ...common };
  if (type === 'text') return { platform: 'sensor', ...common };
  const { sign, deviceClass, isMeasurement } = unitMeaning(unit, metric);
  return {
    platform: 'sensor',
    ...common,
    ...(sign === '' ? {} : { unit_of_measurement: sign }),
    ...(deviceClass === null ? {} : { device_class: deviceClass }),
    // No model says that a metric counts, so none is announced as a total.
    ...(isMeasurement ? { state_class: 'measurement' } : {}),
    ...(resolution === undefined ? {} : { suggested_display_precision: decimalsOf(resolution) }),
  };
}

/** Digits behind the point that a step of so much needs: 2 of 0.25, none of 5. */
function decimalsOf(resolution: number): number {
  for (let digits = 0; digits < PRECISION_MAX; digits++)
    if (Number(resolution.toFixed(digits)) === resolution) return digits;
  return PRECISION_MAX;
}
