import { Bench } from 'tinybench';
import { decodeRecord, encodeRecord, recordBytes, sealRecord } from '../../journal/record.ts';
import type { Meter, Vehicle } from '../../model/entities.ts';
import type { Entry } from '../../model/envelope.ts';
import { cjt188 } from '../../protocols/cjt188/index.ts';
import { dlt645 } from '../../protocols/dlt645/index.ts';
import { createFramer } from '../../protocols/jt808/frame.ts';
import { jt808 } from '../../protocols/jt808/index.ts';
import { mqttJson } from '../../protocols/mqtt-json/index.ts';
import { median, type Section, table, whole } from './report.ts';

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

const framesOf = (...hex: readonly string[]): readonly Uint8Array[] =>
  hex.map((text) => new Uint8Array(Buffer.from(text, 'hex')));

/** What an electricity meter says of its total, its tariffs, its voltages and its powers. */
const electricityPoll = dlt645.encode(
  framesOf(
    '6829250707212068910833333433a94a36332f16',
    '68292507072120689118333234334333333334333333353333333633333337333333f816',
    '6829250707212068910a333234353455355536557416',
    '68292507072120689110333236358967453343b43333333232326c16',
  ),
);

/** What a heat meter says. */
const heatPoll = cjt188.encode(
  framesOf(
    '682066554433221100812e1f90000010000005192853000567450000174523010035423300002c4365001045006127003015222111262000005f16',
  ),
);
const heatMeter: Meter = { ...meter, medium: 'heat' };

const vehicle: Vehicle = {
  id: 'v1',
  institution: 'i1',
  plate: '鲁P12345',
  class: 'general',
  fuel: 'gasoline',
  jt808: { phone: '013800138000' },
  exempt: [],
  sealed: [],
};

/** Location reports with odometer, fuel, signal strength and satellites. */
const [report2013, report2019] = framesOf(
  '7e0200002c013800138000000100000000000c0003022c495506e9cc18002301c5010e2611212215300104000003e8020201c230011f31010e477e',
  '7e0200402c0100000000013800138000000200000000000c0003022c495506e9cc18002301c5010e2611212215300104000003e8020201c230011f31010e057e',
) as [Uint8Array, Uint8Array];

const burst = 20_000;
const bursts = 50;

/** How often a second, in a plain loop; the median of many, since a clock read at every turn would cost as much as the work. */
function perSecond(work: () => unknown): number {
  const rates: number[] = [];
  for (let i = 0; i < bursts; i++) {
    const start = performance.now();
    for (let turn = 0; turn < burst; turn++) work();
    rates.push((burst * 1_000) / (performance.now() - start));
  }
  return median(rates);
}

/** Frame in, position out: escapes, checksum, header, body, additional items. */
function benchTerminals(): Section {
  const framer = createFramer();
  const about = { type: 'vehicle', vehicle } as const;
  const works: readonly (readonly [string, () => unknown])[] = [
    ['decode 0x0200 of 2013, four items', () => jt808.decode(report2013, about, entry.receivedAt)],
    ['decode 0x0200 of 2019, four items', () => jt808.decode(report2019, about, entry.receivedAt)],
    ['find and check the frame in a stream, with its header', () => framer.push(report2013)],
  ];
  const rows = works.map(([name, work]) => [name, whole(perSecond(work))]);
  return { title: 'JT/T 808, in a plain loop', text: table(['', 'times a second'], rows) };
}

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
    .add('decode a DL/T 645 poll of four answers, eleven values', () =>
      dlt645.decode(electricityPoll, { type: 'meter', meter }, entry.receivedAt),
    )
    .add('decode a CJ/T 188 answer of a heat meter, eight values', () =>
      cjt188.decode(heatPoll, { type: 'meter', meter: heatMeter }, entry.receivedAt),
    )
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
  return [{ title: 'Codecs', text: table(['', 'times a second'], rows) }, benchTerminals()];
}
