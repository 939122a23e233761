import { connect, type Socket } from 'node:net';
import { AppError, isAppError } from '../model/errors.ts';
import { createFramer, type Frame } from '../protocols/jt808/frame.ts';
import { generalReply } from '../protocols/jt808/messages/p-8001-general-reply.ts';
import { resendParts } from '../protocols/jt808/messages/p-8003-resend-parts.ts';
import { registered } from '../protocols/jt808/messages/p-8100-registered.ts';
import { mediaReceived } from '../protocols/jt808/messages/p-8800-media-received.ts';
import { createDice, type Dice, hash } from './noise.ts';
import type { Fault, Patience } from './simulator.ts';
import type { SimulatedTerminal, TerminalReport } from './terminal.ts';
import { answerTo, createTold, type Told } from './terminal-answers.ts';
import {
  createEvidence,
  type Evidence,
  evidenceBroken,
  hearMediaReceived,
} from './terminal-evidence.ts';
import { mannerAt } from './terminal-faults.ts';
import { misbehave } from './terminal-manners.ts';
import { createOutbox, type Outbox, type Sent } from './terminal-outbox.ts';
import { toAuthentication, toRegistration } from './terminal-speech.ts';

/** A terminal on a vehicle. */
export interface TerminalUnit {
  readonly id: string;
  readonly plate: string;
  readonly seed: number;
  readonly everyS: number;
  readonly terminal: SimulatedTerminal;
  faults(): readonly Fault[];
  reportAt(at: number): TerminalReport;
}

export interface TerminalWorld {
  readonly host: string;
  readonly port: number;
  now(): number;
  readonly patience?: Patience;
  readonly onAcknowledged?: (unit: TerminalUnit, reports: readonly TerminalReport[]) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * `down`: it will connect when it is time; `arriving`: connected or about to be, not let in yet; `up`: let in;
 * `off`: without power; `closed`: for good.
 */
type Phase = 'down' | 'arriving' | 'up' | 'off' | 'closed';

export interface Talk {
  readonly unit: TerminalUnit;
  readonly world: TerminalWorld;
  readonly outbox: Outbox;
  readonly told: Told;
  readonly evidence: Evidence;
  readonly dice: Dice;
  socket: Socket | undefined;
  phase: Phase;
  /** When it connects, or, on arrival, gives up. */
  dueAt: number;
  /** Connections in a row that led to nothing. */
  failures: number;
  code: string | undefined;
  /** Serial of the authentication. */
  authenticating: number | undefined;
  /** Registrations on this connection. */
  registrations: number;
  spokenAt: number;
  hasSpoken: boolean;
  /** The fault whose bad manners have begun already. */
  mannerSince: number | undefined;
  /** Why it was not let in. */
  refusal: AppError | undefined;
  onChange(): void;
}

const defaultPatience: Patience = { timeoutMs: 10_000, retries: 3 };
const arrivalMs = 20_000;
const retryMs = { least: 2_000, spread: 3_000, most: 60_000 };
const wrongCode = 'NOT-THE-CODE';
const refusals: Readonly<Record<number, string>> = {
  1: 'the vehicle has another terminal',
  2: 'there is no vehicle of this plate',
  3: 'the terminal has another vehicle',
  4: 'there is no terminal of this phone',
};
/** Of general replies; with the others a message is not sent again either, nor is it acknowledged. */
const result = { done: 0, failed: 1, alarmConfirmed: 4 } as const;

export function createTalk(unit: TerminalUnit, world: TerminalWorld): Talk {
  const { terminal, plate, seed, everyS } = unit;
  return {
    unit,
    world,
    outbox: createOutbox(terminal, world.patience ?? defaultPatience, hash(seed, 8) & 0xffff),
    told: createTold(terminal, plate, everyS),
    evidence: createEvidence(),
    dice: createDice(seed),
    socket: undefined,
    phase: 'down',
    dueAt: 0,
    failures: 0,
    code: undefined,
    authenticating: undefined,
    registrations: 0,
    spokenAt: 0,
    hasSpoken: false,
    mannerSince: undefined,
    refusal: undefined,
    onChange() {},
  };
}

/** Ends the connection as when the antenna is off; what was on its way comes again later. */
export function hangUp(talk: Talk, phase: Phase): void {
  const { socket, unit, outbox, evidence, world } = talk;
  talk.socket = undefined;
  talk.phase = phase;
  socket?.destroy();
  outbox.broken();
  evidenceBroken(evidence);
  const pause = Math.min(retryMs.least * 2 ** Math.min(talk.failures, 8), retryMs.most);
  talk.dueAt = world.now() + pause + (hash(unit.seed, talk.failures) % retryMs.spread);
  talk.failures += 1;
  talk.onChange();
}

export function dial(talk: Talk): void {
  const { world, unit } = talk;
  const { host, port } = world;
  const socket = connect({ host, port, noDelay: true });
  const framer = createFramer();
  talk.socket = socket;
  talk.phase = 'arriving';
  talk.dueAt = world.now() + arrivalMs;
  talk.registrations = 0;
  talk.authenticating = undefined;
  talk.hasSpoken = false;
  const isCurrent = () => talk.socket === socket;
  socket.on('error', () => {});
  socket.on('close', () => {
    if (isCurrent()) hangUp(talk, 'down');
  });
  socket.on('connect', () => {
    if (!isCurrent()) return;
    if (talk.code === undefined) register(talk);
    else authenticate(talk, isConfused(talk) ? wrongCode : talk.code);
  });
  socket.on('data', (chunk: Buffer) => {
    for (const heard of framer.push(chunk))
      if (isCurrent() && heard.type === 'frame') hear(talk, heard.frame, unit);
    if (isCurrent()) pump(talk);
  });
}

/** How it misbehaves now. */
export const mannerOf = ({ unit, world }: Talk) => mannerAt(unit.faults(), world.now());
const isConfused = (talk: Talk): boolean => mannerOf(talk)?.manner === 'wrong-code';

export function write(talk: Talk, frames: readonly Uint8Array[], isFirst = true): void {
  if (frames.length === 0) return;
  const { socket, dice, world } = talk;
  const { manner: how } = mannerOf(talk) ?? {};
  for (const frame of frames) {
    const isQuiet = talk.phase !== 'up';
    socket?.write(misbehave(frame, isQuiet ? undefined : how, isFirst, talk.hasSpoken, dice));
    talk.hasSpoken = true;
  }
  talk.spokenAt = world.now();
}

export function register(talk: Talk): void {
  const { unit, outbox } = talk;
  talk.registrations += 1;
  write(talk, outbox.frames(toRegistration(unit.terminal, unit.plate)));
}

function authenticate(talk: Talk, code: string): void {
  const { unit, outbox, world } = talk;
  const { first, frames } = outbox.send(toAuthentication(code, unit.terminal), world.now());
  talk.authenticating = first;
  write(talk, frames);
}

function hear(talk: Talk, frame: Frame, { terminal }: TerminalUnit): void {
  const { id } = frame.header;
  try {
    if (id === registered.id) hearRegistered(talk, frame);
    else if (id === generalReply.id) hearGeneral(talk, frame);
    else if (id === resendParts.id) {
      const wanted = resendParts.decode(frame.body, terminal.layout);
      write(talk, talk.outbox.packets(wanted.firstSerial, wanted.parts), false);
    } else if (id === mediaReceived.id) write(talk, hearMediaReceived(talk, frame), false);
    else if (talk.phase === 'up') answer(talk, frame);
  } catch (error) {
    // What it cannot read it does not answer.
    if (!isAppError(error)) throw error;
  }
}

function hearRegistered(talk: Talk, { body }: Frame): void {
  const { result: said, code } = registered.decode(body, 2019);
  if (said !== result.done) {
    const why = refusals[said] ?? `result ${said}`;
    talk.refusal = new AppError('DEVICE_REFUSED', `${talk.unit.id} may not register: ${why}`);
    hangUp(talk, 'down');
    return;
  }
  talk.code = code ?? '';
  if (talk.phase === 'arriving') authenticate(talk, talk.code);
}

function hearGeneral(talk: Talk, { body }: Frame): void {
  const said = generalReply.decode(body, 2019);
  const sent = talk.outbox.answered(said.serial, said.id);
  if (!sent) return;
  if (sent.first === talk.authenticating) hearAuthenticated(talk, said.result);
  else if (said.result === result.failed) refuseAll(talk, sent);
  else if (said.result === result.done || said.result === result.alarmConfirmed)
    talk.world.onAcknowledged?.(talk.unit, sent.reports);
  talk.onChange();
}

/** It is not known here any more: it comes again, with everything it has. */
function refuseAll(talk: Talk, { reports }: Sent): void {
  for (const report of reports) talk.outbox.keep(report, true);
  hangUp(talk, 'down');
}

function hearAuthenticated(talk: Talk, said: number): void {
  talk.authenticating = undefined;
  if (said === result.done) {
    talk.phase = 'up';
    talk.failures = 0;
    talk.refusal = undefined;
    return;
  }
  talk.code = undefined;
  if (talk.registrations === 0) {
    register(talk);
    return;
  }
  talk.refusal = new AppError('DEVICE_REFUSED', `the code of ${talk.unit.id} is refused`);
  hangUp(talk, 'down');
}

function answer(talk: Talk, frame: Frame): void {
  const { unit, told, world, outbox } = talk;
  const report = () => currentReport(talk);
  const said = answerTo(frame, { terminal: unit.terminal, told, report, now: world.now });
  if (!said) return;
  write(talk, outbox.frames(said.said));
  if (said.deed === 'restart') talk.socket?.end();
}

export const currentReport = ({ unit, world }: Talk): TerminalReport =>
  unit.reportAt(Math.floor(world.now() / 1000) * 1000);

/** Says what can be said now. */
export function pump(talk: Talk): void {
  const { outbox, world } = talk;
  for (;;) {
    const sent = talk.phase === 'up' ? outbox.next(world.now()) : undefined;
    if (!sent) return;
    write(talk, sent.frames);
  }
}

/** Keeps a report, without the alarms that a person has confirmed. */
export function say(talk: Talk, report: TerminalReport): void {
  const { told, outbox, phase } = talk;
  told.confirmed &= report.alarms;
  const alarms = (report.alarms & ~told.confirmed) >>> 0;
  outbox.keep(alarms === report.alarms ? report : { ...report, alarms }, phase !== 'up');
  pump(talk);
}
