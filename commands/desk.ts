import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { AppError } from '../model/errors.ts';
import { minuteMs, secondMs } from '../model/time.ts';
import type { CommandBook } from './book.ts';
import {
  type Command,
  type CommandDesk,
  type CommandRequest,
  commandParams,
  type TerminalFacts,
} from './commands.ts';
import { kindOf } from './kinds.ts';
import { after } from './lifecycle.ts';
import { parameterTable } from './parameter-table.ts';

/** What may wait at once: nobody can take the place of another institution's. */
const openMost = { ofVehicle: 20, ofInstitution: 2_000, ofAll: 20_000 } as const;

export interface DeskParts {
  readonly book: CommandBook;
  /** Undefined where the vehicle has no JT/T 808 terminal. */
  terminalOf(vehicle: string): TerminalFacts | undefined;
  /** Whose the vehicle is; undefined where it is nobody's any more. */
  institutionOf(vehicle: string): string | undefined;
  /** Silence after which the link of a terminal is closed. */
  readonly silenceS: number;
  now(): number;
  /** There is something to send. */
  asked(): void;
}

const newId = (): string => `c${randomBytes(9).toString('hex')}`;

/** @throws AppError `INPUT_INVALID` */
function checked({ kind, params }: CommandRequest, silenceS: number): Command['params'] {
  const shape: z.ZodType<Command['params']> = commandParams[kind];
  const { data, error } = shape.safeParse(params ?? {});
  if (!data) {
    const faults = error.issues.map(({ path, message }) => ({
      path: ['params', ...path].join('.'),
      message,
    }));
    const detail = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new AppError('INPUT_INVALID', detail, { faults });
  }
  kindOf(kind).check?.(data, silenceS);
  return data;
}

/** @throws AppError `RATE_LIMITED` */
function checkRoom(
  { book, institutionOf }: Pick<DeskParts, 'book' | 'institutionOf'>,
  of: string,
): void {
  const open = [...book.open()];
  const institution = institutionOf(of);
  const count = (isMeant: (vehicle: string) => boolean): number =>
    open.reduce((sum, [vehicle, some]) => sum + (isMeant(vehicle) ? some : 0), 0);
  const own = count((vehicle) => vehicle === of);
  if (own >= openMost.ofVehicle)
    throw full(
      `${own} commands wait for the terminal of ${of} already; cancel one, or wait for it`,
    );
  const ofInstitution = count((vehicle) => institutionOf(vehicle) === institution);
  if (ofInstitution >= openMost.ofInstitution)
    throw full(`${ofInstitution} commands wait for terminals of ${institution} already`);
  const all = count(() => true);
  if (all >= openMost.ofAll) throw full(`${all} commands wait for terminals already`);
}

const full = (message: string): AppError =>
  new AppError('RATE_LIMITED', message, { cause: { retryAfterS: minuteMs / secondMs } });

export function createCommandDesk(parts: DeskParts): CommandDesk {
  const { book, terminalOf, silenceS, now, asked } = parts;
  return {
    request(request) {
      const { vehicle, kind, by } = request;
      const params = checked(request, silenceS);
      if (!terminalOf(vehicle))
        throw new AppError('INPUT_INVALID', `vehicle ${vehicle} has no JT/T 808 terminal`);
      checkRoom(parts, vehicle);
      const requestedAt = now();
      const command: Command = {
        id: newId(),
        vehicle,
        kind,
        params,
        by,
        requestedAt,
        expiresAt: requestedAt + (request.expiresInS ?? kindOf(kind).expiresInS) * secondMs,
        state: 'queued',
        attempts: 0,
        sentAt: null,
        settledAt: null,
        answer: null,
        trouble: null,
        detail: null,
      };
      book.add(command);
      asked();
      return command;
    },
    list: book.list,
    get: book.get,
    cancel(id) {
      const command = book.get(id);
      if (!command) throw new AppError('NOT_FOUND', `no command ${id}`);
      const cancelled = after(command, { what: 'cancelled', at: now() }, false);
      if (!cancelled)
        throw new AppError('VERSION_CONFLICT', `The command is ${command.state} already.`);
      book.put(cancelled);
      return cancelled;
    },
    parameters: parameterTable(silenceS),
  };
}
