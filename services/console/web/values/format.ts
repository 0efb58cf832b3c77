// Numbers, units, ages and moments as a person reads them.

import type { Value } from '#domain/point.ts';
import { formatUnit as signOf } from '#domain/unit.ts';
import { texts } from '../texts.ts';

/** Digits that differ at that size are worth reading; the width stays the same while a value moves. */
function decimalsOf(size: number): number {
  if (size >= 1_000) return 0;
  if (size >= 100) return 1;
  return size >= 0.1 ? 2 : 4;
}

export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(3);
  return value.toFixed(decimalsOf(size));
}

export function formatUnit(unit: string | null): string {
  return unit === null ? '' : signOf(unit);
}

export function formatValue(value: Value | null, unit: string | null): string {
  if (value === null) return texts.values.none;
  if (typeof value === 'boolean') return value ? texts.values.on : texts.values.off;
  if (typeof value === 'string') return value;
  const sign = formatUnit(unit);
  return sign === '' ? formatNumber(value) : `${formatNumber(value)}\u00a0${sign}`;
}

/** Two parts at most; a device's clock may be ahead, which is no age. */
export function formatAge(ms: number): string {
  const { units } = texts;
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return units.seconds(String(seconds));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return units.minutes(String(minutes));
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return units.days(String(Math.floor(hours / 24)));
  return minutes % 60 === 0 ? units.hours(String(hours)) : units.hoursAndMinutes(String(hours), String(minutes % 60));
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE_TIME = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

const DATE_TIME_YEAR = new Intl.DateTimeFormat('en-GB', {
  ...{ day: '2-digit', month: 'short', year: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit' },
});

const INSTANT = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

const FULL = new Intl.DateTimeFormat('en-GB', {
  ...{ day: '2-digit', month: 'short', year: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
});

/** With its date and year, in the viewer's zone: of a picture that may be of any time. */
export function formatFullMoment(at: number): string {
  return FULL.format(at);
}

const HALF_DAY_MS = 43_200_000;

/** The time of day in the viewer's zone; the date too where it is more than twelve hours away, and the year of another one. */
export function formatMoment(at: number, now: number): string {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return '';
  if (Math.abs(now - at) <= HALF_DAY_MS) return TIME.format(at);
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (isThisYear ? DATE_TIME : DATE_TIME_YEAR).format(at);
}

/** To the millisecond, in the viewer's zone; '' for what is no moment. */
export function formatInstant(at: number): string {
  return Math.abs(at) <= 8.64e15 ? INSTANT.format(at) : '';
}

const FIELD_CHARS = { minute: 16, second: 19 } as const;

/** As a field of type datetime-local has it: in the viewer's zone, without saying so. */
export function formatField(at: number, to: keyof typeof FIELD_CHARS): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, FIELD_CHARS[to]);
}
