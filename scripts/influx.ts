import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface DemoInflux {
  readonly url: string;
  stop(): Promise<void>;
}

const configOf = (
  folder: string,
  port: number,
  rpcPort: number,
): string => `reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
dir = "${join(folder, 'meta')}"
[data]
dir = "${join(folder, 'data')}"
wal-dir = "${join(folder, 'wal')}"
index-version = "tsi1"
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
[subscriber]
enabled = false
[logging]
level = "warn"
`;

/** `influxd` of this machine, or unpacked from Debian's package without installing it; undefined where neither can be had. */
function findInfluxd(): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v influxd'], { encoding: 'utf8' }).stdout.trim();
  if (found) return found;
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-influxdb-'));
  const quiet = { cwd: folder, stdio: 'ignore' } as const;
  if (spawnSync('apt-get', ['download', 'influxdb'], quiet).status !== 0) {
    spawnSync('apt-get', ['update', '-qq'], quiet);
    spawnSync('apt-get', ['download', 'influxdb'], quiet);
  }
  const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (deb) spawnSync('dpkg-deb', ['-x', deb, 'unpacked'], quiet);
  const unpacked = join(folder, 'unpacked', 'usr', 'bin', 'influxd');
  return existsSync(unpacked) ? unpacked : undefined;
}

/**
 * The InfluxDB of the demo: the one that `GUANJIA_INFLUX_URL` names, or one of its own on a free port.
 * @returns undefined where there is none to be had
 */
export async function startDemoInflux(
  folder: string,
  freePort: () => Promise<number>,
): Promise<DemoInflux | undefined> {
  const given = process.env['GUANJIA_INFLUX_URL'];
  if (given) return { url: given, stop: async () => {} };
  const influxd = findInfluxd();
  if (!influxd) return undefined;
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const file = join(folder, 'influxdb.conf');
  writeFileSync(file, configOf(folder, port, await freePort()));
  // In a group of its own, so that Ctrl-C reaches it only after the service has written what it has.
  const child = spawn(influxd, ['-config', file], { stdio: 'ignore', detached: true });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries++) {
    const up = await fetch(`${url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return { url, stop: () => stop(child) };
    await wait(100);
  }
  await stop(child);
  return undefined;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
