// Plain JavaScript that Node 20 can run: brings the project's own packages and its own Node, and says what to do where that fails.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const mark = join(root, 'node_modules', '.guanjia-installed');

/** The project's own Node, from the npm package `node`. */
export const node = join(root, 'node_modules', '.bin', 'node');

/** For children: the project's own Node comes first, as in npm scripts. */
export const environment = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
};

function stop(...lines) {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(2);
}

/** Installs when the lock file is not the one that was installed last. */
export function ensureInstalled() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    stop(
      `Node ${process.versions.node} is too old: want 20 or newer, only to start with; the project brings its own Node ${wanted.dependencies.node}.`,
    );
  }
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lock) {
    process.stdout.write('Installing packages (npm ci), a minute or two … 正在安装依赖 …\n');
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    if (status !== 0) {
      stop(
        'npm ci failed. Check that the npm registry can be reached (npm ping) and that this folder may be written, then run the same command again.',
      );
    }
    writeFileSync(mark, lock);
  }
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() !== `v${wanted.dependencies.node}`) {
    stop(
      `The project's own Node is ${stdout?.trim() || 'missing'}, want v${wanted.dependencies.node}.`,
      'Its install script may have been blocked: run `npm rebuild node`, then the same command again.',
    );
  }
}

/** Runs a command with the project's Node first on the path. @returns its exit code */
export function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: environment,
    ...options,
  });
  return status ?? 1;
}
