import { Bench } from 'tinybench';
import { decodeRecord, encodeRecord, recordBytes, sealRecord } from '../../journal/record.ts';
import type { Meter } from '../../model/entities.ts';
import type { Entry } from '../../model/envelope.ts';
import { mqttJson } from '../../protocols/mqtt-json/index.ts';
import { type Section, table, whole } from './report.ts';

const meter: Meter = {
  id: 'm1',
  building: 'b1',
  medium: 'electricity',
  name: '总表',
  ctRatio: 1,
  ptRatio: 1,
};
const message = Buffer.from(
  '{"at":1795305600000,"values":{"energy_import_kwh":15234.5,"power_kw":12.1,"power_factor":0.97,"frequency_hz":50.01,"voltage_a_v":229.8,"voltage_b_v":230.4,"current_a_a":18.2}}',
);
const entry: Entry = {
  seq: 1,
  door: 'mqtt',
  protocol: 'mqtt-json',
  device: 'm1',
  receivedAt: 1_795_305_600_100,
  bytes: message,
  resend: { client: 'm1', packetId: 7, dup: false },
};

/** The pure parts of the line, one at a time, on one processor. */
export async function benchCodecs(): Promise<readonly Section[]> {
  const bench = new Bench({ time: 1_000 });
  const bytes = recordBytes(entry);
  const record = Buffer.alloc(bytes);
  bench
    .add('decode a JSON reading of seven values', () =>
      mqttJson.decode(message, { type: 'meter', meter }, entry.receivedAt),
    )
    .add('JSON.parse of the same bytes, nothing more', () => JSON.parse(message.toString()))
    .add('encode a journal record', () => {
      encodeRecord(record, 0, bytes, 1, entry);
      sealRecord(record, 0, 7);
    })
    .add('decode and check a journal record', () => decodeRecord(record, 0, bytes));
  await bench.run();
  const rows = bench.tasks.map(({ name, result }) => [
    name,
    whole('throughput' in result ? (result.throughput.p50 ?? result.throughput.mean) : Number.NaN),
  ]);
  return [{ title: 'Codecs', text: table(['', 'times a second'], rows) }];
}
