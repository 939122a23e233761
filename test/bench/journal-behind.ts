import { join } from 'node:path';
import { openJournal } from '../../journal/file-journal.ts';
import { quiet } from '../../model/context.ts';

const atOnce = 5_000;

/** Writes readings of `m0…` into the journal of a service that is not running: as if its sinks had been far behind when it ended. */
export async function fillJournal(folder: string, meters: number, messages: number): Promise<void> {
  const options = { maxBytes: 8 * 1024 ** 3, keepDays: 7 };
  const journal = await openJournal(join(folder, 'data', 'journal'), options, quiet);
  const start = Date.UTC(2026, 3, 1);
  const receivedAt = Date.now();
  for (let from = 0; from < messages; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, messages - from) }, (_, index) => {
      const turn = Math.floor((from + index) / meters);
      const device = `m${(from + index) % meters}`;
      const values = {
        energy_import_kwh: 1e6 + turn / 100,
        power_kw: 12 + (turn % 10) / 10,
        power_factor: 0.97,
        frequency_hz: 50.01,
        voltage_a_v: 229.8,
        voltage_b_v: 230.4,
        current_a_a: 18.2,
      };
      const bytes = Buffer.from(JSON.stringify({ at: start + turn * 1000, values }));
      const resend = { client: device, packetId: 1 + (turn % 65_535), dup: false };
      return { door: 'mqtt', protocol: 'mqtt-json', device, receivedAt, bytes, resend } as const;
    });
    await Promise.all(some.map((envelope) => journal.append(envelope)));
  }
  await journal.close();
}
