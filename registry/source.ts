import { Worker } from 'node:worker_threads';
import { isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { AppError, type Fault } from '../model/errors.ts';

/** Keys of mappings and places in lists, from the root. */
export type Path = readonly (string | number)[];

/** `['meters', 3, 'modbus', 'port']` → `meters[3].modbus.port`. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step,
    '',
  );

/** What a text says, or what keeps it from being read at all. */
export type Source = { readonly value: unknown } | { readonly faults: readonly Fault[] };

/** YAML 1.2 or JSON, which is YAML. Doubled keys are faults. */
export function parseText(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map(({ message, pos }) => ({
    path: '',
    message,
    line: lines.linePos(pos[0]).line,
  }));
  if (faults.length > 0) return { faults };
  try {
    return { value: document.toJS() };
  } catch {
    // A chain of aliases that would grow without bound.
    return { faults: [{ path: '', message: 'got too many aliases, want the things themselves' }] };
  }
}

const keyIs = (key: unknown, step: string | number): boolean =>
  isScalar(key) ? String(key.value) === String(step) : key === step;

/** The place a path leads to; for what is not there, the nearest place around it. */
function offsetOf(root: unknown, path: Path): number {
  let offset = 0;
  let node = root;
  const enter = (next: unknown) => {
    if (isNode(next) && next.range) offset = next.range[0];
  };
  enter(node);
  for (const step of path) {
    const items: readonly unknown[] = (node as { items?: unknown[] } | null)?.items ?? [];
    const item =
      typeof step === 'number'
        ? items[step]
        : items.find((pair) => isPair(pair) && keyIs(pair.key, step));
    if (item === undefined) break;
    enter(isPair(item) ? item.key : item);
    node = isPair(item) ? (item.value as Node | null) : item;
  }
  return offset;
}

/** The 1-based line of each path. */
export function linesOf(text: string, paths: readonly Path[]): readonly number[] {
  const lines = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  return paths.map((path) => lines.linePos(offsetOf(contents, path)).line);
}

/** A megabyte of YAML takes a second to parse. */
const longText = 100_000;

type Question = { readonly text: string; readonly paths?: readonly Path[] };

const ask = <T>(question: Question): Promise<T> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./source-worker.ts', import.meta.url), {
      workerData: question,
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () =>
      reject(new AppError('INTERNAL', 'the reader of inventories ended without an answer')),
    );
  });

/** As `parseText`; a long text is read on a thread of its own, so that the caller's goes on. */
export const readText = async (text: string): Promise<Source> =>
  text.length < longText ? parseText(text) : ask({ text });

/** As `linesOf`, in the manner of `readText`. */
export const readLines = async (
  text: string,
  paths: readonly Path[],
): Promise<readonly number[]> =>
  text.length < longText ? linesOf(text, paths) : ask({ text, paths });

/** What the thread of `readText` and `readLines` does. */
export const answer = ({ text, paths }: Question): Source | readonly number[] =>
  paths ? linesOf(text, paths) : parseText(text);
