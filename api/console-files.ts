import { statSync } from 'node:fs';
import { join } from 'node:path';
import files from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, ApiOptions } from './http.ts';
import { sendProblem } from './problem.ts';

/** The console's bundle; any path that is no file is one of the console's own screens. */

const missing = `<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>管家 Guanjia</title>
</head>
<body>
<h1>管家 Guanjia</h1>
<p>服务正在运行，控制台界面尚未生成。生成完成后本页会自动打开。<a href="/api/docs">接口文档</a></p>
<p lang="en">The service is running; its console has not been built yet. This page opens it as soon as it is there. <a href="/api/docs">API documentation</a></p>
</body>
</html>
`;

const html = 'text/html; charset=utf-8';

export async function serveConsole(api: Api, { consoleDir }: ApiOptions): Promise<void> {
  if (consoleDir) {
    await api.register(files, { root: consoleDir, serve: false, cacheControl: false });
  }

  const hasFile = (path: string): boolean =>
    consoleDir !== undefined &&
    (statSync(join(consoleDir, path), { throwIfNoEntry: false })?.isFile() ?? false);

  function sendFile(path: string, reply: FastifyReply): FastifyReply {
    // Names under assets/ hold a hash of what is in them.
    const lasting = path.startsWith('/assets/');
    reply.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
    return reply.sendFile(path);
  }

  function sendPage(pathname: string, reply: FastifyReply): FastifyReply {
    if (hasFile(pathname)) return sendFile(pathname, reply);
    if (/\.[a-z0-9]+$/i.test(pathname)) return sendProblem(reply, { code: 'NOT_FOUND' });
    if (hasFile('index.html')) return sendFile('/index.html', reply);
    return reply.code(503).header('retry-after', '5').type(html).send(missing);
  }

  api.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const { pathname } = URL.parse(request.url, 'http://console') ?? { pathname: '/' };
    const isPage = request.method === 'GET' || request.method === 'HEAD';
    if (isPage && pathname !== '/api' && !pathname.startsWith('/api/')) {
      return sendPage(pathname, reply);
    }
    const detail = `no route ${request.method} ${pathname.slice(0, 200)}`;
    return sendProblem(reply, { code: 'NOT_FOUND', detail });
  });
}
