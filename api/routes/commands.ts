import type { Command } from '../../commands/commands.ts';
import { AppError } from '../../model/errors.ts';
import { isoInZone } from '../../model/time.ts';
import {
  type CommandView,
  commandBody,
  commandParamsOfPath,
  commandShape,
  commandsQuery,
  frameShape,
  framesQuery,
  parameterInfoShape,
} from '../command-shape.ts';
import { pageOf } from '../contract.ts';
import { defined } from '../defined.ts';
import { answers, idParams, noContent } from '../document.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { commandedBy, commandReaders } from '../roles.ts';
import { notFound, seenDevice } from '../scope.ts';

/** What people ask of JT/T 808 terminals, and the frames that went to and fro. */

const tags = ['terminals'];
const config = { access: commandReaders };

export function commandRoutes(api: Api, room: ApiRoom): void {
  requestRoute(api, room);
  listRoute(api, room);
  oneRoute(api, room);
  cancelRoute(api, room);
  framesRoute(api, room);
  api.get(
    '/terminal-parameters',
    {
      config,
      schema: {
        tags,
        summary: 'Parameters of terminals that can be read and set, with units and bounds',
        response: answers({ 200: pageOf(parameterInfoShape) }),
      },
    },
    () => ({ items: room.services.commands.parameters, next: null }),
  );
}

const vehicleOf = (who: Who, { services: { registry } }: ApiRoom, id: string) =>
  seenDevice(who, registry.directory(), 'vehicle', id);

/** @throws AppError `NOT_ALLOWED` */
function checkRole({ role }: Who, kind: Command['kind']): void {
  if (commandedBy[kind].includes(role)) return;
  throw new AppError('NOT_ALLOWED', `the command ${kind} is not for the role ${role}`);
}

function toView(command: Command, zone: string): CommandView {
  const iso = (at: number) => isoInZone(at, zone);
  const { requestedAt, expiresAt, sentAt, settledAt, answer, ...rest } = command;
  const position = answer?.position;
  return {
    ...rest,
    requestedAt: iso(requestedAt),
    expiresAt: iso(expiresAt),
    sentAt: sentAt === null ? null : iso(sentAt),
    settledAt: settledAt === null ? null : iso(settledAt),
    answer: answer && {
      ...answer,
      ...(position && { position: { ...position, at: iso(position.at) } }),
    },
  } as CommandView;
}

function requestRoute(api: Api, room: ApiRoom): void {
  const { commands, registry } = room.services;
  const schema = {
    tags,
    summary: 'Ask something of the terminal of a vehicle',
    description:
      'Waits while the terminal is not connected and is sent when it comes, one command after the other. ' +
      'Text and restart are sent once at most, whatever happens; the others up to three times until they are answered.',
    params: idParams,
    body: commandBody,
    response: answers({ 201: commandShape }),
  };
  api.post('/vehicles/:id/commands', { config, schema }, ({ who, params, body }, reply) => {
    const { vehicle, institution } = vehicleOf(who, room, params.id);
    checkRole(who, body.kind);
    const { kind, expiresInS } = body;
    const asked = { vehicle: vehicle.id, kind, params: body.params, by: who.user };
    const command = commands.request({ ...asked, ...defined({ expiresInS }) });
    registry.note({
      user: who.user,
      action: 'command-terminal',
      kind: 'vehicles',
      id: vehicle.id,
      detail: { command: command.id, kind, params: command.params },
    });
    reply.code(201).header('location', `/api/v1/vehicles/${vehicle.id}/commands/${command.id}`);
    return toView(command, institution.timeZone);
  });
}

function listRoute(api: Api, room: ApiRoom): void {
  const schema = {
    tags,
    summary: 'What was asked of the terminal of a vehicle, newest first',
    params: idParams,
    querystring: commandsQuery,
    response: answers({ 200: pageOf(commandShape) }),
  };
  api.get('/vehicles/:id/commands', { config, schema }, ({ who, params, query }) => {
    const { vehicle, institution } = vehicleOf(who, room, params.id);
    const { limit, cursor } = query;
    const page = room.services.commands.list(vehicle.id, { limit, ...defined({ cursor }) });
    return {
      items: page.items.map((command) => toView(command, institution.timeZone)),
      next: page.next,
    };
  });
}

/** @throws AppError `NOT_FOUND` also for a command of another vehicle */
function commandOf(room: ApiRoom, vehicle: string, id: string): Command {
  const command = room.services.commands.get(id);
  if (command?.vehicle !== vehicle) throw notFound('command', id);
  return command;
}

function oneRoute(api: Api, room: ApiRoom): void {
  const schema = {
    tags,
    summary: 'One command and what came of it',
    params: commandParamsOfPath,
    response: answers({ 200: commandShape }),
  };
  api.get('/vehicles/:id/commands/:command', { config, schema }, ({ who, params }) => {
    const { vehicle, institution } = vehicleOf(who, room, params.id);
    return toView(commandOf(room, vehicle.id, params.command), institution.timeZone);
  });
}

function cancelRoute(api: Api, room: ApiRoom): void {
  const { commands, registry } = room.services;
  const schema = {
    tags,
    summary: 'Take back a command that was not sent yet',
    params: commandParamsOfPath,
    response: answers({ 204: noContent }),
  };
  api.delete('/vehicles/:id/commands/:command', { config, schema }, async (request, reply) => {
    const { who, params } = request;
    const { vehicle } = vehicleOf(who, room, params.id);
    const { id, kind } = commandOf(room, vehicle.id, params.command);
    checkRole(who, kind);
    commands.cancel(id);
    registry.note({
      user: who.user,
      action: 'cancel-command',
      kind: 'vehicles',
      id: vehicle.id,
      detail: { command: id, kind },
    });
    return reply.code(204).send();
  });
}

function framesRoute(api: Api, room: ApiRoom): void {
  const schema = {
    tags,
    summary: 'The last frames to and from the terminal of a vehicle, field by field, newest first',
    description:
      'Of a vehicle nobody has looked at for an hour only what is left among the last frames of all terminals. Links that have named its phone and not authenticated are marked, and push nothing out.',
    params: idParams,
    querystring: framesQuery,
    response: answers({ 200: pageOf(frameShape) }),
  };
  api.get('/vehicles/:id/frames', { config, schema }, async ({ who, params, query }) => {
    const { vehicle, institution } = vehicleOf(who, room, params.id);
    const frames = await room.services.frames(vehicle.id, query.limit);
    const items = frames.map((frame) => ({
      ...frame,
      at: isoInZone(frame.at, institution.timeZone),
    }));
    return { items, next: null };
  });
}
