// `penstock config show`: every setting, its value and where it came from. Secrets are never shown.

import type { Setting } from '#runtime/config.ts';
import { brokerUrl, storeUrl } from '#runtime/sections.ts';
import { EXIT } from '#runtime/start-error.ts';
import { MASK, withoutPassword } from '#runtime/url-password.ts';
import type { CliCommand, Paint } from '../cli.ts';
import { type LoadedSettings, readSettings } from '../settings.ts';

export const configShowCommand: CliCommand = {
  name: 'config show',
  summary: 'show every setting, its value and where it came from',
  options: [
    ['--effective', 'also what follows from the settings: which broker and store are used'],
    ['--json', 'as JSON'],
  ],
  run: async ({ options, settings }, cli) => {
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const shown = [...loaded.settings.map(masked), ...(options.effective === true ? derived(loaded) : [])];
    cli.out(options.json === true ? `${JSON.stringify(shown, null, 2)}\n` : settingsTable(shown, cli.paintOut));
    return EXIT.ok;
  },
};

export type ShownSetting = { readonly path: string; readonly value: unknown; readonly origin: string };

function masked({ path, value, origin, secret }: Setting): ShownSetting {
  if (value === undefined) return { path, value: null, origin };
  if (secret) return { path, value: MASK, origin };
  return { path, value: typeof value === 'string' ? withoutPassword(value) : value, origin };
}

/** Not settings, but what the services make of them. */
function derived({ config }: LoadedSettings): ShownSetting[] {
  const { broker, store, historian } = config;
  return [
    {
      path: '(broker)',
      value: withoutPassword(brokerUrl(broker)),
      origin: broker.url === undefined ? 'embedded' : 'external',
    },
    {
      path: '(store)',
      value: withoutPassword(storeUrl(store, historian)),
      origin: store.url === undefined ? 'embedded historian' : 'external',
    },
  ];
}

export function settingsTable(settings: readonly ShownSetting[], paint: Paint): string {
  const rows = settings.map(({ path, value, origin }) => [path, valueText(value), origin] as const);
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [pathWidth, valueWidth] = [width(0), width(1)];
  return rows
    .map(([path, value, origin]) => {
      const shownOrigin = origin === 'default' ? paint('dim', origin) : origin;
      return `${path.padEnd(pathWidth)}  ${value.padEnd(valueWidth)}  ${shownOrigin}\n`;
    })
    .join('');
}

function valueText(value: unknown): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
