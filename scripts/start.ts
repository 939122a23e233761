/** `npm start`: becomes the service. */
import { spawn } from 'node:child_process';
import { serviceArguments, serviceEnvironment } from './service.ts';

const { execPath } = process;
const environment = { ...process.env, ...serviceEnvironment };

if (process.platform !== 'win32' && process.execve) {
  process.execve(execPath, [execPath, ...serviceArguments], environment);
} else {
  const child = spawn(execPath, serviceArguments, { stdio: 'inherit', env: environment });
  // Ctrl-C reaches the child by itself.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
