import type { SerialLine } from '../model/entities.ts';
import { messageOf } from '../model/errors.ts';

/**
 * Holds one serial port, in a process of its own: bytes from stdin to the line, from the line to stdout. The native part of `serialport` works
 * on the main thread of a process only, and takes the process down elsewhere.
 */

/** Told once, by message. */
export type SerialStep = { readonly open: true } | { readonly open: false; readonly why: string };

const tell = (step: SerialStep) => process.send?.(step);

// Whoever asked for the port is gone, or wants it no more.
process.once('disconnect', () => process.exit(0));

async function hold({ path, baudRate, parity, stopBits }: SerialLine): Promise<void> {
  const { SerialPort } = await import('serialport').catch((error) => {
    const what = `serial lines want the package serialport (npm install serialport): ${messageOf(error)}`;
    throw new Error(what, { cause: error });
  });
  const port = new SerialPort({ path, baudRate, parity, stopBits, dataBits: 8, autoOpen: false });
  await new Promise<void>((resolve, reject) =>
    port.open((error) => (error ? reject(error) : resolve())),
  );
  port.on('error', () => process.exit(1));
  port.on('close', () => process.exit(1));
  port.on('data', (bytes: Buffer) => process.stdout.write(bytes));
  process.stdin.on('data', (bytes) => port.write(bytes));
  tell({ open: true });
}

try {
  await hold(JSON.parse(process.argv[2] ?? '') as SerialLine);
} catch (error) {
  process.send?.({ open: false, why: messageOf(error) } satisfies SerialStep, () =>
    process.exit(1),
  );
}
