import { readFileSync } from 'node:fs';
import { type Profile, placeOf } from './profile.ts';

const width = 1600;
const rowHeight = 16;
/** Narrower boxes (pixels) say nothing. */
const narrowest = 0.5;
/** Pixels that a letter takes. */
const letter = 6.5;

interface Box {
  readonly name: string;
  readonly depth: number;
  readonly from: number;
  readonly time: number;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Boxes of a profile's call tree: as wide as the time spent in a function and what it called; idle time left out. */
function boxesOf({ nodes, samples, timeDeltas }: Profile): { boxes: Box[]; total: number } {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const times = new Map<number, number>();
  samples.forEach((id, at) => {
    times.set(id, (times.get(id) ?? 0) + (timeDeltas[at] ?? 0));
  });
  const boxes: Box[] = [];
  const place = (id: number, depth: number, from: number): number => {
    const node = byId.get(id);
    if (!node || node.callFrame.functionName === '(idle)') return 0;
    let time = times.get(id) ?? 0;
    for (const child of node.children ?? []) time += place(child, depth + 1, from + time);
    boxes.push({ name: placeOf(node), depth, from, time });
    return time;
  };
  return { total: place(nodes[0]?.id ?? 0, 0, 0), boxes };
}

/** A .cpuprofile as a flame graph: an SVG by itself, names and shares shown when pointed at. */
export function flameGraph(file: string): string {
  const { boxes, total } = boxesOf(JSON.parse(readFileSync(file, 'utf8')) as Profile);
  const scale = width / total;
  const shown = boxes.filter(({ time }) => time * scale >= narrowest);
  const height = (Math.max(0, ...shown.map(({ depth }) => depth)) + 1) * rowHeight;
  const drawn = shown.map(({ name, depth, from, time }) => {
    const [x, y, wide] = [from * scale, height - (depth + 1) * rowHeight, time * scale];
    const hue = [...name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 50, 0);
    const title = escaped(`${name} ${((100 * time) / total).toFixed(1)} %`);
    const label = escaped(name.slice(0, Math.floor(wide / letter)));
    return `<g><title>${title}</title><rect x="${x.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${rowHeight - 1}" fill="hsl(${hue} 85% 65%)"/><text x="${(x + 2).toFixed(1)}" y="${y + 12}">${label}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="monospace" font-size="11">
${drawn.join('\n')}
</svg>
`;
}
