import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { cookieName } from './authentication.ts';
import type { Api } from './http.ts';

/** The description of the API and a page to read it; everything is served from here, nothing comes from the internet. */

/** Every named shape is offered as it comes in and as it goes out; ours only go out. */
const describeShapes: typeof jsonSchemaTransformObject = (given) => {
  const document = jsonSchemaTransformObject(given);
  if (!('components' in document) || !document.components) return document;
  const { schemas = {} } = document.components;
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name];
  return document;
};

/** To be registered before the routes it describes. */
export async function describeRoutes(api: Api): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Guanjia',
        version: '1',
        description:
          'Errors are RFC 9457 problem documents with `code`. Times in answers are ISO 8601 with the zone of the institution; ' +
          'in queries ISO 8601 with zone or Unix ms, `from` inclusive and `to` exclusive. Lists go on at `next`.',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'Token of POST /api/v1/session' },
          cookie: { type: 'apiKey', in: 'cookie', name: cookieName },
        },
      },
      security: [{ bearer: [] }, { cookie: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: describeShapes,
  });
}

/** `/api/openapi.json` and `/api/docs`. */
export async function documentRoutes(api: Api): Promise<void> {
  const config = { access: 'public' } as const;
  const schema = { hide: true };
  let document: string | undefined;
  api.get('/api/openapi.json', { config, schema }, (_, reply) => {
    document ??= JSON.stringify(api.swagger());
    reply
      .header('content-type', 'application/json; charset=utf-8')
      .serializer(String)
      .send(document);
  });
  await api.register(swaggerUi, {
    routePrefix: '/api/docs',
    theme: { title: 'Guanjia API' },
    uiConfig: { url: '/api/openapi.json', validatorUrl: null, persistAuthorization: false },
  });
}
