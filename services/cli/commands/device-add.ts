// `penstock device add`: a device, or many, may log in at the broker, each with a token of its own for its own topics.

import { type AccessEdit, editAccess } from '#runtime/access/edit-access.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, DRY_RUN, nameOf } from '../access/access-command.ts';
import { BROKER_OPTIONS, deviceBroker, deviceConfig } from '../access/device-config.ts';
import { deviceNames } from '../access/device-names.ts';
import { refuseTakenDevice } from '../access/names.ts';
import { PRINT_OPTIONS, printDevices } from '../access/print-device.ts';

export const deviceAddCommand = accessCommand({
  name: 'device add',
  operands: '<name>',
  summary: "let a device log in; prints the broker's part of its config.json",
  help: `A device is named for its place, site/area/device, and may write and read its own topics there alone. A Sparkplug edge node
is named group/edge-node, and speaks for itself and its devices. One plain name is a gateway, whose rights stand in
<data>/access/acl.conf.
  penstock device add lyon/tank-farm/tank-01 > config.json
  penstock device add 'lyon/tank-farm/tank-##' --count 20 --json > devices.ndjson
`,
  options: [
    ['--count <number>', 'so many devices: ## in the name stands for the number'],
    ...BROKER_OPTIONS,
    ...PRINT_OPTIONS,
    DRY_RUN,
  ],
  run: async (call, cli) => {
    const { config, options, isDry, isJson } = call;
    const names = deviceNames(nameOf(call, 'the device: site/area/device, or group/edge-node'), options.count);
    const broker = deviceBroker(options, config);
    const devices = await editAccess(
      config.root.data,
      (files) => {
        for (const name of names) refuseTakenDevice(name, files);
        const result = names.map((name) => ({ name, serial: (files.devices.get(name)?.serial ?? 0) + 1 }));
        const edits = result.map(({ name, serial }): AccessEdit => {
          return { at: ['devices', name], value: serial === 1 ? {} : { serial } };
        });
        return { edits, result };
      },
      { sleep: cli.sleep, isDry },
    );
    if (isDry) {
      cli.err(devices.map(({ name }) => `would add ${name}\n`).join(''));
      return EXIT.ok;
    }
    const { value: key } = readOrCreateSecret(config.root.data, 'token-key');
    const configs = devices.map((device) => deviceConfig(device, broker, key));
    printDevices(configs, { isJson, withQr: options.qr !== false }, cli);
    cli.err(
      `${names.length === 1 ? names[0] : `${names.length} devices`} may log in; the password above is a secret\n`,
    );
    return EXIT.ok;
  },
});
