// The commands of the command line, in the order in which --help lists them: one row each. Only what the words ask for is
// loaded: all of it is a third of a second of processor before `penstock start` does anything.

import type { CliCommand } from '../cli.ts';

export type CommandRow = readonly [name: string, load: () => Promise<CliCommand>];

export const COMMANDS: readonly CommandRow[] = [
  ['start', async () => (await import('./start.ts')).startCommand],
  ['service', async () => (await import('./service.ts')).serviceCommand],
  ['simulate', async () => (await import('./simulate.ts')).simulateCommand],
  ['tail', async () => (await import('./tail.ts')).tailCommand],
  ['audit list', async () => (await import('./audit-list.ts')).auditListCommand],
  ['audit verify', async () => (await import('./audit-verify.ts')).auditVerifyCommand],
  ['audit head', async () => (await import('./audit-head.ts')).auditHeadCommand],
  ['config show', async () => (await import('./config-show.ts')).configShowCommand],
  ['cert init', async () => (await import('./cert-init.ts')).certInitCommand],
  ['cert device', async () => (await import('./cert-device.ts')).certDeviceCommand],
  ['cert list', async () => (await import('./cert-list.ts')).certListCommand],
  ['cert revoke', async () => (await import('./cert-revoke.ts')).certRevokeCommand],
  ['cert rotate', async () => (await import('./cert-rotate.ts')).certRotateCommand],
  ['device add', async () => (await import('./device-add.ts')).deviceAddCommand],
  ['device check', async () => (await import('./device-check.ts')).deviceCheckCommand],
  ['device config', async () => (await import('./device-config.ts')).deviceConfigCommand],
  ['device list', async () => (await import('./device-list.ts')).deviceListCommand],
  ['device revoke', async () => (await import('./device-revoke.ts')).deviceRevokeCommand],
  ['device show', async () => (await import('./device-show.ts')).deviceShowCommand],
  ['doctor', async () => (await import('./doctor.ts')).doctorCommand],
  ['init compose', async () => (await import('./init-compose.ts')).initComposeCommand],
  ['init data', async () => (await import('./init-data.ts')).initDataCommand],
  ['broker export', async () => (await import('./broker-export.ts')).brokerExportCommand],
  ['historian backup', async () => (await import('./historian-backup.ts')).historianBackupCommand],
  ['historian export', async () => (await import('./historian-export.ts')).historianExportCommand],
  ['historian import', async () => (await import('./historian-import.ts')).historianImportCommand],
  ['historian stats', async () => (await import('./historian-stats.ts')).historianStatsCommand],
  ['historian verify', async () => (await import('./historian-verify.ts')).historianVerifyCommand],
  ['rejected list', async () => (await import('./rejected-list.ts')).rejectedListCommand],
  ['rejected show', async () => (await import('./rejected-show.ts')).rejectedShowCommand],
  ['rejected replay', async () => (await import('./rejected-replay.ts')).rejectedReplayCommand],
  ['source try', async () => (await import('./source-try.ts')).sourceTryCommand],
  ['rules backtest', async () => (await import('./rules-backtest.ts')).rulesBacktestCommand],
  ['rules check', async () => (await import('./rules-check.ts')).rulesCheckCommand],
  ['rules explain', async () => (await import('./rules-explain.ts')).rulesExplainCommand],
  ['rules diff', async () => (await import('./rules-diff.ts')).rulesDiffCommand],
  ['rules fmt', async () => (await import('./rules-fmt.ts')).rulesFmtCommand],
  ['rules new', async () => (await import('./rules-new.ts')).rulesNewCommand],
  ['rules test', async () => (await import('./rules-test.ts')).rulesTestCommand],
  ['user add', async () => (await import('./user-add.ts')).userAddCommand],
  ['user list', async () => (await import('./user-list.ts')).userListCommand],
  ['user passwd', async () => (await import('./user-passwd.ts')).userPasswdCommand],
  ['user remove', async () => (await import('./user-remove.ts')).userRemoveCommand],
  ['user token', async () => (await import('./user-token.ts')).userTokenCommand],
];

/** The command that the words begin with; all where they begin with none, for --help and for who mistyped. */
export async function commandsFor(words: readonly string[]): Promise<CliCommand[]> {
  const asked = COMMANDS.filter(([name]) => name === words.slice(0, name.split(' ').length).join(' '));
  return await Promise.all((asked.length > 0 ? asked : COMMANDS).map(([, load]) => load()));
}
