/** MQTT 3.1.1 packets of a meter, built once and altered in place, so that the load costs as little as can be. */

const string = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let left = body.length; ; ) {
    const digit = left % 128;
    left = Math.floor(left / 128);
    length.push(left > 0 ? digit | 128 : digit);
    if (left === 0) break;
  }
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

/** Idle clients are to stay connected: half an hour of silence is allowed. */
const keepAlive = Buffer.from([1800 >> 8, 1800 & 255]);

/** CONNECT with a clean session; the id is also the user name. */
export const connectPacket = (id: string, secret: string): Buffer =>
  packet(
    0x10,
    string('MQTT'),
    Buffer.from([4, 0xc2]),
    keepAlive,
    string(id),
    string(id),
    string(secret),
  );

/** About 200 bytes, as a three-phase meter sends. Digits of `0` are written over. */
const payload = (startAt: number): Buffer =>
  Buffer.from(
    `{"at":${startAt},"values":{"energy_import_kwh":1000000000.00,"power_kw":12.0,"power_factor":0.97,"frequency_hz":50.01,"voltage_a_v":229.8,"voltage_b_v":230.4,"current_a_a":18.2}}`,
  );

/** The counter of message `n`, kWh. */
export const energyOf = (n: number): number => 1e9 + n / 100;

/** The QoS 1 publishes of one client: one for each that may be unacknowledged, whose packet id is its place plus one. */
export interface Slots {
  readonly bytes: Buffer;
  /** Bytes of each. */
  readonly size: number;
  readonly startS: number;
  readonly offsets: Offsets;
}

interface Offsets {
  /** Last digit of the seconds of `at`, of the counter's whole part, of its fraction, and of the power. */
  readonly second: number;
  readonly whole: number;
  readonly fraction: number;
  readonly power: number;
}

/** @param startAt device time of message 0, whole seconds as Unix ms; each next one is a second later */
export function slotsOf(topic: string, count: number, startAt: number): Slots {
  const body = payload(startAt);
  const first = packet(0x32, string(topic), Buffer.from([0, 1]), body);
  const bytes = Buffer.allocUnsafeSlow(first.length * count);
  const idAt = first.length - body.length - 2;
  for (let slot = 0; slot < count; slot++) {
    bytes.set(first, slot * first.length);
    bytes.writeUInt16BE(slot + 1, slot * first.length + idAt);
  }
  const energyAt = first.indexOf('1000000000.00');
  const offsets = {
    second: first.indexOf('"at":') + 5 + 9,
    whole: energyAt + 9,
    fraction: energyAt + 12,
    power: first.indexOf('12.0') + 3,
  };
  return { bytes, size: first.length, startS: startAt / 1000, offsets };
}

const zero = 0x30;

/** Writes `value` in decimal so that its last digit is at `end`. `value` must be below 2³¹. */
function writeDigits(bytes: Buffer, end: number, value: number, digits: number): void {
  let left = value | 0;
  for (let at = end; at > end - digits; at--) {
    const tens = (left / 10) | 0;
    bytes[at] = zero + left - tens * 10;
    left = tens;
  }
}

/** Makes the publish in `slot` message `n` of its client, for the first time. */
export function writeMessage(slots: Slots, slot: number, n: number): void {
  const { bytes, size, startS, offsets } = slots;
  const at = slot * size;
  bytes[at] = 0x32;
  writeDigits(bytes, at + offsets.second, startS + n, 10);
  writeDigits(bytes, at + offsets.fraction, n % 100, 2);
  writeDigits(bytes, at + offsets.whole, (n / 100) | 0, 9);
  bytes[at + offsets.power] = zero + (n % 10);
}

/** Marks the publish in `slot` as sent before (DUP). */
export function markResent({ bytes, size }: Slots, slot: number): void {
  bytes[slot * size] = 0x3a;
}
