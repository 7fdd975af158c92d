import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Machine } from '../machine.ts';
import type { Options } from '../options.ts';
import type { Results } from '../results.ts';
import { renderTables } from './tables.ts';

const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const figures = fileURLToPath(new URL('../../docs/performance.json', import.meta.url));
/** Each Node has a part of its own, between these marks. */
const begin = (node: string): string => `<!-- bench:${node}:begin -->`;
const end = (node: string): string => `<!-- bench:${node}:end -->`;

/** A machine in one paragraph. */
export function renderMachine(machine: Machine, options: Options, rounds: number): string {
  const { processor, cores, memoryGiB, system, node, nginx, congestionControl } = machine;
  const { pinned, loadBefore, date } = machine;
  const places = pinned
    ? 'server under test on one core, load and Image service on another'
    : 'nothing pinned to a core';
  return [
    `${date}: ${processor}, ${cores} cores, ${memoryGiB} GiB; ${system}; Node ${node}, nginx ${nginx}; TCP ${congestionControl}; ${places};`,
    `${rounds} × ${options.seconds} s, ${options.dataBytes / 1024 ** 2} MiB of data; load average before ${loadBefore}.`,
  ].join(' ');
}

/** Writes a whole run's figures to docs/, beside those of other Nodes: JSON, and a part of the page. */
export function writeDocuments(machine: Machine, options: Options, results: Results): void {
  const flat = (rows: Results['load'] | Results['transfer']) =>
    rows.map(({ scenario, servers }) => ({ name: scenario.name, ...servers }));
  const round = (_: string, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
  const document = {
    machine,
    rounds: results.rounds,
    seconds: options.seconds,
    dataBytes: options.dataBytes,
    startUp: results.startUp,
    load: flat(results.load),
    transfer: flat(results.transfer),
  };
  const node = `node${machine.node.split('.', 1)[0]?.slice(1)}`;
  const all = { ...JSON.parse(readFileSync(figures, 'utf8')), [node]: document };
  writeFileSync(figures, `${JSON.stringify(all, round, 2)}\n`);
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin(node));
  const to = text.indexOf(end(node));
  if (from < 0 || to < from) throw new Error(`no ${begin(node)} … ${end(node)} in ${page}`);
  const part = `${begin(node)}\n${renderMachine(machine, options, results.rounds)}\n\n${renderTables(results)}\n`;
  writeFileSync(page, text.slice(0, from) + part + text.slice(to));
}
