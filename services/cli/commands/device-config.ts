// `penstock device config`: the config of a device once more, for one that was wiped or replaced.

import { readAccess } from '#runtime/access/read-access.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, nameOf, refusal } from '../access/access-command.ts';
import { BROKER_OPTIONS, deviceBroker, deviceConfig } from '../access/device-config.ts';
import { deviceNamed } from '../access/names.ts';
import { PRINT_OPTIONS, printDevices } from '../access/print-device.ts';

export const deviceConfigCommand = accessCommand({
  name: 'device config',
  operands: '<name>',
  summary: "print the broker's part of a device's config.json again",
  options: [...BROKER_OPTIONS, ...PRINT_OPTIONS],
  run: async (call, cli) => {
    const { config, options, isJson } = call;
    const name = nameOf(call, 'the device');
    const broker = deviceBroker(options, config);
    const { serial, revoked } = deviceNamed(name, readAccess(config.root.data));
    if (revoked) throw refusal(`'${name}' was revoked; penstock device add ${name} gives it a new token`);
    const { value: key } = readOrCreateSecret(config.root.data, 'token-key');
    printDevices([deviceConfig({ name, serial }, broker, key)], { isJson, withQr: options.qr !== false }, cli);
    return EXIT.ok;
  },
});
