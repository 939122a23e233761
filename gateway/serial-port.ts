import { spawn } from 'node:child_process';
import type { SerialLine } from '../model/entities.ts';
import type { Channel, Unreachable } from './channel.ts';
import type { SerialStep } from './serial-process.ts';

/** Bits of a byte on the line: start, eight, parity or a second stop, stop. */
const bitsPerByte = 11;

/** How long so many bytes are on the line. */
export const onLineMs = ({ baudRate }: SerialLine, bytes: number): number =>
  (bytes * bitsPerByte * 1_000) / baudRate;

/** @param program what holds the port; for tests */
export async function openSerialChannel(
  line: SerialLine,
  signal: AbortSignal,
  program = new URL('./serial-process.ts', import.meta.url).pathname,
): Promise<Channel | Unreachable> {
  const child = spawn(process.execPath, [program, JSON.stringify(line)], {
    stdio: ['pipe', 'pipe', 'ignore', 'ipc'],
  });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('a process without the pipes it was asked for');
  child.on('error', () => {});
  // What cannot be written any more ends in silence.
  stdin.on('error', () => {});
  const close = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', close, { once: true });
  const gone = new Promise<void>((resolve) => child.once('close', resolve));
  void gone.then(() => signal.removeEventListener('abort', close));
  const step = await Promise.race([
    new Promise<SerialStep>((resolve) => child.once('message', resolve)),
    gone.then((): SerialStep => ({ open: false, why: 'its process ended' })),
  ]);
  if (!step.open) {
    close();
    return { kind: 'unreachable', why: step.why };
  }
  return {
    onBytes: (take) => stdout.on('data', take),
    onClose: (tell) => void gone.then(tell),
    write: (bytes) => stdin.write(bytes),
    close,
  };
}
