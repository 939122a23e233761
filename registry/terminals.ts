import { setTimeout as wait } from 'node:timers/promises';
import type { Vehicle } from '../model/entities.ts';
import { hourMs } from '../model/time.ts';
import type { Core } from './core.ts';
import { notFound } from './people.ts';
import type {
  Actor,
  Registration,
  RegistrationRequest,
  RegistrationVerdict,
  Registry,
  TerminalFacts,
} from './registry.ts';

/** Terminals that registered at the JT/T 808 door: who got the place of which vehicle, and the codes they authenticate with. */

const plain = (plate: string): string => plate.replace(/[\s\0·•.-]/g, '').toUpperCase();

/** JT/T 808-2019 8.8: without a colour of the plate the text is the number of the chassis. An empty one says nothing. */
const noPlateColour = 0;

function fits({ plate, plateColour }: TerminalFacts, vehicle: Vehicle): boolean {
  const said = plain(plate);
  return plateColour === noPlateColour || said === '' || said === plain(vehicle.plate);
}

const isSame = (a: TerminalFacts, b: TerminalFacts): boolean =>
  a.maker === b.maker && a.terminal === b.terminal;

type Known = (vehicle: string) => Registration | undefined;

interface Judged {
  readonly verdict: RegistrationVerdict;
  /** What is to be kept; undefined where nothing changes. */
  readonly row?: Registration;
}

/** @param holder the vehicle of the terminal, where it has one */
function judge(
  { facts, open = false }: RegistrationRequest,
  vehicle: Vehicle,
  known: Known,
  holder: string | undefined,
  now: number,
): Judged {
  const before = known(vehicle.id);
  if (!open) {
    if (!fits(facts, vehicle)) return { verdict: { result: 2 } };
    if (before?.facts && !isSame(before.facts, facts)) return { verdict: { result: 1 } };
    if (holder !== undefined && holder !== vehicle.id) return { verdict: { result: 3 } };
  }
  if (before?.facts && isSettled(before, facts, now))
    return { verdict: { result: 0, registration: before } };
  const kept = { vehicle: vehicle.id, epoch: before?.epoch ?? 1, facts, registeredAt: now };
  return { verdict: { result: 0, registration: kept }, row: kept };
}

/** What a terminal says of itself is kept anew so often: anybody who knows it can say it in other words, and each change costs a sync and a line of audit. */
const keptForMs = hourMs;

const isSettled = (
  { facts: before, registeredAt }: Registration,
  facts: TerminalFacts,
  now: number,
): boolean =>
  Math.abs(now - registeredAt) < keptForMs || JSON.stringify(before) === JSON.stringify(facts);

interface Waiting {
  readonly request: RegistrationRequest;
  resolve(verdict: RegistrationVerdict): void;
  reject(error: unknown): void;
}

/** Who has which terminal, by maker and terminal id; one without an id is nobody's. */
const identityOf = ({ maker, terminal }: TerminalFacts): string | undefined =>
  terminal === '' ? undefined : `${maker}\0${terminal}`;

/** Decides on all who wait, one after the other, and keeps what came of it together. */
function decide(core: Core, waiting: readonly Waiting[]): void {
  const directory = core.directory();
  const fresh = new Map<string, Registration>();
  const known: Known = (vehicle) => fresh.get(vehicle) ?? directory.terminal(vehicle);
  const holders = new Map<string, string>();
  for (const { vehicle, facts } of core.snapshot().terminals.values()) {
    const identity = facts ? identityOf(facts) : undefined;
    if (identity !== undefined) holders.set(identity, vehicle);
  }
  const verdicts = waiting.map(({ request }): RegistrationVerdict => {
    const vehicle = directory.vehicleOfPhone(request.phone);
    if (!vehicle) return { result: 4 };
    const identity = identityOf(request.facts);
    const holder = identity === undefined ? undefined : holders.get(identity);
    const { verdict, row } = judge(request, vehicle, known, holder, core.context.now());
    if (row) fresh.set(vehicle.id, row);
    if (row && identity !== undefined) holders.set(identity, vehicle.id);
    return verdict;
  });
  if (fresh.size > 0) keep(core, fresh);
  for (const [n, { resolve }] of waiting.entries()) resolve(verdicts[n] ?? { result: 4 });
}

function keep(core: Core, rows: ReadonlyMap<string, Registration>): void {
  core.commit((changed) => {
    for (const row of rows.values()) {
      core.tables.putTerminal(row, changed);
      core.tables.addAudit({
        at: core.context.now(),
        user: 'system',
        action: 'register-terminal',
        kind: 'vehicles',
        id: row.vehicle,
        detail: { ...row.facts },
      });
    }
  });
}

/** The place is free again, and the code that was given is of no use. Inside of a commit. */
export function clearTerminal(core: Core, vehicle: string, changed: number): void {
  const before = core.snapshot().terminals.get(vehicle);
  if (before?.facts) core.tables.putTerminal({ ...before, ...vacancy(before) }, changed);
}

const vacancy = ({ epoch }: Registration) => ({ epoch: epoch + 1, facts: null });

function reset(core: Core, vehicle: string, actor: Actor): boolean {
  if (!core.existing().lookup('vehicles', vehicle)) throw notFound('vehicles', vehicle);
  const before = core.snapshot().terminals.get(vehicle)?.facts;
  if (!before) return false;
  core.commit((changed) => {
    clearTerminal(core, vehicle, changed);
    core.tables.addAudit({
      at: core.context.now(),
      user: actor.user,
      action: 'reset-terminal',
      kind: 'vehicles',
      id: vehicle,
      detail: { ...before },
    });
  });
  return true;
}

/** For so long those who register at once are gathered: each change costs a sync, and a directory for every thread. */
const gatherMs = 20;

/** Thousands may register at once: those who wait for the writer are kept in one transaction. */
export function createTerminals(core: Core): Pick<Registry, 'registerTerminal' | 'resetTerminal'> {
  let waiting: Waiting[] = [];
  const work = async () => {
    await wait(gatherMs);
    const all = waiting;
    waiting = [];
    try {
      decide(core, all);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  };
  return {
    registerTerminal: (request) =>
      new Promise((resolve, reject) => {
        if (waiting.push({ request, resolve, reject }) === 1) void core.inTurn(work);
      }),
    resetTerminal: (vehicle, actor) => core.inTurn(async () => reset(core, vehicle, actor)),
  };
}
