import { findProgram, type Server, startProgram } from './program.ts';

/** Whether Debian's `victoria-metrics` is installed. */
export const hasVictoriaMetrics = (): boolean => findProgram('victoria-metrics') !== undefined;

/** VictoriaMetrics on a free port of loopback. It takes `/api/v2/write`, numeric fields only, and answers 204 to bad lines. */
export const startVictoriaMetrics = (): Promise<Server> =>
  startProgram({
    program: findProgram('victoria-metrics') ?? 'victoria-metrics',
    ready: '/health',
    prepare: async (folder, port) => [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${folder}`,
      '-retentionPeriod=100y',
      '-search.latencyOffset=0s',
      '-loggerLevel=WARN',
    ],
  });

/** Raw samples of a series selector, one object a series; times in Unix ms. Flushes what was written just before. */
export async function exportSeries(
  url: string,
  selector: string,
): Promise<readonly ExportedSeries[]> {
  await fetch(`${url}/internal/force_flush`);
  const query = new URLSearchParams({ 'match[]': selector });
  const answer = await fetch(`${url}/api/v1/export?${query}`);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as ExportedSeries);
}

interface ExportedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly timestamps: readonly number[];
}
