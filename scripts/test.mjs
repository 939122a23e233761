// `npm test`: installs what the tests need, runs every check, ends with `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, environment, root } from './setup.mjs';

ensureInstalled();

/** Real servers and clients the tests speak with; by apt where this is Debian and we are root. */
const debianPackages = {
  influxd: 'influxdb',
  'victoria-metrics': 'victoria-metrics',
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  mbpoll: 'mbpoll',
  chromium: 'chromium',
  socat: 'socat',
};

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const hasPymodbus = () => spawnSync('/usr/bin/python3', ['-c', 'import pymodbus']).status === 0;
const hasOpenpyxl = () => spawnSync('/usr/bin/python3', ['-c', 'import openpyxl']).status === 0;
const hasScorer = () =>
  spawnSync('/usr/bin/python3', ['-c', 'import numpy, pandas, sklearn']).status === 0;
const hasFont = () => existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc');

function installServers() {
  const missing = Object.entries(debianPackages)
    .filter(([program]) => !has(program))
    .map(([, name]) => name);
  if (!hasPymodbus()) missing.push('python3-pymodbus');
  if (!hasOpenpyxl()) missing.push('python3-openpyxl');
  if (!hasScorer()) missing.push('python3-numpy', 'python3-pandas', 'python3-sklearn');
  if (!hasFont()) missing.push('fonts-noto-cjk');
  if (missing.length === 0 || process.getuid?.() !== 0 || !has('apt-get')) return;
  process.stdout.write(`Installing ${missing.join(', ')} …\n`);
  const quiet = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  // Services are not to start by themselves: the tests start what they need on free ports.
  const all = ['install', '-y', '-qq', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0'];
  if (spawnSync('apt-get', [...all, ...missing], quiet).status === 0) return;
  for (const name of missing) spawnSync('apt-get', [...all, name], quiet);
}

installServers();

const report = join(mkdtempSync(join(tmpdir(), 'guanjia-test-')), 'vitest.json');
const checks = [
  ['format and lint', 'biome', ['check', '--error-on-warnings']],
  ['types', 'tsc', ['-p', '.']],
  ['types of the console', 'tsc', ['-p', 'console']],
  ['unused', 'knip', []],
  ['console bundle', 'node', ['scripts/build-console.ts']],
];

let passed = 0;
let failed = 0;
const skipped = [];

/** Runs a program, shows and reads its output. @returns its exit code */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(join(root, 'node_modules', '.bin', command), args, {
      cwd: root,
      env: { ...environment, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    const read = (chunk) => {
      process.stdout.write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      skipped.push(
        ...lines.map((line) => line.trim()).filter((line) => /^SKIPPED \d+: /.test(line)),
      );
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

for (const [name, command, args] of checks) {
  process.stdout.write(`\n— ${name}\n`);
  if ((await run(command, args)) === 0) passed++;
  else failed++;
}

process.stdout.write('\n— tests\n');
const code = await run('vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  passed += numPassedTests;
  failed += numFailedTests;
  // A file that cannot even be loaded, or an error outside a test, fails without a failed test.
  if (code !== 0 && numFailedTests === 0) failed += Math.max(1, numFailedTestSuites);
} else {
  failed++;
}

process.stdout.write('\n');
for (const line of new Set(skipped)) process.stdout.write(`${line}\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 ? 1 : 0);
