import type { LoadRow, Results, TransferRow } from '../results.ts';
import type { Target } from '../scenarios.ts';

/** Lines of cells as a Markdown table whose columns are padded, so that it reads well on a terminal too. */
function table(lines: readonly (readonly string[])[]): string {
  const [head = []] = lines;
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [row(head), rule, ...lines.slice(1).map(row)].join('\n');
}

const none = '–';
const figure = (value: number | undefined, digits: number): string =>
  value === undefined || !Number.isFinite(value) ? none : value.toFixed(digits);
const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined ? none : figure(a / b, 2);

function wanted({ share, of, cpu }: Target = {}): string {
  return (
    [share !== undefined && `≥ ${share} of ${of}`, cpu !== undefined && `≤ ${cpu} µs`]
      .filter(Boolean)
      .join(', ') || none
  );
}

function loadTable(rows: readonly LoadRow[]): string {
  return table([
    [
      'scenario',
      'rate : nginx',
      'rate : bare',
      'CPU : nginx',
      'CPU : bare',
      'CPU µs',
      'nginx µs',
      'bare µs',
      'req/s',
      'nginx req/s',
      'p99 ms',
      'p99 : nginx',
      'peak MiB',
      'wanted',
    ],
    ...rows.map(({ scenario, servers: { gateway, nginx, bare } }) => [
      scenario.name,
      ratio(gateway?.rate, nginx?.rate),
      ratio(gateway?.rate, bare?.rate),
      ratio(gateway?.cpu, nginx?.cpu),
      ratio(gateway?.cpu, bare?.cpu),
      figure(gateway?.cpu, 0),
      figure(nginx?.cpu, 0),
      figure(bare?.cpu, 0),
      figure(gateway?.rate, 0),
      figure(nginx?.rate, 0),
      figure(gateway?.p99, 1),
      ratio(gateway?.p99, nginx?.p99),
      figure(gateway?.peak, 0),
      wanted(scenario.target),
    ]),
  ]);
}

function transferTable(rows: readonly TransferRow[]): string {
  return table([
    [
      'scenario',
      'rate : bare',
      'rate : nginx',
      'CPU : bare',
      'CPU s/GiB',
      'bare s/GiB',
      'nginx s/GiB',
      'MB/s',
      'bare MB/s',
      'nginx MB/s',
      'direct MB/s',
      'peak MiB',
      'bare MiB',
      'wanted',
    ],
    ...rows.map(({ scenario, servers: { gateway, nginx, bare, direct } }) => [
      scenario.name,
      ratio(gateway?.rate, bare?.rate),
      ratio(gateway?.rate, nginx?.rate),
      ratio(gateway?.cpu, bare?.cpu),
      figure(gateway?.cpu, 2),
      figure(bare?.cpu, 2),
      figure(nginx?.cpu, 2),
      figure(gateway?.rate, 0),
      figure(bare?.rate, 0),
      figure(nginx?.rate, 0),
      figure(direct?.rate, 0),
      figure(gateway?.peak, 0),
      figure(bare?.peak, 0),
      wanted(scenario.target),
    ]),
  ]);
}

/** A run's figures as Markdown, ratios first. */
export function renderTables({ load, transfer, startUp }: Results): string {
  const parts = [`Start-up to the first answer: ${figure(startUp, 0)} ms.`];
  if (load.length > 0) parts.push(loadTable(load));
  if (transfer.length > 0) parts.push(transferTable(transfer));
  return parts.join('\n\n');
}
