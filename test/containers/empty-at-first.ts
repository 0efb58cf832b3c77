// What Grafana may leave empty on a simulated plant of a few minutes that nobody operates, by the reason. Every other query of
// every panel must have rows.

const REASONS: Readonly<Record<string, readonly string[]>> = {
  'nobody acknowledges, shelves or takes out of service': [
    "penstock-overview, 'Shelved', query A",
    "penstock-alarms, 'Shelved, out of service, suppressed', query A",
    "penstock-alarm-performance, 'Mean time to acknowledge', query A",
    "penstock-alarm-performance, 'Longest time to acknowledge', query A",
    "penstock-alarm-performance, 'Shelved', query A",
  ],
  'alarms of a priority come and go': [
    "penstock-overview, 'Active, 1 critical', query A",
    "penstock-overview, 'Active, 2 high', query A",
    "penstock-overview, 'Active, 3 medium', query A",
    "penstock-overview, 'Active, 4 low', query A",
    "penstock-overview, 'Active alarms', query A",
    "penstock-overview, 'Active alarms', query B",
    "penstock-overview, 'Active alarms', query C",
    "penstock-overview, 'Active alarms', query D",
  ],
  'a bearing gets hot, the only alarm of low priority, later': [
    "penstock-alarms, 'Activations', query D",
    "penstock-alarm-performance, 'By priority', query D",
  ],
  'no alarm floods or chatters': [
    "penstock-alarm-performance, 'Flood windows', query A",
    "penstock-alarm-performance, 'Chattering', query A",
  ],
  'the simulated devices lose nothing, their clocks are right, and one is away for three minutes now and then': [
    "penstock-area, 'Quality that is not good', query A",
    "penstock-device, 'Quality that is not good', query A",
    "penstock-pipeline-health, 'Devices with gaps', query A",
    "penstock-fleet, 'Wrong clocks', query A",
    "penstock-fleet, 'Offline', query A",
  ],
  'a rate is known after two whole minutes, and written down at the next change of its device': [
    "penstock-device, 'Messages a minute', query A",
  ],
  'the store is InfluxDB, and no historian tells its numbers': [
    "penstock-pipeline-health, 'Journals and logs', query C",
    "penstock-pipeline-health, 'Writes, 99th percentile', query B",
    "penstock-pipeline-health, 'Writes, 99th percentile', query C",
  ],
};

export const EMPTY_AT_FIRST: ReadonlySet<string> = new Set(Object.values(REASONS).flat());

/**
 * As in the lists above: without the number of the panel, which is another as soon as one is put before it.
 * @param where as `askedQueries` says it
 */
export function queryName(where: string): string {
  return where.replace(/, panel \d+ /, ', ');
}
