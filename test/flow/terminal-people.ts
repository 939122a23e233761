import { expect, onTestFinished } from 'vitest';
import type { CommandView } from '../../api/contract.ts';
import type { actAs } from './field-kit.ts';
import type { Guanjia } from './guanjia.ts';
import { fleetOf, phoneOf, plateOf } from './jt808-fleet.ts';
import { openTerminal, type Received, registration, type Terminal, word } from './terminal-kit.ts';

/** People who ask terminals for things, and terminals that answer. */

export const password = 'a password for tests';
export const inventory = () => {
  const fleet = fleetOf(4);
  return {
    ...fleet,
    institutions: [
      ...fleet.institutions,
      { id: 'far', name: '别处', level: 'county', timeZone: 'Asia/Shanghai' },
    ],
    users: [
      { id: 'dispatcher', name: '张三', role: 'fleet-manager', institution: 'hq', password },
      { id: 'fitter', name: '吴九', role: 'integrator', institution: 'hq', password },
      { id: 'viewer', name: '赵六', role: 'viewer', institution: 'hq', password },
      { id: 'stranger', name: '周八', role: 'fleet-manager', institution: 'far', password },
    ],
  };
};

export const portOf = ({ ports }: Pick<Guanjia, 'ports'>): number =>
  (ports as unknown as { jt808: number }).jt808;

export async function enter(
  guanjia: Pick<Guanjia, 'ports'>,
  n: number,
  layout: 2013 | 2019 = 2013,
): Promise<{ readonly terminal: Terminal; readonly code: string }> {
  const terminal = await openTerminal(portOf(guanjia), phoneOf(n), layout);
  onTestFinished(() => terminal.close());
  const body = registration({ plate: plateOf(n), terminal: `T${n}`, edition: layout });
  return { terminal, code: await terminal.enter(body) };
}

export async function heard(terminal: Terminal): Promise<Received> {
  const frame = await terminal.next();
  if (frame === 'closed') throw new Error('the platform has closed the link');
  return frame;
}

/** 0x0001 to what the platform sent. */
export const reply = (terminal: Terminal, to: Received, result = 0): number =>
  terminal.send(0x0001, Buffer.concat([word(to.serial), word(to.id), Buffer.from([result])]));

export type Asker = Awaited<ReturnType<typeof actAs>>;

/** Until it has ended. */
export async function ended(as: Asker, { vehicle, id }: CommandView): Promise<CommandView> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const { body } = await as(`/api/v1/vehicles/${vehicle}/commands/${id}`);
    const command = body as unknown as CommandView;
    if (command.state !== 'queued' && command.state !== 'sent') return command;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the command ${id} never ended`);
}

export async function ask(
  as: Asker,
  n: number,
  kind: CommandView['kind'],
  params?: object,
  more: object = {},
): Promise<CommandView> {
  const answer = await as(`/api/v1/vehicles/v${n}/commands`, { kind, params, ...more });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body as unknown as CommandView;
}
