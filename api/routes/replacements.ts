import { pageOf } from '../contract.ts';
import { answers, idParams, ifMatchHeader, noContent } from '../document.ts';
import { entityViews } from '../entity-shapes.ts';
import type { Api, ApiRoom } from '../http.ts';
import { createReplacementDesk } from '../replacement-desk.ts';
import {
  confirmBody,
  dismissBody,
  proposalShape,
  proposalsQuery,
  reportBody,
} from '../replacement-shape.ts';
import { writers } from '../roles.ts';
import { versionOf } from '../version.ts';
import { toEntityView } from '../views.ts';

/** Meter replacements: proposed by what a counter did, confirmed or dismissed by a person, or reported by one. Records are in the registry. */

const tags = ['replacements'];
const deciders = { access: writers.replacements };

type Desk = ReturnType<typeof createReplacementDesk>;

export function replacementRoutes(api: Api, room: ApiRoom): void {
  const desk = createReplacementDesk(room);
  listRoute(api, desk);
  confirmRoute(api, desk);
  dismissRoute(api, desk);
  reportRoute(api, room, desk);
  takeBackRoute(api, desk);
}

function listRoute(api: Api, desk: Desk): void {
  const schema = {
    tags,
    summary: 'Places where a counter does not go on, newest first',
    querystring: proposalsQuery,
    response: answers({ 200: pageOf(proposalShape) }),
  };
  api.get('/replacement-proposals', { config: { access: 'anyone' }, schema }, ({ who, query }) =>
    desk.list(who, query),
  );
}

function confirmRoute(api: Api, desk: Desk): void {
  const schema = {
    tags,
    summary: 'The meter was replaced',
    description:
      'Consumption goes on across it: the old meter to its final reading, the new one from its first.',
    params: idParams,
    headers: ifMatchHeader,
    body: confirmBody,
    response: answers({ 200: proposalShape }),
  };
  api.post('/replacement-proposals/:id/confirm', { config: deciders, schema }, (request) => {
    const { who, params, headers } = request;
    const { version, ...facts } = request.body;
    return desk.confirm(who, params.id, versionOf(headers['if-match'], version), facts);
  });
}

function dismissRoute(api: Api, desk: Desk): void {
  const schema = {
    tags,
    summary: 'The meter was not replaced',
    params: idParams,
    headers: ifMatchHeader,
    body: dismissBody,
    response: answers({ 200: proposalShape }),
  };
  api.post('/replacement-proposals/:id/dismiss', { config: deciders, schema }, (request) => {
    const { who, params, headers, body } = request;
    const version = versionOf(headers['if-match'], body.version);
    return desk.dismiss(who, params.id, version, body.reason);
  });
}

function reportRoute(api: Api, { services: { registry } }: ApiRoom, desk: Desk): void {
  const schema = {
    tags,
    summary: 'A meter was replaced, whether or not it shows',
    body: reportBody,
    response: answers({ 201: entityViews.replacements }),
  };
  api.post('/replacements', { config: deciders, schema }, async ({ who, body }, reply) => {
    const { meter, ...facts } = body;
    const record = await desk.report(who, meter, facts);
    reply.code(201).header('location', `/api/v1/replacements/${record.id}`);
    return toEntityView(who, registry.directory(), 'replacements', record);
  });
}

function takeBackRoute(api: Api, desk: Desk): void {
  const schema = {
    tags,
    summary: 'Take back a replacement that was recorded by mistake',
    description: 'What it answered is open again; the audit log keeps both.',
    params: idParams,
    response: answers({ 204: noContent }),
  };
  api.delete('/replacements/:id', { config: deciders, schema }, async ({ who, params }, reply) => {
    await desk.takeBack(who, params.id);
    return reply.code(204).send();
  });
}
