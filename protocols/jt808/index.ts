import type { Vehicle } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import type { About, Decoded, Protocol } from '../protocol.ts';
import { standardOffsetMinutes } from './clock.ts';
import { editionOf } from './edition.ts';
import { nothingTold, readFix, refuse, type Terminal, type Told } from './fix.ts';
import type { Frame } from './frame.ts';
import { joinFrames } from './join.ts';
import { messageOf } from './messages/index.ts';
import { profileNamed } from './vendors/index.ts';
import { hexId, properties, scanFrame } from './wire.ts';

const locationId = 0x0200;
/** 0x0201 has a serial ahead of its location, 0x0704 a count and a kind ahead of all of them. */
const asked = { id: 0x0201, headBytes: 2 } as const;
const batch = { id: 0x0704, headBytes: 3, blindArea: 1 } as const;

/**
 * BeiDou vehicle terminals, JT/T 808-2011, -2013 and -2019. The bytes are one frame as it came, or all frames of a split message in the
 * order of their parts. What is no location, but kept as evidence, has no observations. There is no `serial` for the ledger: a terminal
 * numbers every frame it sends, heartbeats and answers too, so that what the journal holds of it has gaps where nothing is missing. The
 * door, which sees every frame, counts what was passed over.
 */
export const jt808: Protocol = {
  name: 'jt808',
  decode(bytes, about, receivedAt, memory) {
    const vehicle = vehicleOf(about);
    const scanned = scanFrame(bytes, 0);
    const { plain, start, bodyStart, bodyEnd, end } = scanned;
    const attributes = ((plain[start + 2] ?? 0) << 8) | (plain[start + 3] ?? 0);
    const isSimple = (attributes & (properties.isPart | properties.encrypted)) === 0;
    if (isSimple && end === bytes.length && isLocation(plain, start)) {
      const told = nothingTold((memory as Memory | undefined)?.flawsTold);
      const terminal = toTerminal(vehicle, (attributes & properties.isVersioned) !== 0);
      readFix(plain, bodyStart, bodyEnd, terminal, receivedAt, false, told);
      return toDecoded(told);
    }
    return decodeMessage(joinFrames(bytes), vehicle, receivedAt, memory as Memory | undefined);
  },
};

function vehicleOf(about: About): Vehicle {
  if (about.type === 'vehicle') return about.vehicle;
  throw new AppError('DECODE_UNSUPPORTED', `got bytes of a ${about.type}, want a vehicle`);
}

const toTerminal = (
  { id: device, jt808: address, tankL }: Vehicle,
  isVersioned: boolean,
): Terminal => ({
  device,
  edition: address?.edition ?? (isVersioned ? 2019 : 2013),
  utcOffsetMinutes: address?.utcOffsetMinutes ?? standardOffsetMinutes,
  datum: address?.datum ?? 'wgs84',
  profile: profileNamed(address?.profile),
  tankL,
});

const isLocation = (plain: Uint8Array, start: number): boolean =>
  plain[start] === locationId >> 8 && plain[start + 1] === (locationId & 0xff);

/** From one message to the next. */
type Memory = Pick<Told, 'flawsTold'>;

function toDecoded({ observations, refused, flawed, flawsTold }: Told): Decoded {
  if (flawed === 0) return { observations, refused };
  return { observations, refused, flawed, memory: { flawsTold } satisfies Memory };
}

/** @throws AppError `DECODE_UNSUPPORTED` for what is encrypted or unknown, `DECODE_MALFORMED`, `DECODE_TRUNCATED` */
function decodeMessage(
  frame: Frame,
  vehicle: Vehicle,
  receivedAt: number,
  memory: Memory | undefined,
): Decoded {
  const { header, body } = frame;
  if (header.encryption !== 0) {
    throw new AppError('DECODE_UNSUPPORTED', `got a body with encryption ${header.encryption}`);
  }
  const told = nothingTold(memory?.flawsTold);
  const terminal = toTerminal(vehicle, header.version !== undefined);
  const read = (from: Uint8Array, start: number, end: number, isResent: boolean): void =>
    readFix(from, start, end, terminal, receivedAt, isResent, told);
  if (header.id === locationId) read(body, 0, body.length, false);
  else if (header.id === asked.id) read(body, asked.headBytes, body.length, false);
  else if (header.id === batch.id) readBatch(body, read, told);
  else readEvidence(frame, vehicle);
  return toDecoded(told);
}

function readBatch(
  body: Uint8Array,
  read: (from: Uint8Array, start: number, end: number, isResent: boolean) => void,
  told: Told,
): void {
  const count = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
  const isResent = body[2] === batch.blindArea;
  let found = 0;
  let at: number = batch.headBytes;
  while (at + 2 <= body.length) {
    const start = at + 2;
    const end = start + (((body[at] ?? 0) << 8) | (body[at + 1] ?? 0));
    if (end > body.length) break;
    told.part = found++;
    read(body, start, end, isResent);
    at = end;
  }
  told.part = found;
  if (found < count) refuse(told, 'malformed', `got ${found} whole locations, want ${count}`);
}

/** What says nothing of where the vehicle is, yet must be what it says it is. */
function readEvidence(frame: Frame, vehicle: Vehicle): void {
  const { header, body } = frame;
  const message = messageOf(header.id);
  if (!message) throw new AppError('DECODE_UNSUPPORTED', `got message ${hexId(header.id)}`);
  const known = vehicle.jt808?.edition;
  const edition = editionOf(frame, known);
  try {
    message.decode(body, edition);
  } catch (error) {
    // Under the header of both, 2011 and 2013 look alike.
    if (known !== undefined || edition !== 2013) throw error;
    message.decode(body, 2011);
  }
}
