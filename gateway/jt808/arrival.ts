import { createHash, timingSafeEqual } from 'node:crypto';
import type { Vehicle } from '../../model/entities.ts';
import { isAppError, messageOf } from '../../model/errors.ts';
import { type Edition, editionOf } from '../../protocols/jt808/edition.ts';
import type { Frame, Header } from '../../protocols/jt808/frame.ts';
import { registered } from '../../protocols/jt808/messages/p-8100-registered.ts';
import { register as registration } from '../../protocols/jt808/messages/t-0100-register.ts';
import { authenticate as authentication } from '../../protocols/jt808/messages/t-0102-authenticate.ts';
import type { RegistrationVerdict, TerminalFacts } from '../../registry/registry.ts';
import { blame, flush, owe, oweGeneral, result } from './answers.ts';
import { end, type Link, type LinkDoor, refuse } from './connection.ts';
import { doorLabels, type TerminalRefusal } from './door.ts';

const digits = (phone: string): string => phone.replace(/^0+/, '').toLowerCase();

/** Whether a phone is that of the link's terminal, whatever it is padded with. */
export const isOf = ({ phone }: Link, said: string): boolean =>
  phone === said || digits(phone) === digits(said);

/** Who was added or changed just now must get in at once. */
function lookUp<T>({ parts: { registry } }: LinkDoor, find: () => T | undefined): T | undefined {
  return find() ?? (registry.refresh() ? find() : undefined);
}

/** A terminal asks for the place of a vehicle; nothing behind it is looked at before it has been answered. */
export function register(door: LinkDoor, link: Link, frame: Frame): void {
  const { registry } = door.parts;
  const { phone } = frame.header;
  const vehicle = lookUp(door, () => registry.directory().vehicleOfPhone(phone));
  if (!vehicle) {
    answerRegistration(door, link, frame.header, { result: 4 });
    return;
  }
  const facts = factsOf(frame, editionOf(frame, vehicle.jt808?.edition));
  link.stall = 'registering';
  registry.register({ phone, facts, open: door.isOpen }).then(
    (verdict) => {
      if (link.closed) return;
      answerRegistration(door, link, frame.header, verdict);
      flush(link);
      if (link.stall === 'registering') door.goOn(link);
    },
    (error: unknown) => {
      door.context.log('error', 'jt808: a registration could not be kept', {
        error: messageOf(error),
      });
      if (!link.closed) end(door, link, 'busy');
    },
  );
}

function factsOf({ body }: Frame, edition: Edition): TerminalFacts {
  const { maker, model, terminalId, plate, plateColour } = registration.decode(body, edition);
  return {
    maker: maker.trim(),
    model: model.trim(),
    terminal: terminalId.trim(),
    plate: plate.trim(),
    plateColour,
    edition,
  };
}

function answerRegistration(
  door: LinkDoor,
  link: Link,
  to: Header,
  verdict: RegistrationVerdict,
): void {
  const code =
    verdict.result === 0 ? door.parts.registry.codeOf(to.phone, verdict.registration) : undefined;
  const said = { serial: to.serial, result: verdict.result, code };
  const body = registered.encode(said, 2019);
  owe(door, link, { to, answer: { id: registered.id, body }, envelope: undefined });
  if (verdict.result === 0) return;
  const { result: why } = verdict;
  door.context.log('debug', 'jt808: a terminal may not register', { phone: to.phone, result: why });
  refuse(door, why === 4 ? 'phone' : 'registration');
  blame(door, link);
}

interface Admitted {
  readonly vehicle: Vehicle;
  readonly epoch: number;
}

/** A terminal shows its code. */
export function authenticate(door: LinkDoor, link: Link, frame: Frame): void {
  const { header } = frame;
  const first = admit(door, frame);
  const verdict =
    typeof first === 'string' && door.parts.registry.refresh() ? admit(door, frame) : first;
  if (typeof verdict === 'string') {
    door.context.log('debug', 'jt808: refused', { reason: verdict, phone: header.phone });
    refuse(door, verdict);
    oweGeneral(door, link, header, result.failed);
    blame(door, link);
    return;
  }
  oweGeneral(door, link, header, result.done);
  enter(door, link, header, verdict);
}

function admit(
  { parts: { registry }, isOpen }: LinkDoor,
  frame: Frame,
): Admitted | TerminalRefusal {
  const { phone } = frame.header;
  const directory = registry.directory();
  const vehicle = directory.vehicleOfPhone(phone);
  if (!vehicle) return 'phone';
  const place = directory.terminal(vehicle.id);
  if (isOpen) return { vehicle, epoch: place?.epoch ?? 0 };
  if (!place?.facts) return 'registration';
  const code = registry.codeOf(phone, place);
  const said = codesIn(frame, vehicle.jt808?.edition ?? place.facts.edition);
  return said.some((one) => isSame(one, code)) ? { vehicle, epoch: place.epoch } : 'credentials';
}

/** As every edition would read it: some terminals write bodies of one under headers of another. */
function codesIn(frame: Frame, known: Edition): readonly string[] {
  const editions = new Set([editionOf(frame, known), 2019, 2013] as const);
  return [...editions].flatMap((edition) => {
    try {
      return [authentication.decode(frame.body, edition).code];
    } catch (error) {
      if (isAppError(error)) return [];
      throw error;
    }
  });
}

/** Tells nothing by how long it takes. */
function isSame(said: string, code: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(said), digest(code));
}

/** From here on it speaks for the vehicle; an older link of the same is closed. */
function enter(
  door: LinkDoor,
  link: Link,
  { phone, version }: Header,
  { vehicle: { id }, epoch }: Admitted,
): void {
  const { parts, online, context } = door;
  link.phone = phone;
  link.version = version;
  link.epoch = epoch;
  link.faults = 0;
  link.strangerFrames = 0;
  if (link.vehicle === id) return;
  if (link.vehicle !== undefined) logOut(door, link);
  const older = online.get(id);
  link.vehicle = id;
  door.recent.known(id, link.number);
  link.since = context.now();
  if (link.share) parts.shares.leave(link.share);
  link.share = parts.shares.join(id, 1);
  online.set(id, link);
  door.known(link);
  context.count('connections', doorLabels);
  parts.states.connected([id]);
  if (older) end(door, older, 'replaced');
}

/** It does not speak for the vehicle any more. */
export function logOut({ parts, online, clock }: LinkDoor, link: Link): void {
  const { vehicle } = link;
  if (vehicle === undefined) return;
  link.vehicle = undefined;
  link.heardAt = clock.tick;
  if (online.get(vehicle) === link) online.delete(vehicle);
  parts.states.disconnected([vehicle]);
}

/** Whether the place it authenticated for is still its own. */
export function isCurrent({ parts: { registry }, isOpen }: LinkDoor, link: Link): boolean {
  const directory = registry.directory();
  const vehicle = directory.vehicleOfPhone(link.phone);
  if (!vehicle || vehicle.id !== link.vehicle) return false;
  const place = directory.terminal(vehicle.id);
  return isOpen || (place?.facts !== null && place?.epoch === link.epoch);
}
