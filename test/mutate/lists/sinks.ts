import type { Mutation } from '../mutation.ts';

const duckDb = 'test/stores/duckdb.test.ts';
const influxFaults = 'test/flow/influx-faults.test.ts';
const influxRefusals = 'test/flow/influx-refusals.test.ts';
const influxAnswers = 'test/stores/influx-answers.test.ts';
const bisect = 'test/stores/bisect.test.ts';
const deliver = 'test/ingest/deliver.test.ts';

/** Ways in which a sink could lose what it was given, or keep it twice. */
export const inTheSinks: readonly Mutation[] = [
  {
    promise: 'P2',
    breaks: 'forgets the store’s position: begins at 0 after a restart',
    file: 'stores/duckdb-state.ts',
    find: "position: seqs.get('store') ?? 0,",
    replace: 'position: 0,',
    tests: [duckDb],
  },
  {
    promise: 'P2',
    breaks: 'commits rows to the store before their position',
    file: 'stores/duckdb-write.ts',
    find: '    if (added.size > 0) writer.devices.flushSync();\n',
    replace:
      "    if (added.size > 0) writer.devices.flushSync();\n    await writer.connection.run('COMMIT; BEGIN TRANSACTION');\n",
    tests: [duckDb],
  },
  {
    promise: 'P2',
    breaks: 'writes a batch to the store that it has already',
    file: 'stores/admit.ts',
    find: '    if (observation.seq <= position) continue;\n',
    replace: '',
    tests: [duckDb, 'test/stores/memory.test.ts'],
  },
  {
    promise: 'P1',
    breaks: 'drops what the store refuses instead of setting it aside',
    file: 'stores/duckdb.ts',
    find: '        if (refused.length > 0) await setAside?.(refused);\n',
    replace: '',
    tests: ['test/ingest/set-aside.test.ts', duckDb],
  },
  {
    promise: 'P2',
    breaks: 'forgets the sinks’ positions: lets every one begin at 0 after a restart',
    file: 'ingest/deliver.ts',
    find: 'const position = await sink.position();',
    replace: 'const position = (await sink.position()) * 0;',
    tests: [deliver],
  },
  {
    promise: 'P1',
    breaks: 'reads on from where another read began',
    file: 'ingest/catch-up.ts',
    find: 'known?.after === after',
    replace: 'known',
    tests: ['test/ingest/catch-up.test.ts'],
  },
  {
    promise: 'P1',
    breaks: 'lets a sink that catches up overtake the store',
    file: 'ingest/catch-up.ts',
    find: 'Math.min(after + positionsPerRead, lead.position)',
    replace: 'after + positionsPerRead',
    tests: ['test/ingest/catch-up.test.ts'],
  },
  {
    promise: 'P1',
    breaks: 'saves InfluxDB’s position before what it refused is in quarantine',
    file: 'stores/influx.ts',
    find: '      if (refusals.length > 0) await setAside(refusals);\n      refused.push(...refusals);\n      position.save(lot.upTo);\n',
    replace:
      '      position.save(lot.upTo);\n      if (refusals.length > 0) await setAside(refusals);\n      refused.push(...refusals);\n',
    tests: [influxRefusals],
    only: 'a kill between a refusal and its quarantine',
  },
  {
    promise: 'P1',
    breaks: 'saves the position of a whole batch with the first lot InfluxDB has taken',
    file: 'stores/influx-pack.ts',
    find: '? (seqs[end - 1] ?? upTo) : upTo',
    replace: '? upTo : upTo',
    tests: [influxFaults],
    only: 'a server too slow for a large lot',
  },
  {
    promise: 'P2',
    breaks: 'forgets how far InfluxDB has come within a batch',
    file: 'stores/influx.ts',
    find: '      position.save(lot.upTo);\n',
    replace: '',
    tests: [influxFaults],
    only: 'a batch that fails half way',
  },
  {
    promise: 'P6',
    breaks: 'goes on asking an InfluxDB that asked to be left alone',
    file: 'stores/influx.ts',
    find: 'if (now() < asked.until) throw unavailable(asked.words);',
    replace: '',
    tests: [influxFaults],
    only: 'while Retry-After lasts',
  },
  {
    promise: 'P1',
    breaks: 'takes the error page of a proxy for a refusal of InfluxDB',
    file: 'stores/influx-answers.ts',
    find: ' && said !== undefined',
    replace: '',
    tests: [influxAnswers],
  },
  {
    promise: 'P1',
    breaks: 'loses half of a lot in which one point is bad',
    file: 'stores/bisect.ts',
    find: '    ...(await sendBisecting(items.slice(middle), send, isWholeLot)),\n',
    replace: '',
    tests: [bisect],
  },
  {
    promise: 'P6',
    breaks: 'sets a whole lot aside for one bad point',
    file: 'stores/bisect.ts',
    find: 'if (items.length === 1 || isWholeLot(detail, items.length))',
    replace: 'if (items.length > 0)',
    tests: [bisect],
  },
  {
    promise: 'P6',
    breaks: 'takes a server in trouble for one that refuses a point',
    file: 'stores/bisect.ts',
    find: "isAppError(error) && error.code === 'STORE_REFUSED'",
    replace: 'isAppError(error)',
    tests: [bisect],
  },
  {
    promise: 'P6',
    breaks: 'leaves a day in InfluxDB as it was before its quarantine was read again',
    file: 'threads/quality.ts',
    find: 'if (before < whole) keep(before);',
    replace: '',
    tests: ['test/threads/quality.test.ts'],
  },
  {
    promise: 'P6',
    breaks: 'passes over what is counted while the ledger goes into InfluxDB',
    file: 'threads/quality.ts',
    find: ' || whole !== reached',
    replace: '',
    tests: ['test/threads/quality.test.ts'],
  },
];
