/** `npm run guanjia -- <command>`: what people do to the service from a shell. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadSettings } from './config.ts';
import type { Role } from './model/entities.ts';
import { AppError, isAppError, messageOf } from './model/errors.ts';
import { faultLine, printImport } from './registry/commands.ts';
import { generateSecret } from './registry/random-secret.ts';
import { type CommandedRegistry, openCommandedRegistry } from './threads/commanded-registry.ts';

interface Command {
  readonly usage: string;
  readonly zh: string;
  readonly en: string;
  /** @returns the exit code */
  run(args: readonly string[]): Promise<number>;
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** @throws AppError `INPUT_INVALID` where the argument is missing */
function wanted(value: string | undefined, name: string): string {
  if (value === undefined)
    throw new AppError('INPUT_INVALID', `缺少参数 ${name}。 Argument ${name} is missing.`);
  return value;
}

async function withRegistry(
  work: (registry: CommandedRegistry) => Promise<boolean>,
): Promise<number> {
  const registry = await openCommandedRegistry(loadSettings(process.env));
  try {
    return (await work(registry)) ? 0 : 1;
  } finally {
    registry.close();
  }
}

function importing(dryRun: boolean) {
  return async ([file]: readonly string[]) => {
    const text = readFileSync(wanted(file, '<inventory>'), 'utf8');
    return withRegistry(async (registry) =>
      printImport(await registry.import(text, { user: 'system' }, { dryRun }), dryRun, print),
    );
  };
}

async function user(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      role: { type: 'string' },
      institution: { type: 'string' },
      email: { type: 'string' },
    },
  });
  if (positionals[0] !== 'add')
    throw new AppError('INPUT_INVALID', 'user add <id> --role … --institution …');
  const id = wanted(positionals[1], '<id>');
  const body = {
    id,
    name: values.name ?? id,
    role: wanted(values.role, '--role') as Role,
    institution: values.institution ?? null,
    ...(values.email && { email: values.email }),
  };
  return withRegistry(async (registry) => {
    await registry.create('users', body);
    print(`已建立用户 ${id}，用此链接设置密码（72 小时内一次有效）：`);
    print(`User ${id} was made; with this link, once within 72 hours, a password is set:`);
    print(await registry.invite(id));
    return true;
  });
}

const secretKinds = ['meters', 'vehicles', 'gateways', 'serviceAccounts'] as const;

async function device(args: readonly string[]): Promise<number> {
  if (args[0] !== 'secret') throw new AppError('INPUT_INVALID', 'device secret <id>');
  const id = wanted(args[1], '<id>');
  return withRegistry(async (registry) => {
    for (const kind of secretKinds) {
      if (!(await registry.get(kind, id))) continue;
      const secret = generateSecret();
      await registry.setSecret(kind, id, secret);
      print(`${id} 的新密钥，仅显示一次： New secret of ${id}, shown only now:`);
      print(secret);
      return true;
    }
    print(`没有编号为 ${id} 的设备。 There is no device ${id}.`);
    return false;
  });
}

async function terminal(args: readonly string[]): Promise<number> {
  if (args[0] !== 'reset') throw new AppError('INPUT_INVALID', 'terminal reset <vehicle>');
  const id = wanted(args[1], '<vehicle>');
  return withRegistry(async (registry) => {
    await registry.resetTerminal(id);
    print(`车辆 ${id} 的终端须重新注册。 The terminal of vehicle ${id} has to register again.`);
    return true;
  });
}

async function dashboards([
  folder = 'deploy/grafana/dashboards',
]: readonly string[]): Promise<number> {
  const { writeDashboards } = await import('./dashboards/write.ts');
  const { publicUrl, httpPort } = loadSettings(process.env);
  const settings = {
    publicUrl: publicUrl ?? `http://127.0.0.1:${httpPort}`,
    timeZone: 'Asia/Shanghai',
  };
  for (const file of await writeDashboards(folder, settings)) print(file);
  return 0;
}

async function simulate(args: readonly string[]): Promise<number> {
  const { simulate: run } = await import('./simulators/command.ts');
  return run(args);
}

async function requeue(args: readonly string[]): Promise<number> {
  const { requeue: run } = await import('./threads/requeue-command.ts');
  return run(args, loadSettings(process.env), print);
}

async function fuelCards(args: readonly string[]): Promise<number> {
  const { fuelCards: run } = await import('./threads/fuel-cards-command.ts');
  return run(args, loadSettings(process.env), print);
}

async function backup(args: readonly string[]): Promise<number> {
  const { backup: run } = await import('./threads/backup-commands.ts');
  return run(args, loadSettings(process.env), print);
}

async function restore(args: readonly string[]): Promise<number> {
  const { restore: run } = await import('./threads/backup-commands.ts');
  return run(args, () => loadSettings(process.env), print);
}

async function profile(args: readonly string[]): Promise<number> {
  const { profile: run } = await import('./threads/profile-command.ts');
  return run(args, print);
}

async function mapping(args: readonly string[]): Promise<number> {
  const { mapping: run } = await import('./threads/mapping-command.ts');
  return run(args, print);
}

async function modbus(args: readonly string[]): Promise<number> {
  const { modbus: run } = await import('./threads/modbus-command.ts');
  return run(args, print);
}

async function jt808(args: readonly string[]): Promise<number> {
  const { jt808: run } = await import('./threads/jt808-command.ts');
  return run(args, print);
}

const commands: Readonly<Record<string, Command>> = {
  import: {
    usage: 'import <inventory>',
    zh: '导入设备与机构清单',
    en: 'import an inventory: all of it or nothing',
    run: importing(false),
  },
  check: {
    usage: 'check <inventory>',
    zh: '检查清单，不作改动',
    en: 'tell every fault and every change, and change nothing',
    run: importing(true),
  },
  user: {
    usage: 'user add <id> --role <role> --institution <id> [--name …] [--email …]',
    zh: '建立用户并给出一次性链接',
    en: 'make a user and a one-time link to set a password',
    run: user,
  },
  device: {
    usage: 'device secret <id>',
    zh: '换发设备密钥',
    en: 'make a new secret for a device, gateway or service account',
    run: device,
  },
  terminal: {
    usage: 'terminal reset <vehicle>',
    zh: '更换车载终端：原终端断开，新终端可注册',
    en: 'free the place of a JT/T 808 terminal for another one',
    run: terminal,
  },
  requeue: {
    usage: 'requeue [--device <id>] [--reason <reason>] [--from <time>] [--to <time>] [--dry-run]',
    zh: '重新解读隔离区中的报文',
    en: 'read again what is in quarantine, after a codec was mended or a device was added',
    run: requeue,
  },
  'fuel-cards': {
    usage: 'fuel-cards <csv> [--dry-run]',
    zh: '导入加油卡、充电、维修、保险等费用',
    en: 'import what was paid for vehicles by fuel card and otherwise: all of it or nothing',
    run: fuelCards,
  },
  backup: {
    usage: 'backup <file> [--replace]',
    zh: '备份全部数据，服务可照常运行',
    en: 'back up everything that is kept, while the service runs or when it is down',
    run: backup,
  },
  restore: {
    usage: 'restore <file> [--data-dir <dir>] [--journal <dir>] [--replace]',
    zh: '恢复备份；可接续较新的日志',
    en: 'restore a backup, and what a newer journal has beyond it',
    run: restore,
  },
  dashboards: {
    usage: 'dashboards [folder]',
    zh: '写出 Grafana 仪表盘',
    en: 'write the Grafana dashboards as JSON',
    run: dashboards,
  },
  profile: {
    usage: 'profile check <file>',
    zh: '检查电表型号文件，并列出轮询的请求',
    en: 'tell every fault of a register map, and what a slave would be asked',
    run: profile,
  },
  mapping: {
    usage: 'mapping check <file> [<payload>]',
    zh: '检查 MQTT 报文映射文件，并显示一条报文的解读',
    en: 'tell every fault of an MQTT mapping, and what it reads in a payload',
    run: mapping,
  },
  modbus: {
    usage: 'modbus read <host[:port]> …  (modbus read --help)',
    zh: '在表计旁读一次 Modbus 从站',
    en: 'read a Modbus slave once, at the meter',
    run: modbus,
  },
  jt808: {
    usage: 'jt808 explain <hex> …  (jt808 explain --help)',
    zh: '逐字段解读 JT/T 808 报文',
    en: 'show frames of a JT/T 808 terminal field by field',
    run: jt808,
  },
  simulate: {
    usage: 'simulate --mqtt <url> --jt808 <host:port> …  (simulate --help)',
    zh: '模拟一座城市的设备',
    en: 'simulate the devices of a city against any broker',
    run: simulate,
  },
};

function help(): void {
  print('npm run guanjia -- <command>\n');
  for (const { usage, zh, en } of Object.values(commands))
    print(`  ${usage}\n      ${zh}。 ${en}.\n`);
}

async function main([name = '--help', ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === 'help' || name === '-h') {
    help();
    return 0;
  }
  const command = commands[name];
  if (!command) {
    print(`没有命令 ${name}。 There is no command ${name}.\n`);
    help();
    return 2;
  }
  try {
    return await command.run(args);
  } catch (error) {
    const faults = isAppError(error) ? error.faults : [];
    process.stderr.write(`${[messageOf(error), ...faults.map(faultLine)].join('\n')}\n`);
    return 2;
  }
}

// Who reads only the first lines, as `head` does, closes the pipe.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? 0 : 1),
);
process.exitCode = await main(process.argv.slice(2));
