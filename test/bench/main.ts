// `npm run bench -- <name>`: one file per benchmark. Numbers mean something only beside a reference of the same run.

const BENCHES = [
  'backtest',
  'broker',
  'broker-scale',
  'console',
  'console-flood',
  'historian',
  'ingest',
  'mqtt-5',
  'pipeline',
  'rules',
  'sparkplug',
  'thinning',
  'workbench',
] as const;

const [name = ''] = process.argv.slice(2);
if (!(BENCHES as readonly string[]).includes(name)) {
  console.error(`npm run bench -- <name>; there are: ${BENCHES.join(', ')}`);
  process.exit(2);
}
await import(`./${name}.ts`);
