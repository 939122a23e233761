// `npm run demo`: on a clean clone with nothing but Node 20 and npm.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, environment, node, root } from './setup.mjs';

ensureInstalled();
const child = spawn(node, [join(root, 'scripts', 'demo.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: environment,
});
// Ctrl-C reaches the child by itself; this process waits for it to have stopped.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
